"""Comparing signed checkpoints, and what witnesses and anchors say of them, with the tree derived again."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.adapters.second import second_signature_faults, second_signers
from ledger.models import Checkpoint, Cosignature, Head
from ledger.rebuilding import TreeRebuilder
from ledger.services.checking.findings import Finding
from ledger.services.keys import keys_in_force
from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import Note, VerifierKey, parse_note, verified_signatures

_PORTION = 512
_FAR = 1 << 62


class Checkpoints:
    """The stored checkpoints in order of size, read a portion at a time while the tree grows past them."""

    def __init__(self, head: Head, *, after: int) -> None:
        self._head = head
        self._seconds = second_signers(origin=head.origin, are_required=False)
        self._rows: list[Checkpoint] = []
        # The checkpoint of the size the walk begins with is compared as well.
        self._after = after - 1
        self._fill()

    def distance(self, size: int) -> int:
        """How many entries until the next checkpoint is due."""
        return self._rows[-1].size - size if self._rows else _FAR

    def compare(self, tree: TreeRebuilder) -> Iterator[Finding]:
        """Check the checkpoints of exactly the tree's present size; equal roots of one walk are consistent trees."""
        while self._rows and self._rows[-1].size <= tree.size:
            row = self._rows.pop()
            yield from (Finding(f"checkpoint {row.size}", text) for text in self._faults(row, root=tree.root()))
            if not self._rows:
                self._fill()

    def _fill(self) -> None:
        rows = Checkpoint.objects.filter(size__gt=self._after, size__lte=self._head.size).order_by("size")
        self._rows = list(rows.prefetch_related("cosignatures")[:_PORTION])[::-1]
        if self._rows:
            self._after = self._rows[0].size

    def _faults(self, row: Checkpoint, *, root: bytes) -> Iterator[str]:
        if bytes(row.root) != root:
            yield f"its root {bytes(row.root).hex()} is not the root of its entries, {root.hex()}"
        try:
            note = parse_note(bytes(row.note))
            text = parse_checkpoint_text(note.text)
            keys = keys_in_force(row.size)
            signed = {key for key, _ in verified_signatures(note, keys)}
        except VerificationError as error:
            yield f"its note does not verify ({error})"
            return
        if not keys:
            yield "it is signed by no key known to have been in force"
        yield from (f"it is not signed with the log's key {key}" for key in keys if key not in signed)
        yield from second_signature_faults(note, keys=self._seconds)
        if (text.origin, text.size, text.root) != (self._head.origin, row.size, bytes(row.root)):
            yield "its note says something else than its row"
        for cosignature in row.cosignatures.all():
            yield from _cosignature_faults(cosignature, note=note)


def _cosignature_faults(row: Cosignature, *, note: Note) -> Iterator[str]:
    try:
        key = VerifierKey.parse(row.vkey)
        signed = verified_signatures(parse_note(f"{note.text}\n{row.line}".encode()), [key])
    except VerificationError as error:
        yield f"the cosignature of {row.key_name} does not verify ({error})"
        return
    if [(signer.name, time) for signer, time in signed] != [(row.key_name, int(row.cosigned_at.timestamp()))]:
        yield f"the cosignature of {row.key_name} says something else than its row"
