"""What `ledger_check` compares of the register; the reference data that ships with the project is not in the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from products.comparing import Facts, Found, Promise, Statement
from products.registry.models.authorisation import Authorisation, AuthorisationDecision, UseStatement, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication, IndicationChange, RegistrantDecision
from products.registry.models.zone import Zone, ZoneCensus, ZoneStep
from products.row_tables import Row, RowTable, children_of, pick

_ENTERPRISE: Final = ("uscc", "name", "name_en", "address", "uscc_verdict", "uscc_proof_sha256", "uscc_reviewed_by")
_SUBMITTED: Final = "registry.application_submitted"
_QUOTA_SET: Final = "registry.quota_set"
_USE_STATED: Final = "registry.use_stated"
_DECIDED: Final = frozenset(
    f"registry.authorisation_{step}"
    for step in ("checked", "approved", "announced", "refused", "suspended", "resumed", "withdrawn")
)
_RIGHT: Final = ("indication", "uscc", "product_name", "valid_from", "valid_until")
_DECISION: Final = ("action", "from_state", "to_state", "reason", "document_no")
_USE: Final = ("year", "mass_g", "label_count", "output_fen")
_CHANGED: Final = "registry.indication_changed"
_CHANGE: Final = ("kind", "document_no", "reason", "effective_on")
_ADMISSION: Final = ("applicant_uscc", "applicant_name", "outcome", "reason", "document_no", "decided_on")
_ADVANCED: Final = "registry.zone_advanced"
_STEP: Final = ("stage", "document_no", "reason", "effective_on")
_CENSUS: Final = ("year", "producer_count", "user_count", "output_fen", "user_output_fen")


def _read_enterprises(rows: Sequence[Row]) -> list[Found]:
    return [
        Found(
            subject=ENTERPRISES.subject(row),
            facts=pick(row, *_ENTERPRISE, "registered_at") | {"region": row["region_id"]},
        )
        for row in rows
    ]


def _fold_enterprise(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        promise.take(statement, *_ENTERPRISE, "region")
        promise.say(statement, registered_at=statement.at)
    return promise


def _read_authorisations(rows: Sequence[Row]) -> list[Found]:
    decisions = children_of(AuthorisationDecision, "authorisation_id", rows, (*_DECISION, "office", "decided_at"))
    quotas = children_of(YearQuota, "authorisation_id", rows, ("year", "quota_g", "document_no"))
    uses = children_of(UseStatement, "authorisation_id", rows, (*_USE, "stated_at"))
    own = ("product_name", "holder_kind", "basis_no", "valid_from", "valid_until")
    kept = ("state", "announcement_no", "announced_on", "submitted_at")
    return [
        Found(
            subject=AUTHORISATIONS.subject(row),
            facts=pick(row, *own, *kept, "indication", uscc="enterprise"),
            children={
                "decision": decisions.get(row["pk"], []),
                "quota": quotas.get(row["pk"], []),
                "use statement": uses.get(row["pk"], []),
            },
        )
        for row in rows
    ]


def _fold_authorisation(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    quotas: dict[Any, tuple[Facts, Statement]] = {}
    for statement in statements:
        decided = {"office": statement.actor, "decided_at": statement.at}
        if statement.kind == _SUBMITTED:
            promise.take(statement, *_RIGHT, "holder_kind", "basis_no")
            promise.say(statement, state="submitted", announcement_no="", announced_on=None, submitted_at=statement.at)
            start = dict(zip(_DECISION, ("submit", "", "submitted", "", ""), strict=True))
            promise.add("decision", statement, **start, **decided)
            for year, grams in _years(statement):
                quotas[year] = ({"year": year, "quota_g": grams, "document_no": ""}, statement)
        elif statement.kind == _QUOTA_SET:
            stated = {name: statement.data.get(name) for name in ("year", "quota_g", "document_no")}
            quotas[stated["year"]] = (stated, statement)
        elif statement.kind == _USE_STATED:
            promise.add("use statement", statement, *_USE, stated_at=statement.at)
        else:
            promise.take(statement, *_RIGHT, "announcement_no", "announced_on")
            promise.say(statement, state=statement.data.get("to_state"))
            promise.add("decision", statement, *_DECISION, **decided)
    promise.children["quota"] = list(quotas.values())
    return promise


def _years(statement: Statement) -> Iterator[tuple[int | str, Any]]:
    quotas = statement.data.get("quotas_g")
    for year, grams in quotas.items() if isinstance(quotas, Mapping) else ():
        yield (int(year) if year.isdecimal() else year), grams


def _read_indications(rows: Sequence[Row]) -> list[Found]:
    changes = children_of(IndicationChange, "indication_id", rows, (*_CHANGE, "recorded_at"))
    admissions = children_of(RegistrantDecision, "indication_id", rows, (*_ADMISSION, "recorded_at"))
    return [
        Found(
            subject=INDICATIONS.subject(row),
            facts=pick(row, "status", "recognised_on"),
            children={"change": changes.get(row["pk"], []), "registrant decision": admissions.get(row["pk"], [])},
            is_silent=True,
        )
        for row in rows
    ]


def _fold_indication(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind != _CHANGED:
            promise.add("registrant decision", statement, *_ADMISSION, recorded_at=statement.at)
            continue
        kind = statement.data.get("kind")
        promise.say(statement, status="cancelled" if kind == "cancelled" else "protected")
        if kind == "recognised":
            promise.say(statement, recognised_on=statement.data.get("effective_on"))
        promise.add("change", statement, *_CHANGE, recorded_at=statement.at)
    return promise


def _compare_status(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    """Reference data brings a name as protected; what ends the protection is an entry."""
    if found.facts["status"] != "protected" and not any(each.kind == _CHANGED for each in statements):
        yield f"status is {found.facts['status']}, no entry says so"


def _read_zones(rows: Sequence[Row]) -> list[Found]:
    steps = children_of(ZoneStep, "zone_id", rows, (*_STEP, "recorded_at"))
    censuses = children_of(ZoneCensus, "zone_id", rows, (*_CENSUS, "recorded_at"))
    return [
        Found(
            subject=ZONES.subject(row),
            facts=pick(row, "name", "grade", "stage", "stage_on", region="region_id"),
            children={"step": steps.get(row["pk"], []), "census": censuses.get(row["pk"], [])},
            is_silent=True,
        )
        for row in rows
    ]


def _fold_zone(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        if statement.kind == _ADVANCED:
            promise.take(statement, "name", "grade", "region", "stage")
            promise.say(statement, stage_on=statement.data.get("effective_on"))
            promise.add("step", statement, *_STEP, recorded_at=statement.at)
        else:
            promise.add("census", statement, *_CENSUS, recorded_at=statement.at)
    return promise


def _compare_stage(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    """A zone enters the register as applied for; every later stage is an entry."""
    if found.facts["stage"] != "applied" and not any(each.kind == _ADVANCED for each in statements):
        yield f"stage is {found.facts['stage']}, no entry says so"


ENTERPRISES: Final = RowTable(
    model=Enterprise,
    prefix="enterprise",
    key="uscc",
    columns=(*_ENTERPRISE, "region_id", "registered_at"),
    kinds=frozenset({"registry.enterprise_registered"}),
    opening="registry.enterprise_registered",
    read=_read_enterprises,
    fold=_fold_enterprise,
)
AUTHORISATIONS: Final = RowTable(
    model=Authorisation,
    prefix="authorisation",
    key="code",
    columns=(
        "product_name",
        "holder_kind",
        "basis_no",
        "valid_from",
        "valid_until",
        "state",
        "announcement_no",
        "announced_on",
        "submitted_at",
    ),
    kinds=_DECIDED | {_SUBMITTED, _QUOTA_SET, _USE_STATED},
    opening=_SUBMITTED,
    read=_read_authorisations,
    fold=_fold_authorisation,
    names={"indication": (Indication, "code"), "enterprise": (Enterprise, "uscc")},
)
INDICATIONS: Final = RowTable(
    model=Indication,
    prefix="indication",
    key="code",
    columns=("status", "recognised_on"),
    kinds=frozenset({_CHANGED, "registry.registrant_decided"}),
    opening="",
    read=_read_indications,
    fold=_fold_indication,
    further=_compare_status,
)
ZONES: Final = RowTable(
    model=Zone,
    prefix="zone",
    key="code",
    columns=("name", "grade", "region_id", "stage", "stage_on"),
    kinds=frozenset({_ADVANCED, "registry.zone_counted"}),
    opening="",
    read=_read_zones,
    fold=_fold_zone,
    further=_compare_stage,
)
