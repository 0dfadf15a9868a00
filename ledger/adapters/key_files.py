"""Files that hold private keys: read only where nobody else could have read them, written whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ledger.errors import LedgerFatal

MAX_KEY_BYTES = 65_536


def read_key_file(path: Path) -> bytes:
    """The file's bytes. Raises LedgerFatal when it is missing, unreadable, another's, or open to others."""
    try:
        # The file is judged through its descriptor: a name could come to mean another file in between.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise LedgerFatal(f"the key {path} is a symbolic link; name the file itself") from error
        raise LedgerFatal(f"the key {path} cannot be read: {error.strerror}") from error
    with os.fdopen(descriptor, "rb") as file:
        _require_private(path, os.fstat(descriptor))
        return file.read(MAX_KEY_BYTES)


def _require_private(path: Path, found: os.stat_result) -> None:
    mode, user = stat.S_IMODE(found.st_mode), os.geteuid()
    if not stat.S_ISREG(found.st_mode):
        raise LedgerFatal(f"the key {path} is not a plain file")
    if found.st_uid not in (0, user):
        raise LedgerFatal(f"the key {path} belongs to user {found.st_uid}, this process runs as {user}; chown it")
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise LedgerFatal(f"the key {path} is open to others (mode {mode:04o}); chmod 600 it")
    folder = path.parent.stat()
    # In a sticky folder such as /tmp others can add files, but not replace this one.
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        raise LedgerFatal(f"anybody can replace files in {path.parent}, where the key is; chmod o-w it")


def create_file(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 that must not exist. Raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = part_of(path)
    _write(fresh, data, flags=os.O_TRUNC, mode=0o600)
    try:
        # Unlike a rename, a link never replaces; unlike writing in place, it never leaves half a key behind.
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links. Here a crash may leave a torn file, which is then refused by name.
        _write(path, data, flags=os.O_EXCL, mode=0o600)
    finally:
        with suppress(FileNotFoundError):
            os.unlink(fresh)
    sync_folder(path)


def put_file(path: Path, data: bytes, *, fresh: Path, mode: int = 0o600) -> None:
    """Write a file, or replace it whole. `fresh` is the name it has until it is whole, this process's own."""
    _write(fresh, data, flags=os.O_TRUNC, mode=mode)
    os.replace(fresh, path)
    sync_folder(path)


def sync_folder(path: Path) -> None:
    """Make new names beside `path` survive a power cut."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Inside, nobody else changes the key files beside `path` this way. Raises LedgerFatal when somebody does."""
    try:
        folder = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise LedgerFatal(f"{path.parent} cannot be read: {error.strerror}") from error
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(folder)
        raise LedgerFatal(f"another process is changing the keys in {path.parent}; wait for it") from error
    try:
        yield
    finally:
        os.close(folder)


def part_of(path: Path) -> Path:
    """The name of a key file of this process that is not yet whole."""
    return path.with_name(f"{path.name}.{os.getpid()}.part")


def remove_parts(path: Path) -> None:
    """Forget what writers of `path` and its like left half-done when they died. Call it where no other writer can be."""
    for left in path.parent.glob(f"{path.name}*.part"):
        left.unlink()


def _write(path: Path, data: bytes, *, flags: int, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | flags, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
