"""Witnesses that answer rubbish, or slowly, or cannot be addressed: noted, and in nobody's way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from ledger.adapters import witness_client
from ledger.adapters.signer import Signer
from ledger.errors import LedgerFatal
from ledger.models import WitnessContact
from ledger.published import published_note, witness_lines
from ledger.services.cosigning import ask_witnesses
from ledger.services.publishing import publish_round
from ledger.verifier.note import COSIGNATURE
from tests.ledger.answering import WITNESS, Answers, answering
from tests.ledger.helpers import NOW, filled
from tests.ledger.proofs import Key

OTHER = Key("witness.example/other", kind=COSIGNATURE)


@pytest.fixture
def witness(signer: Signer, tmp_path: Path, settings: Settings) -> Iterator[Answers]:
    """A witness that answers, second in a policy that another stands first in."""
    settings.LEDGER_POLICY_FILE = tmp_path / "policy"
    settings.CHAIN_URL = settings.TSA_URL = ""
    with answering() as found:
        name_first(settings, found, f"{found.address}/other")
        yield found


def name_first(settings: Settings, found: Answers, address: str, *, key: Key = OTHER) -> None:
    lines = [f"witness o {key.vkey} {address}", f"witness w {WITNESS.vkey} {found.address}/w", "quorum w", ""]
    settings.LEDGER_POLICY_FILE.write_text("\n".join(lines))


RUBBISH = {
    "NUL bytes": (503, "no\0pe"),
    "commands to a terminal": (403, "\x1b[2J\x1b]0;owned\x07"),
    "other controls": (500, "\u202e\u2028\x85\ud7ff"),
    "no UTF-8": (409, "\udcff\udcfe"),
    "a NUL byte for a size": (409, "5\0\n"),
    "digits of another script": (409, "\u0665\n"),
    "a thousand lines": (200, f"{WITNESS.sign('x')}" * 900),
    "a NUL byte in a line": (200, f"\u2014 {OTHER.name} \0AAAAAAAA\n"),
    "an empty line first": (200, "\n\u2014 x AAAAAAAA\n"),
    "the largest time": (200, str(OTHER.sign("x", time=2**64 - 1))),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_rubbish_is_noted_and_the_next_witness_asked(signer: Signer, witness: Answers, name: str) -> None:
    filled(signer, 5)
    status, body = RUBBISH[name]
    witness.answers = [(status, body), (200, witness.cosign(signer, 5))]

    first, second = publish_round(now=NOW)

    assert second == f"{WITNESS.name} cosigned 5 entries"
    assert "will be asked again" in first
    failure = WitnessContact.objects.get(vkey=str(OTHER.vkey)).failure
    assert failure
    assert (failure + first).isprintable()


def test_a_time_far_off_is_no_cosignature(signer: Signer, witness: Answers) -> None:
    filled(signer, 5)
    text = published_note(5).decode().rpartition("\n\n")[0] + "\n"
    witness.answers = [(200, str(OTHER.sign(text, time=2**62))), (200, witness.cosign(signer, 5))]

    first, _ = ask_witnesses(now=NOW)

    assert "impossible time" in first


@pytest.mark.parametrize(
    "address",
    [
        "http://[::1",
        "http://host.example:99999/",
        "http://host.example:port/",
        "ftp://host.example/",
        "host.example",
        "file:///etc/passwd",
        "http:///nowhere",
        "http://127.0.0.1:1/\u89c1\u8bc1",
        f"http://{'a' * 70}.example/",
        "https://127.0.0.1:1/",
    ],
)
def test_an_address_that_leads_nowhere_is_noted(
    signer: Signer, witness: Answers, settings: Settings, address: str
) -> None:
    filled(signer, 5)
    name_first(settings, witness, address)
    witness.answers = [(200, witness.cosign(signer, 5))]

    first, second = ask_witnesses(now=NOW)

    assert ("will be asked again" in first, "cosigned 5" in second) == (True, True)
    assert witness_lines()[0].failure


@pytest.mark.parametrize("key", [Key("w" * 201, kind=COSIGNATURE), OTHER])
def test_what_does_not_fit_is_said_before_anybody_is_asked(
    signer: Signer, witness: Answers, settings: Settings, key: Key
) -> None:
    filled(signer, 5)
    name_first(settings, witness, f"http://host.example/{'x' * 400 if key is OTHER else ''}", key=key)

    with pytest.raises(LedgerFatal, match="too long to keep"):
        ask_witnesses(now=NOW)


@contextmanager
def dripping(head: bytes) -> Iterator[int]:
    """A server that says `head`, then a byte twenty times a second for as long as one listens; yields its port."""
    done = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                try:
                    connection.sendall(head)
                    while not done.wait(0.05):
                        connection.sendall(b"x")
                except OSError:
                    return

        thread = Thread(target=drip)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            done.set()
            thread.join()


@pytest.mark.parametrize(
    ("scheme", "head"),
    [
        ("http", b""),
        ("http", b"HTTP/1.1 200 OK\r\nX: "),
        ("http", b"HTTP/1.1 200 OK\r\n\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nContent-Length: 90000\r\n\r\n"),
        ("http", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n"),
        # The beginning of a TLS record of 16 KB, which is the server's turn in the handshake.
        ("https", b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"),
    ],
)
def test_an_answer_byte_by_byte_is_not_waited_for(
    signer: Signer, witness: Answers, settings: Settings, monkeypatch: pytest.MonkeyPatch, scheme: str, head: bytes
) -> None:
    monkeypatch.setattr(witness_client, "_PATIENCE_SECONDS", 0.5)
    filled(signer, 5)
    witness.answers = [(200, witness.cosign(signer, 5))]
    with dripping(head) as port:
        name_first(settings, witness, f"{scheme}://127.0.0.1:{port}/")
        begin = monotonic()

        first, second = ask_witnesses(now=NOW)

        assert monotonic() - begin < 4
    assert ("no whole answer within 0.5 seconds" in first, "cosigned 5" in second) == (True, True)


def test_people_read_why_a_witness_did_not_cosign(signer: Signer, witness: Answers, settings: Settings) -> None:
    filled(signer, 5)
    witness.answers = [(503, "<script>alert(1)</script>"), (200, witness.cosign(signer, 5))]
    assert Client().get("/ledger/").content.decode().count("还没有联系") == 2
    ask_witnesses(now=NOW)

    page = Client().get("/ledger/").content.decode()

    assert "没有会签，将重试" in page
    assert "status 503: &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "共 5 条" in page


def test_while_nothing_changes_nothing_is_written(signer: Signer, witness: Answers) -> None:
    filled(signer, 5)
    witness.answers = [(503, ""), (200, witness.cosign(signer, 5))]
    ask_witnesses(now=NOW)

    with CaptureQueriesContext(connection) as queries:
        assert ask_witnesses(now=NOW + timedelta(seconds=1)) == []

    assert all(query["sql"].startswith("SELECT") for query in queries)


def test_a_new_address_is_asked_at_the_next_turn(signer: Signer, witness: Answers, settings: Settings) -> None:
    filled(signer, 5)
    name_first(settings, witness, "http://127.0.0.1:1/")
    witness.answers = [(200, witness.cosign(signer, 5))]
    ask_witnesses(now=NOW)

    name_first(settings, witness, f"{witness.address}/moved/")
    witness.answers = [(200, witness.cosign(signer, 5, key=OTHER))]

    assert ask_witnesses(now=NOW + timedelta(seconds=2)) == [f"{OTHER.name} cosigned 5 entries"]
    assert WitnessContact.objects.get(vkey=str(OTHER.vkey)).url.endswith("/moved/")
