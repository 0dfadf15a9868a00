"""What every scan of a run says alike, worked out once and kept until the log names one of its parts."""

from __future__ import annotations

import time
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import Any, Final, TypeVar

from products.labels.models.label_run import LabelRange, LabelRun
from products.labels.queries.runs import UnitState, run_for_scan, unit_state
from products.labels.services.keys import open_key
from products.mentions import Mentions, Moment

# Stories in memory, some tens of kilobytes each; the least looked at goes first.
MOST: Final = 1_000
# What no entry tells of, the name of a county say, is a minute late at the most.
LASTS_S: Final = 60.0
# A run activated label by label has as many ranges: those are asked for one by one.
_MOST_RANGES: Final = 2_000
_MOST_KEPT: Final = 24

T = TypeVar("T")
Ranges = list[tuple[int, int, datetime, str]]


@dataclass
class Story:
    """One run with its key, its ranges, and what has been worked out of it for pages so far."""

    run: LabelRun
    key: bytes = field(repr=False)
    names: frozenset[str]
    since: int
    made_at: float
    ranges: dict[str, Ranges] | None
    _kept: dict[Hashable, Any] = field(default_factory=dict)

    def unit(self, serial: int) -> UnitState:
        """What is known of one label; void wins over activated."""
        if self.ranges is None:
            return unit_state(self.run, serial)
        activated = _range_of(self.ranges[LabelRange.Kind.ACTIVATED], serial)
        voided = _range_of(self.ranges[LabelRange.Kind.VOIDED], serial)
        return UnitState(
            activated_at=activated[2] if activated else None,
            voided_at=voided[2] if voided else None,
            void_reason=voided[3] if voided else "",
        )

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once. Two threads may both make it; either's will do."""
        if key not in self._kept:
            if len(self._kept) >= _MOST_KEPT:
                self._kept.clear()
            self._kept[key] = make()
        found: T = self._kept[key]
        return found


def _range_of(ranges: Ranges, serial: int) -> tuple[int, int, datetime, str] | None:
    """Ranges of one kind never overlap, and are in order."""
    place = bisect_right(ranges, serial, key=lambda row: row[0]) - 1
    return ranges[place] if place >= 0 and serial <= ranges[place][1] else None


class Stories:
    """The stories this process has told lately."""

    def __init__(self) -> None:
        self._mentions = Mentions()
        self._lock = Lock()
        self._stories: OrderedDict[str, Story] = OrderedDict()

    def of(self, code: str) -> Story | None:
        """The story of a run as it is at this moment; None for a run that is not ours."""
        # Before the rows are read: what is said while they are being read makes them stale at once.
        now = self._mentions.now()
        with self._lock:
            story = self._stories.get(code)
            if story is not None:
                self._stories.move_to_end(code)
        if story is not None and self._holds(story, now):
            return story
        story = _read(code, now)
        if story is not None:
            with self._lock:
                self._stories[code] = story
                if len(self._stories) > MOST:
                    self._stories.popitem(last=False)
        return story

    def forget(self) -> None:
        """Begin anew."""
        self.__init__()  # type: ignore[misc]

    def _holds(self, story: Story, now: Moment) -> bool:
        is_young = time.monotonic() - story.made_at < LASTS_S
        return is_young and self._mentions.is_unchanged(story.names, since=story.since, now=now)


def _read(code: str, now: Moment) -> Story | None:
    run = run_for_scan(code)
    if run is None:
        return None
    batch = run.batch
    authorisation = batch.authorisation
    names = {
        run.code,
        str(batch.code),
        str(authorisation.code),
        authorisation.enterprise.uscc,
        authorisation.indication.code,
        # Their contacts may be erased, which is said of them alone.
        *(str(certificate) for certificate in batch.certificates.values_list("code", flat=True)),
    }
    return Story(run, open_key(run), frozenset(names), now.size, time.monotonic(), _ranges(run))


def _ranges(run: LabelRun) -> dict[str, Ranges] | None:
    rows = run.ranges.order_by("first_serial").values_list("kind", "first_serial", "last_serial", "at", "reason")
    found = list(rows[: _MOST_RANGES + 1])
    if len(found) > _MOST_RANGES:
        return None
    ranges: dict[str, Ranges] = {kind: [] for kind in LabelRange.Kind.values}
    for kind, first, last, at, reason in found:
        ranges[kind].append((first, last, at, reason))
    return ranges


STORIES: Final = Stories()
