"""A process that rotates the key dies at every single step it takes; the command, run again, does the rest."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, connections

from ledger.adapters.signer import Signer, next_file
from ledger.errors import LedgerFatal
from ledger.models import LogKey
from ledger.rotations import announcements, rotation_faults
from ledger.services.sequencing import sequence_batch
from tests.ledger.helpers import NOW, findings, queue
from tests.ledger.key_helpers import loaded, rotate, signers_of, soon

DIED, DONE = 17, 0
# What a step must be to matter: it changes a file, or the database.
FILES = ("link", "unlink", "replace", "fchmod", "fsync", "open", "mkdir")
WRITES = ("INSERT", "UPDATE", "DELETE", "COPY")


class Steps:
    """Counts the steps of this process and ends it, as a power cut would, right before or right after one of them."""

    def __init__(self, *, last: int, is_done: bool, log: int) -> None:
        self._left = last
        self._is_done = is_done
        self._log = log

    def step(self, name: str, act: Callable[[], Any]) -> Any:
        self._left -= 1
        if self._left == 0:
            if self._is_done:
                with suppress(OSError):
                    act()
            os.write(self._log, name.encode())
            # No `finally`, no `except`, no rollback: nothing of ours runs after this line.
            os._exit(DIED)
        return act()

    def watch(self) -> None:
        for name in FILES:
            self._wrap(name)
        commit = connection.commit
        connection.commit = lambda: self.step("commit", commit)  # type: ignore[method-assign]
        connection.execute_wrappers.append(self._statement)

    def _wrap(self, name: str) -> None:
        call = getattr(os, name)

        def wrapped(*args: Any, **kwargs: Any) -> Any:
            if name == "open" and not args[1] & os.O_CREAT:
                return call(*args, **kwargs)
            return self.step(name, lambda: call(*args, **kwargs))

        setattr(os, name, wrapped)

    def _statement(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(WRITES):
            return execute(sql, params, many, context)
        return self.step(" ".join(sql.split()[:3]), lambda: execute(sql, params, many, context))


def rotate_in_a_child(signer: Signer, *, last: int, is_done: bool) -> tuple[int, str]:
    """Rotate in a process that dies at step `last`. Returns its exit status, and which step it was."""
    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            Steps(last=last, is_done=is_done, log=writer).watch()
            rotate(signer)
            status = DONE
        finally:
            os._exit(status)
    os.close(writer)
    _, ended = os.waitpid(child, 0)
    with os.fdopen(reader) as log:
        return os.waitstatus_to_exitcode(ended), log.read()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_done", [False, True], ids=["before_the_step", "after_the_step"])
def test_a_crash_at_any_step_is_mended_by_running_the_command_again(signer: Signer, is_done: bool) -> None:
    hit: list[str] = []
    for last in range(1, 200):
        count, in_force = LogKey.objects.count(), str(loaded(signer).vkey)
        status, name = rotate_in_a_child(signer, last=last, is_done=is_done)
        if status == DONE:
            break
        assert status == DIED, hit
        hit.append(name)

        # Whoever starts now can sign, and what stands is whole.
        assert findings(loaded(signer)) == []
        assert list(rotation_faults()) == []
        if LogKey.objects.count() > count and not next_file(signer.key_file).exists():
            # It died after its last step.
            with pytest.raises(LedgerFatal, match="nothing is left to do"):
                rotate(signer, clock=soon)
        else:
            rotate(signer)

        assert LogKey.objects.count() == count + 1
        newest = LogKey.objects.latest("from_size")
        assert signers_of(newest.from_size) == [in_force, newest.vkey]
        names = [path.name for path in signer.key_file.parent.iterdir()]
        assert not [name for name in names if name.endswith((".part", ".next"))]
        queue(1, first=last)
        sequence_batch(signer=loaded(signer), now=NOW)

    # Each of these was died at: the key written, announced, signed, remembered, retired and moved.
    assert {"link", "commit", "replace", "INSERT INTO ledger_entry", 'INSERT INTO "ledger_checkpoint"'} <= set(hit)
    assert hit.count("commit") >= 3
    assert hit.count("replace") >= 3
    # One rotation for each run: nothing was announced in vain, or twice.
    assert len(announcements(signer.origin)) == LogKey.objects.count() - 1
    assert findings(loaded(signer)) == []
    assert list(rotation_faults()) == []


@pytest.mark.django_db(transaction=True)
def test_the_lock_dies_with_its_process(signer: Signer) -> None:
    folder = os.open(signer.key_file.parent, os.O_RDONLY)
    child = os.fork()
    if child == 0:
        fcntl.flock(folder, fcntl.LOCK_EX)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(folder)

    assert rotate(signer).size == 1
