"""Exports over the API and from the pages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from tests.conftest import signed_in
from tests.factories import make_batch
from tests.trace.exchange_helpers import FARMER, trace_back


@pytest.fixture
def batch(authorisation: Authorisation) -> Batch:
    return make_batch(authorisation=authorisation, lot="A-1")


def sent(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_api_sends_both_forms(maker: Actor, batch: Batch) -> None:
    client = signed_in(maker)

    answer = client.get(f"/api/v1/batches/{batch.code}/export?standard=gb38154")
    book = client.get(
        f"/api/v1/enterprises/{maker.uscc}/export?first=2026-11-01&last=2026-11-30&standard=ny4712&format=xlsx"
    )
    wrong = client.get(f"/api/v1/batches/{batch.code}/export?format=pdf")

    assert json.loads(sent(answer))["standard"] == "GB/T 38154-2019"
    assert answer["Content-Disposition"] == f'attachment; filename="gb38154-{batch.code}.json"'
    assert sent(book).startswith(b"PK")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_input")


def test_the_page_of_a_batch_leads_to_four_files(maker: Actor, batch: Batch) -> None:
    trace_back(batch)
    client = signed_in(maker)

    page = client.get(f"/producer/batches/{batch.code}").content.decode()

    for standard in ("ny4712", "gb38154"):
        for form, start in (("xlsx", b"PK"), ("json", b"{")):
            address = f"/producer/batches/{batch.code}/export/{standard}.{form}"
            assert f'href="{address}"' in page
            assert sent(client.get(address)).startswith(start)
    assert client.get(f"/producer/batches/{batch.code}/export/ny4712.pdf").status_code == 404
    assert client.get(f"/producer/batches/{batch.code}/export/xml.json").status_code == 422


def test_a_period_is_exported_from_its_form(maker: Actor, batch: Batch) -> None:
    trace_back(batch)
    client = signed_in(maker)

    form = client.get("/exports").content.decode()
    file = client.get("/exports?first=2026-11-01&last=2026-11-30&standard=ny4712&form=json")

    assert 'name="uscc"' not in form
    assert form.count("<h1") == 1
    assert file["Content-Disposition"] == f'attachment; filename="ny4712-{maker.uscc}-2026-11-01.json"'
    assert FARMER in sent(file).decode()


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("first=2026-11-30&last=2026-11-01", "不能早于"),
        ("first=2025-01-01&last=2026-11-01", "366"),
        ("first=yesterday&last=2026-11-01", "请填写日期"),
    ],
)
def test_a_period_that_cannot_be_is_said_at_its_field(maker: Actor, query: str, words: str) -> None:
    response = signed_in(maker).get(f"/exports?{query}&standard=ny4712&form=json")

    assert response.status_code == 422
    assert words in response.content.decode()


def test_an_office_names_the_enterprise_and_only_of_its_region(
    officer_north: Actor, officer_south: Actor, batch: Batch, makers: Enterprise
) -> None:
    address = f"/exports?uscc={makers.uscc.lower()}&first=2026-11-01&last=2026-11-30&standard=gb38154&form=json"

    ours, theirs = signed_in(officer_north).get(address), signed_in(officer_south).get(address)

    assert [row["lot"] for row in json.loads(sent(ours))["sections"]["products"]] == ["A-1"]
    assert theirs.status_code == 422
    assert "无权导出" in theirs.content.decode()


def test_strangers_get_no_file(rival: Actor, admin_actor: Actor, batch: Batch) -> None:
    address = f"/producer/batches/{batch.code}/export/ny4712.json"

    assert signed_in(rival).get(address).status_code == 404
    assert signed_in(admin_actor).get(address).status_code == 403
