"""Anchoring to a time-stamp authority, and the command."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from gi_trace.settings import BASE_DIR
from ledger.adapters.signer import Signer
from ledger.anchored import anchor_lines
from ledger.models import Anchor, Checkpoint
from ledger.services.anchor_faults import anchor_faults
from ledger.services.anchors import anchor_newest, anchors_round, follow_anchors
from ledger.verifier.note import parse_note
from tests.ledger.authority import Authority, Server
from tests.ledger.chains import needs_openssl
from tests.ledger.helpers import NOW, filled

pytestmark = [needs_openssl, pytest.mark.django_db]
LATER = NOW + timedelta(minutes=10)


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


def test_nothing_is_configured(signer: Signer, settings: Settings) -> None:
    settings.CHAIN_URL = settings.TSA_URL = ""
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
