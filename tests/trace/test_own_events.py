"""Batches, laboratory reports and labels as EPCIS events."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import override_settings

from ledger.adapters.signer import Signer
from ledger.services.sequencing import sequence_batch
from products.access import Actor
from products.audit import record
from products.labels.services.label_runs import activate_labels, issue_label_run, void_labels
from products.registry.models.authorisation import Authorisation
from products.trace.models.epcis import EpcisCapture, EpcisEvent
from products.trace.models.epcis_own import OwnEvent
from products.trace.services.batches import hold_batch, recall_batch, release_batch
from products.trace.services.certificates import issue_certificate
from products.trace.services.epcis_own import make_own_events
from tests.factories import NOW, make_version
from tests.trace.helpers import register
from tests.trace.lab_helpers import changed, enter, make_rules
from tests.trace.own_events import BASE, publish
from tests.trace.test_at_once import together

GTIN = "06901234567892"
# Before the laboratory drew its sample.
MADE = date(2026, 11, 1)
pytestmark = [pytest.mark.usefixtures("reports_folder", "base")]


@pytest.fixture
def rules(authorisation: Authorisation) -> None:
    make_rules(authorisation)


def test_a_registered_batch_is_commissioned_with_its_facts(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    make_version(authorisation.indication)
    batch = register(maker, authorisation, gtin=GTIN, net_mass_g=100_500, best_before=date(2027, 11, 20))

    [event] = publish(signer)

    assert event["eventID"].startswith("ni:///sha-256;")
    assert event["eventTime"] == "2026-11-23T04:00:00.000Z"
    assert (event["action"], event["bizStep"], event["disposition"]) == ("ADD", "commissioning", "active")
    assert event["quantityList"] == [
        {"epcClass": f"https://id.gs1.org/01/{GTIN}/10/261120-01", "quantity": 100.5, "uom": "KGM"}
    ]
    assert event["bizLocation"] == {"id": f"{BASE}/enterprises/{maker.uscc}"}
    assert event["ilmd"] == {
        "cbvmda:lotNumber": "261120-01",
        "cbvmda:countryOfOrigin": "CN",
        "cbvmda:bestBeforeDate": "2027-11-20",
        "gi:productionDate": "2026-11-20",
        "gi:origin": "510117",
        "gi:indicationCode": authorisation.indication.code,
        "gi:indicationName": "郫县豆瓣",
        "gi:productName": "郫县豆瓣",
        "gi:standardVersion": f"GB/T 20560-2006/{authorisation.indication.code}",
        "gi:maker": maker.uscc,
        "gi:authorisation": f"urn:uuid:{authorisation.code}",
    }
    assert event["gi:batch"] == f"urn:uuid:{batch.code}"
    assert event["gi:statement"] == f"{BASE}/ledger/entries/0"


def test_a_batch_without_a_gtin_goes_by_its_uuid(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    batch = register(maker, authorisation)

    [event] = publish(signer)

    assert event["quantityList"] == [{"epcClass": f"urn:uuid:{batch.code}", "quantity": 100, "uom": "KGM"}]


def test_the_plot_stays_out_of_the_event(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    register(maker, authorisation, plot_name="王大伯的坡地")

    publish(signer)

    assert "王大伯" not in EpcisEvent.objects.get().text


def test_release_hold_and_recall_have_their_dispositions(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation)
    release_batch(actor=maker, code=batch.code, now=NOW)
    hold_batch(actor=maker, code=batch.code, reason="等待复检", now=NOW + timedelta(minutes=1))
    release_batch(actor=maker, code=batch.code, now=NOW + timedelta(minutes=2))
    recall_batch(actor=maker, code=batch.code, reason="复检不合格", now=NOW + timedelta(minutes=3))

    events = publish(signer)[1:]

    assert [(e["gi:act"], e["bizStep"], e["disposition"], e.get("persistentDisposition")) for e in events] == [
        ("batch_released", "stocking", "sellable_not_accessible", None),
        ("batch_held", "holding", "non_sellable_other", {"set": ["non_sellable_other"]}),
        ("batch_resumed", "stocking", "sellable_not_accessible", {"unset": ["non_sellable_other"]}),
        ("batch_recalled", "holding", "recalled", {"set": ["recalled"]}),
    ]
    assert [e.get("gi:reason") for e in events] == [None, "等待复检", None, "复检不合格"]
    assert all(e["quantityList"] == [{"epcClass": f"urn:uuid:{batch.code}"}] for e in events)


@pytest.mark.usefixtures("rules")
def test_a_laboratory_report_keeps_its_values_as_written(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, produced_on=MADE)
    report = enter(maker, batch, results=changed("moisture", "<0.05"))

    event = publish(signer)[-1]

    assert (event["bizStep"], event["action"]) == ("inspecting", "OBSERVE")
    stated = event["gi:labReport"]
    assert stated["gi:code"] == f"urn:uuid:{report.code}"
    assert {"gi:laboratory", "gi:cmaNumber", "gi:reportNo", "gi:sampledOn", "gi:issuedOn"} <= stated.keys()
    values = {each["gi:indicator"]: each for each in stated["gi:result"]}
    assert values["total_acid"] == {
        "gi:indicator": "total_acid",
        "gi:value": "0.45",
        "gi:unit": "g/L",
        "gi:basis": "以乙酸计",
        "gi:method": "GB 12456-2021",
    }
    assert (values["moisture"]["gi:comparator"], values["moisture"]["gi:value"]) == ("<", "0.05")


def test_a_conformity_certificate_is_shown_on_the_public_page(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation)
    row = issue_certificate(
        actor=maker,
        batch_code=batch.code,
        product_kind="other",
        contact="13800000000",
        basis=["own_promise"],
        now=NOW,
    )

    event = publish(signer)[-1]

    assert event["certificationInfo"] == f"{BASE}/b/{batch.code}"
    assert (event["gi:certificate"], event["gi:certificateNo"]) == (f"urn:uuid:{row.code}", row.number)
    assert event["quantityList"][0]["quantity"] == 100
    assert "13800000000" not in EpcisEvent.objects.latest("pk").text


def test_a_statement_of_unknown_shape_stops_no_other(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation)
    subject = f"lot-operation:{batch.code}"
    record(actor=maker, kind="trace.lots_moved", subject=subject, data={"kind": "harvest"}, now=NOW)
    release_batch(actor=maker, code=batch.code, now=NOW)

    assert [event["gi:act"] for event in publish(signer)] == ["batch_registered", "batch_released"]


def test_labels_are_encoded_commissioned_and_decommissioned_by_number(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, gtin=GTIN)
    run = issue_label_run(actor=maker, batch_code=batch.code, quantity=100, unit_mass_g=500, now=NOW)
    activate_labels(actor=maker, run_code=run.code, first_serial=1, last_serial=80, now=NOW)
    void_labels(actor=maker, run_code=run.code, first_serial=79, last_serial=80, reason="破损", now=NOW)

    issued, activated, voided = publish(signer)[1:]

    lot = f"https://id.gs1.org/01/{GTIN}/10/261120-01"
    assert (issued["type"], issued["bizStep"], issued["disposition"]) == ("TransactionEvent", "encoding", "encoded")
    assert issued["bizTransactionList"] == [
        {"type": f"{BASE}/epcis/vocabulary#runIssue", "bizTransaction": f"{BASE}/label-runs/{run.code}"}
    ]
    assert (activated["action"], activated["bizStep"]) == ("ADD", "commissioning")
    assert (voided["action"], voided["bizStep"], voided["disposition"]) == ("DELETE", "decommissioning", "inactive")
    assert [e["quantityList"] for e in (issued, activated, voided)] == [
        [{"epcClass": lot, "quantity": count}] for count in (100, 80, 2)
    ]
    assert voided["gi:serialRange"] == {"gi:first": 79, "gi:last": 80}
    assert {e["gi:labelRun"] for e in (issued, activated, voided)} == {run.code}
    assert {e["gi:unitMassG"] for e in (issued, activated, voided)} == {500}


def test_nothing_is_made_of_what_still_waits_or_is_about_others(maker: Actor, signer: Signer) -> None:
    assert make_own_events(now=NOW) == 0
    assert publish(signer) == []
    assert make_own_events(now=NOW) == 0


@pytest.mark.usefixtures("rules")
def test_nothing_was_refused_by_the_checks_of_capture(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    batch = register(maker, authorisation, gtin=GTIN, produced_on=MADE)
    run = issue_label_run(actor=maker, batch_code=batch.code, quantity=10, unit_mass_g=500, now=NOW)
    void_labels(actor=maker, run_code=run.code, first_serial=1, last_serial=10, reason="印错", now=NOW)
    enter(maker, batch)
    release_batch(actor=maker, code=batch.code, now=NOW)
    publish(signer)

    assert [(row.error_count, row.by) for row in EpcisCapture.objects.all()] == [(0, "office:platform")]
    assert set(EpcisEvent.objects.values_list("enterprise__uscc", flat=True)) == {maker.uscc}
    assert OwnEvent.objects.count() == 5


@override_settings(LANGUAGE_CODE="en")
def test_events_do_not_depend_on_anybodys_language(maker: Actor, authorisation: Authorisation, signer: Signer) -> None:
    register(maker, authorisation, produced_on=MADE)

    [event] = publish(signer)

    assert event["ilmd"]["gi:indicationName"] == "郫县豆瓣"


def test_the_command_makes_what_there_is(
    maker: Actor, authorisation: Authorisation, signer: Signer, capsys: pytest.CaptureFixture[str]
) -> None:
    register(maker, authorisation)
    sequence_batch(signer=signer, now=NOW)

    call_command("epcis_events", "--once")

    assert EpcisEvent.objects.count() == 1
    # The captured event is an entry as well, of which nothing is made.
    assert "looked at 1 entries, 0 to go" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_makers_of_events_that_run_together_take_turns(
    maker: Actor, authorisation: Authorisation, signer: Signer
) -> None:
    for number in range(30):
        register(maker, authorisation, lot=f"T-{number}", net_mass_g=1_000)
    sequence_batch(signer=signer, now=NOW)

    together(lambda: [make_own_events(now=NOW, limit=7) for _ in range(3)])

    assert make_own_events(now=NOW) == 0
    assert EpcisEvent.objects.count() == OwnEvent.objects.count() == 30
    assert set(OwnEvent.objects.values_list("entry_index", flat=True)) == set(range(30))
