"""What happens to a checkpoint after it was signed: witnesses cosign it, third parties keep its root."""

from __future__ import annotations

from datetime import datetime

from ledger.services.anchors import anchors_round
from ledger.services.cosigning import ask_witnesses


def publish_round(*, now: datetime) -> list[str]:
    """Ask whoever is due; a line for each answer. What fails is noted down and tried again. Raises LedgerFatal."""
    return [*ask_witnesses(now=now), *anchors_round(now=now)]
