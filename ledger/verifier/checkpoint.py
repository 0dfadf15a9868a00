"""The text of a checkpoint (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.verifier.encoding import read_base64, read_decimal, write_base64
from ledger.verifier.errors import VerificationError
from ledger.verifier.merkle import EMPTY_ROOT, HASH_BYTES


@dataclass(frozen=True)
class CheckpointText:
    """`size` entries, and the `root` hash over them. `extensions` are lines whose meaning is not ours."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = (self.origin, str(self.size), write_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse_checkpoint_text(text: str) -> CheckpointText:
    """Read a note's text as a checkpoint. Trust it only after its signature. Raises VerificationError."""
    if not text.endswith("\n"):
        raise VerificationError("bad_checkpoint", "the text does not end in a newline")
    lines = text[:-1].split("\n")
    if len(lines) < 3 or not all(lines):
        raise VerificationError("bad_checkpoint", "a checkpoint has at least three lines, none of them empty")
    size = read_decimal(lines[1], what="the tree size")
    root = read_base64(lines[2], what="the root hash")
    if len(root) != HASH_BYTES:
        raise VerificationError("wrong_hash_length", f"the root hash is not {HASH_BYTES} bytes long")
    if size == 0 and root != EMPTY_ROOT:
        raise VerificationError("bad_checkpoint", "an empty tree with a root that is not the empty root")
    return CheckpointText(origin=lines[0], size=size, root=root, extensions=tuple(lines[3:]))
