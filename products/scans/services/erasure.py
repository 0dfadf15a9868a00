"""Forgetting what a consumer wrote in a report (PIPL Art. 47)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.accounts.services.erasure import forget_answers
from products.audit import record
from products.errors import ErasureRefused, NotFound
from products.scans.models.complaint import Complaint

_OPEN = {Complaint.State.RECEIVED, Complaint.State.ACCEPTED}


@transaction.atomic
def erase_complaint(*, number: str, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Empty text, place, contact, salt and visitor of a report that was answered; returns what went.

    Raises NotFound, ErasureRefused for a report that still waits for its answer. `is_replay`: it was decided before.
    """
    complaint = Complaint.objects.select_for_update().filter(number=number).first()
    if complaint is None:
        raise NotFound(_("没有这件举报。"))
    erased: Counter[str] = Counter()
    if not complaint.salt and not complaint.text:
        return erased
    if complaint.state in _OPEN and not is_replay:
        raise ErasureRefused(
            _(
                "这件举报尚未办结，办理机关还要用到其内容；办结前仅限办理本件使用"
                "（个人信息保护法第四十七条第二款）。请在答复后再删除。"
            )
        )
    erased["stored answers"] = forget_answers(naming=[complaint.number])
    complaint.text = complaint.bought_at = ""
    complaint.contact = complaint.salt = complaint.visitor = b""
    complaint.save(update_fields=["text", "bought_at", "contact", "salt", "visitor"])
    erased["reports"] = 1
    record(actor=NOBODY, kind="scans.complaint_erased", subject=f"complaint:{number}", data={}, now=now)
    return erased
