"""One anchor on a chain: sent, followed through blocks and reorganisations, confirmed with evidence."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ledger.errors import NotAnchored
from ledger.models import Anchor
from ledger.verifier.checkpoint import CheckpointText, parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.ethereum import verify_ethereum
from ledger.verifier.note import parse_note

if TYPE_CHECKING:
    from ledger.adapters.evm import Chain

Status = Anchor.Status
# A transaction nobody mined for so long offered too little.
_STUCK = timedelta(hours=1)


def send_to_chain(row: Anchor, chain: Chain, *, now: datetime, replaces: str = "") -> str:
    """Send the checkpoint's root, unless it is there or on its way already. Raises NotAnchored."""
    size, root = row.checkpoint.size, bytes(row.checkpoint.root)
    held = chain.root_of(size)
    if held == root:
        # An earlier try arrived although nobody saw its answer. The block it is seen in now is as good as its own.
        head = chain.head()
        _note_sent(row, now=now, number=head, block_hash=chain.block_hash(head))
        return f"was already in the contract, seen in block {head}"
    if held is not None:
        raise NotAnchored(f"the contract holds ANOTHER root for {size} entries: {held.hex()}; a person must look")
    if (newest := chain.newest_size()) >= size:
        raise NotAnchored(f"the contract already holds {newest} entries and takes only more")
    if not replaces and row.transaction and chain.is_known(row.transaction):
        mined = chain.mined(row.transaction)
        if mined is None or mined.is_good:
            _note_sent(row, now=now)
            return f"was already sent as {row.transaction}"
    signed = chain.sign(size=size, root=root, replaces=replaces)
    # The hash is stored before anything is sent: dying between the two leaves something to ask for.
    row.transaction = signed.hash
    row.save(update_fields=["transaction"])
    chain.send(signed)
    _note_sent(row, now=now)
    return f"sent as {signed.hash}"


def follow_on_chain(row: Anchor, chain: Chain, *, confirmations: int, now: datetime) -> str:
    """Look where a sent anchor stands; returns what is new, or nothing. Leaves status `failed` on it when it must be sent
    again, with `tries` 0 if that may be at once. Raises NotAnchored when the node does not help.
    """
    line = ""
    if row.transaction:
        mined = chain.mined(row.transaction)
        if mined is None:
            return _not_in_a_block(row, chain, now=now)
        if not mined.is_good:
            return _lost(row, f"reverted in block {mined.block_number}", tries=max(row.tries, 1))
        if row.block_hash != mined.block_hash:
            was = row.block_number
            _note_place(row, mined.block_number, mined.block_hash)
            line = f"in block {mined.block_number}" + (f": block {was} was reorganised away" if was is not None else "")
    elif chain.block_hash(row.block_number or 0) != row.block_hash:
        return _lost(row, f"block {row.block_number} was reorganised away", tries=0)
    place = row.block_number or 0
    head = chain.head()
    if head - place + 1 < confirmations:
        return line
    deep = head - confirmations + 1
    if chain.block_hash(place) != row.block_hash:
        # The node contradicts itself about the receipt's block. What the contract holds further on does not need it.
        place = deep
    return _confirm(row, chain, oldest=place, newest=deep, now=now)


def confirm_again(row: Anchor, chain: Chain, *, confirmations: int, now: datetime) -> str:
    """Whether a confirmed anchor's block is still the chain's; if not, it counts as failed and is to be sent again."""
    if row.block_number is not None and chain.block_hash(row.block_number) != row.block_hash:
        return _lost(row, f"block {row.block_number} was reorganised away after {confirmations} blocks", tries=0)
    return ""


def _not_in_a_block(row: Anchor, chain: Chain, *, now: datetime) -> str:
    was = row.block_number
    lost = "" if was is None else f"block {was} was reorganised away; "
    if not chain.is_known(row.transaction):
        return _lost(row, f"{lost}the transaction is gone", tries=0)
    if was is not None:
        _note_place(row, None, "")
        return f"{lost}the transaction waits for another"
    if row.sent_at is not None and row.sent_at <= now - _STUCK:
        return f"stuck, replaced: {send_to_chain(row, chain, now=now, replaces=row.transaction)}"
    return ""


def _confirm(row: Anchor, chain: Chain, *, oldest: int, newest: int, now: datetime) -> str:
    """Keep the evidence, of the anchor's own block if the node still has that state, else of the newest deep enough."""
    checkpoint = _checkpoint(row)
    try:
        evidence, block_hash = chain.evidence(size=checkpoint.size, root=checkpoint.root, block=oldest)
        number = oldest
    except NotAnchored:
        if newest == oldest:
            raise
        evidence, block_hash = chain.evidence(size=checkpoint.size, root=checkpoint.root, block=newest)
        number = newest
    try:
        block = verify_ethereum(evidence, checkpoint=checkpoint)
    except VerificationError as error:
        raise NotAnchored(f"the node's evidence for block {number} does not verify ({error})") from error
    if (block.number, f"0x{block.contract.hex()}") != (number, row.target):
        raise NotAnchored(f"the node's evidence is not of block {number} and {row.target}")
    row.block_number, row.block_hash, row.receipt = number, block_hash, evidence
    row.status, row.confirmed_at, row.failure, row.tries = Status.CONFIRMED, now, "", 0
    row.save(
        update_fields=["block_number", "block_hash", "receipt", "status", "confirmed_at", "failure", "tries"],
    )
    return f"confirmed in block {number}"


def _checkpoint(row: Anchor) -> CheckpointText:
    try:
        return parse_checkpoint_text(parse_note(bytes(row.checkpoint.note)).text)
    except VerificationError as error:
        raise NotAnchored(f"our own checkpoint is not readable ({error}); run ledger_check") from error


def _note_sent(row: Anchor, *, now: datetime, number: int | None = None, block_hash: str = "") -> None:
    if number is not None:
        row.transaction = ""
    row.status, row.sent_at, row.failure = Status.SENT, now, ""
    row.block_number, row.block_hash = number, block_hash
    row.save(update_fields=["transaction", "status", "sent_at", "failure", "block_number", "block_hash"])


def _note_place(row: Anchor, number: int | None, block_hash: str) -> None:
    row.block_number, row.block_hash, row.failure = number, block_hash, ""
    row.save(update_fields=["block_number", "block_hash", "failure"])


def _lost(row: Anchor, reason: str, *, tries: int) -> str:
    """Forget the place it no longer has."""
    row.status, row.failure, row.tries = Status.FAILED, reason, tries
    row.block_number, row.block_hash, row.receipt, row.confirmed_at = None, "", b"", None
    row.save(
        update_fields=["status", "failure", "tries", "block_number", "block_hash", "receipt", "confirmed_at"],
    )
    return reason
