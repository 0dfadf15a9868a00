"""Every operation of the API crossed with every member of the cast. An operation without a row fails."""

from __future__ import annotations

import json

import pytest
from django.db import transaction
from django.test import Client

from gi_trace.api import api
from products.access import Actor
from tests import factories
from tests.access.certificates import CERTIFICATES
from tests.access.exports import EXPORTS
from tests.access.lots import LOTS
from tests.access.plots import PLOTS
from tests.access.recalls import RECALLS
from tests.access.rows import ALL, OFFICES, SEE_BATCHES, SIGNED_IN, WATCHERS, Row
from tests.access.standards import STANDARDS
from tests.access.world import LAB_REPORT, SHEET, World, build, log_about
from tests.conftest import signed_in
from tests.factories import PIDU

DENIED = {401, 403, 404}


def a(world: World) -> str:
    return f"authorisations/{world.announced.code}"


def r(world: World) -> str:
    return f"label-runs/{world.waiting_run.code}"


def day(world: World) -> str:
    return "2026-11-20"


RANGE = {"first_serial": 1, "last_serial": 2}
MATRIX: dict[str, Row] = {
    **RECALLS,
    **CERTIFICATES,
    **EXPORTS,
    **STANDARDS,
    **LOTS,
    **PLOTS,
    # accounts
    "who_am_i": Row(SIGNED_IN, lambda w: "me"),
    "list_tokens": Row(SIGNED_IN, lambda w: "tokens"),
    "create_token": Row(SIGNED_IN, lambda w: "tokens", lambda w: {"name": "t", "scopes": ["read"], "days": 1}),
    "revoke_token": Row(set(), lambda w: "tokens/6c1f3c1e-0000-4000-8000-000000000000/revocation", lambda w: {}),
    # the public register
    "list_regions": Row(ALL, lambda w: "regions"),
    "list_indications": Row(ALL, lambda w: "indications"),
    "get_indication": Row(ALL, lambda w: f"indications/{w.indication.code}"),
    "get_standard": Row(ALL, lambda w: f"standards?code={w.standard_code}"),
    "get_enterprise": Row(ALL, lambda w: f"enterprises/{w.enterprise.uscc}"),
    "list_zones": Row(ALL, lambda w: "zones"),
    "get_zone": Row(ALL, lambda w: f"zones/{w.zone.code}"),
    # the register's office
    "register_enterprise": Row(
        OFFICES,
        lambda w: "enterprises",
        lambda w: {"uscc": factories.uscc(7001), "name": "新厂", "region_code": PIDU},
    ),
    "accept_legacy_uscc": Row(
        OFFICES,
        lambda w: "legacy-enterprises",
        lambda w: {"uscc": "91350203M0001FUE2P", "name": "老厂", "region_code": PIDU, "proof_sha256": "a" * 64},
    ),
    "list_authorisations": Row(
        SIGNED_IN,
        lambda w: "authorisations",
        sees=lambda w: str(w.pending.code),
        seen_by=frozenset(SEE_BATCHES),
    ),
    "submit_application": Row(
        OFFICES | {"maker"},
        lambda w: "authorisations",
        lambda w: {
            "indication_code": w.indication.code,
            "uscc": w.enterprise.uscc,
            "product_name": "新产品",
            "holder_kind": 1,
            "basis_no": "GB/T 20560-2006",
            "valid_from": "2026-12-01",
            "valid_until": "2028-12-01",
            "quotas": {"2027": 1000},
        },
    ),
    "get_authorisation": Row(SEE_BATCHES, lambda w: f"authorisations/{w.pending.code}"),
    "decide_authorisation": Row(
        {"north"}, lambda w: f"authorisations/{w.pending.code}/decisions", lambda w: {"action": "check_county"}
    ),
    "set_quota": Row(
        {"city", "province"},
        lambda w: f"{a(w)}/quotas",
        lambda w: {"year": 2026, "quota_g": 2_000_000, "document_no": "2026-1"},
    ),
    "state_use": Row(
        {"maker"},
        lambda w: f"{a(w)}/use-statements",
        lambda w: {"year": 2026, "mass_g": 1, "label_count": 1, "output_fen": 1},
    ),
    "record_indication_change": Row(
        {"province"},
        lambda w: f"indications/{w.indication.code}/changes",
        lambda w: {"kind": "changed", "document_no": "1", "reason": "范围调整", "effective_on": day(w)},
    ),
    "record_registrant_decision": Row(
        {"association"},
        lambda w: f"indications/{w.indication.code}/registrant-decisions",
        lambda w: {
            "applicant_uscc": w.enterprise.uscc,
            "applicant_name": "厂",
            "outcome": "admitted",
            "decided_on": day(w),
        },
    ),
    "advance_zone": Row(
        {"province"},
        lambda w: f"zones/{w.zone.code}/stages",
        lambda w: {"stage": "building", "document_no": "1", "effective_on": day(w)},
    ),
    "record_census": Row(
        OFFICES,
        lambda w: f"zones/{w.zone.code}/censuses",
        lambda w: {"year": 2025, "producer_count": 2, "user_count": 1, "output_fen": 2, "user_output_fen": 1},
    ),
    # batches
    "list_batches": Row(
        SIGNED_IN, lambda w: "batches", sees=lambda w: str(w.released.code), seen_by=frozenset(SEE_BATCHES)
    ),
    "register_batch": Row(
        {"maker"},
        lambda w: "batches",
        lambda w: {
            "authorisation_code": str(w.announced.code),
            "lot": "N-1",
            "origin_code": PIDU,
            "produced_on": day(w),
            "net_mass_g": 1000,
        },
    ),
    "read_batch": Row(SEE_BATCHES, lambda w: f"batches/{w.released.code}"),
    "read_batch_timeline": Row(SEE_BATCHES, lambda w: f"batches/{w.released.code}/timeline"),
    "submit_batch": Row({"maker"}, lambda w: f"batches/{w.draft.code}/registration", lambda w: {}),
    "release_batch": Row({"maker"}, lambda w: f"batches/{w.registered.code}/release", lambda w: {}),
    "hold_batch": Row({"maker"}, lambda w: f"batches/{w.released.code}/hold", lambda w: {"reason": "复检"}),
    "recall_batch": Row(
        OFFICES | {"maker"}, lambda w: f"batches/{w.released.code}/recall", lambda w: {"reason": "召回"}
    ),
    "correct_batch": Row(
        {"maker"},
        lambda w: f"batches/{w.released.code}/corrections",
        lambda w: {"produced_on": "2026-11-02", "reason": "填错日期"},
    ),
    # A producer without the right may have a sheet checked, and is told that the product is not theirs.
    "import_batches": Row({"maker", "rival"}, lambda w: "batches/imports?dry_run=true", text=SHEET),
    "read_batch_import": Row({"maker"}, lambda w: f"batches/imports/{w.batch_import.code}"),
    "confirm_batch_import": Row(
        {"maker"},
        lambda w: f"batches/imports/{w.batch_import.code}/registration",
        lambda w: {"plan_sha256": w.batch_import.plan_sha256},
    ),
    "list_lab_reports": Row(SEE_BATCHES, lambda w: f"batches/{w.released.code}/lab-reports"),
    "record_lab_report": Row({"maker"}, lambda w: f"batches/{w.released.code}/lab-reports", lambda w: LAB_REPORT),
    "download_lab_report": Row(
        SEE_BATCHES - {"admin"}, lambda w: f"batches/{w.released.code}/lab-reports/{w.lab_report.code}/file"
    ),
    # labels
    "list_label_runs": Row(SEE_BATCHES, lambda w: f"batches/{w.released.code}/label-runs"),
    "issue_label_run": Row(
        {"maker"},
        lambda w: f"batches/{w.released.code}/label-runs",
        lambda w: {"quantity": 1, "unit_mass_g": 500},
    ),
    "get_label_run": Row(SEE_BATCHES, lambda w: r(w)),
    "get_codes": Row({"maker"}, lambda w: f"{r(w)}/codes.csv?first_serial=1&last_serial=2"),
    "get_label_png": Row({"maker"}, lambda w: f"{r(w)}/labels/1.png"),
    "get_label_svg": Row({"maker"}, lambda w: f"{r(w)}/labels/1.svg"),
    "activate_labels": Row({"maker"}, lambda w: f"{r(w)}/activations", lambda w: RANGE),
    "void_labels": Row({"maker"}, lambda w: f"{r(w)}/voids", lambda w: RANGE | {"reason": "卡纸"}),
    "request_print_file": Row({"maker"}, lambda w: f"{r(w)}/print-files", lambda w: RANGE | {"kind": "csv"}),
    "get_print_file": Row({"maker"}, lambda w: f"print-files/{w.print_file.code}"),
    "download_print_file": Row({"maker"}, lambda w: f"print-files/{w.print_file.code}/file"),
    # scans
    "get_scan": Row(ALL, lambda w: f"scans/{w.unit_code}"),
    "file_complaint": Row(ALL, lambda w: "complaints", lambda w: {"code": w.unit_code, "text": "怀疑是假货"}),
    "list_complaints": Row(
        SIGNED_IN, lambda w: "complaints", sees=lambda w: w.complaint.number, seen_by=frozenset(WATCHERS)
    ),
    "get_complaint": Row(WATCHERS, lambda w: f"complaints/{w.complaint.number}"),
    "answer_complaint": Row(
        OFFICES, lambda w: f"complaints/{w.complaint.number}/answer", lambda w: {"state": "accepted"}
    ),
    # oversight
    "list_targets": Row(ALL, lambda w: "targets"),
    "list_target_records": Row(ALL, lambda w: "targets/new_indications/records"),
    "list_mark_use": Row(
        WATCHERS | {"south", "admin"},
        lambda w: "mark-use",
        sees=lambda w: w.enterprise.uscc,
        seen_by=frozenset(WATCHERS | {"admin"}),
    ),
    "list_balance": Row(
        WATCHERS | {"south", "admin"},
        lambda w: "balance?year=2026",
        sees=lambda w: w.indication.code,
        seen_by=frozenset(WATCHERS | {"admin"}),
    ),
    "list_inspections": Row(
        SIGNED_IN,
        lambda w: "inspections",
        sees=lambda w: w.planned.number,
        seen_by=frozenset(WATCHERS),
    ),
    "create_inspection": Row(
        OFFICES,
        lambda w: "inspections",
        lambda w: {"authorisation_code": str(w.announced.code), "planned_on": "2026-12-20"},
    ),
    "record_inspection_result": Row(
        OFFICES,
        lambda w: f"inspections/{w.planned.number}/result",
        lambda w: {"result": "passed", "done_on": day(w)},
    ),
    "publish_inspection_result": Row(OFFICES, lambda w: f"inspections/{w.recorded.number}/publication", lambda w: {}),
    "list_cases": Row(SIGNED_IN, lambda w: "cases", sees=lambda w: w.case.number, seen_by=frozenset(WATCHERS)),
    "create_case": Row(
        OFFICES, lambda w: "cases", lambda w: {"act": "selling", "summary": "线索", "uscc": w.enterprise.uscc}
    ),
    "get_case": Row(WATCHERS, lambda w: f"cases/{w.case.number}"),
    "create_case_step": Row(
        OFFICES,
        lambda w: f"cases/{w.case.number}/steps",
        lambda w: {"state": "investigating", "note": "已到现场"},
    ),
    "export_evidence": Row(
        WATCHERS | {"maker"},
        lambda w: "evidence",
        lambda w: {"kind": "batch", "code": str(w.released.code)},
        prepare=log_about,
    ),
    # A bundle is fetched by the person who made it alone; tests/evidence does.
    "download_evidence": Row(set(), lambda w: f"evidence/{'0' * 64}/file"),
}


def operations() -> dict[str, str]:
    """Every operation of the API's own description, with its method."""
    paths = api.get_openapi_schema()["paths"]
    return {item["operationId"]: method for ways in paths.values() for method, item in ways.items()}


def test_every_operation_has_a_row() -> None:
    assert set(MATRIX) == set(operations())


def answer_to(actor: Actor | None, method: str, row: Row, world: World) -> tuple[int, str]:
    """Status and text of one member's call; whatever it wrote is undone."""
    client = signed_in(actor) if actor else Client()
    address = f"/api/v1/{row.path(world)}"
    with transaction.atomic():
        if method == "get":
            response = client.get(address)
        else:
            body = row.text or json.dumps(row.body(world) if row.body else {})
            kind = "text/csv" if row.text else "application/json"
            response = client.generic(method.upper(), address, body, content_type=kind)
        content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        transaction.set_rollback(True)
    return response.status_code, content.decode("utf-8", "replace")


@pytest.mark.django_db
@pytest.mark.parametrize("operation", sorted(MATRIX))
def test_operation_is_open_to_exactly_these(operation: str) -> None:
    world = build()
    row = MATRIX[operation]
    method = operations()[operation]
    if row.prepare:
        row.prepare(world)

    answers = {member: answer_to(actor, method, row, world) for member, actor in world.members.items()}

    assert {member for member, (status, _text) in answers.items() if status < 400} == row.allowed, answers
    assert {status for member, (status, _text) in answers.items() if member not in row.allowed} <= DENIED, answers
    if row.sees:
        wanted = row.sees(world)
        assert {member for member, (_status, text) in answers.items() if wanted in text} == row.seen_by
