"""Runs of the check: what they keep, what a nightly one looks at, and the business tables behind the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.test import Client

from ledger.adapters.signer import Signer
from ledger.models import CheckRun, Entry
from ledger.services.checking.findings import Finding, Progress
from ledger.services.checking.run import run_check
from ledger.spans import id_at
from tests.ledger.flushing import triggers_lifted
from tests.ledger.helpers import NOW, filled, queue

pytestmark = pytest.mark.django_db


@dataclass
class Tables:
    """Business tables of nothing but names; one of them is missing."""

    lost: str = ""
    asked: list[Sequence[str] | None] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def compare(self, *, subjects: Sequence[str] | None = None, progress: Progress = print) -> Iterator[Finding]:
        self.asked.append(subjects)
        return iter(())

    def missing(self, statements: Sequence[tuple[str, bytes]]) -> Iterator[Finding]:
        for place, body in statements:
            self.seen.append(place)
            if self.lost and f'"subject":"{self.lost}"'.encode() in body:
                yield Finding(self.lost, f"{place} speaks of it")


def check(signer: Signer, tables: Tables | None = None, *, is_nightly: bool = False) -> list[str]:
    def quiet(noun: str) -> Callable[[int, int], None]:
        return lambda done, total: None

    def clock() -> datetime:
        return NOW

    found = run_check(signer=signer, comparison=tables, is_nightly=is_nightly, clock=clock, progress=quiet)
    return [str(finding) for finding in found]


def test_a_run_keeps_its_result(signer: Signer) -> None:
    filled(signer, 30)

    assert check(signer) == []

    run = CheckRun.objects.get()
    assert (run.from_size, run.size, run.difference_count, run.differences) == (0, 30, 0, [])


def test_a_full_run_reads_every_entry_and_every_row(signer: Signer) -> None:
    filled(signer, 300)
    tables = Tables(lost="batch:3")

    found = check(signer, tables)

    assert found[0] == "batch:3: entry 3 speaks of it"
    assert tables.seen == [f"entry {index}" for index in range(300)]
    assert tables.asked == [None]
    run = CheckRun.objects.get()
    assert (run.difference_count, run.differences) == (len(found), found)


@pytest.mark.parametrize("before", [1, 255, 256, 300, 513])
def test_a_nightly_run_goes_on_where_the_last_clean_one_ended(signer: Signer, before: int) -> None:
    filled(signer, before)
    check(signer)
    queue(5, first=before)
    from ledger.services.sequencing import sequence_batch

    sequence_batch(signer=signer, now=NOW)
    tables = Tables()

    assert check(signer, tables, is_nightly=True) == []

    assert tables.seen == [f"entry {index}" for index in range(before, before + 5)]
    assert tables.asked == [sorted({f"batch:{number % 7}" for number in range(before, before + 5)})]
    newest = CheckRun.objects.order_by("-pk")[0]
    assert (newest.from_size, newest.size) == (before, before + 5)


def test_a_nightly_run_names_what_changed_since_and_stays_behind_it(signer: Signer) -> None:
    filled(signer, 300)
    check(signer)
    queue(50, first=300)
    from ledger.services.sequencing import sequence_batch

    sequence_batch(signer=signer, now=NOW)
    with triggers_lifted():
        Entry.objects.filter(pk=id_at(310) or 0).update(body=b"{}")

    for _ in range(2):
        assert any(text.startswith("entry 310: its body hashes") for text in check(signer, is_nightly=True))


def test_a_nightly_run_notices_tiles_that_no_longer_lead_to_what_was_checked(signer: Signer) -> None:
    from ledger.models import Tile

    filled(signer, 300)
    check(signer)
    with triggers_lifted():
        Tile.objects.filter(level=1).update(hashes=b"\1" * 32)

    assert "log: its tiles no longer add up to the root checked at 300 entries" in check(signer, is_nightly=True)


def test_without_a_clean_run_a_nightly_one_is_full(signer: Signer) -> None:
    filled(signer, 10)
    tables = Tables()

    assert check(signer, tables, is_nightly=True) == []

    assert len(tables.seen) == 10
    assert tables.asked == [None]


def test_the_page_says_how_the_checks_ended(signer: Signer, client: Client) -> None:
    assert "还没有核对过" in client.get("/ledger/").content.decode()
    filled(signer, 12)
    check(signer)
    for _ in range(4):
        check(signer, Tables(lost="batch:3"), is_nightly=True)
    with triggers_lifted():
        Entry.objects.filter(pk=id_at(3) or 0).update(body=b"{}")
    check(signer)

    page = client.get("/ledger/").content.decode()

    assert "发现 1 处不一致" in page
    assert "全部 12 条和业务记录" in page
    assert page.count("全部一致") == 2
