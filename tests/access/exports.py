"""Who may export the maker's batches for other platforms, and who reads whose names there."""

from __future__ import annotations

from tests.access.rows import SEE_BATCHES, Row
from tests.access.world import World
from tests.trace.exchange_helpers import FARMER, SELLER, trace_back


def traced(world: World) -> None:
    trace_back(world.released)


def period(world: World) -> str:
    return f"enterprises/{world.enterprise.uscc}/export?first=2026-01-01&last=2026-12-31"


EXPORTS: dict[str, Row] = {
    "export_batch": Row(
        SEE_BATCHES,
        lambda w: f"batches/{w.released.code}/export",
        sees=lambda w: FARMER,
        seen_by=frozenset({"maker"}),
        prepare=traced,
    ),
    "export_enterprise": Row(
        SEE_BATCHES,
        lambda w: period(w) + "&standard=gb38154",
        sees=lambda w: SELLER,
        seen_by=frozenset(SEE_BATCHES - {"association", "admin"}),
        prepare=traced,
    ),
}
