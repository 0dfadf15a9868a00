"""Standards over the API: drafted, tried, submitted, decided, read by anybody."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from products.access import Actor
from products.registry.models.indication import Indication
from products.registry.models.version_record import VersionRecord
from tests.conftest import signed_in
from tests.registry.version_helpers import CODE, acid, decide, draft, publish, submit

pytestmark = pytest.mark.django_db
PATH = "/api/v1/standard-versions"


def post(client: Client, path: str, body: dict[str, Any]) -> Any:
    headers = {"Idempotency-Key": str(uuid4())}
    return client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers)


def test_a_standard_from_the_first_draft_to_the_public_page(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    registrant, office = signed_in(association), signed_in(officer_city)
    made = post(
        registrant,
        "standard-versions",
        {"indication": registrants_indication.code, "standard_code": CODE, "title": "豆瓣"},
    ).json()
    address = f"standard-versions/{made['code']}"

    saved = post(
        registrant,
        f"{address}/contents",
        {
            "revision": made["revision"],
            "label": "2026",
            "effective_from": "2026-01-01",
            "source": "标准文本",
            "max_yield_kg_per_ha": 22500,
            "limits": [acid(), acid("１．２", comparator="le")],
        },
    ).json()
    tried = post(registrant, f"{address}/trial", {"values": {"total_acid": "1.3"}}).json()
    submitted = post(registrant, f"{address}/submission", {"revision": saved["revision"]}).json()
    decided = post(office, f"{address}/decisions", {"revision": submitted["revision"], "action": "publish"})
    public = Client().get(f"/api/v1/standards?code={CODE}").json()

    assert [limit["key"] for limit in saved["limits"]] == ["total_acid", "total_acid.2"]
    assert saved["limits"][1]["values"] == ["1.2"]
    assert saved["limits"][0]["text"] == "总酸（以乙酸计）不低于 0.60 g/L。"
    assert saved["limits"][0]["text_en"] == "Total acid (as acetic acid) at least 0.60 g/L."
    assert tried["overall"] == "failed"
    assert [(line["verdict"], line["detail"]) for line in tried["limits"]] == [
        ("passed", ""),
        ("failed", "超过要求"),
    ]
    assert (decided.status_code, decided.json()["state"]) == (201, "published")
    assert public["versions"][0]["max_yield_kg_per_ha"] == 22500
    assert public["versions"][0]["limits"][1]["text_en"] == "Total acid (as acetic acid) at most 1.2 g/L."


def test_refusals_name_every_field_at_fault(association: Actor, registrants_indication: Indication) -> None:
    client = signed_in(association)
    made = post(
        client,
        "standard-versions",
        {"indication": registrants_indication.code, "standard_code": CODE, "title": "豆瓣"},
    ).json()

    answer = post(
        client,
        f"standard-versions/{made['code']}/contents",
        {"revision": 1, "limits": [acid("x"), acid(unit="斤"), acid("5", "3", comparator="range")]},
    )

    assert answer.status_code == 422
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [
        ("limits.0.values", "limit_number_invalid"),
        ("limits.1.unit", "limit_unit_unknown"),
        ("limits.2.values", "limit_shape_invalid"),
    ]


def test_what_differs_from_the_version_before_is_told(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    publish(association, officer_city, registrants_indication, acid(), acid("9", indicator="lead", name="铅"))
    client = signed_in(association)
    made = post(client, "standard-versions", {"indication": registrants_indication.code, "standard_code": CODE}).json()
    assert made["changes"] == {"follows": f"{CODE}（2026）", "added": [], "removed": [], "changed": {}}

    limits = [{**made["limits"][0], "values": ["0.80"]}, {"comparator": "forbidden", "name": "色素", "values": []}]
    saved = post(
        client, f"standard-versions/{made['code']}/contents", {"revision": made["revision"], "limits": limits}
    ).json()

    assert saved["changes"]["changed"] == {"total_acid": ["values"]}
    assert saved["changes"]["removed"] == ["lead"]
    assert len(saved["changes"]["added"]) == 1


def test_stale_and_wrong_acts_are_refused(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    row = draft(association, registrants_indication)
    client = signed_in(association)

    assert post(client, f"standard-versions/{row.code}/withdrawal", {"action": "burn"}).status_code == 422
    stale = post(client, f"standard-versions/{row.code}/submission", {"revision": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "standard_draft_changed")
    submit(association, row)
    decide(officer_city, VersionRecord.objects.get(pk=row.pk))
    listed = client.get(f"{PATH}?state=published").json()["items"]
    assert [each["code"] for each in listed] == [str(row.code)]
    assert Client().get(f"{PATH}/{row.code}").status_code == 401
