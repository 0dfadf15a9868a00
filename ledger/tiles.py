"""Reading tiles from the database, each at most once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import connection

from ledger.models import Tile

_ONE = "SELECT level, number, hashes FROM ledger_tile WHERE level = %s AND number = %s"


class TileReader:
    """A `read_tile` for `ledger.tree` that remembers. Made for one operation, then thrown away.

    `known` outlives it: tiles above the lowest level that all operations on one tree share.
    """

    def __init__(self, *, known: dict[tuple[int, int], bytes] | None = None) -> None:
        self._shared = {} if known is None else known
        self._known = dict(self._shared)

    def __call__(self, level: int, number: int) -> bytes:
        if (level, number) not in self._known:
            tile = Tile.objects.filter(level=level, number=number).values_list("hashes", flat=True).first()
            self._known[level, number] = b"" if tile is None else bytes(tile)
        return self._known[level, number]

    def put(self, tiles: Mapping[tuple[int, int], bytes]) -> None:
        """Take these contents as read."""
        self._known.update(tiles)

    def fetch(self, places: Sequence[tuple[int, int]]) -> None:
        """Read these tiles, a handful at most, in one round trip."""
        missing = [place for place in places if place not in self._known]
        if not missing:
            return
        with connection.cursor() as cursor:
            # One look-up by key for each; an OR of them would be planned anew, and worse.
            cursor.execute(" UNION ALL ".join([_ONE] * len(missing)), [value for place in missing for value in place])
            found = {(level, number): bytes(hashes) for level, number, hashes in cursor.fetchall()}
        self.put(found)
        self._shared.update({place: hashes for place, hashes in found.items() if place[0] > 0})
