"""What a check reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

# How far the check has come: entries (or objects) done, and how many there are.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Finding:
    """One thing that differs: where it is, and what is wrong with it."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"
