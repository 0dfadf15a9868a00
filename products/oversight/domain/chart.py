"""The geometry of a step line over time: numbers in, positions in a drawing out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from products.oversight.domain.progress import Point

WIDTH, HEIGHT = 360, 160
LEFT, RIGHT, TOP, BOTTOM = 34, 10, 12, 22


@dataclass(frozen=True)
class Tick:
    """A mark on an axis, `at` units from the left or the top."""

    at: int
    label: str


@dataclass(frozen=True)
class Chart:
    """What a template draws; all positions are whole units of a WIDTH x HEIGHT drawing."""

    path: str
    goal_y: int
    due_x: int
    last_x: int
    last_y: int
    years: tuple[Tick, ...]
    values: tuple[Tick, ...]
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM
    width: int = WIDTH
    height: int = HEIGHT


def nice_ceiling(value: int) -> int:
    """The next 1, 2 or 5 times a power of ten that is not below `value`; at least 5."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if (ceiling := factor * step) >= max(value, 5):
                return ceiling
        step *= 10


def step_chart(points: Sequence[Point], *, begin: date, goal: int, due_on: date) -> Chart:
    """A line that stays level between points and steps up at each; the goal and the due day have lines of their own.

    The time axis runs from `begin` to the later of the last point and the due day.
    """
    end = max(due_on, points[-1].day)
    days = max((end - begin).days, 1)
    most = nice_ceiling(max(goal, max(point.value for point in points)))

    def x(day: date) -> int:
        return LEFT + round((WIDTH - LEFT - RIGHT) * (day - begin).days / days)

    def y(value: int) -> int:
        return HEIGHT - BOTTOM - round((HEIGHT - TOP - BOTTOM) * value / most)

    steps = [f"M{x(begin)} {y(0)}"]
    for point in points:
        steps.append(f"H{x(point.day)}V{y(point.value)}")
    return Chart(
        path="".join(steps),
        goal_y=y(goal),
        due_x=x(due_on),
        last_x=x(points[-1].day),
        last_y=y(points[-1].value),
        years=tuple(Tick(x(date(year, 1, 1)), str(year)) for year in range(begin.year, end.year + 1)),
        # The middle of the axis is marked only where the goal's own mark cannot come too near it.
        values=tuple(
            Tick(y(value), str(value)) for value in sorted({0, goal, most} | ({most // 2} if goal == most else set()))
        ),
    )
