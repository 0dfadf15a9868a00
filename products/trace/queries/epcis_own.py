"""What the log says of the batches and lots that entries are about: all that our own EPCIS events are made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.conf import settings

from products.proofs import entries_about
from products.registry.models.indication import Indication
from products.trace.domain.epcis_own.batches import BATCH_KINDS, CORRECTED, batch_event
from products.trace.domain.epcis_own.facts import BatchFacts, Event, Said, Surroundings
from products.trace.domain.epcis_own.lots import MOVED, OPENED, LotFacts, lot_event, lots_of
from products.trace.domain.epcis_own.reading import batch_of, facts_at, issue_of, read_all, run_of, with_run
from products.trace.models.certificate import ConformityCertificate
from products.trace.models.lab_report import LabReport
from products.trace.models.lot import LotMove

KINDS: Final = BATCH_KINDS | {MOVED}


@dataclass
class Known:
    """The statements about each run, batch and lot that was asked for so far, and the names of the indications."""

    runs: dict[str, list[Said]] = field(default_factory=dict)
    batches: dict[str, list[Said]] = field(default_factory=dict)
    lots: dict[str, list[Said]] = field(default_factory=dict)
    indications: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> Surroundings:
        return Surroundings(base=settings.BASE_URL, indications=self.indications)

    def learn(self, said: Iterable[Said]) -> list[Said]:
        """Read what the events of these statements need; gives them with what their runs' issues state."""
        said = list(said)
        self.runs |= _about({run_of(each) for each in said} - {""} - self.runs.keys())
        said = [with_run(each, issue_of(self.runs.get(run_of(each), ()))) for each in said]
        self.lots |= _about({f"lot:{code}" for each in said for code in _moved(each)} - self.lots.keys())
        codes = {batch_of(each) for each in said if each.kind != MOVED}
        codes |= {str(each.data["batch"]) for each in self._openings() if each.data.get("batch")}
        new = _about({f"batch:{code}" for code in codes} - self.batches.keys())
        self.batches |= new
        names = {str(each.data.get("indication") or "") for some in new.values() for each in some}
        found = Indication.objects.filter(code__in=names - self.indications.keys())
        self.indications |= dict(found.values_list("code", "name"))
        return said

    def facts(self, said: Said, *, at: int) -> BatchFacts | None:
        """The batch that a statement is about, once the entry `at` stands."""
        return facts_at(at, self.batches.get(f"batch:{batch_of(said)}", ()))

    def event(self, said: Said, *, at: int) -> tuple[str, Event] | None:
        """(maker, event) of a statement that was learnt, from the facts once the entry `at` stands."""
        if said.kind == MOVED:
            event = lot_event(said, {code: lot for code in _moved(said) if (lot := self._lot(code, at))}, self.where)
            return (str(said.data["enterprise"]), event) if event else None
        facts = self.facts(said, at=at)
        event = batch_event(said, facts, self.where) if facts else None
        return (facts.uscc, event) if facts and event else None

    def _lot(self, code: str, at: int) -> LotFacts | None:
        opening = _opening(self.lots.get(f"lot:{code}", ()))
        if opening is None:
            return None
        batch = facts_at(at, self.batches.get(f"batch:{opening.data.get('batch')}", ()))
        return LotFacts.of(opening, batch_class=batch.lot_class if batch else "")

    def _openings(self) -> list[Said]:
        return [opening for some in self.lots.values() if (opening := _opening(some))]


def earlier(correction: Said, *, is_renamed: bool) -> list[Said]:
    """What was stated before a correction of the batch, its reports and certificates; of its lot where it is renamed.

    Labels are left out: once there are any, nothing that stands in their events changes any more.
    """
    code = batch_of(correction)
    reports = LabReport.objects.filter(batch__code=code).values_list("code", flat=True)
    certificates = ConformityCertificate.objects.filter(batch__code=code).values_list("code", flat=True)
    subjects = {f"batch:{code}"} | {f"lab-report:{report}" for report in reports}
    subjects |= {f"certificate:{certificate}" for certificate in certificates}
    if is_renamed:
        moves = LotMove.objects.filter(lot__batch__code=code).values_list("operation__code", flat=True)
        subjects |= {f"lot-operation:{operation}" for operation in moves}
    stated = [said for some in _about(subjects).values() for said in some]
    before = [each for each in stated if each.index < correction.index and each.kind in KINDS - {CORRECTED}]
    return sorted(before, key=lambda said: said.index)


def _moved(said: Said) -> list[str]:
    return lots_of(said) if said.kind == MOVED else []


def _opening(statements: Sequence[Said]) -> Said | None:
    return next((said for said in statements if said.kind == OPENED), None)


def _about(subjects: Iterable[str]) -> dict[str, list[Said]]:
    return {subject: read_all(entries) for subject, entries in entries_about(sorted(subjects)).items()}
