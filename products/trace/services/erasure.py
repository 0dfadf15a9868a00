"""Forgetting the plot of a batch and the contact on a certificate, which may be a person's (PIPL Art. 47)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.accounts.services.erasure import forget_answers
from products.audit import record
from products.errors import ErasureRefused, NotFound
from products.trace.domain.plots import PLOT_FIELDS
from products.trace.domain.retention import CERTIFICATE, kept_until
from products.trace.models.batch import Batch, BatchCorrection
from products.trace.models.certificate import ConformityCertificate


@transaction.atomic
def erase_plot(*, code: UUID, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Take the plot out of a batch: name, point, salt, what corrections say of them; returns what went.

    Raises NotFound, ErasureRefused while the law demands the records. `is_replay`: it was decided before.
    """
    batch = Batch.objects.select_for_update().filter(code=code).first()
    if batch is None:
        raise NotFound(_("没有这个批次。"))
    corrections = [
        correction
        for correction in BatchCorrection.objects.filter(batch=batch)
        if PLOT_FIELDS & set(correction.changes)
    ]
    erased: Counter[str] = Counter()
    if not batch.plot_salt and not batch.plot_name and not corrections:
        return erased
    until = kept_until(produced_on=batch.produced_on, best_before=batch.best_before)
    is_draft = batch.state == Batch.State.DRAFT
    if not (is_replay or is_draft) and timezone.localdate(now) <= until:
        raise ErasureRefused(
            _(
                "农产品质量安全法第二十七条、食品安全法第五十条要求生产记录保存至 %(day)s，期满前不能删除；在此之前仅保存，不作他用"
                "（个人信息保护法第四十七条第二款）。"
            )
            % {"day": until.isoformat()}
        )
    erased["stored answers"] = forget_answers(naming=[str(batch.code)])
    for correction in corrections:
        kept = {name: pair for name, pair in correction.changes.items() if name not in PLOT_FIELDS}
        BatchCorrection.objects.filter(pk=correction.pk).update(changes=kept)
    erased["corrections"] = len(corrections)
    batch.plot_name, batch.datum, batch.plot_salt = "", "", b""
    batch.longitude_e6 = batch.latitude_e6 = None
    batch.save(update_fields=[*PLOT_FIELDS, "plot_salt"])
    erased["plots"] = 1
    # The log knows of no draft.
    if not is_draft:
        record(actor=NOBODY, kind="trace.plot_erased", subject=f"batch:{batch.code}", data={}, now=now)
    return erased


@transaction.atomic
def erase_contact(*, code: UUID, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Take the contact and its salt out of a certificate, which keeps everything else; returns what went.

    Raises NotFound, ErasureRefused while certificates have to be kept. `is_replay`: it was decided before.
    """
    row = ConformityCertificate.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这张承诺达标合格证。"))
    erased: Counter[str] = Counter()
    if not row.contact and not row.contact_salt:
        return erased
    until = CERTIFICATE.until(made_on=row.issued_on)
    if not is_replay and until is not None and timezone.localdate(now) <= until:
        raise ErasureRefused(
            _(
                "合格证及其联系方式须保存至 %(day)s（农产品质量安全承诺达标合格证管理办法），期满前不能删除；"
                "在此之前仅保存，不作他用（个人信息保护法第四十七条第二款）。"
            )
            % {"day": until.isoformat()}
        )
    erased["stored answers"] = forget_answers(naming=[str(row.code), row.number])
    row.contact, row.contact_salt = "", b""
    row.save(update_fields=["contact", "contact_salt"])
    erased["contacts"] = 1
    record(actor=NOBODY, kind="trace.contact_erased", subject=f"certificate:{row.code}", data={}, now=now)
    return erased
