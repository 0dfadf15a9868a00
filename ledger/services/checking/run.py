"""One run of the check: the log, the business tables behind it, and a row that says how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from ledger.adapters.signer import Signer
from ledger.models import CheckRun, Head
from ledger.services.checking.entries import read_entries
from ledger.services.checking.findings import Finding, Progress
from ledger.services.checking.log import check_log

# So many differences are kept with the run; the command prints them all.
_KEPT = 200


class Differing(Protocol):
    """Something a comparison found."""

    @property
    def place(self) -> str: ...

    @property
    def text(self) -> str: ...


class Comparison(Protocol):
    """What the statements say against what the tables say; the log itself knows neither."""

    def compare(self, *, subjects: Sequence[str] | None = None, progress: Progress = ...) -> Iterator[Differing]:
        """Every covered row, or those of `subjects`, against its entries."""
        ...

    def missing(self, statements: Sequence[tuple[str, bytes]]) -> Iterator[Differing]:
        """Which of these entries (place, exact bytes) speak of a row that is not there."""
        ...


def run_check(
    *,
    signer: Signer | None,
    comparison: Comparison | None,
    is_nightly: bool,
    clock: Callable[[], datetime],
    progress: Callable[[str], Progress],
) -> Iterator[Finding]:
    """Check everything, or with `is_nightly` what came since the last clean run; keeps the result.

    `progress` is asked for a new line for each part of the work.
    """
    started_at = clock()
    since = CheckRun.objects.filter(difference_count=0).order_by("-pk").first() if is_nightly else None
    head = Head.objects.first()
    kept: list[str] = []
    count = 0
    for finding in _findings(signer=signer, comparison=comparison, since=since, head=head, progress=progress):
        count += 1
        if count <= _KEPT:
            kept.append(str(finding))
        yield finding
    if head is not None:
        CheckRun.objects.create(
            started_at=started_at,
            finished_at=clock(),
            from_size=since.size if since else 0,
            size=head.size,
            root=head.root,
            difference_count=count,
            differences=kept,
        )


def _findings(
    *,
    signer: Signer | None,
    comparison: Comparison | None,
    since: CheckRun | None,
    head: Head | None,
    progress: Callable[[str], Progress],
) -> Iterator[Finding]:
    yield from check_log(signer=signer, since=since, progress=progress("entries"))
    if comparison is None or head is None:
        return
    # A full run walks the tables themselves; a nightly one looks at what the new entries are about.
    subjects: set[str] | None = set() if since else None
    statements = _statements(since.size if since else 0, head.size, progress=progress("statements"))
    for portion in statements:
        if subjects is not None:
            subjects.update(_subject(body) for _, body in portion)
        yield from (Finding(found.place, found.text) for found in comparison.missing(portion))
    wanted = None if subjects is None else sorted(subjects)
    differences = comparison.compare(subjects=wanted, progress=progress("rows"))
    yield from (Finding(found.place, found.text) for found in differences)


def _statements(first: int, last: int, *, progress: Progress) -> Iterator[list[tuple[str, bytes]]]:
    """The entries that are there, in portions, each with the words a finding names it by."""
    for stretch in read_entries(first, last):
        places = range(stretch.first, stretch.first + len(stretch.bodies))
        bodies = zip(places, stretch.bodies, strict=True)
        yield [(f"entry {index}", body) for index, body in bodies if body is not None and not _is_own(body)]
        progress(places.stop, last)


def _is_own(body: bytes) -> bool:
    """Whether the log speaks of itself (`ledger.key_rotated`): no business row stands behind it."""
    return b'"kind":"ledger.' in body


def _subject(body: bytes) -> str:
    try:
        return str(json.loads(body)["subject"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
