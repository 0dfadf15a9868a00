"""Batches over HTTP, through the whole stack of middleware."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from products.access import Actor, Scope
from products.accounts.services.tokens import issue_token
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from tests.factories import CUIPING, make_batch, make_run
from tests.trace.helpers import body, entries_about, post_json


def bearer(actor: Actor, *scopes: Scope) -> Client:
    """A program with a token of this person."""
    names = [scope.value for scope in scopes or tuple(actor.scopes)]
    _row, token = issue_token(actor=actor, name="ERP", scopes=names, days=30, now=timezone.now())
    return Client(headers={"Authorization": f"Bearer {token}"})


def test_a_batch_by_api_from_draft_to_recall(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)
    point = {"longitude": "103.8872", "latitude": 30.8105, "datum": "wgs84"}

    created = post_json(client, "/batches", body(authorisation, as_draft=True, **point))
    assert created.status_code == 201
    draft = created.json()
    assert (draft["state"], draft["origin"]["name"], draft["standard"]) == ("draft", "郫都区", None)
    assert draft["point"] == {"longitude": "103.887200", "latitude": "30.810500", "datum": "WGS-84"}

    address = f"/batches/{draft['code']}"
    assert post_json(client, f"{address}/registration").json()["state"] == "registered"
    assert post_json(client, f"{address}/release").json()["state"] == "released"
    corrected = post_json(client, f"{address}/corrections", {"reason": "称重记录录错", "net_mass_g": 90_000})
    assert corrected.status_code == 201
    assert corrected.json()["changes"] == [{"field": "net_mass_g", "before": "100000", "after": "90000"}]
    assert corrected.json()["batch"]["net_mass_g"] == 90_000
    assert post_json(client, f"{address}/hold", {"reason": "复检"}).json()["state"] == "held"
    assert post_json(client, f"{address}/recall", {"reason": "净含量不足"}).json()["state"] == "recalled"

    timeline = client.get(f"/api/v1{address}/timeline").json()
    assert [item["kind"] for item in timeline] == ["registered", "released", "corrected", "held", "recalled"]
    assert client.get(f"/api/v1{address}").json()["state"] == "recalled"


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"net_mass_g": -5}, 422, "mass_not_positive"),
        ({"net_mass_g": 10**15}, 422, "absurd_mass"),
        ({"net_mass_g": 10**40}, 422, "absurd_mass"),
        ({"net_mass_g": 12.5}, 422, "invalid_input"),
        ({"net_mass_g": "many"}, 422, "invalid_input"),
        ({"produced_on": "yesterday"}, 422, "invalid_input"),
        ({"produced_on": "2026-02-30"}, 422, "invalid_input"),
        ({"authorisation_code": "1"}, 422, "invalid_input"),
        ({"origin_code": "510"}, 422, "unknown_county"),
        ({"origin_code": CUIPING}, 422, "outside_area"),
        ({"lot": "a b"}, 422, "invalid_lot"),
        ({"lot": "\u0000"}, 422, "invalid_lot"),
        ({"plot_name": "\u0000"}, 422, "invalid_text"),
        ({"plot_name": "\ud800"}, 422, "invalid_text"),
        ({"origin_code": "\u0000"}, 422, "unknown_county"),
        ({"longitude": "1e400", "latitude": "30", "datum": "WGS84"}, 422, "unusable_place"),
        ({"longitude": "30.8", "latitude": "103.8", "datum": "WGS84"}, 422, "coordinates_swapped"),
    ],
)
def test_bad_input_gets_a_problem_document(
    maker: Actor, authorisation: Authorisation, changes: dict[str, Any], status: int, code: str
) -> None:
    answer = post_json(bearer(maker), "/batches", body(authorisation, **changes))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["errors"][0]["field"]
    assert not Batch.objects.exists()


def test_a_post_sent_again_with_its_key_makes_one_batch(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)

    first = post_json(client, "/batches", body(authorisation), key="k-1")
    again = post_json(client, "/batches", body(authorisation), key="k-1")
    other = post_json(client, "/batches", body(authorisation, lot="B"), key="k-1")
    without = post_json(client, "/batches", body(authorisation))

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotent-Replay"] == "true"
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_key_reused")
    assert (without.status_code, without.json()["code"]) == (409, "duplicate_lot")
    assert len(entries_about(Batch.objects.get())) == 1


def test_a_refused_post_may_be_mended_under_the_same_key(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)

    refused = post_json(client, "/batches", body(authorisation, net_mass_g=0), key="k-2")
    mended = post_json(client, "/batches", body(authorisation), key="k-2")

    assert (refused.status_code, mended.status_code) == (422, 201)


@pytest.mark.django_db(transaction=True)
def test_one_post_sent_many_times_at_once_makes_one_batch(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)
    start = Barrier(4)

    def send() -> Any:
        start.wait(timeout=30)
        try:
            return post_json(client, "/batches", body(authorisation), key="k-3")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = [future.result(timeout=60) for future in [pool.submit(send) for _ in range(4)]]

    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert Batch.objects.count() == 1


def test_pages_of_batches_follow_each_other_without_gap_or_repeat(maker: Actor, authorisation: Authorisation) -> None:
    lots = [make_batch(authorisation=authorisation).lot for _ in range(5)]
    client, seen = bearer(maker), []
    cursor: str | None = ""

    while cursor is not None:
        page = client.get(f"/api/v1/batches?limit=2&cursor={cursor}").json()
        seen += [item["lot"] for item in page["items"]]
        cursor = page["next"]

    assert seen == lots[::-1]
    assert client.get("/api/v1/batches", {"cursor": "!"}).json()["code"] == "invalid_input"


def test_batches_are_found_by_text_and_state(maker: Actor, authorisation: Authorisation) -> None:
    make_batch(authorisation=authorisation, lot="AB-1", state="held")
    make_batch(authorisation=authorisation, lot="AB-2")
    make_batch(authorisation=authorisation, lot="CD-1")
    client = bearer(maker)

    def lots(**wanted: str) -> set[str]:
        return {item["lot"] for item in client.get("/api/v1/batches", wanted).json()["items"]}

    assert lots(text="ab") == {"AB-1", "AB-2"}
    assert lots(state="held") == {"AB-1"}
    assert lots(text="郫县豆瓣") == {"AB-1", "AB-2", "CD-1"}
    assert lots(text="%") == set()
    assert client.get("/api/v1/batches", {"text": "\0"}).status_code == 400


@pytest.mark.parametrize(
    ("who", "count", "read", "recall"),
    [
        ("maker", 1, 200, 200),
        ("rival", 0, 404, 404),
        ("association", 0, 404, 403),
        ("officer_north", 1, 200, 200),
        ("officer_south", 0, 404, 404),
        ("auditor", 1, 200, 403),
        ("admin_actor", 1, 200, 403),
    ],
)
def test_who_reads_and_recalls(
    request: pytest.FixtureRequest, authorisation: Authorisation, who: str, count: int, read: int, recall: int
) -> None:
    batch = make_batch(authorisation=authorisation)
    client = bearer(request.getfixturevalue(who))

    assert len(client.get("/api/v1/batches").json()["items"]) == count
    assert client.get(f"/api/v1/batches/{batch.code}").status_code == read
    assert client.get(f"/api/v1/batches/{batch.code}/timeline").status_code == read
    assert post_json(client, f"/batches/{batch.code}/recall", {"reason": "净含量不足"}).status_code == recall


def test_without_a_token_or_with_too_narrow_a_one_nothing_is_told(maker: Actor, authorisation: Authorisation) -> None:
    assert Client().get("/api/v1/batches").status_code == 401
    assert post_json(Client(), "/batches", body(authorisation)).status_code == 401
    assert post_json(bearer(maker, Scope.READ), "/batches", body(authorisation)).status_code == 403
    assert bearer(maker, Scope.BATCHES).get("/api/v1/batches").status_code == 403


def test_a_reason_is_readable_text(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    answer = post_json(bearer(maker), f"/batches/{batch.code}/recall", {"reason": "净含量\0不足"})

    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_text")


def test_a_correction_names_the_field_that_labels_made_final(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    make_run(batch=batch)

    answer = post_json(bearer(maker), f"/batches/{batch.code}/corrections", {"reason": "抄错", "lot": "NEW"})

    assert (answer.status_code, answer.json()["code"]) == (409, "labels_printed")
    assert [error["field"] for error in answer.json()["errors"]] == ["lot"]


def test_reads_carry_an_etag(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    client = bearer(maker)
    first = client.get(f"/api/v1/batches/{batch.code}")

    assert client.get(f"/api/v1/batches/{batch.code}", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_day_of_production_is_not_yet_over(maker: Actor, authorisation: Authorisation) -> None:
    today = timezone.localdate()

    assert post_json(bearer(maker), "/batches", body(authorisation, produced_on=f"{today}")).status_code == 201
    tomorrow = post_json(
        bearer(maker), "/batches", body(authorisation, lot="B", produced_on=f"{today + timedelta(days=1)}")
    )
    assert tomorrow.json()["code"] == "produced_in_future"
