from __future__ import annotations

from datetime import date, timedelta

import pytest

from products.access import Actor
from products.labels.models.label_run import LabelRange
from products.oversight.queries.changes import changes_since_yesterday
from products.oversight.queries.findings import Finding, findings
from products.oversight.queries.records import find_records, read_asked
from products.registry.models.authorisation import AuthorisationDecision
from products.scans.models.scan import Scan
from products.trace.models.batch import Batch
from tests.conftest import signed_in
from tests.factories import NOW, TODAY, make_authorisation, make_batch, make_run
from tests.oversight.helpers import make_complaint, scan

pytestmark = pytest.mark.django_db


def found(actor: Actor, kind: str) -> list[Finding]:
    return findings(actor=actor, today=TODAY, kind=kind)


def test_labels_beyond_nine_tenths_of_the_quota(officer_north: Actor, officer_south: Actor) -> None:
    for quota_g in (5_000, 5_555, 5_556, 4_999):  # 10 labels of 500 g: 100 %, just above, just below 90 %, too many
        make_run(batch=make_batch(authorisation=make_authorisation(quota_g=quota_g)))

    rows = found(officer_north, "near_quota")

    assert [(row.level, row.number) for row in rows] == [("bad", 100), ("warn", 100), ("warn", 90)]
    assert found(officer_south, "near_quota") == []


def test_last_years_quota_is_last_years_affair(officer_north: Actor) -> None:
    make_run(batch=make_batch(authorisation=make_authorisation(quota_g=5_000), produced_on=date(2025, 11, 1)))

    assert found(officer_north, "near_quota") == []


def test_packs_scanned_after_their_makers_right_was_suspended(officer_north: Actor) -> None:
    run = make_run()
    authorisation = run.batch.authorisation
    AuthorisationDecision.objects.create(
        authorisation=authorisation, action="suspend", to_state="suspended", office="", decided_by="", decided_at=NOW
    )
    scan(run, 1, at=NOW - timedelta(hours=1))
    scan(run, 2, at=NOW + timedelta(hours=1), times=2)
    assert found(officer_north, "scanned_after_suspension") == []

    authorisation.state = "suspended"
    authorisation.save()
    (row,) = found(officer_north, "scanned_after_suspension")

    assert row.number == 2 == _behind(officer_north, row)


def test_units_scanned_that_nobody_activated(officer_north: Actor) -> None:
    run = make_run(activated=False)
    LabelRange.objects.create(run=run, kind="activated", first_serial=2, last_serial=4, by="", at=NOW)
    for serial in (1, 2, 4, 5):
        scan(run, serial)

    (row,) = found(officer_north, "scanned_unactivated")

    assert row.number == 2 == _behind(officer_north, row)


def _behind(actor: Actor, row: Finding) -> int:
    """How many rows stand behind the number."""
    path, _mark, query = row.rows.partition("?")
    asked = read_asked(dict(pair.split("=") for pair in query.split("&")))
    return find_records(actor=actor, kind=path.rpartition("/")[2], asked=asked).count


def test_labels_that_weigh_more_than_a_corrected_batch(officer_north: Actor) -> None:
    batch = make_run(quantity=100, unit_mass_g=1_000).batch
    assert found(officer_north, "overlabelled") == []
    Batch.objects.filter(pk=batch.pk).update(net_mass_g=80_000)

    (row,) = found(officer_north, "overlabelled")

    assert (row.number, row.key) == (125, str(batch.code))


@pytest.mark.parametrize(
    ("announced_on", "level"),
    [
        (date(2024, 11, 23), "bad"),
        (date(2024, 11, 24), "warn"),
        (date(2025, 5, 23), "warn"),
        (date(2025, 5, 24), ""),
    ],
)
def test_a_right_that_lies_idle(officer_north: Actor, announced_on: date, level: str) -> None:
    make_authorisation(announced_on=announced_on)

    assert [row.level for row in found(officer_north, "idle")] == ([level] if level else [])


def test_a_label_issued_or_activated_ends_the_idle_time(officer_north: Actor) -> None:
    old = NOW - timedelta(days=1_000)
    run = make_run(
        batch=make_batch(authorisation=make_authorisation(announced_on=date(2023, 1, 1))),
        activated=False,
        issued_at=old,
    )
    assert len(found(officer_north, "idle")) == 1

    LabelRange.objects.create(run=run, kind="activated", first_serial=1, last_serial=1, by="", at=NOW)

    assert found(officer_north, "idle") == []


def test_complaints_wait_until_they_are_closed(officer_north: Actor, officer_south: Actor, admin_actor: Actor) -> None:
    make_complaint(state="closed")
    make_complaint(state="rejected")
    fresh = make_complaint()
    late = make_complaint(state="accepted", received_at=NOW - timedelta(days=8))

    rows = found(officer_north, "open_complaints")

    assert [(row.key, row.level, row.number) for row in rows] == [(late.number, "bad", 8), (fresh.number, "warn", 0)]
    assert found(officer_south, "open_complaints") == found(admin_actor, "open_complaints") == []


def test_the_worst_comes_first(officer_north: Actor) -> None:
    make_complaint()
    make_authorisation(announced_on=date(2023, 1, 1))
    scan(make_run(activated=False), 1)

    assert [row.kind for row in findings(actor=officer_north, today=TODAY)] == [
        "scanned_unactivated",
        "idle",
        "open_complaints",
    ]


def test_what_is_new_since_yesterday_is_what_its_lists_hold(officer_north: Actor, officer_south: Actor) -> None:
    midnight = NOW.replace(day=21, hour=16)  # the beginning of 22 November in Chengdu
    for moment in (midnight - timedelta(seconds=1), midnight, NOW):
        batch = make_batch(created_at=moment)
        run = make_run(batch=batch, issued_at=moment)
        Scan.objects.create(run=run, serial=1, at=moment, verdict="genuine", visitor=b"v")
        make_complaint(received_at=moment)

    counts = {row.kind: row.count for row in changes_since_yesterday(actor=officer_north, today=TODAY)}

    assert counts == {
        "decisions": 0,
        "batches": 2,
        "runs": 2,
        "scans": 2,
        "complaints": 2,
        "inspections": 0,
        "cases": 0,
    }
    browser = signed_in(officer_north)
    for row in changes_since_yesterday(actor=officer_north, today=TODAY):
        assert browser.get(row.rows).context["page"].paginator.count == row.count
    assert {row.count for row in changes_since_yesterday(actor=officer_south, today=TODAY)} == {0}
