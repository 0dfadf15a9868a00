"""The addresses of the log: bytes, content types, caching, and refusals in plain words."""

from __future__ import annotations

import base64

import pytest
from django.test import Client

from ledger.adapters.signer import Signer
from ledger.queries import newest_checkpoint
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_checkpoint, verify_proof
from tests.ledger.helpers import filled, hash_leaf, queue, statement

pytestmark = pytest.mark.django_db


def test_the_checkpoint_is_the_signed_note(signer: Signer, client: Client) -> None:
    filled(signer, 3)

    response = client.get("/ledger/checkpoint")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.headers["Cache-Control"] == "public, max-age=2"
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    policy = parse_policy(client.get("/ledger/policy").content)
    assert verify_checkpoint(response.content, policy=policy).text.size == 3
    assert client.get("/ledger/vkey").content.decode() == f"{signer.vkey}\n"


def test_tiles_and_bundles(signer: Signer, client: Client) -> None:
    filled(signer, 100, 200)
    leaves = [hash_leaf(statement(number).body) for number in range(300)]

    full = client.get("/ledger/tile/0/000")
    assert full.content == b"".join(leaves[:256])
    assert full.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in full.headers["Cache-Control"]

    partial = client.get("/ledger/tile/0/001.p/44")
    assert partial.content == b"".join(leaves[256:])
    assert partial.headers["Cache-Control"] == "public, max-age=60"
    assert client.get("/ledger/tile/0/000.p/100").content == b"".join(leaves[:100])
    assert len(client.get("/ledger/tile/1/000.p/1").content) == 32

    bodies = [statement(number).body for number in range(256, 300)]
    bundle = client.get("/ledger/tile/entries/001.p/44")
    assert bundle.content == b"".join(len(body).to_bytes(2, "big") + body for body in bodies)
    assert "immutable" in client.get("/ledger/tile/entries/000").headers["Cache-Control"]


def test_an_entry_and_its_proof(signer: Signer, client: Client) -> None:
    filled(signer, 300)

    entry = client.get("/ledger/entries/257")
    assert (entry.content, entry.headers["Content-Type"]) == (statement(257).body, "application/json")
    proof = client.get("/ledger/proofs/257")
    assert proof.headers["Content-Disposition"] == 'attachment; filename="257.tlog-proof"'
    verified = verify_proof(proof.content, policy=parse_policy(client.get("/ledger/policy").content))
    assert (verified.index, verified.entry) == (257, entry.content)
    extra = proof.content.split(b"\n")[1].removeprefix(b"extra ")
    assert base64.b64decode(extra) == entry.content


@pytest.mark.parametrize(
    "address",
    [
        "tile/0/001",
        "tile/0/001.p/45",
        "tile/0/002.p/1",
        "tile/2/000.p/1",
        "tile/1/000.p/2",
        "tile/0/x000/000",
        "tile/0/x999/x999/x999/x999/x999/999",
        "tile/entries/001",
        "tile/entries/x999/x999/x999/x999/999",
        "tile/nonsense",
        "entries/300",
        "entries/99999999999999999999999",
        "proofs/300",
        "proofs/99999999999999999999999",
    ],
)
def test_what_is_not_there_is_said_in_plain_words(signer: Signer, client: Client, address: str) -> None:
    filled(signer, 300)
    queue(1, first=300)

    response = client.get(f"/ledger/{address}")

    assert response.status_code == 404
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "账本中没有这一项" in response.content.decode()
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("address", ["checkpoint", "vkey", "policy"])
def test_before_the_log_is_created(client: Client, address: str) -> None:
    assert client.get(f"/ledger/{address}").status_code == 404


def test_the_log_cannot_be_written_over_http(signer: Signer, client: Client) -> None:
    for address in ("", "checkpoint", "entries/0", "proofs/0", "tile/0/000.p/1", "entry/0"):
        assert client.post(f"/ledger/{address}").status_code == 405


def test_the_home_page(signer: Signer, client: Client) -> None:
    filled(signer, 30)
    queue(1, first=30)
    newest = newest_checkpoint()
    assert newest is not None

    page = client.get("/ledger/").content.decode()

    assert "30 条" in page
    assert "另有 1 条排队" in page
    assert str(signer.vkey) in page
    assert base64.b64encode(newest.root).decode() in page
    assert "python -m ledger.verifier" in page
    assert "伪造" not in page


def test_looking_up_by_number_and_by_subject(signer: Signer, client: Client) -> None:
    filled(signer, 30)

    assert client.get("/ledger/", {"q": " 17 "}).headers["Location"] == "/ledger/entry/17"
    found = client.get("/ledger/", {"q": "batch:3"}).content.decode()
    assert "/ledger/proofs/3" in found
    assert "/ledger/entry/24" in found
    for unknown in ("30", "9" * 30, "batch:<b>", "²"):
        page = client.get("/ledger/", {"q": unknown})
        assert page.status_code == 200
        assert "账本里没有" in page.content.decode()
        assert "batch:<b>" not in page.content.decode()


def test_an_entrys_page(signer: Signer, client: Client) -> None:
    filled(signer, 3)

    page = client.get("/ledger/entry/1").content.decode()

    assert "<code>subject</code></th><td>batch:1</td>" in page
    assert "/ledger/proofs/1" in page
    assert "/ledger/entry/0" in page
    assert "/ledger/entry/2" in page
    assert client.get("/ledger/entry/3").status_code == 404
    assert client.get("/ledger/entry/99999999999999999999").status_code == 404


def test_the_home_page_before_the_log_is_created(client: Client) -> None:
    assert "账本还没有建立" in client.get("/ledger/").content.decode()
