"""The register over HTTP, through the whole stack of middleware."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.zone import Zone
from tests.conftest import signed_in
from tests.factories import CUIPING, PIDU, make_authorisation, make_enterprise, make_indication, make_version, uscc
from tests.registry.helpers import entries, nothing_logged


def post(client: Client, path: str, body: dict[str, Any], *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1{path}", body, content_type="application/json", headers=headers)


def get(client: Client, path: str, **query: str) -> Any:
    return client.get(f"/api/v1{path}", query)


def wanted(indication: Indication, code: str, **changes: Any) -> dict[str, Any]:
    return {
        "indication_code": indication.code,
        "uscc": code,
        "product_name": "郫县豆瓣",
        "holder_kind": 1,
        "basis_no": "GB/T 20560-2006",
        "valid_from": "2026-01-01",
        "valid_until": "2030-12-31",
        "quotas": {"2026": 10_000_000},
        **changes,
    }


def make_zone() -> Zone:
    zone = Zone.objects.create(
        code="SFQ-T1", name="示范区", grade="national", region_id=PIDU, stage="applied", stage_on=date(2025, 1, 1)
    )
    zone.indications.add(make_indication())
    return zone


def test_from_application_to_use_statement(
    maker: Actor, officer_north: Actor, officer_city: Actor, province: Actor, indication: Indication
) -> None:
    producer = signed_in(maker)
    created = post(producer, "/authorisations", wanted(indication, maker.uscc))
    assert created.status_code == 201
    row = created.json()
    assert (row["state"], row["quotas"]) == ("submitted", [{"year": 2026, "quota_g": 10_000_000}])
    address = f"/authorisations/{row['code']}"

    for actor, action in (
        (officer_north, "check_county"),
        (officer_city, "check_city"),
        (province, "approve_province"),
        (province, "announce"),
    ):
        done = post(signed_in(actor), f"{address}/decisions", {"action": action, "document_no": "川知公告9号"})
        assert done.status_code == 201
    assert done.json()["state"] == "announced"
    assert done.json()["announcement_no"] == "川知公告9号"

    quota = post(signed_in(officer_city), f"{address}/quotas", {"year": 2027, "quota_g": 5})
    assert (quota.status_code, quota.json()["quota_g"]) == (201, 5)
    use = post(producer, f"{address}/use-statements", {"year": 2026, "mass_g": 1, "label_count": 2, "output_fen": 3})
    assert use.status_code == 201
    assert get(producer, address).json()["quotas"][-1] == {"year": 2027, "quota_g": 5}
    assert [entry["kind"].partition(".")[2] for entry in entries(f"authorisation:{row['code']}")] == [
        "application_submitted",
        "authorisation_checked",
        "authorisation_checked",
        "authorisation_approved",
        "authorisation_announced",
        "quota_set",
        "use_stated",
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"indication_code": "SC-9999"}, 404, "not_found"),
        ({"uscc": uscc(4242)}, 403, "forbidden"),
        ({"holder_kind": 2, "basis_no": "1388982"}, 422, "evidence_missing"),
        ({"basis_no": "豆瓣"}, 422, "basis_malformed"),
        ({"quotas": {}}, 409, "quota_missing"),
        ({"quotas": {"2026": -1}}, 422, "invalid_input"),
        ({"quotas": {"2026": 10**40}}, 422, "invalid_input"),
        ({"quotas": {"soon": 1}}, 422, "invalid_input"),
        ({"valid_from": "2026-02-30"}, 422, "invalid_input"),
        ({"product_name": "a\u0000"}, 422, "invalid_input"),
    ],
)
def test_refused_applications(
    maker: Actor, indication: Indication, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = post(signed_in(maker), "/authorisations", wanted(indication, maker.uscc, **changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]
    assert not Authorisation.objects.exists()
    assert nothing_logged()


def test_outside_the_area_is_said_at_its_field(maker: Actor) -> None:
    elsewhere = make_indication(counties=(CUIPING,), prefecture_id="511500")

    answer = post(signed_in(maker), "/authorisations", wanted(elsewhere, maker.uscc))

    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "indication_code")
    assert answer.json()["code"] == "outside_area"


def test_a_replayed_application_is_one_application(maker: Actor, indication: Indication) -> None:
    client = signed_in(maker)
    body = wanted(indication, maker.uscc)

    first = post(client, "/authorisations", body, key="k-1")
    again = post(client, "/authorisations", body, key="k-1")

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert Authorisation.objects.count() == 1


@pytest.mark.parametrize(
    ("action", "body", "status", "code"),
    [
        ("suspend", {}, 422, "reason_missing"),
        ("suspend", {"reason": "抽检不合格"}, 422, "document_missing"),
        ("announce", {}, 409, "illegal_step"),
        ("close", {}, 422, "invalid_input"),
    ],
)
def test_refused_decisions(province: Actor, action: str, body: dict[str, str], status: int, code: str) -> None:
    row = make_authorisation()

    answer = post(signed_in(province), f"/authorisations/{row.code}/decisions", {"action": action, **body})

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_logged()


def test_a_lower_quota_conflicts(province: Actor) -> None:
    row = make_authorisation()

    answer = post(signed_in(province), f"/authorisations/{row.code}/quotas", {"year": 2026, "quota_g": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "quota_lowered")


def test_lists_show_what_is_ones_own_or_public(maker: Actor, makers: Enterprise, rival: Actor) -> None:
    own = make_authorisation(enterprise=makers, state="submitted")
    public = make_authorisation()

    def codes(actor: Actor, **query: str) -> set[str]:
        return {item["code"] for item in get(signed_in(actor), "/authorisations", **query).json()["items"]}

    assert codes(maker) == {str(own.code), str(public.code)}
    assert codes(maker, state="submitted") == {str(own.code)}
    assert codes(rival) == {str(public.code)}
    hidden = get(signed_in(rival), f"/authorisations/{own.code}")
    missing = get(signed_in(rival), "/authorisations/00000000-0000-4000-8000-000000000000")
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json() == missing.json()


def test_a_list_comes_in_pages(maker: Actor, makers: Enterprise) -> None:
    rows = [make_authorisation(enterprise=makers) for _ in range(5)]
    client = signed_in(maker)

    seen: list[str] = []
    cursor = ""
    for _page in range(3):
        page = get(client, "/authorisations", limit="2", cursor=cursor).json()
        seen += [item["code"] for item in page["items"]]
        cursor = page["next"]

    assert cursor is None
    assert seen == [str(row.code) for row in reversed(rows)]
    refused = get(client, "/authorisations", cursor="!!!")
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_input")


def test_enterprises_by_api(officer_north: Actor, officer_south: Actor) -> None:
    body = {"uscc": uscc(600), "name": "郫都豆瓣厂", "region_code": PIDU}
    client = signed_in(officer_north)

    assert post(client, "/enterprises", body).json()["uscc"] == uscc(600)
    assert post(client, "/enterprises", body).json()["code"] == "already_registered"
    assert post(client, "/enterprises", {**body, "uscc": "91350203M0001FUE2P"}).json()["code"] == "uscc_needs_review"
    assert post(client, "/enterprises", {**body, "uscc": "1"}).json()["code"] == "invalid_uscc"
    assert post(client, "/enterprises", {**body, "region_code": "1"}).json()["code"] == "unknown_county"
    assert post(signed_in(officer_south), "/enterprises", {**body, "uscc": uscc(601)}).status_code == 403
    legacy = {**body, "uscc": "91350203M0001FUE2P", "proof_sha256": "b2" * 32}
    assert post(client, "/legacy-enterprises", {**legacy, "proof_sha256": "no"}).json()["code"] == "evidence_missing"
    assert post(client, "/legacy-enterprises", legacy).status_code == 201


def test_protection_and_registrants_by_api(
    province: Actor, association: Actor, registrants_indication: Indication
) -> None:
    address = f"/indications/{registrants_indication.code}"
    decision = {
        "applicant_uscc": uscc(9),
        "applicant_name": "豆瓣厂",
        "outcome": "admitted",
        "decided_on": "2026-11-02",
    }
    change = {"kind": "cancelled", "document_no": "600号", "reason": "不再具有地域性", "effective_on": "2026-11-01"}
    row = make_authorisation(indication=registrants_indication)

    assert post(signed_in(association), f"{address}/registrant-decisions", decision).status_code == 201
    refused = post(signed_in(association), f"{address}/registrant-decisions", {**decision, "outcome": "refused"})
    assert (refused.status_code, refused.json()["code"]) == (422, "reason_missing")
    assert post(signed_in(association), f"{address}/changes", change).status_code == 403
    assert post(signed_in(province), f"{address}/changes", change).status_code == 201
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_zones_by_api(province: Actor, officer_north: Actor) -> None:
    zone = make_zone()
    stage = {"stage": "building", "document_no": "1号", "effective_on": "2026-03-01"}
    census = {"year": 2025, "producer_count": 10, "user_count": 7, "output_fen": 100, "user_output_fen": 70}

    assert post(signed_in(officer_north), f"/zones/{zone.code}/stages", stage).status_code == 403
    moved = post(signed_in(province), f"/zones/{zone.code}/stages", stage)
    assert (moved.status_code, moved.json()["stage"]) == (201, "building")
    again = post(signed_in(province), f"/zones/{zone.code}/stages", stage)
    assert (again.status_code, again.json()["code"]) == (409, "illegal_step")
    assert post(signed_in(officer_north), f"/zones/{zone.code}/censuses", census).status_code == 201
    twice = post(signed_in(officer_north), f"/zones/{zone.code}/censuses", census)
    assert (twice.status_code, twice.json()["code"]) == (409, "conflict")


def test_the_register_is_public(client: Client, regions: None) -> None:
    indication = make_indication(counties=())
    version = make_version(indication)
    row = make_authorisation(indication=indication)
    make_authorisation(indication=indication, state="submitted", enterprise=row.enterprise, product_name="豆瓣酱")
    zone = make_zone()

    assert [item["code"] for item in get(client, "/regions").json()] == ["510100", "511500"]
    assert [item["code"] for item in get(client, "/regions", parent="511500").json()] == [CUIPING]
    found = get(client, "/indications", q="豆瓣").json()["items"]
    assert indication.code in {item["code"] for item in found}
    assert get(client, f"/indications/{indication.code}").json()["counties"] == ["510117", "510131"]
    assert get(client, "/standards", code=version.standard.code).json()["indication"] == indication.code
    page = get(client, f"/enterprises/{row.enterprise.uscc}").json()
    assert [grant["code"] for grant in page["authorisations"]] == [str(row.code)]
    assert [item["code"] for item in get(client, "/zones").json()] == [zone.code]
    assert get(client, f"/zones/{zone.code}").json()["stage"] == "applied"


@pytest.mark.parametrize(
    "path", ["/indications/SC-9999", "/standards?code=GB", "/enterprises/91510117MADEM00000", "/zones/SFQ-99"]
)
def test_what_is_not_there(client: Client, regions: None, path: str) -> None:
    answer = client.get(f"/api/v1{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_enterprise_that_only_applied_is_not_shown(client: Client, regions: None) -> None:
    row = make_authorisation(state="submitted", enterprise=make_enterprise())

    assert get(client, f"/enterprises/{row.enterprise.uscc}").status_code == 404


def test_the_rest_asks_who_is_there(client: Client, indication: Indication) -> None:
    assert get(client, "/authorisations").status_code == 401
    answer = post(client, "/authorisations", wanted(indication, uscc(1)))
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
