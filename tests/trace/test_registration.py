"""Registering a batch: what is kept, what is told to the ledger, and every refusal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from products.access import Actor, Scope
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.models.batch import Batch, BatchStep
from products.trace.queries.batches import facts_of
from products.trace.services.batches import discard_draft, edit_draft, submit_draft
from products.trace.services.statements import plot_commitments
from tests.factories import CUIPING, NOW, PIDU, PUJIANG, make_authorisation, make_indication, make_version
from tests.trace.helpers import entries_about, register

IN_PIDU: dict[str, Any] = {"longitude": Decimal("103.8872"), "latitude": Decimal("30.8105"), "datum": "GCJ-02"}


def test_a_batch_is_registered_with_its_standard(maker: Actor, authorisation: Authorisation) -> None:
    make_version(
        authorisation.indication, label="旧版", effective_from=date(1990, 1, 1), effective_to=date(2006, 12, 1)
    )
    version = make_version(make_indication())
    version.standard.indication = authorisation.indication
    version.standard.save()

    batch = register(maker, authorisation)

    assert batch.state == "registered"
    assert batch.standard_version == version
    assert [(step.from_state, step.to_state, step.by) for step in batch.steps.all()] == [
        ("draft", "registered", f"uscc:{maker.uscc}")
    ]


def test_without_a_configured_standard_there_is_none(maker: Actor, authorisation: Authorisation) -> None:
    assert register(maker, authorisation).standard_version is None


def test_the_ledger_gets_every_public_fact_and_a_commitment_to_the_plot(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = register(
        maker,
        authorisation,
        gtin="6901234567892",
        best_before=date(2027, 11, 20),
        plot_name="三组东坡地",
        **IN_PIDU,
    )

    (entry,) = entries_about(batch)
    assert entry["kind"] == "trace.batch_registered"
    assert entry["actor"] == f"uscc:{maker.uscc}"
    assert entry["data"] == {
        "lot": "261120-01",
        "indication": authorisation.indication.code,
        "uscc": maker.uscc,
        "authorisation": str(authorisation.code),
        "product_name": "郫县豆瓣",
        "standard": None,
        "origin": PIDU,
        "produced_on": "2026-11-20",
        "best_before": "2027-11-20",
        "net_mass_g": 100_000,
        "gtin": "06901234567892",
    }
    assert "三组" not in str(entry)
    assert "103887" not in str(entry)
    assert entry["commitments"] == plot_commitments(facts_of(batch), salt=bytes(batch.plot_salt))
    assert len(bytes(batch.plot_salt)) == 16


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"lot": ""}, "invalid_lot", "lot"),
        ({"lot": "批次一"}, "invalid_lot", "lot"),
        ({"lot": "x" * 21}, "invalid_lot", "lot"),
        ({"origin_code": "999999"}, "unknown_county", "origin_code"),
        ({"origin_code": "510100"}, "unknown_county", "origin_code"),
        ({"origin_code": PUJIANG}, "outside_area", "origin_code"),
        ({"net_mass_g": 0}, "mass_not_positive", "net_mass_g"),
        ({"net_mass_g": -1}, "mass_not_positive", "net_mass_g"),
        ({"net_mass_g": 10**11 + 1}, "absurd_mass", "net_mass_g"),
        ({"produced_on": date(2026, 11, 24)}, "produced_in_future", "produced_on"),
        ({"produced_on": date(2016, 11, 22)}, "produced_too_long_ago", "produced_on"),
        ({"produced_on": date(2024, 12, 31)}, "authorisation_inactive", "produced_on"),
        ({"best_before": date(2026, 11, 20)}, "best_before_too_early", "best_before"),
        ({"gtin": "6901234567893"}, "invalid_gtin", "gtin"),
        ({"gtin": "69-1"}, "invalid_gtin", "gtin"),
        ({"plot_name": "地" * 81}, "text_too_long", "plot_name"),
        ({"longitude": Decimal("103.9")}, "point_incomplete", "longitude"),
        ({"datum": "WGS84"}, "point_incomplete", "longitude"),
        ({**IN_PIDU, "datum": "Xian80"}, "unusable_place", "datum"),
        ({**IN_PIDU, "longitude": Decimal("NaN")}, "unusable_place", "longitude"),
        ({**IN_PIDU, "latitude": Decimal(91_000)}, "unusable_place", "latitude"),
        ({**IN_PIDU, "longitude": Decimal("116.4"), "latitude": Decimal("39.9")}, "unusable_place", "longitude"),
        (
            {**IN_PIDU, "longitude": Decimal("30.8105"), "latitude": Decimal("103.8872")},
            "coordinates_swapped",
            "longitude",
        ),
        ({**IN_PIDU, "longitude": Decimal("104.6"), "latitude": Decimal("28.75")}, "outside_area", "longitude"),
        ({**IN_PIDU, "longitude": Decimal("100"), "latitude": Decimal("30")}, "outside_area", "longitude"),
    ],
)
def test_a_wrong_fact_is_refused_at_its_field_and_nothing_is_written(
    maker: Actor, authorisation: Authorisation, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        register(maker, authorisation, **changes)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Batch.objects.exists()
    assert not BatchStep.objects.exists()


def test_the_limits_themselves_are_allowed(maker: Actor, authorisation: Authorisation) -> None:
    authorisation.valid_from = date(2010, 1, 1)
    authorisation.save()

    register(maker, authorisation, lot="x" * 20, net_mass_g=10**11, produced_on=date(2016, 11, 23))
    register(maker, authorisation, lot="y", net_mass_g=1, produced_on=date(2026, 11, 23))


def test_today_is_todays_date_in_china(maker: Actor, authorisation: Authorisation) -> None:
    early_morning = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)

    batch = register(maker, authorisation, produced_on=date(2026, 11, 24), now=early_morning)

    assert batch.produced_on == date(2026, 11, 24)


def test_a_point_in_another_county_of_the_area_contradicts_the_origin(maker: Actor, makers: Enterprise) -> None:
    wide = make_authorisation(enterprise=makers, indication=make_indication(counties=(PIDU, PUJIANG)))

    with pytest.raises(DomainError) as caught:
        register(maker, wide, longitude=Decimal("103.45"), latitude=Decimal("30.2"), datum="GCJ-02")

    assert (caught.value.code, caught.value.field) == ("point_outside_origin", "longitude")


def test_the_datum_decides_on_which_side_of_the_border_a_point_lies(maker: Actor, authorisation: Authorisation) -> None:
    # The border is 104.0 E in GCJ-02, which lies some 0.0025 degrees further west in WGS-84.
    point = {"longitude": Decimal("103.9999"), "latitude": Decimal("30.8")}
    register(maker, authorisation, lot="A", **point, datum="GCJ-02")

    beyond = {"longitude": Decimal("104.0005"), "latitude": Decimal("30.8")}
    with pytest.raises(DomainError) as caught:
        register(maker, authorisation, lot="B", **beyond, datum="WGS84")
    assert caught.value.code == "outside_area"


def test_a_field_on_the_drawn_border_is_not_refused_for_the_maps_sake(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = register(maker, authorisation, longitude=Decimal("104.001"), latitude=Decimal("30.8"), datum="GCJ-02")

    assert batch.longitude_e6 == 104_001_000


def test_an_indication_without_counties_covers_its_prefecture(maker: Actor, makers: Enterprise) -> None:
    whole = make_authorisation(enterprise=makers, indication=make_indication(counties=()))

    assert register(maker, whole, origin_code=PUJIANG).origin_id == PUJIANG
    with pytest.raises(DomainError) as caught:
        register(maker, whole, lot="B", origin_code=CUIPING)
    assert caught.value.code == "outside_area"


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "suspended"},
        {"state": "withdrawn"},
        {"state": "submitted"},
        {"valid_until": date(2026, 11, 22)},
        {"valid_from": date(2026, 11, 24)},
    ],
)
def test_without_a_usable_authorisation_nothing_is_registered(
    maker: Actor, makers: Enterprise, changes: dict[str, Any]
) -> None:
    authorisation = make_authorisation(enterprise=makers, **changes)

    with pytest.raises(DomainError) as caught:
        register(maker, authorisation)

    assert caught.value.code == "authorisation_inactive"


def test_a_cancelled_protection_ends_registration(
    maker: Actor, authorisation: Authorisation, registrants_indication: Indication
) -> None:
    Indication.objects.filter(pk=authorisation.indication_id).update(status="cancelled")

    with pytest.raises(DomainError) as caught:
        register(maker, authorisation)

    assert caught.value.code == "authorisation_inactive"


def test_anothers_announced_authorisation_is_not_found(rival: Actor, authorisation: Authorisation) -> None:
    with pytest.raises(DomainError) as caught:
        register(rival, authorisation)

    assert caught.value.code == "not_found"


@pytest.mark.parametrize("who", ["association", "officer_north", "auditor", "admin_actor"])
def test_only_producers_register(request: pytest.FixtureRequest, authorisation: Authorisation, who: str) -> None:
    with pytest.raises(DomainError) as caught:
        register(request.getfixturevalue(who), authorisation)

    assert caught.value.code == "forbidden"


def test_a_token_for_labels_registers_nothing(maker: Actor, authorisation: Authorisation) -> None:
    narrow = Actor(role=maker.role, uscc=maker.uscc, scopes=frozenset({Scope.READ, Scope.LABELS}))

    with pytest.raises(DomainError) as caught:
        register(narrow, authorisation)

    assert caught.value.code == "forbidden"


def test_a_lot_stands_once_under_an_authorisation(
    maker: Actor, makers: Enterprise, authorisation: Authorisation
) -> None:
    register(maker, authorisation)

    with pytest.raises(DomainError) as caught:
        register(maker, authorisation)
    assert (caught.value.code, caught.value.field) == ("duplicate_lot", "lot")

    other = make_authorisation(enterprise=makers, product_name="红油豆瓣")
    assert register(maker, other).lot == "261120-01"


def test_a_draft_stays_out_of_the_ledger_until_it_is_registered(maker: Actor, authorisation: Authorisation) -> None:
    draft = register(maker, authorisation, as_draft=True)
    assert (draft.state, entries_about(draft), list(draft.steps.all())) == ("draft", [], [])

    edited = edit_draft(
        actor=maker, code=draft.code, changes={"lot": "B", "net_mass_g": 5_000, "gtin": "6901234567892"}, now=NOW
    )
    assert (edited.lot, edited.net_mass_g, edited.gtin) == ("B", 5_000, "06901234567892")

    submitted = submit_draft(actor=maker, code=draft.code, now=NOW)
    assert submitted.state == "registered"
    assert [entry["data"]["net_mass_g"] for entry in entries_about(draft)] == [5_000]


def test_a_drafts_facts_are_checked_again_when_it_is_registered(maker: Actor, authorisation: Authorisation) -> None:
    draft = register(maker, authorisation, as_draft=True)
    Authorisation.objects.update(state="suspended")

    with pytest.raises(DomainError) as caught:
        submit_draft(actor=maker, code=draft.code, now=NOW)

    assert caught.value.code == "authorisation_inactive"
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_a_draft_can_be_thrown_away_and_its_lot_used_again(maker: Actor, authorisation: Authorisation) -> None:
    draft = register(maker, authorisation, as_draft=True)

    discard_draft(actor=maker, code=draft.code)

    assert register(maker, authorisation).lot == draft.lot


def test_a_registered_batch_is_neither_edited_nor_discarded_nor_registered_again(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = register(maker, authorisation)

    for attempt in (
        lambda: edit_draft(actor=maker, code=batch.code, changes={"net_mass_g": 1}, now=NOW),
        lambda: discard_draft(actor=maker, code=batch.code),
        lambda: submit_draft(actor=maker, code=batch.code, now=NOW),
    ):
        with pytest.raises(DomainError) as caught:
            attempt()
        assert caught.value.code == "wrong_batch_state"
