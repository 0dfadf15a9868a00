"""A log of the first release, its indexes in the entries' own rows, is still the same log after migrating."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ledger.instance import new_instance

# Run against the old tables: plain statements, as the models of that time are gone. The places of two entries are
# swapped and one queue id is missing, as it happens on PostgreSQL; two entries wait.
FILL = """
from datetime import UTC, datetime
from django.conf import settings
from django.db import connection
from ledger.adapters.signer import create_key, load_signer
from ledger.tree import grow, root_hash
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.merkle import EMPTY_ROOT, leaf_hash
now = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
create_key(key_file=settings.LEDGER_KEY_FILE)
signer = load_signer(key_file=settings.LEDGER_KEY_FILE, origin=settings.LEDGER_ORIGIN)
ids = [*range(1, 301), *range(310, 320), 309]
bodies = [b'{"n":%d}' % number for number in range(len(ids))]
moment = now if connection.vendor == "postgresql" else "2026-11-23 04:00:00"
with connection.cursor() as cursor:
    for index, (number, body) in enumerate(zip(ids, bodies)):
        row = [number, index, "a.b", f"s:{index}", body, leaf_hash(body), moment, moment]
        cursor.execute('INSERT INTO ledger_entry (id, "index", kind, subject, body, leaf_hash, queued_at, sequenced_at) '
                       'VALUES (%s, %s, %s, %s, %s, %s, %s, %s)', row)
    for number in (400, 402):
        row = [number, "a.b", f"late:{number}", b"{}", leaf_hash(b"{}"), moment]
        cursor.execute("INSERT INTO ledger_entry (id, kind, subject, body, leaf_hash, queued_at) "
                       "VALUES (%s, %s, %s, %s, %s, %s)", row)
    tiles = grow(size=0, leaves=[leaf_hash(body) for body in bodies], read_tile=lambda level, number: b"")
    for (level, number), hashes in tiles.items():
        cursor.execute("INSERT INTO ledger_tile (level, number, hashes) VALUES (%s, %s, %s)", [level, number, hashes])
    root = root_hash(len(ids), lambda level, number: tiles[level, number])
    for size, top in ((0, EMPTY_ROOT), (len(ids), root)):
        note = signer.sign(CheckpointText(origin=signer.origin, size=size, root=top))
        cursor.execute("INSERT INTO ledger_checkpoint (size, root, note, signed_at) VALUES (%s, %s, %s, %s)",
                       [size, top, note, moment])
    cursor.execute("INSERT INTO ledger_head (singleton, origin, vkey, size, root) VALUES (%s, %s, %s, %s, %s)",
                   [True, signer.origin, str(signer.vkey), len(ids), root])
signer.remember(note)
"""
READ = """
from ledger import queries
print([queries.entries_of(name)[0].index for name in ("s:0", "s:299", "s:300", "s:310", "late:400", "late:402")])
print(queries.entry_body(310))
"""


@pytest.mark.django_db(transaction=True)
def test_a_log_of_the_first_release_is_carried_over(tmp_path: Path) -> None:
    with new_instance(tmp_path, steps=(["migrate", "ledger", "0002", "-v0"], ["shell", "-v0", "-c", FILL])) as instance:
        for command in (["migrate", "-v0"], ["ledger_check", "--log-only"], ["ledger_run", "--once"]):
            done = instance.manage(*command)
            assert done.returncode == 0, done.stderr + done.stdout

        assert instance.manage("ledger_check", "--log-only").stdout == "clean\n"
        done = instance.manage("shell", "-v0", "-c", READ)

    assert done.stdout.splitlines() == ["[0, 299, 300, 310, 311, 312]", "b'{\"n\":310}'"], done.stderr
