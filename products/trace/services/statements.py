"""What the ledger is told about a batch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Final

from products.audit import commitment
from products.trace.domain.facts import Facts
from products.trace.models.batch import Batch

# A plot may be a farmer's holding: the ledger gets one salted commitment to its name and point.
PLOT_FIELDS: Final = frozenset({"plot_name", "longitude_e6", "latitude_e6", "datum"})


def batch_statement(batch: Batch) -> dict[str, object]:
    """Every public fact of the batch, as strings and integers."""
    authorisation = batch.authorisation
    return {
        "lot": batch.lot,
        "indication": authorisation.indication.code,
        "uscc": authorisation.enterprise.uscc,
        "authorisation": str(authorisation.code),
        "product_name": authorisation.product_name,
        "standard": str(batch.standard_version) if batch.standard_version else None,
        "origin": batch.origin_id,
        "produced_on": batch.produced_on.isoformat(),
        "best_before": batch.best_before.isoformat() if batch.best_before else None,
        "net_mass_g": batch.net_mass_g,
        "gtin": batch.gtin,
    }


def plot_commitments(facts: Facts, *, salt: bytes) -> dict[str, str]:
    """A commitment to the plot's name and point, or none where neither is given.

    The committed text is the JSON array [plot_name, longitude_e6, latitude_e6, datum] without spaces.
    """
    if not facts.plot_name and not facts.has_point:
        return {}
    text = json.dumps(
        [facts.plot_name, facts.longitude_e6, facts.latitude_e6, facts.datum],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return {"plot": commitment(text, salt=salt)}


def public_changes(changes: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The changes that may stand in the ledger and on public pages."""
    return {field: pair for field, pair in changes.items() if field not in PLOT_FIELDS}


def as_text(value: str | int | date | None) -> str:
    """A fact as a correction keeps it: '' for none, ISO dates, grams and micro-degrees in digits."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
