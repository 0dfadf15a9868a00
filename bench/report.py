"""The figures as tables in docs/performance.md, between markers; the prose around them is kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from bench.figures import Figure, Result

_HEADING = "| measured | ours | beside it | ratio (lowest to highest round) | wanted |\n|---|---|---|---|---|\n"


def render(results: Sequence[Result], *, machine: str, on: date) -> str:
    """The block of one measurement: a table for each database, then its notes, the date and the machine."""
    parts = []
    for result in results:
        if result.database:
            parts.append(f"**{result.database}**")
        if result.figures:
            parts.append(_HEADING + "\n".join(_row(figure) for figure in result.figures))
        parts += result.notes
    parts.append(f"Measured {on.isoformat()}: {machine}.")
    return "\n\n".join(parts)


def _row(figure: Figure) -> str:
    cells = (figure.what, figure.ours, figure.peer, _ratio(figure), _wanted(figure))
    return "| " + " | ".join(cells) + " |"


def _ratio(figure: Figure) -> str:
    if figure.ratio is None:
        return ""
    if figure.low is None or figure.high is None:
        return ratio_text(figure.ratio)
    return f"**{ratio_text(figure.ratio)}** ({ratio_text(figure.low)} to {ratio_text(figure.high)})"


def ratio_text(ratio: float) -> str:
    """Two decimals, or two digits of what is smaller than that shows."""
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.2g}"


def _wanted(figure: Figure) -> str:
    if not figure.wanted:
        return ""
    return f"{figure.wanted}: {'reached' if figure.is_met else '**missed**'}"


def insert(page: str, measurement: str, block: str) -> str:
    """`page` with the block in its place. Raises ValueError where the page has no markers for it."""
    begin, end = f"<!-- figures: {measurement} -->", "<!-- end of figures -->"
    pattern = re.compile(f"({re.escape(begin)}\n).*?({re.escape(end)})", re.DOTALL)
    if not pattern.search(page):
        raise ValueError(f"no markers for {measurement}")
    return pattern.sub(lambda match: f"{match[1]}\n{block}\n\n{match[2]}", page, count=1)


def write(path: Path, measurement: str, results: Sequence[Result], *, machine: str, on: date) -> None:
    page = path.read_text(encoding="utf-8")
    path.write_text(insert(page, measurement, render(results, machine=machine, on=on)), encoding="utf-8")


def in_terminal(result: Result) -> str:
    """The same for a person who waits."""
    lines = [f"{result.measurement} {result.database}".strip()]
    for figure in result.figures:
        peer = f"  /  {figure.peer}" if figure.peer else ""
        ratio = "" if figure.ratio is None else f"  =  {ratio_text(figure.ratio)}"
        wanted = f"  [{_wanted(figure).replace('**', '')}]" if figure.wanted else ""
        lines.append(f"  {figure.what}:  {figure.ours}{peer}{ratio}{wanted}")
    return "\n".join([*lines, *(f"  {note}" for note in result.notes)])
