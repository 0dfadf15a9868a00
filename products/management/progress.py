"""A progress line on standard error: a bar on a terminal, a line a step elsewhere."""

from __future__ import annotations

import time
from typing import Protocol

WIDTH = 30


class Writable(Protocol):
    def write(self, msg: str, *, ending: str | None = ...) -> object: ...
    def isatty(self) -> bool: ...


class Progress:
    """Call it with a step's name, what is done and the total; it writes at most five times a second."""

    def __init__(self, out: Writable) -> None:
        self.out = out
        self.last = 0.0
        self.begin = time.monotonic()

    def __call__(self, step: str, done: int, total: int) -> None:
        is_last = done >= total
        if self.out.isatty():
            if is_last or time.monotonic() - self.last > 0.2:
                self.last = time.monotonic()
                filled = WIDTH * done // max(total, 1)
                bar = "█" * filled + "·" * (WIDTH - filled)
                self.out.write(f"\r  {step:<20} {bar} {done:>8,}/{total:,}", ending="\n" if is_last else "")
        elif is_last:
            self.out.write(f"  {step}: {done:,} ({time.monotonic() - self.begin:.0f} s)", ending="\n")
