"""What the ledger is told about a batch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from products.audit import commitment
from products.trace.domain.facts import Facts
from products.trace.domain.plots import PLOT_FIELDS, is_plot, plot_text
from products.trace.models.batch import Batch


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


def plot_commitments(facts: Facts, *, salt: bytes, is_changed: bool = False) -> dict[str, str]:
    """A salted commitment to the plot's name and point (`plot_text`), or none where neither is given.

    A changed plot has one in any case: without it a plot taken away would look like a plot left alone.
    """
    plot = {field: getattr(facts, field) for field in PLOT_FIELDS}
    if not is_changed and not is_plot(**plot):
        return {}
    return {"plot": commitment(plot_text(**plot), salt=salt)}


def public_changes(changes: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The changes that may stand in the ledger and on public pages."""
    return {field: pair for field, pair in changes.items() if field not in PLOT_FIELDS}


def as_text(value: str | int | date | None) -> str:
    """A fact as a correction keeps it: '' for none, ISO dates, grams and micro-degrees in digits."""
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
