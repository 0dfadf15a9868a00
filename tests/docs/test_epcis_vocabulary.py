"""docs/epcis-vocabulary.md: its terms are those of the code, its examples are events that capture takes."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.events import parse
from products.trace.domain.epcis.reading import read_event, received
from products.trace.domain.epcis_own.identifiers import namespace
from products.trace.domain.epcis_own.terms import TERMS, context_document, own_context
from tests.trace.own_events import names_in

BASE = "https://gi.example"
TEXT = (Path(__file__).resolve().parent.parent.parent / "docs" / "epcis-vocabulary.md").read_text(encoding="utf-8")
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)\n```", TEXT, re.DOTALL)]
CONTEXT, EXAMPLES = BLOCKS[0]["@context"], BLOCKS[1:]
# EPCIS 2.0 section 7.4: what the standard itself puts into an event of these types.
STANDARD = {
    "eventID", "type", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition", "persistentDisposition",
    "bizLocation", "quantityList", "inputQuantityList", "outputQuantityList", "bizTransactionList", "sourceList",
    "destinationList", "ilmd", "errorDeclaration",
}  # fmt: skip


def test_the_table_is_the_vocabulary() -> None:
    rows = re.findall(r"^\| `gi:(\w+)` \| (\w+) \| (.*?) \| .* \|$", TEXT, re.MULTILINE)

    assert rows == [(term.name, term.type, term.meaning) for term in TERMS]
    assert len({term.name for term in TERMS}) == len(TERMS)


def test_the_examples_are_read_in_the_context_that_is_stored() -> None:
    assert own_context(namespace(BASE)) == CONTEXT


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event["gi:act"])
def test_an_example_is_an_event_that_capture_takes_under_the_same_id(event: dict[str, Any]) -> None:
    given = event.pop("eventID")
    prefixes = prefixes_of(CONTEXT)
    now = datetime.fromisoformat(event["eventTime"]) + timedelta(days=1)

    made = parse(received(event), prefixes=prefixes, now=now)
    sent = parse(read_event(json.dumps(event | {"eventID": given}).encode()), prefixes=prefixes, now=now)

    assert made.event_id == sent.event_id == given
    assert {name for name in event if not name.startswith("gi:")} <= STANDARD
    assert names_in(event) <= {f"gi:{term.name}" for term in TERMS}


def test_every_act_has_its_line() -> None:
    for event in EXAMPLES:
        assert event["bizStep"] in TEXT
        assert f"{event['type']} {event['action']}" in TEXT if "action" in event else event["type"] in TEXT


def test_the_context_is_served_with_every_term_to_anybody(client: Client, settings: Any) -> None:
    settings.BASE_URL = BASE

    response = client.get("/epcis/context/gi.jsonld")

    assert (response.status_code, response["Content-Type"]) == (200, "application/ld+json")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response.json() == context_document(f"{BASE}/epcis/vocabulary#")
    terms = response.json()["@context"]
    assert terms["gi:productionDate"] == {
        "@id": f"{BASE}/epcis/vocabulary#productionDate",
        "@type": "http://www.w3.org/2001/XMLSchema#date",
    }
    assert client.post("/epcis/context/gi.jsonld").status_code == 405


@pytest.mark.django_db
def test_each_term_can_be_looked_up_on_the_page(client: Client, settings: Any) -> None:
    settings.BASE_URL = BASE

    text = client.get("/epcis/vocabulary").content.decode()

    assert all(f'id="{term.name}"' in text for term in TERMS)
    assert text.count("<h1") == 1
