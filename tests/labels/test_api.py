"""Labels over HTTP as a producer's program uses them, through the whole stack of middleware."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from products.access import Actor, Scope
from products.accounts.services.tokens import issue_token
from products.labels.models.label_run import LabelRange, LabelRun, PrintFile
from products.registry.models.authorisation import Authorisation, YearQuota
from products.trace.models.batch import Batch
from tests.factories import make_batch
from tests.labels.helpers import ask_for_file, entries_about, genuine_serials, issue, post_json, streamed, together
from tests.labels.rendering.reading import open_image, read_all

pytestmark = pytest.mark.django_db


def bearer(actor: Actor, *scopes: Scope) -> Client:
    """A program with a token of this person."""
    names = [scope.value for scope in scopes or tuple(actor.scopes)]
    _row, token = issue_token(actor=actor, name="ERP", scopes=names, days=30, now=timezone.now())
    return Client(headers={"Authorization": f"Bearer {token}"})


def runs_path(batch: Batch) -> str:
    return f"/batches/{batch.code}/label-runs"


def test_a_run_by_api_from_issue_to_void(maker: Actor, batch: Batch) -> None:
    client = bearer(maker)

    created = post_json(client, runs_path(batch), {"quantity": 100, "unit_mass_g": 500})
    assert created.status_code == 201
    body = created.json()
    assert (body["batch"], body["quantity"], body["activated_count"]) == (str(batch.code), 100, 0)
    address = f"/label-runs/{body['code']}"
    activated = post_json(client, f"{address}/activations", {"first_serial": 1, "last_serial": 60})
    assert (activated.status_code, activated.json()["kind"]) == (201, "activated")
    voided = post_json(client, f"{address}/voids", {"first_serial": 51, "last_serial": 70, "reason": "卷筒受潮"})
    assert (voided.status_code, voided.json()["reason"]) == (201, "卷筒受潮")

    run = client.get(f"/api/v1{address}").json()
    assert (run["activated_count"], run["voided_count"]) == (50, 20)
    listed = client.get(f"/api/v1{runs_path(batch)}").json()
    assert listed == {"items": [run], "next": None}


def test_codes_and_labels_by_api_are_genuine(maker: Actor, batch: Batch) -> None:
    run = issue(maker, batch, quantity=100)
    client = bearer(maker)
    address = f"/api/v1/label-runs/{run.code}"

    png = client.get(f"{address}/labels/42.png")
    assert png["Content-Type"] == "image/png"
    assert genuine_serials(run, read_all(open_image(png.content))) == [42]
    svg = client.get(f"{address}/labels/42.svg")
    assert (svg["Content-Type"], svg.content[:4]) == ("image/svg+xml", b"<svg")
    lines = b"".join(streamed(client.get(f"{address}/codes.csv?first_serial=11&last_serial=20"))).splitlines()
    assert genuine_serials(run, [line.decode().split(",")[0] for line in lines[1:]]) == list(range(11, 21))
    assert len(b"".join(streamed(client.get(f"{address}/codes.csv"))).splitlines()) == 101


@pytest.mark.parametrize(
    ("body", "status", "code", "field"),
    [
        ({"quantity": 201, "unit_mass_g": 500}, 409, "batch_exhausted", "quantity"),
        ({"quantity": 0, "unit_mass_g": 500}, 422, "invalid_input", "quantity"),
        ({"quantity": -7, "unit_mass_g": 500}, 422, "invalid_input", "quantity"),
        ({"quantity": 10**40, "unit_mass_g": 500}, 422, "invalid_input", "quantity"),
        ({"quantity": 1, "unit_mass_g": -500}, 422, "invalid_input", "unit_mass_g"),
        ({"quantity": 1.5, "unit_mass_g": 500}, 422, "invalid_input", "body.quantity"),
        ({"quantity": "many", "unit_mass_g": 500}, 422, "invalid_input", "body.quantity"),
        ({"unit_mass_g": 500}, 422, "invalid_input", "body.quantity"),
    ],
)
def test_bad_requests_are_refused_at_their_field(
    maker: Actor, batch: Batch, body: dict[str, Any], status: int, code: str, field: str
) -> None:
    answer = post_json(bearer(maker), runs_path(batch), body)

    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert problem["code"] == code
    assert [error["field"].endswith(field) for error in problem["errors"]] == [True]
    assert not LabelRun.objects.exists()


def test_the_quota_is_refused_by_its_own_code(maker: Actor, batch: Batch) -> None:
    YearQuota.objects.filter(authorisation=batch.authorisation).update(quota_g=1_000)

    answer = post_json(bearer(maker), runs_path(batch), {"quantity": 3, "unit_mass_g": 500})

    assert (answer.status_code, answer.json()["code"]) == (409, "quota_exhausted")


@pytest.mark.parametrize("code", ["ZZZZZZ", "x" * 300, "%E5%A5%BD", "%C5%BF" * 6])
def test_a_run_that_is_none_is_not_found(maker: Actor, batch: Batch, code: str) -> None:
    client = bearer(maker)
    serials = {"first_serial": 1, "last_serial": 1}

    answers = [
        client.get(f"/api/v1/label-runs/{code}"),
        client.get(f"/api/v1/label-runs/{code}/codes.csv"),
        client.get(f"/api/v1/label-runs/{code}/labels/1.png"),
        post_json(client, f"/label-runs/{code}/activations", serials),
        post_json(client, f"/label-runs/{code}/voids", {**serials, "reason": "卡纸"}),
        post_json(client, f"/label-runs/{code}/print-files", {**serials, "kind": "csv"}),
        client.get(f"/api/v1/print-files/{uuid4()}"),
        client.get(f"/api/v1/print-files/{uuid4()}/file"),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)


def test_anothers_runs_look_like_none(maker: Actor, rival: Actor, batch: Batch) -> None:
    run = issue(maker, batch)
    row = ask_for_file(maker, run)
    client = bearer(rival)
    serials = {"first_serial": 1, "last_serial": 1}
    address = f"/label-runs/{run.code}"

    answers = [
        client.get(f"/api/v1{runs_path(batch)}"),
        post_json(client, runs_path(batch), {"quantity": 1, "unit_mass_g": 500}),
        client.get(f"/api/v1{address}"),
        client.get(f"/api/v1{address}/codes.csv"),
        client.get(f"/api/v1{address}/labels/1.svg"),
        post_json(client, f"{address}/activations", serials),
        post_json(client, f"{address}/voids", {**serials, "reason": "卡纸"}),
        post_json(client, f"{address}/print-files", {**serials, "kind": "csv"}),
        client.get(f"/api/v1/print-files/{row.code}"),
        client.get(f"/api/v1/print-files/{row.code}/file"),
    ]

    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert (LabelRun.objects.count(), LabelRange.objects.count(), PrintFile.objects.count()) == (1, 0, 1)


def test_the_office_sees_a_run_and_touches_nothing(maker: Actor, officer_north: Actor, batch: Batch) -> None:
    run = issue(maker, batch)
    client = bearer(officer_north)
    serials = {"first_serial": 1, "last_serial": 1}

    assert client.get(f"/api/v1/label-runs/{run.code}").status_code == 200
    refused = [
        client.get(f"/api/v1/label-runs/{run.code}/codes.csv"),
        client.get(f"/api/v1/label-runs/{run.code}/labels/1.png"),
        post_json(client, f"/label-runs/{run.code}/activations", serials),
        post_json(client, f"/label-runs/{run.code}/voids", {**serials, "reason": "卡纸"}),
    ]
    assert [answer.status_code for answer in refused] == [403] * len(refused)
    assert len(entries_about(run)) == 1


def test_an_office_elsewhere_sees_no_run(maker: Actor, officer_south: Actor, batch: Batch) -> None:
    run = issue(maker, batch)

    assert bearer(officer_south).get(f"/api/v1/label-runs/{run.code}").status_code == 404


def test_a_reading_token_gets_no_codes(maker: Actor, batch: Batch) -> None:
    run = issue(maker, batch)
    client = bearer(maker, Scope.READ)

    assert client.get(f"/api/v1/label-runs/{run.code}").status_code == 200
    assert client.get(f"/api/v1/label-runs/{run.code}/codes.csv").status_code == 403
    assert post_json(client, runs_path(batch), {"quantity": 1, "unit_mass_g": 500}).status_code == 403
    assert Client().get(f"/api/v1/label-runs/{run.code}").status_code == 401


def test_a_replayed_issue_is_one_run_with_one_answer(maker: Actor, batch: Batch) -> None:
    client = bearer(maker)
    send = partial(post_json, client, runs_path(batch), {"quantity": 10, "unit_mass_g": 500})

    first, again = send(key="order-1"), send(key="order-1")

    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert again["Idempotent-Replay"] == "true"
    assert LabelRun.objects.count() == 1
    changed = post_json(client, runs_path(batch), {"quantity": 11, "unit_mass_g": 500}, key="order-1")
    assert (changed.status_code, changed.json()["code"]) == (409, "idempotency_key_reused")
    assert send(key="order-2").json()["code"] != first.json()["code"]


def test_a_refused_issue_may_be_tried_again_with_its_key(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="held")
    send = partial(post_json, bearer(maker), runs_path(batch), {"quantity": 10, "unit_mass_g": 500}, key="order-1")
    assert (send().status_code, LabelRun.objects.count()) == (409, 0)

    Batch.objects.filter(pk=batch.pk).update(state="released")

    assert (send().status_code, LabelRun.objects.count()) == (201, 1)


@pytest.mark.django_db(transaction=True)
def test_one_key_sent_at_once_is_one_run(maker: Actor, batch: Batch) -> None:
    names = [Scope.LABELS.value]
    _row, token = issue_token(actor=maker, name="ERP", scopes=names, days=30, now=timezone.now())
    answers: list[Any] = []

    def send() -> None:
        client = Client(headers={"Authorization": f"Bearer {token}"})
        answers.append(post_json(client, runs_path(batch), {"quantity": 10, "unit_mass_g": 500}, key="order-1"))

    assert together(*[send] * 5) == ["done"] * 5

    assert [answer.status_code for answer in answers] == [201] * 5
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert LabelRun.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("csv", "\ufeff".encode())])
def test_a_print_file_by_api(maker: Actor, batch: Batch, kind: str, start: bytes) -> None:
    run = issue(maker, batch, quantity=100)
    client = bearer(maker)
    body = {"kind": kind, "layout": "a4_24", "first_serial": 1, "last_serial": 30}

    asked = post_json(client, f"/label-runs/{run.code}/print-files", body)
    assert (asked.status_code, asked.json()["state"]) == (202, "queued")
    address = f"/api/v1/print-files/{asked.json()['code']}"
    early = client.get(f"{address}/file")
    assert (early.status_code, early.json()["code"]) == (410, "print_file_not_available")

    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)

    state = client.get(address).json()
    assert (state["state"], state["done_count"]) == ("ready", 30)
    answer = client.get(f"{address}/file")
    assert b"".join(streamed(answer)).startswith(start)
    assert answer["Content-Type"].startswith({"pdf": "application/pdf", "csv": "text/csv"}[kind])
