"""Certificates over the API."""

from __future__ import annotations

from io import BytesIO

import pypdfium2

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from tests.conftest import signed_in
from tests.factories import make_batch
from tests.trace.certificate_helpers import PHONE
from tests.trace.helpers import post_json
from tests.trace.lineage_helpers import make_lot


def test_a_certificate_over_the_api(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), make_batch(authorisation=authorisation)
    path = f"/batches/{batch.code}/certificates"
    body = {"product_kind": "egg", "contact": PHONE, "basis": ["own_promise"]}

    bad = post_json(client, path, body | {"product_kind": "wine"})
    answer = post_json(client, path, body, key="k1")
    again = post_json(client, path, body, key="k1")
    twice = post_json(client, path, body)
    nothing = post_json(client, path, {})

    assert answer.status_code == again.status_code == 201
    assert answer.json() == again.json()
    assert (twice.status_code, twice.json()["code"]) == (409, "certificate_exists")
    assert (bad.json()["code"], bad.json()["errors"][0]["field"]) == ("certificate_kind_unknown", "product_kind")
    assert nothing.status_code == 422
    (one,) = client.get(f"/api/v1{path}").json()
    assert (one["number"], one["is_standing"], one["contact"]) == (answer.json()["number"], True, PHONE)
    file = client.get(f"/api/v1{path}/{one['code']}/file?layout=label_80x60&copies=2")
    assert len(pypdfium2.PdfDocument(BytesIO(file.content))) == 2
    refused = client.get(f"/api/v1{path}/{one['code']}/file?copies=801")
    assert (refused.status_code, refused.json()["code"]) == (422, "certificate_unprintable")


def test_a_sellers_certificate_over_the_api(maker: Actor, authorisation: Authorisation) -> None:
    lot = make_lot(authorisation.enterprise, kind="purchase")
    client = signed_in(maker)

    answer = post_json(client, f"/lots/{lot.code}/certificates", {"number": "川-1", "issued_on": "2026-11-20"})
    bad = post_json(client, f"/lots/{lot.code}/certificates", {"number": "川-1", "issued_on": "昨天"})

    assert (answer.status_code, bad.status_code) == (201, 422)
    assert [each["number"] for each in client.get(f"/api/v1/lots/{lot.code}/certificates").json()] == ["川-1"]
