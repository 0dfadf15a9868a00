"""Corrections: new facts beside the old ones, and what labels make final."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch, BatchCorrection
from products.trace.queries.history import batch_history
from products.trace.services.batch_facts import FactChanges
from products.trace.services.batches import correct_batch
from tests.factories import NOW, PUJIANG, make_authorisation, make_batch, make_indication, make_run, make_version
from tests.trace.helpers import entries_about, register


def correct(actor: Actor, batch: Batch, changes: FactChanges, reason: str = "称重记录录错") -> BatchCorrection:
    return correct_batch(actor=actor, code=batch.code, changes=changes, reason=reason, now=NOW)


def refusal(actor: Actor, batch: Batch, changes: FactChanges, reason: str = "称重记录录错") -> tuple[str, str]:
    with pytest.raises(DomainError) as caught:
        correct(actor, batch, changes, reason)
    return caught.value.code, caught.value.field


def test_what_was_said_before_stays_beside_what_is_known_now(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation)

    correct(maker, batch, {"net_mass_g": 90_500, "best_before": date(2027, 5, 1), "lot": "261120-01"})

    batch.refresh_from_db()
    assert (batch.net_mass_g, batch.best_before) == (90_500, date(2027, 5, 1))
    (item,) = [item for item in batch_history(batch) if item.kind == "corrected"]
    assert item.reason == "称重记录录错"
    assert [(change.name, change.before, change.after) for change in item.changes] == [
        ("净重（公斤）", "100", "90.5"),
        ("保质期至", "未填", "2027年5月1日"),
    ]
    entry = entries_about(batch)[-1]
    assert entry["kind"] == "trace.batch_corrected"
    assert entry["data"]["changes"] == {"net_mass_g": ["100000", "90500"], "best_before": ["", "2027-05-01"]}
    assert entry["data"]["facts"]["net_mass_g"] == 90_500


def test_the_plot_stays_out_of_the_ledger_and_of_public_timelines(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation)

    correct(
        maker,
        batch,
        {"plot_name": "三组东坡地", "longitude": Decimal("103.8"), "latitude": Decimal("30.8"), "datum": "GCJ-02"},
    )

    entry = entries_about(batch)[-1]
    assert entry["data"]["changes"] == {}
    assert entry["commitments"].keys() == {"plot"}
    assert "东坡" not in str(entry)
    assert [item.kind for item in batch_history(batch)] == ["registered"]
    private = batch_history(batch, is_public=False)[-1]
    assert {change.field for change in private.changes} == {"plot_name", "longitude_e6", "latitude_e6", "datum"}


def test_a_fact_that_may_be_empty_can_be_emptied(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation, best_before=date(2027, 1, 1), gtin="6901234567892")

    correct(maker, batch, {"best_before": None, "gtin": ""})

    batch.refresh_from_db()
    assert (batch.best_before, batch.gtin) == (None, "")


def test_another_day_of_production_may_mean_another_standard(maker: Actor, authorisation: Authorisation) -> None:
    version = make_version(authorisation.indication, effective_from=date(2026, 11, 10))
    batch = register(maker, authorisation)
    assert batch.standard_version == version

    correct(maker, batch, {"produced_on": date(2026, 11, 9)})

    batch.refresh_from_db()
    assert batch.standard_version is None


@pytest.mark.parametrize("state", ["registered", "released", "held", "recalled"])
def test_facts_can_be_put_right_in_every_state_after_registration(
    maker: Actor, authorisation: Authorisation, state: str
) -> None:
    correct(maker, make_batch(authorisation=authorisation, state=state), {"net_mass_g": 1})


def test_a_suspended_mark_does_not_stop_the_truth(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    Authorisation.objects.update(state="suspended")

    correct(maker, batch, {"net_mass_g": 90_000})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ("nothing_changed", "")),
        ({"net_mass_g": 100_000}, ("nothing_changed", "")),
        ({"net_mass_g": 0}, ("mass_not_positive", "net_mass_g")),
        ({"net_mass_g": 10**12}, ("absurd_mass", "net_mass_g")),
        ({"origin_code": PUJIANG}, ("outside_area", "origin_code")),
        ({"produced_on": date(2026, 11, 24)}, ("produced_in_future", "produced_on")),
        ({"produced_on": date(2024, 11, 24)}, ("authorisation_inactive", "produced_on")),
        ({"best_before": date(2026, 1, 1)}, ("best_before_too_early", "best_before")),
        ({"longitude": Decimal("103.8")}, ("point_incomplete", "longitude")),
        ({"lot": "批"}, ("invalid_lot", "lot")),
        ({"gtin": "1"}, ("invalid_gtin", "gtin")),
    ],
)
def test_new_facts_meet_the_same_rules(
    maker: Actor, authorisation: Authorisation, changes: FactChanges, expected: tuple[str, str]
) -> None:
    batch = make_batch(authorisation=authorisation)

    assert refusal(maker, batch, changes) == expected
    assert not BatchCorrection.objects.exists()


def test_a_later_production_day_is_compared_with_the_old_best_before(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation, best_before=date(2026, 11, 5))

    assert refusal(maker, batch, {"produced_on": date(2026, 11, 5)}) == ("best_before_too_early", "best_before")


def test_a_correction_says_why(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    assert refusal(maker, batch, {"net_mass_g": 1}, reason=" ") == ("reason_missing", "reason")


def test_a_correction_cannot_take_anothers_lot(maker: Actor, authorisation: Authorisation) -> None:
    make_batch(authorisation=authorisation, lot="TAKEN")
    batch = make_batch(authorisation=authorisation)

    assert refusal(maker, batch, {"lot": "TAKEN"}) == ("duplicate_lot", "lot")


def test_a_draft_is_edited_not_corrected(maker: Actor, authorisation: Authorisation) -> None:
    assert refusal(maker, make_batch(authorisation=authorisation, state="draft"), {"net_mass_g": 1}) == (
        "wrong_batch_state",
        "",
    )


def test_without_labels_lot_and_trade_number_may_change(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    correct(maker, batch, {"lot": "NEW", "gtin": "6901234567892", "produced_on": date(2025, 11, 1)})

    batch.refresh_from_db()
    assert (batch.lot, batch.gtin) == ("NEW", "06901234567892")


def test_what_labels_say_and_were_counted_against_is_final(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    make_run(batch=batch, quantity=20, unit_mass_g=500)
    make_run(batch=batch, quantity=10, unit_mass_g=4_000)

    assert refusal(maker, batch, {"lot": "NEW"}) == ("labels_printed", "lot")
    assert refusal(maker, batch, {"gtin": "6901234567892"}) == ("labels_printed", "gtin")
    assert refusal(maker, batch, {"produced_on": date(2025, 11, 1)}) == ("labels_printed", "produced_on")
    assert refusal(maker, batch, {"net_mass_g": 49_999}) == ("below_labelled_mass", "net_mass_g")

    correct(maker, batch, {"net_mass_g": 50_000, "produced_on": date(2026, 11, 2)})


def test_a_labelled_mass_beyond_32_bits_is_counted_right(maker: Actor, makers: Enterprise) -> None:
    authorisation = make_authorisation(enterprise=makers, indication=make_indication())
    batch = make_batch(authorisation=authorisation, net_mass_g=10**11)
    make_run(batch=batch, activated=False, quantity=30_000_000, unit_mass_g=2_500)

    assert refusal(maker, batch, {"net_mass_g": 74_999_999_999}) == ("below_labelled_mass", "net_mass_g")


def test_only_the_maker_corrects(
    rival: Actor, officer_north: Actor, association: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation)

    assert refusal(rival, batch, {"net_mass_g": 1})[0] == "not_found"
    assert refusal(officer_north, batch, {"net_mass_g": 1})[0] == "forbidden"
    assert refusal(association, batch, {"net_mass_g": 1})[0] == "forbidden"
