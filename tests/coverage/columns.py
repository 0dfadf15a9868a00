"""Every column of the covered tables: what the comparison calls it, or why no entry speaks of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models

from products.accounts.models.idempotency import IdempotencyRecord
from products.accounts.models.token import ApiToken
from products.accounts.models.user import User
from products.labels.models.label_run import LabelRange, LabelRun, PrintFile
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.oversight.models.target import PolicyTarget
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, UseStatement, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication, IndicationChange, RegistrantDecision
from products.registry.models.region import Region
from products.registry.models.standard import LawCitation, Standard
from products.registry.models.zone import Zone, ZoneCensus, ZoneStep
from products.scans.models.complaint import Complaint
from products.scans.models.scan import Scan, UnitSeen, VisitorSalt
from products.trace.models.batch import Batch, BatchCorrection, BatchStep
from products.trace.models.batch_import import BatchImport
from products.trace.models.certificate import CollectedCertificate, ConformityCertificate, MixedCertificate
from products.trace.models.epcis import EpcisQuery
from products.trace.models.epcis_own import OwnEvent, OwnEventProgress
from products.trace.models.lab_report import LabReport, LabResult
from products.trace.models.plot import PlotOverlap
from tests.coverage.covered import DEMO, OTHER_CODE, PERSON, REFERENCE, Covered
from tests.coverage.epcis import EPCIS_COLUMNS
from tests.coverage.lots import LOT_COLUMNS
from tests.coverage.plots import PLOT_COLUMNS
from tests.coverage.recalls import RECALL_COLUMNS
from tests.coverage.standards import STANDARD_COLUMNS


def office_of(user: User) -> str:
    return f"uscc {user.uscc}" if user.uscc else f"office {user.regions[0]}"


_RIGHT: dict[str, Any] = {
    "world": "registry",
    "place": lambda row: f"authorisation {row.authorisation.code}",
    "parent": "authorisation",
}
_NAME: dict[str, Any] = {
    "world": "registry",
    "place": lambda row: f"indication {row.indication.code}",
    "parent": "indication",
}
_ZONE: dict[str, Any] = {"world": "registry", "place": lambda row: f"zone {row.zone.code}", "parent": "zone"}
_BATCH: dict[str, Any] = {"world": "trace", "place": lambda row: f"batch {row.batch.code}", "parent": "batch"}
_PLOT = {"plot_name": "plot", "plot_salt": "plot", "longitude_e6": "plot", "latitude_e6": "plot", "datum": "plot"}

COVERED: dict[type[models.Model], Covered] = {
    **LOT_COLUMNS,
    **RECALL_COLUMNS,
    **EPCIS_COLUMNS,
    **PLOT_COLUMNS,
    **STANDARD_COLUMNS,
    User: Covered(
        world="accounts",
        place=office_of,
        uncovered={
            "username": PERSON,
            "first_name": PERSON,
            "last_name": PERSON,
            "email": PERSON,
            "password": "a person's own, changed at will",
            "last_login": "a fact of every sign-in",
            "is_active": "takes rights away only",
            "is_staff": "the platform has no admin site",
            "is_superuser": "the platform has no admin site",
            "is_demo": DEMO,
        },
        words={"uscc": "account"},
        values={"uscc": "915101170000000000", "role": {"producer": "association", "inspector": "auditor"}},
        copied={"username": "copy"},
    ),
    ApiToken: Covered(
        world="accounts",
        place=lambda row: f"token {row.code}",
        uncovered={"name": "what its owner calls it"},
        words={"user": "owner"},
        copied={"code": OTHER_CODE, "digest": "0" * 64},
    ),
    Enterprise: Covered(
        world="registry",
        place=lambda row: f"enterprise {row.uscc}",
        uncovered={"is_demo": DEMO},
        rows={"uscc_verdict": "accepted"},
        copied={"uscc": "915101170000000000"},
    ),
    Indication: Covered(
        world="registry",
        place=lambda row: f"indication {row.code}",
        uncovered={
            column.name: REFERENCE
            for column in Indication._meta.concrete_fields
            if column.name not in {"id", "code", "status", "recognised_on"}
        },
    ),
    IndicationChange: Covered(**_NAME, uncovered={"decided_by": PERSON}),
    RegistrantDecision: Covered(**_NAME),
    Authorisation: Covered(
        world="registry",
        place=lambda row: f"authorisation {row.code}",
        uncovered={"is_demo": DEMO},
        words={"enterprise": "uscc"},
        copied={"code": OTHER_CODE, "product_name": "copy"},
    ),
    AuthorisationDecision: Covered(**_RIGHT, uncovered={"decided_by": PERSON}),
    YearQuota: Covered(**_RIGHT, values={"year": 2031, "authorisation": None}, copied={"year": 2031}),
    UseStatement: Covered(**_RIGHT, uncovered={"stated_by": PERSON}),
    Zone: Covered(
        world="registry",
        place=lambda row: f"zone {row.code}",
        uncovered={"is_demo": DEMO},
        copied={"code": "copy"},
    ),
    ZoneStep: Covered(**_ZONE, uncovered={"decided_by": PERSON}),
    ZoneCensus: Covered(**_ZONE, uncovered={"entered_by": PERSON}, values={"zone": None}, copied={"year": 2024}),
    Batch: Covered(
        world="trace",
        place=lambda row: f"batch {row.code}",
        uncovered={
            "draft_plots": "of a draft, which the log does not know",
            "created_at": "of a draft, which the log does not know",
            "is_demo": DEMO,
        },
        words={"standard_version": "standard", **_PLOT},
        rows={"lot__startswith": "A"},
        copied={"code": OTHER_CODE, "lot": "copy"},
    ),
    BatchStep: Covered(**_BATCH),
    BatchCorrection: Covered(**_BATCH, values={"changes": {"net_mass_g": ["1", "2"]}}),
    LabReport: Covered(
        world="trace",
        place=lambda row: f"lab-report {row.code}",
        values={"replaces": None},
        rows={"replaces__isnull": False},
        copied={"code": OTHER_CODE, "replaces": None},
    ),
    LabResult: Covered(
        world="trace",
        place=lambda row: f"lab-report {row.report.code}",
        parent="report",
        values={"report": None},
        copied={"indicator": "copy"},
    ),
    ConformityCertificate: Covered(
        world="trace",
        place=lambda row: f"certificate {row.code}",
        words={"contact_salt": "contact"},
        values={"replaces": 999_999},
        rows={"replaces__isnull": False},
        copied={"code": OTHER_CODE, "number": "copy", "replaces_id": 999_999},
    ),
    MixedCertificate: Covered(
        world="trace",
        place=lambda row: f"certificate {row.certificate.code}",
        parent="certificate",
        values={"certificate": None},
        copied={"number": "copy"},
    ),
    CollectedCertificate: Covered(
        world="trace",
        place=lambda row: f"collected-certificate {row.code}",
        copied={"code": OTHER_CODE, "number": "copy"},
    ),
    LabelRun: Covered(
        world="labels",
        place=lambda row: f"run {row.code}",
        words={"key": "key_sha256"},
        copied={"code": "COPY00"},
    ),
    LabelRange: Covered(world="labels", place=lambda row: f"run {row.run.code}", parent="run"),
    Complaint: Covered(
        world="scans",
        place=lambda row: f"complaint {row.number}",
        uncovered={"visitor": "tells one phone's reports of an hour apart", "is_demo": DEMO},
        words={
            "code_text": "code",
            "run": "run and serial",
            "serial": "run and serial",
            "salt": "text does not fit",
        },
        values={"contact": b"nothing"},
        rows={"run__isnull": False},
        copied={"number": "copy"},
    ),
    Inspection: Covered(
        world="oversight",
        place=lambda row: f"inspection {row.number}",
        uncovered={"is_demo": DEMO},
        words={"findings_salt": "findings"},
        values={"state": "passed"},
        rows={"state": "published"},
        copied={"number": "copy"},
    ),
    Case: Covered(
        world="oversight",
        place=lambda row: f"case {row.number}",
        uncovered={"is_demo": DEMO},
        words={"enterprise": "parties", "complaint": "parties"},
        values={"complaint": None},
        copied={"number": "copy", "complaint": None},
    ),
    CaseStep: Covered(
        world="oversight", place=lambda row: f"case {row.case.number}", parent="case", words={"note_salt": "note"}
    ),
}
NOT_COVERED: dict[type[models.Model], str] = {
    Region: REFERENCE,
    Standard: "compared with the entries of each of its versions; without any it is reference data",
    LawCitation: REFERENCE,
    PolicyTarget: REFERENCE,
    IdempotencyRecord: "an answer kept for a week",
    PrintFile: "work in hand, deleted after a while",
    BatchImport: "work in hand, deleted after a day",
    PlotOverlap: "derived from outlines that the log commits to",
    EpcisQuery: "its owner's convenience, deleted at will",
    OwnEvent: "which entry an event was made from, as the event itself says",
    OwnEventProgress: "how far along the log events have been made",
    Scan: "never enters the log",
    UnitSeen: "never enters the log",
    VisitorSalt: "deleted after two days",
}


def covered_columns() -> list[tuple[type[models.Model], str]]:
    return [
        (model, column.name)
        for model, covered in COVERED.items()
        for column in model._meta.concrete_fields
        if column.name != "id" and column.name not in covered.uncovered
    ]


def changed_value(row: models.Model, column: Any, covered: Covered) -> Any:
    """Another value of the column that its type and its table's constraints let pass."""
    held = getattr(row, column.attname)
    if column.name in covered.values:
        given = covered.values[column.name]
        if given is not None or column.null:
            return given[held] if isinstance(given, dict) and isinstance(held, str) else given
    if column.is_relation:
        others = column.related_model._default_manager.exclude(pk=held).order_by("pk")
        # What a constraint forbids of the other row (a year counted twice) no constraint forbids of none.
        return others[0].pk if column.name not in covered.values else held + 1_000_000
    if column.choices:
        values = [value for value, _label in column.choices]
        return values[(values.index(held) + 1) % len(values)]
    return _other(held, column)


def _other(held: Any, column: Any) -> Any:
    if isinstance(held, bool):
        return not held
    if isinstance(held, int):
        return held + 1
    if isinstance(held, datetime):
        return held + timedelta(milliseconds=1)
    if isinstance(held, date):
        return held + timedelta(days=1)
    if isinstance(held, UUID):
        return OTHER_CODE
    if isinstance(held, bytes | memoryview):
        return bytes(held)[::-1] + b"x"
    if isinstance(held, str):
        longest = column.max_length or 1_000
        return f"{held[: longest - 1]}{'x' if not held.endswith('x') else 'y'}"
    if isinstance(held, list):
        return [*held, "510000"]
    return _of_none(column)


def _of_none(column: models.Field[Any, Any]) -> Any:
    if isinstance(column, models.DateTimeField):
        return datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    if isinstance(column, models.DateField):
        return date(2026, 1, 1)
    return 1
