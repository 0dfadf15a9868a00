"""The plot a batch grew on: what is committed to in its place, for it may be a farmer's holding."""

from __future__ import annotations

import json
from typing import Final

PLOT_FIELDS: Final = frozenset({"plot_name", "longitude_e6", "latitude_e6", "datum"})


def is_plot(*, plot_name: str, longitude_e6: int | None, latitude_e6: int | None, datum: str) -> bool:
    """Whether a name or a whole point is given."""
    return bool(plot_name) or (longitude_e6 is not None and latitude_e6 is not None and bool(datum))


def plot_text(*, plot_name: str, longitude_e6: int | None, latitude_e6: int | None, datum: str) -> str:
    """The committed text: the JSON array [plot_name, longitude_e6, latitude_e6, datum] without spaces."""
    return json.dumps([plot_name, longitude_e6, latitude_e6, datum], ensure_ascii=False, separators=(",", ":"))
