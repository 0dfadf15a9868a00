"""The history behind a code for its buyer, with the ledger's entries about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from products.labels.models.label_run import LabelRun
from products.labels.queries.runs import UnitState
from products.proofs import ProofLink, proofs_of
from products.trace.queries.certificates import CertificateView, certificates_of
from products.trace.queries.history import batch_history
from products.trace.queries.history_items import HistoryItem, subjects_of, with_proofs
from products.trace.queries.lab_page import LabPage

CODES_DERIVED: Final = "labels.codes_derived"
RANGE_KINDS: Final = {"labels.range_activated", "labels.range_voided"}
RANGES_SHOWN: Final = 20
# A page for a telephone: who corrects a batch a hundred times fills the ledger, not the page.
ITEMS_SHOWN: Final = 24


@dataclass(frozen=True)
class Told:
    """`hidden` lines are left out between the first and the newest ones; `proofs` are those a browser checks."""

    items: Sequence[HistoryItem] = ()
    hidden: int = 0
    certificate: CertificateView | None = None
    proofs: Sequence[ProofLink] = ()


def tell(run: LabelRun | None, unit: UnitState | None, lab: LabPage | None, *, with_items: bool = True) -> Told:
    """Everything in one question to the ledger; nothing for a code not ours. `with_items`: the history as well.

    A maker may print and activate a run label by label: printing says nothing about a pack and is left out, and
    only the newest ranges stay, so that the answer to a scan keeps its size.
    """
    if run is None:
        return Told()
    batch = run.batch
    views = certificates_of(batch)
    certificate = next((view for view in views if view.is_standing), None)
    items: list[HistoryItem] = []
    if with_items:
        reports = [each.row for each in reversed(lab.reports)] if lab else None
        items = [_produced(run), *batch_history(batch, certificates=views, reports=reports), *_unit_items(run, unit)]
        items.sort(key=lambda item: item.at)
    subjects = [f"authorisation:{batch.authorisation.code}", f"batch:{batch.code}", f"run:{run.code}"]
    subjects += [f"lab-report:{row.code}" for row in lab.standing] if lab else []
    if certificate is not None:
        subjects.append(f"certificate:{certificate.row.code}")
    found = proofs_of(list(dict.fromkeys([*subjects, *subjects_of(items)])))
    shown = items if len(items) <= ITEMS_SHOWN else [*items[:4], *items[4 - ITEMS_SHOWN :]]
    return Told(
        items=with_proofs(shown, found),
        hidden=len(items) - len(shown),
        certificate=certificate,
        proofs=_checked(found, set(subjects)),
    )


def _checked(found: Sequence[ProofLink], subjects: set[str]) -> list[ProofLink]:
    """The entries that make up the answer; a certificate's erased contact is no statement of the batch's."""
    own = [
        link
        for link in found
        if link.subject in subjects
        and (link.kind == "trace.certificate_issued" or not link.subject.startswith("certificate:"))
    ]
    ranges = [place for place, link in enumerate(own) if link.kind in RANGE_KINDS]
    hidden = set(ranges[:-RANGES_SHOWN])
    return [link for place, link in enumerate(own) if link.kind != CODES_DERIVED and place not in hidden]


def _produced(run: LabelRun) -> HistoryItem:
    """The day of production at the head of its morning: nobody says at which hour."""
    batch = run.batch
    at = timezone.make_aware(datetime.combine(batch.produced_on, time.min))
    return HistoryItem("produced", _("生产"), at, batch.authorisation.enterprise.name)


def _unit_items(run: LabelRun, unit: UnitState | None) -> list[HistoryItem]:
    maker, subject = run.batch.authorisation.enterprise.name, f"run:{run.code}"
    found = []
    if unit and unit.activated_at:
        found.append(HistoryItem("activated", _("标签启用"), unit.activated_at, maker, subject=subject))
    if unit and unit.voided_at:
        found.append(HistoryItem("voided", _("标签作废"), unit.voided_at, maker, unit.void_reason, subject=subject))
    statements = {"activated": "labels.range_activated", "voided": "labels.range_voided"}
    return [replace(item, statement=statements[item.kind]) for item in found]
