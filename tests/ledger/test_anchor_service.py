"""Anchoring to a time-stamp authority, the command, the addresses, and the verifier's command line."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from gi_trace.settings import BASE_DIR
from ledger.adapters.signer import Signer
from ledger.anchored import anchor_files, anchor_lines, anchored_proof
from ledger.errors import NotInLog
from ledger.models import Anchor, Checkpoint
from ledger.services.anchor_faults import anchor_faults
from ledger.services.anchors import anchor_newest, anchors_round, follow_anchors
from ledger.verifier.cli import main
from ledger.verifier.note import parse_note
from tests.ledger.authority import Authority, Server
from tests.ledger.chains import OWNER, LocalChain, needs_node, needs_openssl, needs_web3
from tests.ledger.helpers import NOW, filled

pytestmark = [needs_openssl, pytest.mark.django_db]
LATER = NOW + timedelta(minutes=10)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tsa"))


@pytest.fixture
def server(authority: Authority, settings: Settings) -> Iterator[Server]:
    server = Server(authority)
    settings.TSA_URL = server.url.replace("://", "://user:secret@") + "?key=secret"
    settings.TSA_CERTIFICATES = str(authority.folder / "root.pem")
    yield server
    server.stop()


def only() -> Anchor:
    return Anchor.objects.select_related("checkpoint").get()


def test_a_checkpoint_is_stamped_at_once(signer: Signer, server: Server) -> None:
    filled(signer, 3)

    (line,) = anchor_newest(now=NOW)

    assert "3 entries: stamped by CN=Stamper at 20" in line
    assert (only().status, only().target) == ("confirmed", server.url)
    assert anchor_newest(now=NOW) == []
    assert len(server.queries) == 1
    assert list(anchor_faults()) == []


def test_secrets_in_the_address_are_not_kept(signer: Signer, server: Server) -> None:
    filled(signer, 3)

    lines = anchor_newest(now=NOW)

    assert "stamped by" in lines[0]
    assert server.asked_by == [f"Basic {base64.b64encode(b'user:secret').decode()}"]
    server.status = 500
    filled(signer, 1)
    lines += anchor_newest(now=NOW)
    assert [line.target for line in anchor_lines()] == [server.url] * 2
    assert "secret" not in f"{lines} {anchor_lines()}"


def test_an_authority_that_is_down_is_asked_again(signer: Signer, server: Server, authority: Authority) -> None:
    filled(signer, 3)
    server.stop()

    assert "will retry at 2026-11-23T04:01:00Z: the authority does not answer" in anchor_newest(now=NOW)[0]
    back = Server(authority, port=server.port)
    try:
        assert follow_anchors(now=NOW + timedelta(seconds=30)) == []
        assert "stamped by" in follow_anchors(now=NOW + timedelta(minutes=1))[0]
    finally:
        back.stop()
        # For the fixture's own end.
        server.__init__(authority)  # type: ignore[misc]


def refused(server: Server, signer: Signer) -> str:
    filled(signer, 3)
    (line,) = anchor_newest(now=NOW)
    assert only().status == "failed"
    assert bytes(only().receipt) == b""
    return line


def test_an_answer_to_another_question(signer: Signer, server: Server, authority: Authority) -> None:
    filled(signer, 3)
    text = parse_note(bytes(Checkpoint.objects.order_by("-size")[0].note)).text.encode()
    authority.token(text)
    # The right text, but an answer made before we asked.
    old = (authority.folder / "reply").read_bytes()
    server.reply = lambda query: old

    assert "Nonce mismatch" in anchor_newest(now=NOW)[0]


def test_an_answer_about_something_else(signer: Signer, server: Server, authority: Authority) -> None:
    authority.token(b"something else")
    other = (authority.folder / "reply").read_bytes()
    server.reply = lambda query: other

    assert "does not verify" in refused(server, signer)


def test_an_authority_under_other_roots(signer: Signer, server: Server, tmp_path: Path) -> None:
    server.reply = Authority(tmp_path / "other").reply

    assert "does not verify" in refused(server, signer)


def test_a_refusal_says_why(signer: Signer, server: Server, authority: Authority) -> None:
    # An authority that takes SHA-512 alone refuses our question, in its own words.
    strict = (authority.folder / "ts.cnf").read_text()
    (authority.folder / "ts.cnf").write_text(strict.replace("digests = sha256", "digests = sha512"))
    try:
        assert "the authority refuses: Message digest algorithm is not supported" in refused(server, signer)
    finally:
        (authority.folder / "ts.cnf").write_text(strict)


@pytest.mark.parametrize(
    ("status", "kind", "body", "reason"),
    [
        (200, "text/html", b"<html>", "is not a time stamp (it is text/html"),
        (200, "application/timestamp-reply", b"nonsense", "is not a time stamp"),
        (200, "application/timestamp-reply", bytes(200_000), "is not a time stamp"),
        (503, "text/plain", b"later", "answers 503"),
    ],
)
def test_an_answer_that_is_none(
    signer: Signer, server: Server, status: int, kind: str, body: bytes, reason: str
) -> None:
    server.status, server.kind, server.reply = status, kind, lambda query: body

    assert reason in refused(server, signer)


def test_missing_certificates_are_a_reason(signer: Signer, server: Server, settings: Settings) -> None:
    settings.TSA_CERTIFICATES = "/nowhere.pem"

    assert "GI_TRACE_TSA_CERTIFICATES" in refused(server, signer)


def test_an_altered_stamp_is_found(signer: Signer, server: Server, settings: Settings) -> None:
    filled(signer, 3)
    anchor_newest(now=NOW)
    receipt = bytes(only().receipt)
    Anchor.objects.update(receipt=receipt[:-1] + bytes([receipt[-1] ^ 1]))

    (fault,) = anchor_faults()
    assert fault.startswith(f"anchor 3 rfc3161 {server.url}: its receipt does not verify (bad_signature")
    settings.TSA_CERTIFICATES = ""
    assert "cannot be checked: GI_TRACE_TSA_CERTIFICATES names no certificate" in next(anchor_faults())


def test_nothing_is_configured(signer: Signer) -> None:
    filled(signer, 3)

    assert anchors_round(now=NOW) == anchor_newest(now=NOW) == follow_anchors(now=NOW) == []
    with pytest.raises(CommandError, match="nothing to anchor to") as caught:
        call_command("ledger_anchor")
    assert caught.value.returncode == 2


def test_the_command(signer: Signer, server: Server) -> None:
    filled(signer, 3)
    out = io.StringIO()

    call_command("ledger_anchor", "--wait", "5", stdout=out)

    assert out.getvalue().splitlines()[-1] == f"rfc3161 {server.url}, 3 entries: confirmed"
    server.status = 500
    filled(signer, 1)
    with pytest.raises(SystemExit) as caught:
        call_command("ledger_anchor", stdout=out)
    assert caught.value.code == 1
    assert "4 entries: failed, will retry at" in out.getvalue().splitlines()[-1]


def test_without_its_packages_the_command_says_what_to_install(tmp_path: Path) -> None:
    script = (
        "import os, sys; sys.modules['web3'] = None\n"
        "import django; from django.core.management import call_command; django.setup()\n"
        "import ledger.services.anchors, ledger.anchor_api\n"
        "try: call_command('ledger_anchor')\n"
        "except Exception as error: print(error.returncode, error)"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gi_trace.settings",
        "GI_TRACE_CHAIN_URL": "http://127.0.0.1:9",
        "GI_TRACE_CHAIN_CONTRACT": f"0x{'11' * 20}",
    }
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False
    )

    assert done.stdout.startswith("2 the packages of the extra `chain` are not installed: pip install"), done.stderr


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
    signer: Signer, settings: Settings, client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = LocalChain(tmp_path / "chain")
    (tmp_path / "key").touch(mode=0o600)
    (tmp_path / "key").write_text(OWNER)
    settings.CHAIN_URL, settings.CHAIN_CONTRACT, settings.CHAIN_KEY_FILE = node.url, node.contract, tmp_path / "key"
    settings.CHAIN_CONFIRMATIONS = 1
    try:
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
    finally:
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
        "失败，将重试（11月23日 12:01）",
        "the node is gone",
        'href="/ledger/anchors/1/rfc3161"',
    ):
        assert words in page
