"""What the page of one batch shows beside its facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope
from products.registry.queries.authorisations import standing
from products.trace.domain.batch_states import Step, open_steps
from products.trace.models.batch import Batch
from products.trace.queries.batches import RunLine, issued_mass_g, run_lines
from products.trace.queries.certificates import CertificateView, certificates_of
from products.trace.queries.history import batch_history, sees_trade
from products.trace.queries.history_items import HistoryItem


@dataclass(frozen=True)
class BatchPage:
    """One batch for one reader. `earlier` maps a field to what it said before, the oldest first."""

    batch: Batch
    timeline: Sequence[HistoryItem]
    certificates: Sequence[CertificateView]
    earlier: dict[str, list[str]]
    runs: Sequence[RunLine]
    labelled_g: int
    steps: frozenset[str]
    is_maker: bool
    is_mark_usable: bool

    @property
    def left_g(self) -> int:
        """Grams that labels may still be issued for."""
        return max(0, self.batch.net_mass_g - self.labelled_g)

    @property
    def can_label(self) -> bool:
        return (
            self.is_maker and self.is_mark_usable and self.batch.state in {"registered", "released"} and self.left_g > 0
        )

    @property
    def can_correct(self) -> bool:
        return self.is_maker and self.batch.state != Batch.State.DRAFT


def batch_page(batch: Batch, *, actor: Actor, today: date) -> BatchPage:
    """Everything about a batch that `actor`, who may see it, needs on its page."""
    certificates = certificates_of(batch)
    timeline = batch_history(batch, certificates=certificates, is_public=False, with_trade=sees_trade(actor))
    return BatchPage(
        batch=batch,
        timeline=timeline,
        certificates=certificates,
        earlier=_earlier(timeline),
        runs=run_lines(batch),
        labelled_g=issued_mass_g(batch),
        steps=_steps_for(actor, batch),
        is_maker=actor.is_role(Role.PRODUCER) and Scope.BATCHES in actor.scopes,
        is_mark_usable=standing(batch.authorisation, on=today) == "active",
    )


def _steps_for(actor: Actor, batch: Batch) -> frozenset[str]:
    if actor.is_role(Role.PRODUCER):
        return frozenset(open_steps(batch.state))
    if actor.is_role(Role.INSPECTOR):
        return frozenset(open_steps(batch.state) & {Step.RECALL})
    return frozenset()


def _earlier(timeline: Sequence[HistoryItem]) -> dict[str, list[str]]:
    earlier: dict[str, list[str]] = {}
    for item in timeline:
        for change in item.changes:
            earlier.setdefault(change.field, []).append(change.before)
    return earlier


def statement_words() -> dict[str, str]:
    """What the ledger's kinds of statement about batches and labels are called."""
    return {
        "trace.batch_registered": _("批次登记"),
        "trace.batch_released": _("批次放行"),
        "trace.batch_held": _("暂停销售"),
        "trace.batch_recalled": _("批次召回"),
        "trace.batch_corrected": _("登记更正"),
        "trace.lab_reported": _("检验报告"),
        "trace.certificate_issued": _("承诺达标合格证"),
        "trace.certificate_replaced": _("合格证已重开"),
        "trace.contact_erased": _("合格证联系方式已删除"),
        "labels.run_issued": _("标签发放"),
        "labels.range_activated": _("标签启用"),
        "labels.range_voided": _("标签作废"),
        "labels.codes_derived": _("编码导出"),
    }
