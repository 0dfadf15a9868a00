"""A bundle in the hands of somebody who means harm: every trick has a name, none gets through."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence import bundle as verifier
from tests.evidence.zips import MANIFEST, Files, code_of, pack, relisted, verify
from tests.ledger.proofs import Key

OPENINGS = "records/commitments.json"


def test_it_is_good_to_begin_with(files: Files, policy: str) -> None:
    assert verify(pack(files), policy).entries == 10
    assert verify(pack(relisted(files)), policy).opened == 7


def test_a_file_nobody_listed(files: Files, policy: str) -> None:
    assert code_of(pack(files | {"records/extra.json": b"{}"}), policy) == "unlisted_file"


def test_a_file_that_is_gone(files: Files, policy: str) -> None:
    assert code_of(pack({name: files[name] for name in files if name != "cover.pdf"}), policy) == "missing_file"
    assert code_of(pack({name: files[name] for name in files if name != MANIFEST}), policy) == "missing_file"


def test_a_file_that_was_changed(files: Files, policy: str) -> None:
    for name in files.keys() - {MANIFEST}:
        assert code_of(pack(files | {name: files[name] + b" "}), policy) == "file_changed"


MANIFESTS: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda data: data + b"\n", "manifest_not_canonical"),
    (lambda data: json.dumps(json.loads(data)).encode(), "manifest_not_canonical"),
    (lambda data: data.replace(b'"subject"', b'"subject":"x","subject"', 1), "manifest_not_canonical"),
    (lambda data: data[:-1] + b',"z":1.5}', "bad_json"),
    (lambda data: data[:-1] + b',"z":NaN}', "bad_json"),
    (lambda data: data[:-1] + b',"z":"\\ud800"}', "manifest_not_canonical"),
    (lambda data: b"[" * 100_000, "bad_json"),
    (lambda data: b"\xff" + data, "bad_json"),
    (lambda data: b"[]", "bad_manifest"),
    (lambda data: data.replace(b"gi-trace-evidence@v1", b"gi-trace-evidence@v2"), "bad_manifest"),
]


@pytest.mark.parametrize(("change", "code"), MANIFESTS)
def test_manifests(files: Files, policy: str, change: Callable[[bytes], bytes], code: str) -> None:
    assert code_of(pack(files | {MANIFEST: change(files[MANIFEST])}), policy) == code


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": None}, {"subject": 1}, {"made_by": "x\u001b[2J"}, {"made_at": "x" * 201}, {"origin": "账本"},
        {"files": {}}, {"files": [1]}, {"entries": None}, {"files": [{"path": "x"}]},
        {"files": [{"path": [], "sha256": "", "bytes": 0, "what": ""}] * 2},
    ],
)  # fmt: skip
def test_manifests_with_other_facts(files: Files, policy: str, changes: dict[str, Any]) -> None:
    assert code_of(pack(relisted(files, **changes)), policy) == "bad_manifest"


def test_an_entry_changed_with_its_hash(files: Files, policy: str) -> None:
    forged = files["entries/0.json"].replace(b"DB-2026-001", b"DB-2026-999")

    assert code_of(pack(relisted(files | {"entries/0.json": forged})), policy) == "entry_mismatch"


def test_an_entry_changed_with_hash_and_proof(files: Files, policy: str) -> None:
    forged = files["entries/0.json"].replace(b"DB-2026-001", b"DB-2026-999")
    lines = files["proofs/0.tlog-proof"].split(b"\n")
    proof = b"\n".join([lines[0], *lines[2:]])  # without the extra line

    data = pack(relisted(files | {"entries/0.json": forged, "proofs/0.tlog-proof": proof}))

    assert code_of(data, policy) == "root_mismatch"


def test_a_proof_of_another_entry(files: Files, policy: str) -> None:
    data = pack(
        relisted(
            files | {f"{a}/0.{b}": files[f"{a}/1.{b}"] for a, b in (("entries", "json"), ("proofs", "tlog-proof"))}
        )
    )

    assert code_of(data, policy) == "other_proof"


def test_entries_without_proofs_and_proofs_without_entries(files: Files, policy: str) -> None:
    for name in ("entries/0.json", "proofs/0.tlog-proof"):
        assert code_of(pack(relisted({key: files[key] for key in files if key != name})), policy) == "unproven_entry"
    nothing = {name: files[name] for name in files if not name.startswith(("entries/", "proofs/"))}
    assert code_of(pack(relisted(nothing, entries=[])), policy) == "unproven_entry"
    for name in ("entries/note.txt", "proofs/00.tlog-proof"):
        assert code_of(pack(relisted(files | {name: b"x"})), policy) == "unproven_entry"


def test_a_manifest_that_tells_another_story(files: Files, policy: str) -> None:
    entries = json.loads(files[MANIFEST])["entries"]

    for change in ({"kind": "trace.batch_recalled"}, {"actor": "office:510000"}, {"at": "2020-01-01T00:00:00.000Z"}):
        told = [entries[0] | change, *entries[1:]]
        assert code_of(pack(relisted(files, entries=told)), policy) == "entry_list_mismatch"
    for told in (entries[1:], [*entries, entries[0]], [*entries[1:], entries[0] | {"index": 99}]):
        assert code_of(pack(relisted(files, entries=told)), policy) == "entry_list_mismatch"


def test_checkpoints(files: Files, policy: str) -> None:
    name = "checkpoints/10"
    gone = {key: files[key] for key in files if key != name}
    assert code_of(pack(relisted(gone)), policy) == "missing_file"
    assert code_of(pack(relisted(files | {"checkpoints/9": files[name]})), policy) == "stray_checkpoint"
    assert code_of(pack(relisted(files | {name: files[name].replace(b"\n10\n", b"\n11\n")})), policy) == "bad_signature"


def test_another_log(files: Files, policy: str) -> None:
    stranger = f"log {Key('log.example/other').vkey}\nquorum none\n"
    impostor = f"log {Key('log.example/evidence', seed='other').vkey}\nquorum none\n"
    witness = f"witness court {Key('court.example', kind=4).vkey}\n"

    assert code_of(pack(files), stranger) == "unknown_log"
    assert code_of(pack(files), impostor) == "unsigned"
    assert code_of(pack(files), policy.replace("quorum none", f"{witness}quorum court")) == "quorum_not_met"
    assert code_of(pack(relisted(files, origin="log.example/other")), policy) == "other_proof"


OPENED: list[tuple[Callable[[list[dict[str, Any]]], Any], str]] = [
    (lambda rows: [rows[0] | {"value": "[]"}], "commitment_mismatch"),
    (lambda rows: [rows[0] | {"salt": "00" * 16}], "commitment_mismatch"),
    (lambda rows: [rows[0] | {"field": "owner"}], "commitment_mismatch"),
    (lambda rows: [rows[0] | {"field": []}], "commitment_mismatch"),
    (lambda rows: [rows[0] | {"entry": 2}], "commitment_mismatch"),
    (lambda rows: [rows[0] | {"entry": 99}], "missing_file"),
    (lambda rows: [rows[0] | {"entry": "../0"}], "missing_file"),
    (lambda rows: [rows[0] | {"salt": "zz"}], "bad_commitments"),
    (lambda rows: [rows[0] | {"salt": 1}], "bad_commitments"),
    (lambda rows: [rows[0] | {"value": None}], "bad_commitments"),
    (lambda rows: [rows[0] | {"more": 1}], "bad_commitments"),
    (lambda rows: rows[0], "bad_commitments"),
]


@pytest.mark.parametrize(("change", "code"), OPENED)
def test_openings(files: Files, policy: str, change: Callable[[Any], Any], code: str) -> None:
    rows = change(json.loads(files[OPENINGS]))

    assert code_of(pack(relisted(files | {OPENINGS: rfc8785.dumps(rows)})), policy) == code


def test_more_openings_than_anybody_needs(files: Files, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifier, "MAX_OPENINGS", 6)
    assert code_of(pack(files), policy) == "bad_commitments"


def test_a_bundle_may_open_nothing(files: Files, policy: str) -> None:
    assert verify(pack(relisted({key: files[key] for key in files if key != OPENINGS})), policy).opened == 0


def test_anchors_of_no_checkpoint(files: Files, policy: str) -> None:
    for name in ("anchors/anchor-9.json", "anchors/readme.txt", "anchors/anchor-10.exe"):
        assert code_of(pack(relisted(files | {name: b"x"})), policy) == "stray_anchor"


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_altered_bundle_says_anything_else(files: Files, policy: str, data: st.DataObject) -> None:
    """Cut, flipped, doubled or moved: the answer is a refusal, or word for word the one of the true bundle."""
    whole = pack(files)
    start = data.draw(st.integers(0, len(whole) - 1))
    length = data.draw(st.integers(0, 40))
    piece = data.draw(st.one_of(st.binary(max_size=8), st.just(whole[start : start + length] * 2)))
    altered = whole[:start] + piece + whole[start + length :]
    try:
        found = verify(altered, policy)
    except VerificationError:
        return
    # Dates and attributes of files are of no account; what was checked is.
    assert found.manifest == json.loads(files[MANIFEST])


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_altered_entry_or_proof_gets_through(files: Files, policy: str, data: st.DataObject) -> None:
    """Whoever forges the manifest as well still cannot change an entry."""
    name = data.draw(st.sampled_from(sorted(name for name in files if name.startswith(("entries/", "checkpoints/")))))
    content = files[name]
    place = data.draw(st.integers(0, len(content) - 1))
    forged = content[:place] + bytes([content[place] ^ data.draw(st.integers(1, 255))]) + content[place + 1 :]

    with pytest.raises(VerificationError):
        verify(pack(relisted(files | {name: forged})), policy)


def test_no_refusal_carries_control_characters(files: Files, policy: str) -> None:
    """What is said stands on a terminal, which would obey them."""
    evil = "\x1b[2J\x07"
    rows = json.loads(files[OPENINGS])
    listed = json.loads(files[MANIFEST])["files"]
    for forged in (
        relisted(files, files=[*listed, listed[0] | {"path": evil}]),
        relisted(files | {OPENINGS: rfc8785.dumps([rows[0] | {"field": evil}])}),
        relisted(files | {OPENINGS: rfc8785.dumps([rows[0] | {"entry": evil}])}),
        relisted(files, entries=[{"index": evil}]),
        relisted(files, subject=evil),
        files | {evil: b"x"},
    ):
        with pytest.raises(VerificationError) as caught:
            verify(pack(forged), policy)
        assert str(caught.value).isprintable()
