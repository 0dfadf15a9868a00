"""Anchors on a real chain: sent, confirmed, reverted, reorganised, and a chain that goes away and comes back."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.evm import Chain, Signed
from ledger.adapters.signer import Signer
from ledger.models import Anchor, Checkpoint
from ledger.services.anchor_faults import anchor_faults
from ledger.services.anchors import anchor_newest, anchors_round, follow_anchors, open_chain
from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.evidence.ethereum import verify_ethereum
from ledger.verifier.note import parse_note
from tests.ledger.chains import OWNER, SELECTOR, STRANGER, LocalChain, needs_node, needs_web3, use_key
from tests.ledger.helpers import NOW, filled

pytestmark = [needs_node, needs_web3, pytest.mark.django_db]
LATER = NOW + timedelta(minutes=10)


def anchor() -> Anchor:
    return Anchor.objects.select_related("checkpoint").order_by("-checkpoint__size")[0]


def begun(**columns: object) -> Anchor:
    """A row as a process leaves it that died before it heard anything."""
    newest = Checkpoint.objects.order_by("-size")[0]
    target = open_chain_address()
    return Anchor.objects.create(
        checkpoint=newest, kind="ethereum", target=target, created_at=NOW, tries=1, tried_at=NOW, **columns
    )


def open_chain_address() -> str:
    from django.conf import settings

    return str(settings.CHAIN_CONTRACT).lower()


def with_nonce(node: LocalChain, nonce: int, *, size: int, root: bytes) -> Signed:
    """The contract's call at another place in the account's row of transactions than the next."""
    from eth_account import Account
    from web3 import Web3

    data = f"0x{SELECTOR}{size:064x}{root.hex()}"
    fields = {"to": Web3.to_checksum_address(node.contract), "data": data, "nonce": nonce, "gas": 200_000}
    fees = {"maxFeePerGas": 10**11, "maxPriorityFeePerGas": 10**9, "chainId": int(node.ask("eth_chainId"), 16)}
    signed = Account.sign_transaction(fields | fees, OWNER)
    return Signed(hash=signed.hash.to_0x_hex(), raw=bytes(signed.raw_transaction))


def test_a_checkpoint_is_anchored_and_confirmed(signer: Signer, node: LocalChain) -> None:
    filled(signer, 5)

    assert "sent as 0x" in anchor_newest(now=NOW)[0]
    assert anchor_newest(now=NOW) == []
    assert "in block 2" in follow_anchors(now=NOW)[0]
    assert follow_anchors(now=NOW) == []
    node.mine(2)
    assert follow_anchors(now=NOW)[0].endswith("confirmed in block 2")

    row = anchor()
    assert (row.status, row.block_number, row.tries, row.failure) == ("confirmed", 2, 0, "")
    assert open_chain().root_of(5) == bytes(row.checkpoint.root)
    text = parse_checkpoint_text(parse_note(bytes(row.checkpoint.note)).text)
    block = verify_ethereum(bytes(row.receipt), checkpoint=text)
    assert (block.number, f"0x{block.hash.hex()}") == (2, row.block_hash)
    assert node.ask("eth_getBlockByNumber", "0x2", False)["hash"] == row.block_hash
    assert list(anchor_faults()) == []


def test_each_newer_checkpoint_gets_a_row_of_its_own(signer: Signer, node: LocalChain) -> None:
    filled(signer, 2)
    anchor_newest(now=NOW)
    filled(signer, 3)
    anchor_newest(now=NOW)
    node.mine(3)

    follow_anchors(now=NOW)

    rows = Anchor.objects.order_by("checkpoint__size").values_list("checkpoint__size", "status")
    assert list(rows) == [(2, "confirmed"), (5, "confirmed")]


def test_the_empty_log_is_not_anchored(signer: Signer, node: LocalChain) -> None:
    assert anchor_newest(now=NOW) == []
    assert not Anchor.objects.exists()


def test_a_chain_that_is_down_is_tried_again_when_it_is_back(signer: Signer, node: LocalChain) -> None:
    filled(signer, 1)
    node.stop()

    assert "will retry at 2026-11-23T04:01:00Z: the node does not answer" in anchor_newest(now=NOW)[0]
    assert follow_anchors(now=NOW + timedelta(seconds=59)) == []
    assert "will retry at 2026-11-23T04:03:00Z" in follow_anchors(now=NOW + timedelta(seconds=60))[0]
    node.start()
    assert "sent as" in follow_anchors(now=LATER)[0]
    # Down again before anything is confirmed: what was sent stays sent.
    node.stop()
    assert "will look again: the node does not answer" in follow_anchors(now=LATER)[0]
    assert anchor().status == "sent"
    node.start()
    node.mine(3)

    assert follow_anchors(now=LATER)[-1].endswith("confirmed in block 2")
    assert anchor().failure == ""


def test_only_the_owner_may_anchor(signer: Signer, node: LocalChain, settings: Settings, tmp_path: Path) -> None:
    filled(signer, 1)
    use_key(settings, tmp_path, STRANGER)

    assert "the contract refuses: NotOwner" in anchor_newest(now=NOW)[0]
    assert open_chain().root_of(1) is None
    use_key(settings, tmp_path, OWNER)
    assert "sent as" in follow_anchors(now=LATER)[0]


def test_a_key_others_can_read_is_not_used(
    signer: Signer, node: LocalChain, settings: Settings, tmp_path: Path
) -> None:
    filled(signer, 1)
    (tmp_path / "account.key").chmod(0o640)

    assert "is open to others (mode 0640)" in anchor_newest(now=NOW)[0]


def test_a_transaction_reverted_in_its_block_is_noticed(signer: Signer, node: LocalChain) -> None:
    filled(signer, 3)
    # Ours was fine when it was signed, and is not any more by its turn: another one comes first.
    signed = with_nonce(node, 2, size=3, root=bytes(Checkpoint.objects.get(size=3).root))
    node.ask("miner_stop")
    open_chain().send(signed)
    begun(status="sent", transaction=signed.hash, sent_at=NOW)
    assert follow_anchors(now=NOW) == []
    node.anchor(9, b"\x09" * 32)
    node.ask("miner_start")

    assert "reverted in block 2" in follow_anchors(now=NOW)[0]
    row = anchor()
    assert (row.status, row.failure) == ("failed", "reverted in block 2")
    assert "already holds 9 entries and takes only more" in follow_anchors(now=LATER)[0]
    filled(signer, 7)
    assert "sent as" in anchor_newest(now=LATER)[0]


def test_another_root_for_our_size_is_called_out(signer: Signer, node: LocalChain) -> None:
    filled(signer, 3)
    node.anchor(3, b"\x07" * 32)

    assert "ANOTHER root for 3 entries: 0707" in anchor_newest(now=NOW)[0]


def test_a_reorganised_anchor_is_sent_again(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    before = node.ask("evm_snapshot")
    anchor_newest(now=NOW)
    follow_anchors(now=NOW)
    first = anchor()
    assert first.block_number == 2
    node.ask("evm_revert", before)

    lines = follow_anchors(now=NOW)

    assert "block 2 was reorganised away; the transaction is gone" in lines[0]
    assert "sent as" in lines[1]
    assert (anchor().status, anchor().block_number) == ("sent", None)
    node.mine(3)
    assert follow_anchors(now=NOW)[-1].endswith("confirmed in block 2")


def test_an_anchor_that_moved_to_another_block_is_followed_there(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    before = node.ask("evm_snapshot")
    chain = open_chain()
    signed = chain.sign(size=4, root=bytes(Checkpoint.objects.get(size=4).root))
    chain.send(signed)
    begun(status="sent", transaction=signed.hash, sent_at=NOW)
    follow_anchors(now=NOW)
    was = anchor()
    node.ask("evm_revert", before)
    node.mine()
    chain.send(signed)

    assert "in block 3: block 2 was reorganised away" in follow_anchors(now=NOW)[0]
    assert (anchor().transaction, anchor().block_number) == (signed.hash, 3)
    assert anchor().block_hash != was.block_hash


def test_a_reorganisation_after_confirmation_is_noticed(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    before = node.ask("evm_snapshot")
    anchor_newest(now=NOW)
    node.mine(3)
    follow_anchors(now=NOW)
    assert anchor().status == "confirmed"
    node.ask("evm_revert", before)
    node.mine(5)

    assert anchors_round(now=NOW + timedelta(minutes=59)) == []
    lines = anchors_round(now=NOW + timedelta(hours=1))

    assert "block 2 was reorganised away after 3 blocks" in lines[0]
    assert "sent as" in lines[1]
    assert bytes(anchor().receipt) == b""


@pytest.mark.parametrize("knows_its_hash", [True, False])
def test_dying_between_sending_and_storing_does_no_harm(signer: Signer, node: LocalChain, knows_its_hash: bool) -> None:
    filled(signer, 4)
    chain = open_chain()
    signed = chain.sign(size=4, root=bytes(Checkpoint.objects.get(size=4).root))
    begun(status="pending", transaction=signed.hash if knows_its_hash else "")
    chain.send(signed)

    assert "was already in the contract, seen in block 2" in follow_anchors(now=LATER)[0]
    node.mine(3)
    assert follow_anchors(now=LATER)[0].endswith("confirmed in block 2")
    assert int(node.ask("eth_getTransactionCount", node.ask("eth_accounts")[0], "latest"), 16) == 2


def test_a_sent_transaction_still_waiting_is_not_sent_twice(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    node.ask("miner_stop")
    chain = open_chain()
    signed = chain.sign(size=4, root=bytes(Checkpoint.objects.get(size=4).root))
    begun(status="pending", transaction=signed.hash)
    chain.send(signed)

    assert follow_anchors(now=LATER)[0].endswith(f"was already sent as {signed.hash}")


def test_a_stuck_transaction_is_replaced_at_a_higher_price(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    node.ask("miner_stop")
    anchor_newest(now=NOW)
    first = anchor().transaction
    assert follow_anchors(now=NOW + timedelta(minutes=59)) == []

    assert "stuck, replaced: sent as" in follow_anchors(now=NOW + timedelta(hours=1))[0]

    assert anchor().transaction != first
    node.ask("miner_start")
    node.mine(3)
    # Restarted miners of ganache mine this block twice; its receipt then names the one that was dropped.
    assert "confirmed in block" in follow_anchors(now=LATER)[-1]
    assert int(node.ask("eth_getTransactionCount", node.ask("eth_accounts")[0], "latest"), 16) == 2


def test_another_process_at_the_same_try_leaves_it_alone(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    begun(status="failed")

    stale = anchor()
    assert "sent as" in follow_anchors(now=LATER)[0]
    from ledger.services.anchors import _claim

    assert not _claim(stale, now=LATER)


def test_a_round_begins_no_more_often_than_told(signer: Signer, node: LocalChain) -> None:
    filled(signer, 1)
    assert "sent as" in anchors_round(now=NOW)[0]
    filled(signer, 1)

    assert not [line for line in anchors_round(now=NOW + timedelta(minutes=59)) if "sent as" in line]
    assert [line for line in anchors_round(now=NOW + timedelta(minutes=60)) if "2 entries: sent as" in line]


def test_an_address_without_a_contract_is_a_reason_not_a_crash(
    signer: Signer, node: LocalChain, settings: Settings
) -> None:
    filled(signer, 1)
    for contract in (f"0x{'00' * 19}01", "nonsense"):
        settings.CHAIN_CONTRACT = contract
        assert "will retry at" in anchor_newest(now=NOW)[0]


def test_a_node_that_talks_nonsense_is_a_reason_not_a_crash(node: LocalChain) -> None:
    from ledger.errors import NotAnchored

    chain = Chain(url="http://127.0.0.1:9/", contract=node.contract, key=None)
    with pytest.raises(NotAnchored, match="does not answer"):
        chain.head()
