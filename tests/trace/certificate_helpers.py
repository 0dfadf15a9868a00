"""Plain functions of the tests of certificates."""

from __future__ import annotations

import json
from typing import Any

from ledger.models import Entry
from products.access import Actor
from products.trace.models.batch import Batch
from products.trace.models.certificate import ConformityCertificate
from products.trace.services.certificates import issue_certificate
from tests.factories import NOW

PHONE = "028-87654321"


def issue(actor: Actor, batch: Batch, **changes: Any) -> ConformityCertificate:
    """A certificate on vegetables, resting on the maker's own controls."""
    facts: dict[str, Any] = {
        "product_kind": "vegetable",
        "contact": PHONE,
        "basis": ["quality_control"],
        "now": NOW,
    }
    return issue_certificate(actor=actor, batch_code=batch.code, **(facts | changes))


def statements(subject: str) -> list[dict[str, Any]]:
    """The statements queued about a subject, the oldest first."""
    return [json.loads(bytes(row.body)) for row in Entry.objects.filter(subject=subject).order_by("pk")]
