"""Writing the log as static files that any web server can publish."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

from ledger import queries
from ledger.errors import NotInLog
from ledger.published import policy_text, published_note
from ledger.rotations import rotation_proof, rotations
from ledger.tree import TileAddress, addresses, levels

Progress = Callable[[int, int], None]


def export_log(*, folder: Path, progress: Progress = lambda done, total: None) -> int:
    """Write tiles, bundles, key and policy, and last of all the newest checkpoint; returns its size.

    Into a folder of an earlier export only what is new is written. Raises NotInLog before the log is created.
    """
    checkpoint, key = queries.newest_checkpoint(), queries.vkey()
    if checkpoint is None or key is None:
        raise NotInLog("the log has not been created")
    wanted = list(_addresses(checkpoint.size))
    for done, address in enumerate(wanted, start=1):
        target = folder / "tile" / str(address)
        # A tile never changes under its address, so one that stands there is finished.
        if not target.exists():
            _write(target, queries.tile_bytes(address))
        if address.is_full:
            # Partial tiles are kept until the full one stands beside them, then collected.
            rmtree(target.with_name(target.name + ".p"), ignore_errors=True)
        progress(done, len(wanted))
    _write(folder / "vkey", f"{key}\n".encode())
    for change in rotations():
        _write(folder / "rotations" / str(change.size), rotation_proof(change.size).encode())
    _write(folder / "policy", policy_text().encode())
    # Last, so that a reader never meets a checkpoint whose tiles are not there yet.
    _write(folder / "checkpoint", published_note(checkpoint.size))
    return checkpoint.size


def _addresses(size: int) -> Iterator[TileAddress]:
    for level in levels(size):
        yield from addresses(size, level=level)
    yield from addresses(size, level=None)


def _write(target: Path, data: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # A reader sees the old file or the new one, never half of one.
    fresh = target.with_name(target.name + ".new")
    fresh.write_bytes(data)
    fresh.replace(target)
