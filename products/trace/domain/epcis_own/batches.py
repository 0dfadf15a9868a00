"""What was stated of a batch, its laboratory reports and its labels, as EPCIS 2.0 events.

Terms: CBV 2.0 sections 7.1 (business steps) and 7.2 (dispositions).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from products.trace.domain.epcis_own.facts import BatchFacts, Event, Said, Surroundings, common, filled, quantity, urn
from products.trace.domain.epcis_own.identifiers import namespace, public_batch, run_document

REGISTERED: Final = "trace.batch_registered"
CORRECTED: Final = "trace.batch_corrected"
LAB_REPORTED: Final = "trace.lab_reported"
CERTIFIED: Final = "trace.certificate_issued"
RUN_ISSUED: Final = "labels.run_issued"

Make = Callable[[Said, BatchFacts, Surroundings], Event]


def batch_event(said: Said, facts: BatchFacts, where: Surroundings) -> Event | None:
    """The event that a statement about a batch stands for; None for a kind that is none.

    `said.data` of a label range also has `run`, `unit_mass_g`. The same arguments give the same event.
    """
    make = _MAKERS.get(said.kind)
    return make(said, facts, where) if make else None


def _common(said: Said, facts: BatchFacts, where: Surroundings, act: str) -> Event:
    event = common(said, where, act=act, uscc=facts.uscc) | {"gi:batch": urn(facts.code)}
    return event | filled({"gi:reason": said.data.get("reason")})


def _registered(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    # A lot's identifier is used for the first time: commissioning, not creating_class_instance (CBV 2.0, 7.1.3).
    return _common(said, facts, where, "batch_registered") | {
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "quantityList": [quantity(facts.lot_class, facts.net_mass_g)],
        "ilmd": filled(
            {
                "cbvmda:lotNumber": facts.lot,
                "cbvmda:countryOfOrigin": "CN",
                "cbvmda:bestBeforeDate": facts.best_before,
                "gi:productionDate": facts.produced_on,
                "gi:origin": facts.origin,
                "gi:indicationCode": facts.indication,
                "gi:indicationName": where.indications.get(facts.indication, ""),
                "gi:productName": facts.product_name,
                "gi:standardVersion": facts.standard,
                "gi:maker": facts.uscc,
                "gi:authorisation": urn(facts.authorisation) if facts.authorisation else "",
            }
        ),
    }


def _whole_lot(facts: BatchFacts) -> Event:
    # No quantity: all of the lot, wherever it has gone.
    return {"action": "OBSERVE", "quantityList": [{"epcClass": facts.lot_class}]}


def _stopped(said: Said) -> Event:
    return filled({"gi:recall": urn(said.data["recall"]) if said.data.get("recall") else ""})


def _released(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    is_resumed = said.data.get("from_state") == "held"
    event = _common(said, facts, where, "batch_resumed" if is_resumed else "batch_released") | _whole_lot(facts)
    # It may be sold, and lies with its maker still.
    event |= {"bizStep": "stocking", "disposition": "sellable_not_accessible"} | _stopped(said)
    return event | ({"persistentDisposition": {"unset": ["non_sellable_other"]}} if is_resumed else {})


def _held(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    event = _common(said, facts, where, "batch_held") | _whole_lot(facts) | _stopped(said)
    return event | {
        "bizStep": "holding",
        "disposition": "non_sellable_other",
        "persistentDisposition": {"set": ["non_sellable_other"]},
    }


def _recalled(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    event = _common(said, facts, where, "batch_recalled") | _whole_lot(facts) | _stopped(said)
    return event | {
        "bizStep": "holding",
        "disposition": "recalled",
        "persistentDisposition": {"set": ["recalled"]},
    }


_REPORT: Final[Mapping[str, str]] = {
    "laboratory": "laboratory",
    "cma_number": "cmaNumber",
    "cma_from": "cmaFrom",
    "cma_to": "cmaTo",
    "report_no": "reportNo",
    "sampled_on": "sampledOn",
    "issued_on": "issuedOn",
    "grade": "grade",
    "file_sha256": "fileSha256",
}
_RESULT: Final = ("indicator", "comparator", "value", "unit", "basis", "method")


def _lab_reported(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    data = said.data
    report: Event = {"gi:code": urn(said.code)}
    report |= filled({f"gi:{term}": data.get(name) for name, term in _REPORT.items()})
    report |= filled({"gi:replaces": urn(data["replaces"]) if data.get("replaces") else ""})
    # Not sensor elements: those want binary numbers and units of UN/ECE, a report has decimals and its own units.
    results: list[Mapping[str, Any]] = data.get("results") or []
    report |= filled({"gi:result": [filled({f"gi:{name}": each.get(name) for name in _RESULT}) for each in results]})
    event = _common(said, facts, where, "lab_reported") | _whole_lot(facts)
    return event | {"bizStep": "inspecting", "gi:labReport": report}


def _certified(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    data = said.data
    event = _common(said, facts, where, "certificate_issued") | {
        "action": "OBSERVE",
        "bizStep": "other",
        "quantityList": [quantity(facts.lot_class, int(data["quantity_g"]))],
        "certificationInfo": public_batch(where.base, facts.code),
        "gi:certificate": urn(said.code),
        "gi:certificateNo": data["number"],
        "gi:issuedOn": data["issued_on"],
    }
    return event | filled({"gi:replaces": urn(data["replaces"]) if data.get("replaces") else ""})


def _units(said: Said, facts: BatchFacts, *, first: int, last: int) -> Event:
    """Labelled units of the lot, counted: without a unit of measure a quantity is a number of pieces."""
    return {
        "quantityList": [{"epcClass": facts.lot_class, "quantity": last - first + 1}],
        "gi:serialRange": {"gi:first": first, "gi:last": last},
        **filled({"gi:labelRun": said.data.get("run") or said.code, "gi:unitMassG": said.data.get("unit_mass_g")}),
    }


def _run_issued(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    # No pack carries the code yet: what CBV 2.0 calls encoding, which it wants in a TransactionEvent (7.1.3).
    return (
        _common(said, facts, where, "run_issued")
        | _units(said, facts, first=1, last=int(said.data["quantity"]))
        | {
            "type": "TransactionEvent",
            "action": "ADD",
            "bizTransactionList": [
                {"type": f"{namespace(where.base)}runIssue", "bizTransaction": run_document(where.base, said.code)}
            ],
            "bizStep": "encoding",
            "disposition": "encoded",
        }
    )


def _range(said: Said, facts: BatchFacts, where: Surroundings, act: str) -> Event:
    first, last = int(said.data["first_serial"]), int(said.data["last_serial"])
    return _common(said, facts, where, act) | _units(said, facts, first=first, last=last)


def _activated(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    event = _range(said, facts, where, "labels_activated")
    return event | {"action": "ADD", "bizStep": "commissioning", "disposition": "active"}


def _voided(said: Said, facts: BatchFacts, where: Surroundings) -> Event:
    event = _range(said, facts, where, "labels_voided")
    return event | {"action": "DELETE", "bizStep": "decommissioning", "disposition": "inactive"}


_MAKERS: Final[Mapping[str, Make]] = {
    REGISTERED: _registered,
    "trace.batch_released": _released,
    "trace.batch_held": _held,
    "trace.batch_recalled": _recalled,
    LAB_REPORTED: _lab_reported,
    CERTIFIED: _certified,
    RUN_ISSUED: _run_issued,
    "labels.range_activated": _activated,
    "labels.range_voided": _voided,
}
BATCH_KINDS: Final = frozenset(_MAKERS) | {CORRECTED}


def corrected(event: Event, *, entry: str) -> Event:
    """The right event in a wrong one's place; `entry` is that of the correction.

    Named, so that facts corrected back and forth never give the event again that was declared wrong.
    """
    return event | {"gi:correction": entry}


def error_declaration(event: Event, correction: Said, *, corrective: str, entry: str) -> Event:
    """The same event declared wrong by a correction (EPCIS 2.0, 7.4.1.4); `corrective` is the right one's event id."""
    wrong = {name: value for name, value in event.items() if name not in {"eventID", "recordTime"}}
    return wrong | {
        "errorDeclaration": {
            "declarationTime": correction.at,
            "reason": "incorrect_data",
            "correctiveEventIDs": [corrective],
            **filled({"gi:reason": correction.data.get("reason")}),
            "gi:statement": entry,
        }
    }
