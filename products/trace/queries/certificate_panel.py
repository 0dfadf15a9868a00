"""What the page of a batch shows of its certificate, and how long its records are kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from products.registry.models.standard import LawCitation
from products.trace.domain.retention import RecordClass, kept_classes
from products.trace.models.batch import Batch
from products.trace.queries.certificates import (
    CertificateStart,
    CertificateView,
    MixedLot,
    certificate_start,
    mixed_lots,
)
from products.trace.queries.lab_page import LabPage

RETENTION_WORDS: dict[str, Promise | str] = {
    "production": _("生产记录"),
    "purchase": _("进货查验记录"),
    "outgoing_inspection": _("出厂检验记录"),
    "certificate": _("承诺达标合格证"),
    "network_log": _("网络日志"),
    "trace_event": _("追溯事件和账本记录"),
}


@dataclass(frozen=True)
class CertificatePanel:
    """`start` is None for whoever may not issue. `unnamed` lots went in since; `without` came without a certificate."""

    standing: CertificateView | None
    earlier: Sequence[CertificateView]
    start: CertificateStart | None
    unnamed: Sequence[MixedLot]
    without: Sequence[MixedLot]
    is_failed: bool

    @property
    def is_outdated(self) -> bool:
        return bool(self.standing and (self.standing.changed or self.unnamed))

    @property
    def can_print(self) -> bool:
        return self.standing is not None and not self.standing.is_stopped and not self.is_failed


@dataclass(frozen=True)
class KeptLine:
    """Until when one law demands the records, with its article."""

    record_class: RecordClass
    until: date
    law: LawCitation | None


def certificate_panel(
    batch: Batch, *, views: Sequence[CertificateView], lab: LabPage, is_maker: bool
) -> CertificatePanel:
    """For a reader who may see the batch."""
    standing = next((view for view in views if view.is_standing), None)
    mixed = mixed_lots(batch)
    named = set(standing.mixed_from) if standing else set()
    may_issue = is_maker and batch.state in {Batch.State.REGISTERED, Batch.State.RELEASED} and not lab.is_failed
    return CertificatePanel(
        standing=standing,
        earlier=[view for view in views if not view.is_standing],
        start=certificate_start(batch, has_passed=lab.verdict.overall == "passed") if may_issue else None,
        unnamed=[each for each in mixed if each.number and each not in named] if standing else [],
        without=[each for each in mixed if not each.number],
        is_failed=lab.is_failed,
    )


def kept_lines(batch: Batch, *, standing: CertificateView | None) -> list[KeptLine]:
    """How long the law demands the batch's records, the longest first."""
    certified_on = standing.row.issued_on if standing else None
    kept = kept_classes(produced_on=batch.produced_on, best_before=batch.best_before, certified_on=certified_on)
    laws = {row.key: row for row in LawCitation.objects.filter(key__in=[each.record_class.law for each in kept])}
    return [KeptLine(each.record_class, each.until, laws.get(each.record_class.law)) for each in kept]
