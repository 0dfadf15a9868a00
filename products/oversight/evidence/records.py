"""The business rows of a bundle as people read them: public codes, no database keys, no names of persons."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from products.audit import timestamp
from products.labels.models.label_run import LabelRun
from products.oversight.evidence.scope import Scope
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.scans.models.complaint import Complaint
from products.trace.models.batch import Batch

_PORTION: Final = 500
Facts = dict[str, Any]


@dataclass(frozen=True)
class Record:
    """One row with what hangs on it, for `records/<table>/<code>.json`."""

    table: str
    code: str
    facts: Facts


def records_of(scope: Scope) -> Iterator[Record]:
    """Every row of the scope, a portion at a time. Usernames, keys, salts and contacts are never among them."""
    for firm in scope.enterprises.iterator(_PORTION):
        yield Record("enterprises", firm.uscc, _enterprise(firm))
    rights = scope.authorisations.select_related("indication", "enterprise")
    for right in rights.prefetch_related("quotas", "decisions", "use_statements").iterator(_PORTION):
        yield Record("authorisations", str(right.code), _authorisation(right))
    batches = scope.batches.select_related("authorisation__enterprise", "standard_version__standard")
    for batch in batches.prefetch_related("steps", "corrections").iterator(_PORTION):
        yield Record("batches", str(batch.code), _batch(batch))
    for run in scope.runs.select_related("batch").prefetch_related("ranges").iterator(_PORTION):
        yield Record("label_runs", run.code, _run(run))
    for inspection in scope.inspections.select_related("authorisation__enterprise").iterator(_PORTION):
        yield Record("inspections", inspection.number, _inspection(inspection))
    for complaint in scope.complaints.select_related("run").iterator(_PORTION):
        yield Record("complaints", complaint.number, _complaint(complaint, with_text=scope.with_complaint_text))
    for case in scope.cases.select_related("enterprise", "complaint").prefetch_related("steps").iterator(_PORTION):
        yield Record("cases", case.number, _case(case))


def _enterprise(row: Enterprise) -> Facts:
    # Who reviewed the code of an old licence is a person's name and stays here.
    return _facts(row, "uscc name name_en address uscc_verdict uscc_proof_sha256 registered_at is_demo") | {
        "region": row.region_id
    }


def _authorisation(row: Authorisation) -> Facts:
    names = "code product_name holder_kind basis_no announcement_no valid_from valid_until state announced_on"
    return _facts(row, f"{names} submitted_at is_demo") | {
        "indication": row.indication.code,
        "indication_name": row.indication.name,
        "uscc": row.enterprise.uscc,
        "quotas": _all(row.quotas.all(), "year quota_g document_no"),
        "decisions": _all(row.decisions.all(), "action from_state to_state reason document_no office decided_at"),
        "use_statements": _all(row.use_statements.all(), "year mass_g label_count output_fen stated_at"),
    }


def _batch(row: Batch) -> Facts:
    names = "code lot gtin plot_name longitude_e6 latitude_e6 datum produced_on best_before net_mass_g state created_at"
    return _facts(row, f"{names} is_demo") | {
        "authorisation": str(row.authorisation.code),
        "uscc": row.authorisation.enterprise.uscc,
        "standard": str(row.standard_version) if row.standard_version else None,
        "origin": row.origin_id,
        "steps": _all(row.steps.all(), "from_state to_state reason by at"),
        "corrections": _all(row.corrections.all(), "changes reason by at"),
    }


def _run(row: LabelRun) -> Facts:
    return _facts(row, "code quantity unit_mass_g issued_by issued_at") | {
        "batch": str(row.batch.code),
        "ranges": _all(row.ranges.all(), "kind first_serial last_serial reason by at"),
    }


def _inspection(row: Inspection) -> Facts:
    names = "number state planned_on done_on result findings published_at office is_demo"
    return _facts(row, names) | {
        "authorisation": str(row.authorisation.code),
        "uscc": row.authorisation.enterprise.uscc,
    }


def _complaint(row: Complaint, *, with_text: bool) -> Facts:
    names = "number code_text serial region state outcome received_at is_demo"
    return _facts(row, f"{names} text" if with_text else names) | {"run": row.run.code if row.run else None}


def _case(row: Case) -> Facts:
    return _facts(row, "number act region state summary opened_at is_demo") | {
        "uscc": row.enterprise.uscc if row.enterprise else None,
        "complaint": row.complaint.number if row.complaint else None,
        "steps": _all(row.steps.all(), "state note office at"),
    }


def _all(rows: Iterable[Model], names: str) -> list[Facts]:
    return [_facts(row, names) for row in rows]


def _facts(row: Model, names: str) -> Facts:
    return {name: _plain(getattr(row, name)) for name in names.split()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
