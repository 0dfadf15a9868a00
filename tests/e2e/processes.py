"""What runs on this machine for one demonstration, told from /proc."""

from __future__ import annotations

import os
from pathlib import Path


def running_in(folder: Path) -> dict[int, str]:
    """Process number and command of every process, whoever started it, whose GI_TRACE_VAR is `folder`."""
    mark = f"GI_TRACE_VAR={folder}".encode()
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # A zombie has an empty environment: it is not running.
            if mark in (process / "environ").read_bytes().split(b"\0"):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                found[int(process.name)] = " ".join(words)
        except OSError:
            continue  # ended meanwhile, or not ours to read
    found.pop(os.getpid(), None)
    return found
