"""Plain functions of the tests of batches."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.test import Client

from ledger.models import Entry
from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.services.batches import register_batch
from tests.factories import NOW, PIDU


def register(actor: Actor, authorisation: Authorisation, **changes: Any) -> Batch:
    """A batch of 100 kg made on 2026-11-20, registered on 2026-11-23."""
    facts: dict[str, Any] = {
        "authorisation_code": authorisation.code,
        "lot": "261120-01",
        "origin_code": PIDU,
        "produced_on": date(2026, 11, 20),
        "net_mass_g": 100_000,
        "now": NOW,
    }
    return register_batch(actor=actor, **(facts | changes))


def body(authorisation: Authorisation, **changes: Any) -> dict[str, Any]:
    """The same batch as the API takes it."""
    return {
        "authorisation_code": str(authorisation.code),
        "lot": "261120-01",
        "origin_code": PIDU,
        "produced_on": "2026-11-20",
        "net_mass_g": 100_000,
        **changes,
    }


def filled_in(authorisation: Authorisation, **changes: str) -> dict[str, str]:
    """The same batch as the form sends it."""
    return {
        "authorisation_code": str(authorisation.code),
        "lot": "261120-01",
        "origin_code": PIDU,
        "produced_on": "2026-11-20",
        "net_mass_g": "100",
        "datum": "WGS-84",
        **changes,
    }


def post_json(client: Client, path: str, content: dict[str, Any] | None = None, *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1{path}", content or {}, content_type="application/json", headers=headers)


def entries_about(batch: Batch) -> list[dict[str, Any]]:
    """The statements queued about a batch, the oldest first."""
    rows = Entry.objects.filter(subject=f"batch:{batch.code}").order_by("pk")
    return [json.loads(bytes(row.body)) for row in rows]
