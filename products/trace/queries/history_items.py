"""A line of a batch's history, and how it finds its entry in the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from products.proofs import ProofLink


class Standing(StrEnum):
    """Who stands behind a line: its maker, a laboratory whose report was entered, or an office."""

    DECLARED = "declared"
    LABORATORY = "laboratory"
    OFFICE = "office"


STANDINGS: dict[str, Promise | str] = {
    Standing.DECLARED: gettext_lazy("自行申报"),
    Standing.LABORATORY: gettext_lazy("实验室检验"),
    Standing.OFFICE: gettext_lazy("主管部门核验"),
}


@dataclass(frozen=True)
class FieldChange:
    """One fact before and after a correction, as people read it."""

    field: str
    name: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryItem:
    """One line. `at` is when it was entered; `by` says so, `entered_by` typed it in, '' where they are the same;
    `is_on_behalf`: for another enterprise.

    `is_superseded`: a later line takes its place. `subject` and `statement`, if given, find its entry.
    """

    kind: str
    text: str
    at: datetime
    by: str
    reason: str = ""
    changes: tuple[FieldChange, ...] = ()
    standing: Standing = Standing.DECLARED
    entered_by: str = ""
    is_on_behalf: bool = False
    detail: str = ""
    is_superseded: bool = False
    subject: str = ""
    # Where a subject has one entry only, its kind need not be named.
    statement: str = ""
    proof: ProofLink | None = None

    @property
    def standing_text(self) -> str:
        return str(STANDINGS[self.standing])


def with_proofs(items: Iterable[HistoryItem], links: Iterable[ProofLink]) -> list[HistoryItem]:
    """Each line with the ledger's entry about it, where there is one."""
    known = {(link.subject, name, _moment(link.at)): link for link in links for name in (link.kind, "")}
    return [replace(item, proof=known.get((item.subject, item.statement, _moment(item.at)))) for item in items]


def subjects_of(items: Iterable[HistoryItem]) -> list[str]:
    """What to ask the ledger about, each once."""
    return list(dict.fromkeys(item.subject for item in items if item.subject))


def _moment(moment: datetime) -> str:
    # A row and its entry are written with the same clock; the entry's text has milliseconds.
    return moment.isoformat(timespec="milliseconds")
