"""How the comparison reads entries and rows: drafts, second openings, portions, what runs beside it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.services.entries import enqueue
from products.access import Role
from products.accounts.models.token import ApiToken
from products.accounts.models.user import User
from products.accounts.services.users import create_user
from products.audit import record
from products.coverage import ROWLESS, TABLES, missing
from products.labels.models.label_run import LabelRun
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.services.batches import correct_batch, hold_batch, release_batch
from products.wording import STATEMENTS
from tests.coverage import accounts, world
from tests.coverage.cast import later, maker
from tests.coverage.reading import after, behind_its_back, change, delete_row, differences, missing_rows
from tests.factories import NOW


def test_every_kind_is_compared_in_one_place_or_says_why_not() -> None:
    compared = [kind for table in TABLES for kind in table.kinds]

    assert len(compared) == len(set(compared))
    assert set(compared) | ROWLESS.keys() == STATEMENTS.keys()
    assert not set(compared) & ROWLESS.keys()
    assert all(table.opening in {"", *table.kinds} for table in TABLES)


@pytest.mark.django_db
def test_a_draft_is_nobodys_business_until_it_claims_to_be_registered() -> None:
    world.make_batches()
    draft = Batch.objects.get(lot="C0")

    assert after(draft, net_mass_g=1) == []
    assert after(draft, state="registered") == [f"batch {draft.code}: no entry speaks of it: the row was added"]
    registered = Batch.objects.get(lot="A0")
    assert any("state is" in text for text in after(registered, state="draft"))


@pytest.mark.django_db
def test_a_second_opening_does_not_make_a_changed_row_true() -> None:
    world.make_labels()
    run = LabelRun.objects.order_by("pk")[0]
    with behind_its_back():
        change(run, quantity=5_000)
        record(actor=maker(0), kind="labels.run_issued", subject=f"run:{run.code}", data={"quantity": 5_000}, now=NOW)
        found = differences()

    assert any("says once more how it came about" in text for text in found)
    assert any("quantity is 5000" in text for text in found)


@pytest.mark.django_db
def test_a_row_whose_entries_do_not_say_how_it_came_about_is_named() -> None:
    world.make_labels()
    run = LabelRun.objects.order_by("pk")[0]
    with behind_its_back():
        change(run, code="AAAAAA")
        record(actor=maker(0), kind="labels.range_voided", subject="run:AAAAAA", data={}, now=NOW)

        assert "run AAAAAA: no entry labels.run_issued says how it came about" in differences()


@pytest.mark.django_db
def test_only_the_subjects_asked_for_are_compared() -> None:
    world.make_labels()
    first, second = LabelRun.objects.order_by("pk")
    with behind_its_back():
        change(first, quantity=5_000)
        change(second, quantity=5_000)
        found = differences([f"run:{second.code}", "batch:no-uuid", "run:GONE00", "nothing:at all", ""])

        assert [text.partition(":")[0] for text in found] == [f"run {second.code}"]
        assert len(differences()) == 2


@pytest.mark.django_db
def test_the_accounts_of_one_office_are_counted() -> None:
    accounts.make_accounts()
    # A third like the second, made in the same millisecond: as many entries as accounts.
    twin = {"role": Role.INSPECTOR, "regions": ("510117", "510131"), "password": "a long enough one"}
    create_user(username="o3", now=later(2), **twin)  # type: ignore[arg-type]
    assert differences() == []
    third = User.objects.get(username="o3")
    with behind_its_back():
        delete_row(third)

        (found,) = differences()
    assert found.startswith("office 510117: the account of queued entry ")
    assert "is missing" in found


@pytest.mark.django_db
def test_an_entry_of_no_known_kind_is_named_and_one_that_is_no_statement_is_left_to_the_logs_own_check() -> None:
    body = json.dumps({"kind": "registry.other", "subject": "batch:1"}).encode()
    nowhere = json.dumps({"kind": "labels.run_issued", "subject": "elsewhere:1"}).encode()

    found = list(missing([("entry 1", body), ("entry 2", b"{"), ("entry 3", b"[1]"), ("entry 4", nowhere)]))

    assert [each.place for each in found] == ["entry 1", "entry 4"]
    assert all("it is of no kind that is compared" in each.text for each in found)


@pytest.mark.django_db
def test_an_entry_with_words_in_the_wrong_places_stops_nothing() -> None:
    world.make_labels()
    run = LabelRun.objects.order_by("pk")[0]
    odd: list[dict[str, Any]] = [
        {"kind": "labels.range_voided", "subject": f"run:{run.code}", "data": [], "commitments": 3, "at": 5},
        {"kind": "trace.batch_corrected", "subject": f"batch:{run.batch.code}", "data": {"facts": 1}},
        {"kind": "registry.quota_set", "subject": f"authorisation:{run.batch.authorisation.code}"},
        {"kind": "accounts.token_issued", "subject": "token:x", "data": {"expires_at": "soon"}},
    ]
    for body in odd:
        enqueue(kind=str(body["kind"]), subject=str(body["subject"]), body=json.dumps(body).encode(), now=NOW)

    assert {text.partition(" ")[0] for text in differences()} == {"run", "batch", "authorisation"}
    assert [text.partition(":")[0] for text in missing_rows()] == ["token x"]


@pytest.mark.django_db
def test_every_row_of_many_portions_is_looked_at_once() -> None:
    accounts.make_accounts()
    owner = ApiToken.objects.order_by("pk")[0]
    ApiToken.objects.bulk_create(
        ApiToken(
            user_id=owner.user_id, name="x", digest=f"{number:064d}", created_at=NOW, expires_at=NOW + timedelta(days=1)
        )
        for number in range(1_001)
    )

    found = differences()

    assert len(found) == len(set(found)) == 1_001
    assert all(text.endswith("no entry speaks of it: the row was added") for text in found)


@pytest.mark.django_db
def test_more_rows_cost_no_more_queries() -> None:
    world.make_oversight()
    with CaptureQueriesContext(connection) as few:
        assert differences() == []
    right = Authorisation.objects.order_by("pk")[0]
    for number in range(20):
        batch = world.register(maker(0), right, f"D{number}")
        correct_batch(actor=maker(0), code=batch.code, changes={"net_mass_g": 50_000}, reason="复秤", now=later(80))
    with CaptureQueriesContext(connection) as more:
        assert differences() == []

    assert len(more) == len(few)


@pytest.mark.django_db(transaction=True)
def test_rows_that_change_meanwhile_are_no_differences() -> None:
    world.make_batches()
    batch = Batch.objects.get(lot="A0")

    def hold_and_release() -> None:
        try:
            for minute in range(40):
                hold_batch(actor=maker(0), code=batch.code, reason="复检", now=later(100 + minute))
                release_batch(actor=maker(0), code=batch.code, now=later(100 + minute))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(hold_and_release)
        found: list[str] = []
        rounds = 0
        while not work.done() or rounds < 3:
            found += differences()
            rounds += 1
        work.result()

    assert found == []
