"""Imports over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from products.access import Actor, Scope
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.models.batch_import import BatchImport
from products.trace.services.import_running import run_import
from products.trace.services.imports import AT_ONCE
from products.trace.spreadsheets.grid import MAX_BYTES
from tests.factories import make_batch
from tests.trace.import_files import csv_text, many_rows, row_of, workbook
from tests.trace.test_api import bearer

pytestmark = pytest.mark.django_db
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ADDRESS = "/api/v1/batches/imports"


def send(client: Client, content: bytes, *, dry_run: bool, kind: str = XLSX, **headers: str) -> Any:
    address = f"{ADDRESS}?dry_run={str(dry_run).lower()}"
    return client.generic("POST", address, content, content_type=kind, headers=headers)


def test_a_dry_run_reports_and_writes_nothing(maker: Actor, authorisation: Authorisation) -> None:
    there = make_batch(authorisation=authorisation, lot="OLD", net_mass_g=7_000)
    content = workbook([row_of(), row_of(lot="OLD"), row_of(lot="C", net_mass="x")])

    answer = send(bearer(maker), content, dry_run=True)

    report = answer.json()
    assert (answer.status_code, report["state"]) == (200, "checked")
    assert [row["action"] for row in report["rows"]] == ["create", "differs", "error"]
    assert report["rows"][1]["batch"] == str(there.code)
    (error,) = report["errors"]
    assert {key: error[key] for key in ("row", "column", "cell", "field", "code")} == {
        "row": 4,
        "column": "C",
        "cell": "C4",
        "field": "net_mass",
        "code": "not_a_number",
    }
    assert Batch.objects.count() == 1


def test_a_sheet_is_registered_whole_or_not_at_all(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)

    refused = send(client, workbook([row_of(), row_of(lot="B", origin="无")]), dry_run=False)
    done = send(client, workbook([row_of(), row_of(lot="B")]), dry_run=False)
    again = send(client, workbook([row_of(), row_of(lot="B")]), dry_run=False)

    assert (refused.status_code, refused.json()["code"]) == (422, "import_rows_refused")
    assert refused["Content-Type"] == "application/problem+json"
    assert [(error["cell"], error["code"]) for error in refused.json()["errors"]] == [("E3", "unknown_county")]
    assert (done.status_code, done.json()["made_count"]) == (201, 2)
    assert {row["batch"] for row in done.json()["rows"]} == {
        str(code) for code in Batch.objects.values_list("code", flat=True)
    }
    assert (again.status_code, again.json()["made_count"], again.json()["same_count"]) == (201, 0, 2)
    assert Batch.objects.count() == 2


def test_csv_and_forms_are_taken_too(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)
    text = csv_text([row_of()]).encode("gb18030")

    as_text = send(client, text, dry_run=True, kind="text/csv")
    file = SimpleUploadedFile("批次.csv", csv_text([row_of(lot="B")]).encode())
    as_form = client.post(f"{ADDRESS}?dry_run=false", {"file": file})
    as_nothing = client.post(ADDRESS, {"other": "x"})

    assert as_text.json()["create_count"] == 1
    assert (as_form.status_code, as_form.json()["made_count"]) == (201, 1)
    assert (as_nothing.status_code, as_nothing.json()["code"]) == (422, "import_empty")


def test_a_checked_sheet_is_confirmed_by_what_was_shown(
    maker: Actor, rival: Actor, authorisation: Authorisation
) -> None:
    client = bearer(maker)
    report = send(client, workbook([row_of()]), dry_run=True).json()
    address = f"{ADDRESS}/{report['code']}"

    def confirm(plan: str, who: Client = client) -> Any:
        return who.post(f"{address}/registration", {"plan_sha256": plan}, content_type="application/json")

    assert bearer(rival).get(address).status_code == 404
    assert confirm(report["plan_sha256"], bearer(rival)).status_code == 404
    assert confirm("0" * 64).json()["code"] == "import_changed"
    assert confirm(report["plan_sha256"], bearer(maker, Scope.READ)).status_code == 403
    assert confirm(report["plan_sha256"]).json()["made_count"] == 1
    assert client.get(address).json()["state"] == "done"


def test_a_long_sheet_is_registered_in_the_background(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)
    answer = send(client, workbook(many_rows(authorisation, AT_ONCE + 1)), dry_run=False)
    code = answer.json()["code"]

    assert (answer.status_code, answer.json()["state"]) == (202, "to_register")
    run_import(BatchImport.objects.get().code)

    assert client.get(f"{ADDRESS}/{code}").json()["made_count"] == AT_ONCE + 1


def test_one_key_one_import_and_no_file_too_large(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)
    content = workbook([row_of()])

    first = send(client, content, dry_run=False, **{"Idempotency-Key": "k"})
    again = send(client, content, dry_run=False, **{"Idempotency-Key": "k"})
    large = send(client, b"PK" + bytes(6 * 1024 * 1024), dry_run=True)
    larger = send(client, bytes(MAX_BYTES + 100_000), dry_run=True)

    assert again["Idempotent-Replay"] == "true"
    assert first.json() == again.json()
    assert (large.status_code, large.json()["code"]) == (422, "import_file_unreadable")
    assert (larger.status_code, larger.json()["code"]) == (413, "import_file_too_large")
    assert send(Client(), bytes(6 * 1024 * 1024), dry_run=True).status_code == 400
