"""The evidence of anchors as others meet it: addresses, the page, and the verifier's command line."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from ledger.adapters.signer import Signer
from ledger.anchored import anchor_files, anchored_proof
from ledger.errors import NotInLog
from ledger.models import Anchor, Checkpoint
from ledger.services.anchor_faults import anchor_faults
from ledger.services.anchors import anchor_newest, follow_anchors
from ledger.verifier.cli import main
from tests.ledger.authority import Server
from tests.ledger.chains import LocalChain, needs_node, needs_openssl, needs_web3
from tests.ledger.helpers import NOW, filled

pytestmark = [needs_openssl, pytest.mark.django_db]


def test_the_verifier_reads_a_stamp(signer: Signer, server: Server, client: Client, tmp_path: Path) -> None:
    filled(signer, 3)
    anchor_newest(now=NOW)
    filled(signer, 4)
    stamp = client.get("/ledger/anchors/3/rfc3161")
    assert stamp.headers["Content-Type"] == "application/timestamp-reply"
    assert stamp.headers["Content-Disposition"] == 'attachment; filename="anchor-3.tsr"'
    write(tmp_path, client, stamp=stamp.content)
    evidence = ["--timestamp", str(tmp_path / "stamp"), "--tsa-certificates", str(roots(server))]

    assert verify(tmp_path, "anchored", *evidence) == 0
    # Under the newest checkpoint, which is another one than was stamped, the stamp says nothing.
    assert verify(tmp_path, "newest", *evidence) == 1
    assert verify(tmp_path, "anchored", *evidence[:2]) == 2
    assert verify(tmp_path, "anchored", "--timestamp", "/nowhere", *evidence[2:]) == 2
    with pytest.raises(NotInLog):
        anchored_proof(5)


def roots(server: Server) -> Path:
    from django.conf import settings

    return Path(settings.TSA_CERTIFICATES)


def write(folder: Path, client: Client, **files: bytes) -> None:
    """A policy, a proof of entry 1 under the anchored checkpoint and one under the newest."""
    files["policy"] = client.get("/ledger/policy").content
    files["anchored"] = client.get("/ledger/anchors/proofs/1").content
    files["newest"] = client.get("/ledger/proofs/1").content
    for name, data in files.items():
        (folder / name).write_bytes(data)


def verify(folder: Path, proof: str, *arguments: str) -> int:
    return main([str(folder / proof), "--policy", str(folder / "policy"), *arguments])


@needs_node
@needs_web3
def test_the_verifier_reads_an_anchor(
    signer: Signer,
    node: LocalChain,
    settings: Settings,
    client: Client,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings.CHAIN_CONFIRMATIONS = 1
    filled(signer, 3)
    call_command("ledger_anchor", "--wait", "20", stdout=io.StringIO())
    found = client.get("/ledger/anchors/3/ethereum")
    assert found.headers["Content-Type"] == "application/json"
    write(tmp_path, client, anchor=found.content)
    evidence = ["--anchor", str(tmp_path / "anchor")]
    block = node.ask("eth_getBlockByNumber", "0x2", False)["hash"]

    assert verify(tmp_path, "anchored", *evidence) == 0
    assert "held this root in block 2 (" in capsys.readouterr().out
    assert verify(tmp_path, "anchored", *evidence, "--block-hash", block) == 0
    assert verify(tmp_path, "anchored", *evidence, "--rpc", node.url) == 0
    assert "That block's hash is the one you trust." in capsys.readouterr().out
    assert verify(tmp_path, "anchored", *evidence, "--block-hash", "0x" + "00" * 32) == 1
    assert "block_not_on_chain" in capsys.readouterr().out
    filled(signer, 1)
    write(tmp_path, client)
    assert verify(tmp_path, "newest", *evidence) == 1
    assert "anchor_other_checkpoint" in capsys.readouterr().out
    names = ["anchor-3.checkpoint", "anchor-3.json"]
    assert [name for name, _ in anchor_files(2)] == names
    assert anchor_files(4) == []
    node.stop()
    assert verify(tmp_path, "anchored", *evidence, "--rpc", node.url) == 2
    assert verify(tmp_path, "anchored", *evidence, "--rpc", "file:///etc/passwd") == 2


def test_addresses_of_what_is_not_there(signer: Signer, client: Client) -> None:
    filled(signer, 3)

    for address in (
        "3/rfc3161",
        "3/other",
        "4/ethereum",
        "99999999999999999999/ethereum",
        "proofs/1",
        "proofs/9999999999999999999999",
    ):
        assert client.get(f"/ledger/anchors/{address}").status_code == 404


def test_the_page_says_where_anchors_stand(signer: Signer, client: Client, settings: Settings) -> None:
    assert "还没有锚定" in client.get("/ledger/").content.decode()
    states: list[dict[str, Any]] = [
        {"kind": "rfc3161", "status": "confirmed"},
        {"kind": "ethereum", "status": "confirmed", "block_number": 77},
        {"kind": "ethereum", "status": "failed", "failure": "too little <gas>"},
        {"kind": "ethereum", "status": "sent", "block_number": 80},
        {"kind": "ethereum", "status": "failed", "tries": 1, "tried_at": NOW, "failure": "the node is gone"},
    ]
    for size, columns in enumerate(states):
        filled(signer, 1)
        newest = Checkpoint.objects.get(size=size + 1)
        Anchor.objects.create(checkpoint=newest, target="0xabc", created_at=NOW, **columns)

    page = client.get("/ledger/").content.decode()

    for words in (
        "已盖时间戳",
        "已在第 77 区块确认",
        "失败，已由更新的检查点代替",
        "too little &lt;gas&gt;",
        "，在第 80 区块，等待确认",
        "失败，将重试（2026年11月23日 12:01",
        "the node is gone",
        'href="/ledger/anchors/1/rfc3161"',
    ):
        assert words in page


@needs_node
@needs_web3
def test_stored_evidence_is_checked_again(signer: Signer, node: LocalChain) -> None:
    filled(signer, 4)
    anchor_newest(now=NOW)
    node.mine(3)
    follow_anchors(now=NOW)
    row = Anchor.objects.get()
    evidence = json.loads(bytes(row.receipt))

    for change, expected in (
        ({"root": "0x" + "00" * 31 + "01"}, "anchor_other_checkpoint"),
        ({"header": evidence["header"][:-2] + "00"}, "block_hash_mismatch"),
        ({"storage_proof": []}, "bad_state_proof"),
    ):
        altered = json.dumps(evidence | change).encode()
        Anchor.objects.update(receipt=altered)
        (fault,) = anchor_faults()
        assert f"its receipt does not verify ({expected}" in fault
    Anchor.objects.update(receipt=row.receipt, block_number=7)
    assert "not what its row says" in next(anchor_faults())
    Anchor.objects.update(status="sent")
    assert "holds a receipt and is not confirmed" in next(anchor_faults())
