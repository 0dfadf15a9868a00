"""Do the business tables say what the log says? Called by `ledger_check`, which knows no table but its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from products.accounts.coverage import TOKENS, USERS
from products.comparing import Found, Statement, Table, differing, in_portions, read_statement
from products.labels.coverage import RUNS
from products.oversight.coverage import CASES, INSPECTIONS
from products.proofs import bodies_about
from products.registry.coverage import AUTHORISATIONS, ENTERPRISES, INDICATIONS, ZONES
from products.registry.version_coverage import VERSIONS
from products.scans.coverage import COMPLAINTS
from products.trace.coverage.batches import BATCHES
from products.trace.coverage.certificates import CERTIFICATES, COLLECTED
from products.trace.coverage.epcis import CAPTURES
from products.trace.coverage.lab_reports import LAB_REPORTS
from products.trace.coverage.lots import LOTS, OPERATIONS
from products.trace.coverage.plots import GROWERS, PLOTS
from products.trace.coverage.recalls import RECALLS

TABLES: Final[tuple[Table, ...]] = (
    TOKENS,
    USERS,
    ENTERPRISES,
    INDICATIONS,
    ZONES,
    AUTHORISATIONS,
    VERSIONS,
    GROWERS,
    PLOTS,
    BATCHES,
    LAB_REPORTS,
    CAPTURES,
    LOTS,
    OPERATIONS,
    RECALLS,
    CERTIFICATES,
    COLLECTED,
    RUNS,
    COMPLAINTS,
    INSPECTIONS,
    CASES,
)
# Kinds that no row stands behind, and why.
ROWLESS: Final[Mapping[str, str]] = {
    "labels.codes_derived": "an act that changes nothing: a download keeps no row, and a print file is deleted",
    "trace.persons_exported": "an act that changes nothing: the file is its maker's and is not kept",
    "oversight.evidence_exported": "an act that changes nothing: the bundle is its exporter's and is deleted after a day",
}
# What the log says about itself it checks without us.
OF_THE_LOG: Final = "log:"
_BY_PREFIX: Final = {prefix: table for table in TABLES for prefix in table.prefixes}


@dataclass(frozen=True)
class Difference:
    """One thing in a business table that is not what the log says. `place` names the row or the entry."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"


def compare(
    *, subjects: Sequence[str] | None = None, progress: Callable[[int, int], None] = lambda done, total: None
) -> Iterator[Difference]:
    """Hold every row that entries cover against its entries; only the rows of `subjects` where given.

    Names changed fields, changed, deleted and added child rows, and added rows; a row that is gone altogether is
    named by `missing`. `progress` is told how many rows are done of how many. Memory does not grow with the tables.
    Safe beside a running platform: a row that changes under the comparison is read again.
    """
    done, total = 0, len(subjects) if subjects is not None else sum(table.count() for table in TABLES)
    for table in TABLES:
        portions = table.portions() if subjects is None else _portions_of(table, subjects)
        for portion in portions:
            yield from _compare_portion(table, portion)
            done += len(portion)
            progress(min(done, total), total)
    # Subjects without a row count as done, and rows written meanwhile are in nobody's total.
    progress(total, total)


def missing(statements: Sequence[tuple[str, bytes]]) -> Iterator[Difference]:
    """The rows that entries speak of and that are not there; once for each subject of this portion.

    `statements` are (place, body) such as ("entry 17", b"..."), about a thousand at a time. Names entries of a kind
    that the platform does not make as well, for nothing could be compared with them.
    """
    first_places: dict[Table, dict[str, str]] = {}
    for place, body in statements:
        statement = read_statement(place, body)
        if statement is None or statement.subject.startswith(OF_THE_LOG):
            continue
        table = _BY_PREFIX.get(statement.subject.partition(":")[0])
        if table is None or not (statement.kind in table.kinds or statement.kind in ROWLESS):
            yield Difference(place, f"it is of no kind that is compared ({statement.kind}, {statement.subject})")
            continue
        first_places.setdefault(table, {}).setdefault(statement.subject, place)
    for table, places in first_places.items():
        for portion in in_portions(places):
            present = table.existing(portion)
            for subject in portion:
                if subject not in present:
                    yield Difference(_name(subject), f"{places[subject]} speaks of it, the row is missing")


def _portions_of(table: Table, subjects: Sequence[str]) -> Iterator[list[Found]]:
    wanted = (subject for subject in dict.fromkeys(subjects) if subject.partition(":")[0] in table.prefixes)
    for portion in in_portions(wanted):
        yield table.find(portion)


def _compare_portion(table: Table, portion: Sequence[Found]) -> Iterator[Difference]:
    statements = _statements([found.subject for found in portion])
    doubtful = [found.subject for found in portion if any(differing(table, found, statements[found.subject]))]
    if doubtful:
        yield from _confirmed(table, doubtful)


def _confirmed(table: Table, subjects: Sequence[str]) -> Iterator[Difference]:
    """The differences of these subjects that do not come from reading rows and entries one after the other.

    A service commits a row's change and its entry together: in one view of the database both are there, or neither.
    """
    with _one_view():
        statements = _statements(subjects)
        found = table.find(subjects)
    for row in found:
        texts = differing(table, row, statements[row.subject])
        yield from (Difference(_name(row.subject), text) for text in texts)


@contextmanager
def _one_view() -> Iterator[None]:
    """Inside, every query sees the database as it was at the first one."""
    if connection.in_atomic_block:
        yield  # of the caller's making
        return
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        # On SQLite writers wait for the few milliseconds this takes.
        yield


def _statements(subjects: Sequence[str]) -> dict[str, list[Statement]]:
    """The entries about each subject, in the order in which they were queued."""
    found: dict[str, list[Statement]] = {}
    for subject, bodies in bodies_about(subjects).items():
        read = (read_statement(place, body) for place, body in bodies)
        # Filed under a subject they do not speak of: the log's own check says so.
        found[subject] = [statement for statement in read if statement and statement.subject == subject]
    return found


def _name(subject: str) -> str:
    return subject.replace(":", " ", 1)
