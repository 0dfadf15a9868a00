"""What the log has mentioned lately: a reader may keep what it worked out from rows until one of its names comes up.

Every change of evidence is said in the log, in the transaction that makes it, so the log knows what has become stale;
nothing else has to remember to tell.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final

from products.proofs import entries_between, stamp, waiting_entries

# Names are codes: UUIDs, 统一社会信用代码, runs, indications, alone or behind a prefix as in `batch:<uuid>`.
_NAME: Final = re.compile(rb'[":]([0-9A-Za-z-]{4,60})"')
# Further behind than this, or with more names than this, it is cheaper to forget everything.
_MAX_ENTRIES: Final = 5_000
_MAX_WAITING: Final = 500
_MAX_NAMES: Final = 200_000


def names_in(bodies: Iterable[bytes]) -> set[str]:
    """Every code that these entries name."""
    return {name.decode() for body in bodies for name in _NAME.findall(body)}


@dataclass(frozen=True)
class Moment:
    """What the log had said at one moment. `waiting` are the names in entries without a place; None: too many to tell."""

    size: int
    waiting: Collection[str] | None


class Mentions:
    """Follows the log in this process. Threads may share one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._stamp = (-1, -1)
        self._moment = Moment(0, None)
        # Entries are known up to the one size, and from the other on.
        self._known = self._since = 0
        self._last: dict[str, int] = {}

    def now(self) -> Moment:
        """One question to the database while nothing is said; take it before reading the rows that are to be kept."""
        found = stamp()
        with self._lock:
            if found != self._stamp:
                self._moment = self._catch_up(found)
                # Too many to tell is no state to stay in.
                self._stamp = found if self._moment.waiting is not None else (-1, -1)
            return self._moment

    def _catch_up(self, found: tuple[int, int]) -> Moment:
        for _attempt in range(3):
            size, count = found
            if size < self._known or size - self._known > _MAX_ENTRIES or len(self._last) > _MAX_NAMES:
                self._last, self._since = {}, size
            else:
                for index, body in entries_between(self._known, size):
                    self._last |= dict.fromkeys(names_in([body]), index)
            self._known = size
            if count > _MAX_WAITING:
                break
            waiting = names_in(waiting_entries(_MAX_WAITING))
            # Entries that moved from the queue into the log meanwhile would be in neither.
            again = stamp()
            if again == found:
                return Moment(size, waiting)
            found = again
        return Moment(self._known, None)

    def is_unchanged(self, names: Collection[str], *, since: int, now: Moment) -> bool:
        """Whether nothing has been said of any of the names since the log had `since` entries."""
        if since < self._since or now.waiting is None:
            return False
        last = self._last
        return all(last.get(name, -1) < since and name not in now.waiting for name in names)
