"""A line on the terminal that says how far a long command has come."""

from __future__ import annotations

import time

from django.core.management.base import OutputWrapper

_INTERVAL = 0.2


class ProgressLine:
    """Rewritten in place on a terminal; elsewhere only the last state is written, once."""

    def __init__(self, stream: OutputWrapper, *, noun: str) -> None:
        self._stream = stream
        self._noun = noun
        self._shown_at = 0.0
        self._text = ""

    def show(self, done: int, total: int) -> None:
        self._text = f"{done:,} of {total:,} {self._noun}"
        moment = time.monotonic()
        if self._stream.isatty() and moment - self._shown_at >= _INTERVAL:
            self._shown_at = moment
            self._stream.write(f"\r{self._text}", ending="")
            self._stream.flush()

    def finish(self) -> None:
        if self._text:
            self._stream.write(f"\r{self._text}" if self._stream.isatty() else self._text)
