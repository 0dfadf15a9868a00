"""Checking stored anchors again, without a network: against their checkpoints, and with an auditor's eyes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cryptography.x509 import Certificate
from django.conf import settings

from ledger.models import Anchor
from ledger.verifier.checkpoint import CheckpointText, parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.ethereum import verify_ethereum
from ledger.verifier.evidence.timestamp import read_roots, verify_timestamp
from ledger.verifier.note import parse_note

_PORTION = 100


def anchor_faults() -> Iterator[str]:
    """A line for each stored anchor that is not what it claims to be. Memory does not grow with their number."""
    roots: list[Certificate] = []
    if settings.TSA_CERTIFICATES:
        try:
            roots = read_roots(Path(settings.TSA_CERTIFICATES).read_bytes())
        except (OSError, VerificationError) as error:
            yield f"anchors: GI_TRACE_TSA_CERTIFICATES is not usable ({error})"
    rows = Anchor.objects.select_related("checkpoint").order_by("pk")
    for row in rows.iterator(chunk_size=_PORTION):
        place = f"anchor {row.checkpoint.size} {row.kind} {row.target}"
        yield from (f"{place}: {fault}" for fault in _faults(row, roots=roots))


def _faults(row: Anchor, *, roots: list[Certificate]) -> Iterator[str]:
    receipt = bytes(row.receipt)
    if row.status != Anchor.Status.CONFIRMED:
        if receipt:
            yield "it holds a receipt and is not confirmed"
        return
    try:
        note = parse_note(bytes(row.checkpoint.note))
        checkpoint = parse_checkpoint_text(note.text)
        if row.kind == Anchor.Kind.ETHEREUM:
            yield from _chain_faults(row, receipt, checkpoint=checkpoint)
        elif not roots:
            yield "it cannot be checked: GI_TRACE_TSA_CERTIFICATES names no certificate"
        else:
            verify_timestamp(receipt, text=note.text.encode(), roots=roots)
    except VerificationError as error:
        yield f"its receipt does not verify ({error})"


def _chain_faults(row: Anchor, receipt: bytes, *, checkpoint: CheckpointText) -> Iterator[str]:
    block = verify_ethereum(receipt, checkpoint=checkpoint)
    found = (block.number, f"0x{block.hash.hex()}", f"0x{block.contract.hex()}")
    if found != (row.block_number, row.block_hash, row.target):
        yield f"its receipt is of block {found[0]}, {found[1]}, contract {found[2]}: not what its row says"
