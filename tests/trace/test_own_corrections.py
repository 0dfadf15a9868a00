"""Corrected batches: wrong EPCIS events are declared wrong, and the right ones follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ledger.adapters.signer import Signer
from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from products.trace.models.epcis_own import OwnEventProgress
from products.trace.services.batch_facts import FactChanges
from products.trace.services.batches import correct_batch, release_batch
from products.trace.services.epcis_own import make_own_events
from tests.factories import NOW
from tests.trace.helpers import register
from tests.trace.lab_helpers import enter, make_rules
from tests.trace.own_events import BASE, Event, publish
from tests.trace.test_own_events import GTIN, MADE

pytestmark = [pytest.mark.usefixtures("reports_folder", "base")]


@pytest.fixture
def rules(authorisation: Authorisation) -> None:
    make_rules(authorisation)


def correct(maker: Actor, code: Any, minutes: int, **changes: Any) -> None:
    given = FactChanges(**changes)  # type: ignore[typeddict-item]
    correct_batch(actor=maker, code=code, changes=given, reason="登记有误", now=NOW + timedelta(minutes=minutes))


def test_a_correction_declares_the_wrong_event_and_names_the_right_one(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation)
    release_batch(actor=maker, code=batch.code, now=NOW)
    before = publish(signer)
    correct(maker, batch.code, 1, net_mass_g=90_000)

    declared, right = publish(signer)

    assert declared["eventID"] == before[0]["eventID"]
    assert {k: v for k, v in declared.items() if k != "errorDeclaration"} == before[0]
    assert declared["errorDeclaration"] == {
        "declarationTime": "2026-11-23T04:01:00.000Z",
        "reason": "incorrect_data",
        "correctiveEventIDs": [right["eventID"]],
        "gi:reason": "登记有误",
        "gi:statement": f"{BASE}/ledger/entries/{entry_of(declared)}",
    }
    assert right["quantityList"][0]["quantity"] == 90
    assert right["gi:correction"] == declared["errorDeclaration"]["gi:statement"]
    assert right["eventTime"] == before[0]["eventTime"]


def entry_of(event: Event) -> int:
    """The entry that an error declaration names."""
    return int(event["errorDeclaration"]["gi:statement"].rpartition("/")[2])


@pytest.mark.usefixtures("rules")
def test_another_lot_number_renames_every_event_of_the_batch(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, gtin=GTIN, produced_on=MADE)
    enter(maker, batch)
    release_batch(actor=maker, code=batch.code, now=NOW)
    publish(signer)
    correct(maker, batch.code, 1, lot="261120-02")

    events = publish(signer)

    wrong, right = events[::2], events[1::2]
    assert [e["gi:act"] for e in right] == ["batch_registered", "lab_reported", "batch_released"]
    assert all("errorDeclaration" in e for e in wrong)
    assert [e["errorDeclaration"]["correctiveEventIDs"] for e in wrong] == [[e["eventID"]] for e in right]
    assert {e["quantityList"][0]["epcClass"] for e in right} == {f"https://id.gs1.org/01/{GTIN}/10/261120-02"}


def test_corrected_back_and_forth_in_one_round_every_event_has_an_id_of_its_own(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation)
    for minute, mass in enumerate((90_000, 100_000, 90_000), start=1):
        correct(maker, batch.code, minute, net_mass_g=mass)

    events = publish(signer)

    right = [e for e in events if "errorDeclaration" not in e]
    wrong = [e for e in events if "errorDeclaration" in e]
    assert [e["quantityList"][0]["quantity"] for e in right] == [100, 90, 100, 90]
    assert len({e["eventID"] for e in right}) == 4
    assert [e["eventID"] for e in wrong] == [e["eventID"] for e in right[:3]]
    assert [e["errorDeclaration"]["correctiveEventIDs"] for e in wrong] == [[e["eventID"]] for e in right[1:]]


def test_a_corrected_plot_changes_no_event(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    batch = register(maker, authorisation, plot_name="一号地")
    publish(signer)
    correct(maker, batch.code, 1, plot_name="二号地")

    assert publish(signer) == []


@pytest.mark.usefixtures("rules")
def test_made_again_from_the_same_entries_the_events_are_the_same(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, gtin=GTIN, produced_on=MADE)
    enter(maker, batch)
    correct(maker, batch.code, 1, net_mass_g=90_000)
    publish(signer)
    kept = EpcisEvent.objects.count()
    OwnEventProgress.objects.update(next_index=0)

    make_own_events(now=NOW + timedelta(days=1))

    assert EpcisEvent.objects.count() == kept
    newest = EpcisCapture.objects.order_by("-pk")[0]
    assert (newest.kept_count, newest.error_count) == (0, 0)
