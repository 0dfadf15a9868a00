"""What the log's tests share: statements, filled logs, the RFC's own recursion, and the check of everything."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction

from ledger.adapters.signer import Signer
from ledger.models import Waiting
from ledger.services.checking.log import check_log
from ledger.services.entries import NewEntry, enqueue_many
from ledger.services.sequencing import sequence_batch
from ledger.verifier.policy import Policy, parse_policy

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def statement(number: int, *, subject: str = "", pad: int = 0) -> NewEntry:
    subject = subject or f"batch:{number % 7}"
    body = {"at": "2026-11-23T04:00:00.000Z", "commitments": {}, "data": {"n": number, "pad": "x" * pad}}
    text = json.dumps(body | {"kind": "trace.batch_opened", "subject": subject, "v": 1}, separators=(",", ":"))
    return NewEntry(kind="trace.batch_opened", subject=subject, body=text.encode())


def queue(count: int, *, first: int = 0) -> list[int]:
    """Queue so many statements and return their queue ids."""
    with transaction.atomic():
        waiting = set(Waiting.objects.values_list("pk", flat=True))
        enqueue_many([statement(number) for number in range(first, first + count)], now=NOW)
    return sorted(set(Waiting.objects.values_list("pk", flat=True)) - waiting)


def filled(signer: Signer, *counts: int) -> None:
    """Queue and sign so many entries at a time."""
    first = 0
    for count in counts:
        queue(count, first=first)
        assert sequence_batch(signer=signer, now=NOW).count == count
        first += count


def findings(signer: Signer) -> list[str]:
    return [str(finding) for finding in check_log(signer=signer)]


def plain_policy(signer: Signer) -> Policy:
    return parse_policy(f"log {signer.vkey}\nquorum none\n".encode())


# RFC 6962, section 2.1, as it stands there: definitions to compare the implementation with.


def hash_leaf(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def split_point(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def reference_root(entries: Sequence[bytes]) -> bytes:
    if not entries:
        return hashlib.sha256(b"").digest()
    if len(entries) == 1:
        return hash_leaf(entries[0])
    k = split_point(len(entries))
    return hashlib.sha256(b"\x01" + reference_root(entries[:k]) + reference_root(entries[k:])).digest()


def reference_path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    if len(entries) == 1:
        return []
    k = split_point(len(entries))
    if m < k:
        return [*reference_path(m, entries[:k]), reference_root(entries[k:])]
    return [*reference_path(m - k, entries[k:]), reference_root(entries[:k])]


def reference_consistency(m: int, entries: Sequence[bytes], *, is_old_root: bool = True) -> list[bytes]:
    n = len(entries)
    if m == n:
        return [] if is_old_root else [reference_root(entries)]
    k = split_point(n)
    if m <= k:
        return [*reference_consistency(m, entries[:k], is_old_root=is_old_root), reference_root(entries[k:])]
    return [*reference_consistency(m - k, entries[k:], is_old_root=False), reference_root(entries[:k])]
