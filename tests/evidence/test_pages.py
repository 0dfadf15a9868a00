"""The button, the page behind it, and the same through the API."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from ledger.queries import entries_of_subjects
from products.access import Actor
from products.accounts.services.tokens import issue_token
from tests.conftest import signed_in
from tests.evidence.conftest import World
from tests.evidence.zips import verify


def exported(world: World) -> int:
    found = entries_of_subjects([f"batch:{world.batch.code}", f"case:{world.case.number}"])
    return sum(entry.kind == "oversight.evidence_exported" for entry in found)


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_the_button_stands_where_it_is_needed(
    world: World, officer_north: Actor, auditor: Actor, association: Actor, admin_actor: Actor
) -> None:
    batch = reverse("batch", args=[world.batch.code])
    case = reverse("regulator-case", args=[world.case.number])
    firm = reverse("regulator-enterprise", args=[world.enterprise.uscc])
    button = "导出证据包"
    for actor, page in (
        (world.maker, batch), (world.maker, reverse("producer")), (officer_north, batch), (officer_north, case),
        (officer_north, firm), (auditor, case), (auditor, firm),
    ):  # fmt: skip
        assert button in signed_in(actor).get(page).content.decode(), page
    for actor, page in ((admin_actor, batch), (admin_actor, firm), (association, reverse("producer"))):
        assert f">{button}</button>" not in signed_in(actor).get(page).content.decode(), page


def test_from_the_button_to_the_file(world: World) -> None:
    client = signed_in(world.maker)

    page = client.post(
        reverse("evidence-export", args=["batch", world.batch.code]), follow=True, HTTP_USER_AGENT="Mozilla/5.0 Test"
    )

    text = page.content.decode()
    assert "证据包已生成：5 条记录，导出已写入账本。" in text
    sha256 = page.redirect_chain[0][0].rpartition("/")[2]
    assert sha256 in text
    download = client.get(reverse("evidence-file", args=[sha256]))
    assert download["Content-Type"] == "application/zip"
    found = verify(content(download), world.policy)
    assert found.sha256 == sha256
    assert found.manifest["client"] == "browser session; Mozilla/5.0 Test"
    assert "no-store" in download["Cache-Control"]


def test_others_find_nothing(world: World, rival: Actor, officer_south: Actor, association: Actor) -> None:
    sha256 = (
        signed_in(world.maker)
        .post(reverse("evidence-export", args=["batch", world.batch.code]))["Location"]
        .rpartition("/")[2]
    )

    for actor in (rival, officer_south):
        client = signed_in(actor)
        assert client.post(reverse("evidence-export", args=["batch", world.batch.code])).status_code == 404
        assert client.get(reverse("evidence", args=[sha256])).status_code == 404
        assert client.get(reverse("evidence-file", args=[sha256])).status_code == 404
    assert signed_in(association).post(reverse("evidence-export", args=["batch", world.batch.code])).status_code == 403
    assert exported(world) == 1


def test_a_look_exports_nothing(world: World) -> None:
    assert signed_in(world.maker).get(reverse("evidence-export", args=["batch", world.batch.code])).status_code == 405
    assert exported(world) == 0


def post(actor: Actor, body: dict[str, str], **headers: str) -> Any:
    return signed_in(actor).post("/api/v1/evidence", json.dumps(body), content_type="application/json", headers=headers)


def test_through_the_api(world: World, officer_north: Actor) -> None:
    made = post(officer_north, {"kind": "case", "code": world.case.number})

    assert made.status_code == 201
    answer = json.loads(made.content)
    assert (answer["entry_count"], answer["waiting_count"]) == (10, 0)
    data = content(signed_in(officer_north).get(answer["file"]))
    assert (verify(data, world.policy).sha256, len(data)) == (answer["sha256"], answer["byte_count"])
    assert signed_in(world.maker).get(answer["file"]).status_code == 404


def test_a_repeated_request_exports_once(world: World, officer_north: Actor) -> None:
    key = {"Idempotency-Key": str(uuid4())}

    first, second = (post(officer_north, {"kind": "case", "code": world.case.number}, **key) for _time in range(2))

    assert first.content == second.content
    assert exported(world) == 1


@pytest.mark.parametrize(
    ("body", "status"), [({"kind": "case", "code": "AJ-1"}, 404), ({"kind": "scan", "code": "1"}, 422), ({}, 422)]
)
def test_what_is_not_there(world: World, officer_north: Actor, body: dict[str, str], status: int) -> None:
    assert post(officer_north, body).status_code == status


def test_a_token_says_that_it_was_one(world: World, now: datetime) -> None:
    _row, secret = issue_token(actor=world.maker, name="lims", scopes=["read"], days=1, now=now)
    headers = {"Authorization": f"Bearer {secret}"}
    made = Client().post(
        "/api/v1/evidence", json.dumps({"kind": "batch", "code": str(world.batch.code)}),
        content_type="application/json", headers=headers,
    )  # fmt: skip
    data = content(Client().get(json.loads(made.content)["file"], headers=headers))

    assert verify(data, world.policy).manifest["client"] == "API token; User-Agent not sent"
