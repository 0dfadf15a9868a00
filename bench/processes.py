"""Several connections at once: each in a process of its own, so that Python's lock is not what is measured."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection

from django.db import connections

_GRACE = 60.0


def together(
    work: Callable[[int], None], *, processes: int, seconds: float, beside: Callable[[], None] | None = None
) -> float:
    """How often a second all of them together did `work(number)`; every number is used once.

    `beside` is called over and over in this process meanwhile, and once more at the end; the time it then needs
    counts, so that a queue left behind is no gain.
    """
    # Forked, so that nobody imports Django anew; no connection may be shared with the children.
    connections.close_all()
    context = multiprocessing.get_context("fork")
    pipes = []
    children = []
    start_at = time.monotonic() + 0.2
    for number in range(processes):
        ours, theirs = context.Pipe()
        child = context.Process(
            target=_child, args=(theirs, work, number, processes, start_at, start_at + seconds), daemon=True
        )
        child.start()
        theirs.close()
        pipes.append(ours)
        children.append(child)
    while time.monotonic() < start_at + seconds:
        if beside is None:
            time.sleep(0.02)
        else:
            beside()
            time.sleep(0.005)
    count = sum(_answer(pipe) for pipe in pipes)
    if beside is not None:
        beside()
    elapsed = time.monotonic() - start_at
    for child in children:
        child.join(_GRACE)
    return count / elapsed


def _answer(pipe: Connection) -> int:
    if not pipe.poll(_GRACE):
        raise TimeoutError("a process of the measurement does not answer")
    answer = pipe.recv()
    if isinstance(answer, str):
        raise RuntimeError(answer)
    return int(answer)


def _child(
    pipe: Connection, work: Callable[[int], None], number: int, step: int, start_at: float, end_at: float
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        connections["default"].ensure_connection()
        time.sleep(max(0.0, start_at - time.monotonic()))
        count = 0
        while time.monotonic() < end_at:
            work(number + count * step)
            count += 1
        pipe.send(count)
    except Exception as error:
        pipe.send(f"{type(error).__name__}: {error}")
    finally:
        connections.close_all()
        # No clean-up of what belongs to the parent: its files and its database server.
        os._exit(0)
