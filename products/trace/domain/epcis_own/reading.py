"""The log's statements as what our own events are made from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Final

from products.trace.domain.epcis_own.batches import CORRECTED, REGISTERED, RUN_ISSUED
from products.trace.domain.epcis_own.facts import BatchFacts, Said

_RANGES: Final = frozenset({"labels.range_activated", "labels.range_voided"})


def read_all(entries: Iterable[tuple[int, bytes]]) -> list[Said]:
    """The statements among (index, body); an entry of another shape is none of the platform's and left out."""
    return [said for index, body in entries if (said := _read(index, body))]


def _read(index: int, body: bytes) -> Said | None:
    try:
        entry = json.loads(body)
        return Said(index=index, kind=entry["kind"], subject=entry["subject"], at=entry["at"], data=entry["data"])
    except (KeyError, TypeError, ValueError):
        return None


def run_of(said: Said) -> str:
    """The subject of the run of labels whose range this is about; "" for another statement."""
    return said.subject if said.kind in _RANGES else ""


def with_run(said: Said, issue: Said | None) -> Said:
    """A range's statement together with what its run's issue stated."""
    if issue is None:
        return said
    known = {"run": said.code, "batch": issue.data.get("batch"), "unit_mass_g": issue.data.get("unit_mass_g")}
    return Said(said.index, said.kind, said.subject, said.at, {**said.data, **known})


def issue_of(statements: Iterable[Said]) -> Said | None:
    return next((said for said in statements if said.kind == RUN_ISSUED), None)


def batch_of(said: Said) -> str:
    """The code of the batch a statement is about."""
    return said.code if said.subject.startswith("batch:") else str(said.data.get("batch") or "")


def facts_at(index: int, statements: Sequence[Said]) -> BatchFacts | None:
    """The facts of a batch once the entry `index` stands, from all statements about it in the log's order.

    None for a batch whose registration the log does not have.
    """
    facts = None
    for said in statements:
        if said.index > index:
            break
        if said.kind == REGISTERED:
            facts = BatchFacts.of(said.code, said.data)
        elif said.kind == CORRECTED:
            facts = BatchFacts.of(said.code, said.data["facts"])
    return facts
