"""Forgetting a person whom something was bought from or sent to (PIPL Art. 47); what was moved stays."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.accounts.services.erasure import forget_answers
from products.audit import record
from products.errors import ErasureRefused, NotFound
from products.trace.domain.retention import OUTGOING, PURCHASE, RecordClass
from products.trace.models.lot import Lot, LotOperation


@transaction.atomic
def erase_seller(*, code: UUID, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Take the seller's name and its salt out of a purchased lot; returns what went.

    Raises NotFound, ErasureRefused for an organisation and while the law demands the records.
    """
    lot = Lot.objects.select_for_update().filter(code=code, kind=Lot.Kind.PURCHASE).first()
    if lot is None:
        raise NotFound(_("没有这批外购原料。"))
    if not lot.seller_name and not lot.seller_salt:
        return Counter()
    _require_person(lot.seller_uscc)
    if not is_replay:
        _require_expired(PURCHASE, lot.made_on, now=now)
    lot.seller_name, lot.seller_salt = "", b""
    lot.save(update_fields=["seller_name", "seller_salt"])
    record(actor=NOBODY, kind="trace.seller_erased", subject=f"lot:{code}", data={}, now=now)
    return Counter({"sellers": 1, "stored answers": forget_answers(naming=[str(code)])})


@transaction.atomic
def erase_consignee(*, code: UUID, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Take the consignee's name and its salt out of a dispatch; as `erase_seller`."""
    row = LotOperation.objects.select_for_update().filter(code=code, kind=LotOperation.Kind.DISPATCH).first()
    if row is None:
        raise NotFound(_("没有这次发货。"))
    if not row.consignee_name and not row.consignee_salt:
        return Counter()
    _require_person(row.consignee_uscc)
    if not is_replay:
        _require_expired(OUTGOING, row.done_on, now=now)
    row.consignee_name, row.consignee_salt = "", b""
    row.save(update_fields=["consignee_name", "consignee_salt"])
    record(actor=NOBODY, kind="trace.consignee_erased", subject=f"lot-operation:{code}", data={}, now=now)
    return Counter({"consignees": 1, "stored answers": forget_answers(naming=[str(code)])})


def _require_person(uscc: str) -> None:
    if uscc:
        raise ErasureRefused(_("这是单位名称，不是个人信息。按食品安全法第五十条应当保留。"))


def _require_expired(kept: RecordClass, day: date, *, now: datetime) -> None:
    until = kept.until(made_on=day)
    if until is not None and timezone.localdate(now) <= until:
        raise ErasureRefused(
            _(
                "食品安全法第五十条、第五十一条要求进货和销售记录保存至 %(day)s，期满前不能删除；在此之前仅保存，不作他用"
                "（个人信息保护法第四十七条第二款）。"
            )
            % {"day": until.isoformat()}
        )
