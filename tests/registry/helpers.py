"""Plain functions of the tests of the register."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from ledger.models import Entry
from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication
from products.registry.services.applications import Application, submit_application
from products.registry.services.authorisations import decide
from tests.factories import NOW


def entries(subject: str) -> list[dict[str, Any]]:
    """The statements queued about a subject, the oldest first."""
    return [json.loads(bytes(row.body)) for row in Entry.objects.filter(subject=subject).order_by("pk")]


def kinds(subject: str) -> list[str]:
    return [entry["kind"] for entry in entries(subject)]


def nothing_logged() -> bool:
    return not Entry.objects.exists()


def application(indication: Indication, uscc: str, **changes: Any) -> Application:
    """郫县豆瓣 for 2027 to 2029, ten tonnes a year."""
    facts: dict[str, Any] = {
        "indication_code": indication.code,
        "uscc": uscc,
        "product_name": "郫县豆瓣",
        "holder_kind": 1,
        "basis_no": "GB/T 20560-2006",
        "valid_from": date(2027, 1, 1),
        "valid_until": date(2029, 12, 31),
        "quotas": {2027: 10_000_000, 2028: 10_000_000},
    }
    return Application(**(facts | changes))


def apply(actor: Actor, indication: Indication, *, uscc: str = "", **changes: Any) -> Authorisation:
    return submit_application(actor=actor, application=application(indication, uscc or actor.uscc, **changes), now=NOW)


def take(actor: Actor, authorisation: Authorisation, action: str, **changes: Any) -> Authorisation:
    """One step with a reason and a paper, so that only what a test changes can be missing."""
    facts: dict[str, Any] = {"reason": "材料齐全", "document_no": "川知发〔2026〕7号", "now": NOW}
    return decide(actor=actor, code=authorisation.code, action=action, **(facts | changes))
