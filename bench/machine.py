"""The machine in general words: enough to judge the figures by, nothing that names it."""

from __future__ import annotations

import os
import platform
import resource
import sqlite3
from pathlib import Path


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_gib() -> int:
    return round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30)


def describe() -> str:
    """`2 cores, 23 GiB of memory, Debian 12, x86_64, CPython 3.11.7, SQLite 3.45.1`."""
    return ", ".join(
        (
            f"{cores()} cores",
            f"{memory_gib()} GiB of memory",
            _system(),
            platform.machine(),
            f"{platform.python_implementation()} {platform.python_version()}",
            f"SQLite {sqlite3.sqlite_version}",
        )
    )


def _system() -> str:
    try:
        facts = platform.freedesktop_os_release()
    except OSError:
        return platform.system()
    return f"{facts['NAME'].removesuffix(' GNU/Linux')} {facts.get('VERSION_ID', '')}".strip()


def peak_memory_mib() -> float:
    """The most memory this process has held, in MiB."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss begins with what the parent held when it started this process; VmHWM is this program's own.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
