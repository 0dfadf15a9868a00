"""Reading tiles from the database, each at most once."""

from __future__ import annotations

from collections.abc import Mapping

from ledger.models import Tile


class TileReader:
    """A `read_tile` for `ledger.tree` that remembers. Made for one operation, then thrown away."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], bytes] = {}

    def __call__(self, level: int, number: int) -> bytes:
        if (level, number) not in self._known:
            tile = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
            self._known[level, number] = b"" if tile is None else bytes(tile)
        return self._known[level, number]

    def put(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Take these contents as read."""
        self._known.update(tiles)
