"""This server as a C2SP witness: every status of the specification, and never two roots of one size."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from ledger.adapters.witness_signer import create_witness_key, load_witness_signers
from ledger.models import WitnessedLog
from ledger.services.witnessing import Refusal, cosign_checkpoint, trust_log
from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.encoding import write_base64
from ledger.verifier.note import Note, VerifierKey, parse_note, verified_signatures
from ledger.witness_request import MAX_PROOF_LINES, format_request
from products.access import Actor
from products.accounts.models.user import User
from tests.ledger.helpers import NOW, reference_consistency, reference_root
from tests.ledger.proofs import ENTRIES, LOG, Key
from tests.ledger.proofs import checkpoint as checkpoint_of

ADDRESS = "/ledger/witness/add-checkpoint"
NAME = "witness.example/chongqing"
STRANGER = Key("stranger.example/log")
NAMESAKE = Key(LOG.name, seed="another key")


@pytest.fixture
def witness(db: None, tmp_path: Path, settings: Settings) -> VerifierKey:
    """A witness that trusts the log of tests.ledger.proofs."""
    settings.WITNESS_KEY_FILE = tmp_path / "witness.key"
    settings.WITNESS_NAME = NAME
    trust_log(vkey=str(LOG.vkey), now=NOW)
    return create_witness_key(key_file=tmp_path / "witness.key", name=NAME).vkey


def request_for(size: int, *, old: int = 0, entries: list[bytes] = ENTRIES, **changes: Any) -> bytes:
    proof = reference_consistency(old, entries[:size]) if 0 < old < size else []
    return format_request(
        old_size=old, proof=changes.get("proof", proof), checkpoint=changes.get("note", note(size, entries))
    )


def note(size: int, entries: list[bytes] = ENTRIES, *signers: Key) -> bytes:
    text = str(CheckpointText(origin=LOG.name, size=size, root=reference_root(entries[:size])))
    return str(Note(text=text, signatures=tuple(signer.sign(text) for signer in signers or (LOG,)))).encode()


def post(data: bytes, **headers: str) -> HttpResponse:
    # As a program from elsewhere: no cookie, no CSRF token, checks on.
    client = Client(enforce_csrf_checks=True)
    return client.post(ADDRESS, data, content_type=headers.pop("content_type", "text/plain"), headers=headers)  # type: ignore[return-value]


def test_a_growing_log_is_cosigned(witness: VerifierKey) -> None:
    for old, size in ((0, 3), (3, 8), (8, 8), (8, 21)):
        answer = post(request_for(size, old=old))

        assert answer.status_code == 200
        signed = parse_note(note(size).split(b"\n\n")[0] + b"\n\n" + answer.content)
        ((key, time),) = verified_signatures(signed, [witness])
        assert key == witness
        assert time is not None
        assert WitnessedLog.objects.get().size == size


def test_the_form_a_command_line_sends_is_read_as_it_is(witness: VerifierKey) -> None:
    assert post(request_for(5), content_type="application/x-www-form-urlencoded").status_code == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_nobodys_session_matters(witness: VerifierKey, admin_actor: Actor, kind: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(pk=admin_actor.user_id or 0))
    key = {"Idempotency-Key": "0123456789abcdef0123456789abcdef"}

    answers = [client.post(ADDRESS, request_for(8), content_type=kind, headers=key) for _ in range(2)]

    # The second is the witness's own refusal, and no first answer told again.
    assert [answer.status_code for answer in answers] == [200, 409]
    assert not any(answer.cookies for answer in answers)


def test_another_size_than_the_last_is_answered_with_the_size(witness: VerifierKey) -> None:
    post(request_for(8))

    for old, size in ((0, 21), (3, 21), (9, 21), (0, 8)):
        answer = post(request_for(size, old=old))
        assert (answer.status_code, answer.content, answer["Content-Type"]) == (409, b"8\n", "text/x.tlog.size")


OTHER = [b"other", *ENTRIES[1:]]


@dataclass
class Renamed(Key):
    """The log's own private key, under another name."""

    @cached_property
    def private(self) -> Ed25519PrivateKey:
        return LOG.private


RENAMED = Renamed("renamed.example/log")


def signed(size: str) -> bytes:
    """A checkpoint that the log signed although there is no such tree."""
    text = f"{LOG.name}\n{size}\n{write_base64(b'x' * 32)}\n"
    return f"{text}\n{LOG.sign(text)}".encode()


BAD: dict[str, tuple[Any, int]] = {
    "an old size above the checkpoint's": (lambda: request_for(5, old=8), 400),
    "another history of the same size": (lambda: request_for(8, old=8, entries=OTHER), 422),
    "another history that grew": (lambda: request_for(21, old=8, entries=OTHER), 422),
    "a proof of another growth": (lambda: request_for(21, old=8, proof=reference_consistency(7, ENTRIES)), 422),
    "no proof": (lambda: request_for(21, old=8, proof=[]), 422),
    "a proof where nothing grew": (lambda: request_for(8, old=8, proof=[b"\1" * 32]), 422),
    "an unknown log": (lambda: request_for(8, note=checkpoint_of(STRANGER, origin=STRANGER.name)), 404),
    "a log whose key did not sign": (lambda: request_for(8, note=note(8, ENTRIES, STRANGER)), 403),
    "a key of the log's name": (lambda: request_for(8, note=note(8, ENTRIES, NAMESAKE)), 403),
    "the log's key under another name": (lambda: request_for(8, note=note(8, ENTRIES, RENAMED)), 403),
    "an unknown key's line alone": (lambda: request_for(8, note=note(8, ENTRIES, Key("x"), Key("y"))), 403),
    "a good line and a spoiled one": (lambda: request_for(8, note=note(8) + note(7).rpartition(b"\n\n")[2]), 403),
    "a spoiled signature": (lambda: request_for(21, old=8).replace(b"\n21\n", b"\n20\n"), 403),
    "trailing bytes": (lambda: request_for(21, old=8) + b"x", 400),
    "too many proof lines": (lambda: request_for(21, old=8, proof=[b"\1" * 32] * (MAX_PROOF_LINES + 1)), 400),
    "a short hash": (lambda: request_for(21, old=8, proof=[b"\1" * 31]), 400),
    "base64 without padding": (lambda: request_for(21, old=8).replace(b"=\n", b"\n", 1), 400),
    "base64 with loose bits": (lambda: request_for(21, old=8, proof=[b"\0" * 32]).replace(b"AA=\n", b"AB=\n"), 400),
    "a tree too large for numbers": (lambda: request_for(8, note=signed("9223372036854775808")), 400),
    "the largest tree": (lambda: request_for(21, old=8, note=signed("9223372036854775807")), 422),
    "a NUL byte in the checkpoint": (lambda: request_for(8, note=note(8).replace(b"\n8\n", b"\n8\0\n")), 400),
    "a NUL byte in the origin": (lambda: request_for(8, note=note(8).replace(b"log.", b"l\0g.", 1)), 400),
    "an origin of 100,000 letters": (lambda: request_for(8, note=b"x" * 100_000 + note(8)), 404),
    "a huge old size": (lambda: b"old " + b"9" * 400 + b"\n\n" + note(8), 400),
    "a negative old size": (lambda: b"old -1\n\n" + note(8), 400),
    "an old size with a zero before it": (lambda: b"old 08\n\n" + note(8), 400),
    "no old size": (lambda: b"\n\n" + note(8), 400),
    "nothing": (lambda: b"", 400),
    "a NUL byte": (lambda: request_for(21, old=8).replace(b"old", b"old\0"), 400),
    "not UTF-8": (lambda: b"old \xff\n\n" + note(8), 400),
    "a megabyte": (lambda: b"old 0\n\n" + b"x" * 1_000_000, 400),
    "three megabytes": (lambda: b"old 0\n\n" + b"x" * 3_000_000, 400),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_cosigned(witness: VerifierKey, name: str) -> None:
    make, status = BAD[name]
    post(request_for(8))

    answer = post(make())

    assert answer.status_code == status
    assert b"\xe2\x80\x94" not in answer.content
    assert (WitnessedLog.objects.get().size, bytes(WitnessedLog.objects.get().root)) == (8, reference_root(ENTRIES[:8]))


def test_an_empty_tree_with_a_root_is_no_tree(witness: VerifierKey) -> None:
    text = f"{LOG.name}\n0\n{write_base64(b'x' * 32)}\n"
    checkpoint = (text + "\n" + str(LOG.sign(text))).encode()

    assert post(format_request(old_size=0, proof=[], checkpoint=checkpoint)).status_code == 422
    assert post(request_for(0)).status_code == 200
    assert post(request_for(3, proof=[b"\1" * 32])).status_code == 422
    assert post(request_for(3)).status_code == 200


def test_only_posts_are_taken(witness: VerifierKey) -> None:
    assert Client().get(ADDRESS).status_code == 405


def test_without_a_key_or_trust_nothing_is_cosigned(witness: VerifierKey, settings: Settings) -> None:
    WitnessedLog.objects.update(is_trusted=False)
    assert post(request_for(8)).status_code == 404
    WitnessedLog.objects.update(is_trusted=True)
    settings.WITNESS_KEY_FILE.chmod(0o644)
    assert post(request_for(8)).status_code == 404
    settings.WITNESS_KEY_FILE.unlink()
    assert post(request_for(8)).status_code == 404
    assert Client().get("/ledger/witness/vkey").status_code == 404
    assert "还不是见证方" in Client().get("/ledger/witness/").content.decode()


def test_people_see_what_is_witnessed(witness: VerifierKey) -> None:
    post(request_for(8))

    page = Client().get("/ledger/witness/").content.decode()

    assert LOG.name in page
    assert "共 8 条" in page
    assert str(witness).replace("+", "&#x2B;") in page or str(witness) in page
    assert Client().get("/ledger/witness/vkey").content.decode() == f"{witness}\n"


@pytest.mark.django_db(transaction=True)
def test_of_two_histories_at_once_one_is_cosigned(tmp_path: Path) -> None:
    trust_log(vkey=str(LOG.vkey), now=NOW)
    create_witness_key(key_file=tmp_path / "witness.key", name=NAME)
    signers = load_witness_signers(key_file=tmp_path / "witness.key", name=NAME)
    histories = [[f"{number}".encode() + entry for entry in ENTRIES] for number in range(4)]
    for size in range(1, 6):
        answers: list[object] = []
        barrier = Barrier(len(histories))

        def ask(
            entries: list[bytes], size: int = size, barrier: Barrier = barrier, answers: list[object] = answers
        ) -> None:
            barrier.wait()
            try:
                answers.append(cosign_checkpoint(request_for(size, entries=entries), signers=signers, now=NOW))
            except Refusal as refusal:
                answers.append(refusal.status)
            connection.close()

        threads = [Thread(target=ask, args=(entries,)) for entries in histories]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(str(answer)[:3] for answer in answers) == ["409", "409", "409", "\u2014 w"]
        # The next round begins with nothing cosigned, as a new log would.
        _forget()


def _forget() -> None:
    from tests.ledger.flushing import triggers_lifted

    with triggers_lifted():
        WitnessedLog.objects.update(size=0, root=reference_root([]))


@hypothesis_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(0, 700), length=st.integers(0, 60), piece=st.binary(max_size=40))
def test_no_spoiled_request_moves_the_witness_astray(
    witness: VerifierKey, start: int, length: int, piece: bytes
) -> None:
    if not WitnessedLog.objects.get().size:
        post(request_for(8))
    good = request_for(8, old=8)
    spoiled = good[:start] + piece + good[start + length :]

    answer = post(spoiled)

    assert answer.status_code in {200, 400, 403, 404, 409, 422}
    log = WitnessedLog.objects.get()
    assert (log.size, bytes(log.root)) == (8, reference_root(ENTRIES[:8]))
