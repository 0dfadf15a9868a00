"""A measured figure beside its peer, and the stop-watch that takes both in turn."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace

Work = Callable[[], int]


@dataclass(frozen=True)
class Size:
    """How much is measured: counts of things, seconds of load, rounds. TINY only proves that everything still runs."""

    unit_codes: int = 1_000_000
    labels: int = 10_000
    peer_labels: int = 500
    entries: int = 33_000  # a round of the bulk measurement
    commit: int = 11_000
    first_entries: int = 10_000
    many_entries: int = 1_000_000
    peer_entries: int = 1_000
    paced_rate: int = 500
    paced_seconds: float = 6.0
    proofs: int = 500
    processes: int = 8
    seconds: float = 3.0
    starts: int = 15
    issues: int = 400
    import_rows: int = 5_000
    # Whether the peer is installed and measured, too.
    epcis_peer: bool = True
    epcis_events: int = 1_000
    epcis_many: int = 1_000_000
    lots: int = 100_000
    lineages: int = 30
    scan_batches: int = 200
    scans: int = 20_000
    connections: tuple[int, ...] = (4, 32)
    load_seconds: int = 4
    load_rounds: int = 2
    rounds: int = 3


FULL = Size()
TINY = Size(
    unit_codes=500,
    labels=30,
    peer_labels=2,
    entries=60,
    commit=20,
    first_entries=20,
    many_entries=600,
    peer_entries=5,
    paced_rate=20,
    paced_seconds=0.5,
    proofs=3,
    processes=2,
    seconds=0.1,
    starts=1,
    issues=3,
    import_rows=20,
    epcis_peer=False,
    epcis_events=20,
    epcis_many=200,
    lots=220,
    lineages=2,
    scan_batches=2,
    scans=30,
    connections=(2,),
    load_seconds=1,
    load_rounds=1,
    rounds=1,
)


@dataclass(frozen=True)
class Figure:
    """One line of the report.

    `ratio` is ours divided by the peer's, in the unit both are given in; `low` and `high` are its least and greatest
    in one round. `wanted` says what later versions are to reach, `is_met` whether this one does.
    """

    what: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    wanted: str = ""
    is_met: bool | None = None

    def wanting(self, text: str, is_met: bool) -> Figure:
        """With one more thing that is wanted."""
        words = f"{self.wanted}; {text}" if self.wanted else text
        return replace(self, wanted=words, is_met=is_met and self.is_met is not False)

    def wanting_ratio(self, *, least: float | None = None, most: float | None = None) -> Figure:
        """With a limit on the ratio."""
        ratio = self.ratio or 0.0
        figure = self
        if least is not None:
            figure = figure.wanting(f"ratio at least {least:g}", ratio >= least)
        if most is not None:
            figure = figure.wanting(f"ratio at most {most:g}", ratio <= most)
        return figure


@dataclass(frozen=True)
class Result:
    """Everything one measurement found on one database (or on none); `notes` are sentences for below the table."""

    measurement: str
    database: str
    figures: tuple[Figure, ...] = ()
    notes: tuple[str, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Result:
        data = json.loads(text)
        figures = tuple(Figure(**figure) for figure in data["figures"])
        return cls(data["measurement"], data["database"], figures, tuple(data["notes"]))


@dataclass(frozen=True)
class Rounds:
    """Rates (things a second) of ours and of the peer, taken in turn."""

    ours: tuple[float, ...]
    peer: tuple[float, ...]

    @property
    def our_rate(self) -> float:
        return statistics.median(self.ours)

    @property
    def peer_rate(self) -> float:
        return statistics.median(self.peer)

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours to the peer's of the same round: what disturbs the machine disturbs both."""
        return tuple(ours / peer for ours, peer in zip(self.ours, self.peer, strict=True))

    def rates(self, what: str, *, unit: str, peer: str) -> Figure:
        """Both as things a second: a larger ratio is better."""
        return self._figure(
            what, rate(self.our_rate, unit), f"{peer}: {rate(self.peer_rate, unit)}", sorted(self.ratios)
        )

    def times(self, what: str, *, peer: str, count: int = 1) -> Figure:
        """Both as the time for `count` things: a smaller ratio is better."""
        ours, theirs = duration(count / self.our_rate), duration(count / self.peer_rate)
        return self._figure(what, ours, f"{peer}: {theirs}", sorted(1 / ratio for ratio in self.ratios))

    @staticmethod
    def _figure(what: str, ours: str, peer: str, ratios: list[float]) -> Figure:
        return Figure(what, ours, peer, ratio=statistics.median(ratios), low=ratios[0], high=ratios[-1])


def stopwatch(work: Work) -> float:
    """Things a second: `work` returns how many it did."""
    begin = time.perf_counter()
    count = work()
    return count / (time.perf_counter() - begin)


def in_turn(ours: Work, peer: Work, *, rounds: int) -> Rounds:
    """Both measured `rounds` times, one after the other, the order changing with every round."""
    first: list[float] = []
    second: list[float] = []
    for number in range(rounds):
        for is_ours in (True, False) if number % 2 == 0 else (False, True):
            (first if is_ours else second).append(stopwatch(ours if is_ours else peer))
    return Rounds(tuple(first), tuple(second))


def rate(value: float, unit: str) -> str:
    """`12,300 codes/s`: three significant digits, as more would be noise."""
    return f"{three_digits(value)} {unit}/s"


def duration(seconds: float) -> str:
    """`49.4 ms`, in the unit that suits."""
    for factor, unit in ((1, "s"), (1e3, "ms")):
        if seconds * factor >= 1:
            return f"{three_digits(seconds * factor)} {unit}"
    return f"{three_digits(seconds * 1e6)} µs"


def three_digits(value: float) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 100:
        digits = len(str(int(abs(value)))) - 3
        return f"{round(value / 10**digits) * 10**digits:,}"
    return f"{value:.3g}"
