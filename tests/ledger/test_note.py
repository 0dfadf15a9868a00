"""Signed notes, keys and checkpoints, by the examples and rules of their specifications."""

from __future__ import annotations

import pytest

from ledger.verifier.checkpoint import parse_checkpoint_text
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import COSIGNATURE, Note, VerifierKey, parse_note, verified_signatures
from tests.ledger.proofs import LOG, WITNESSES, Key, checkpoint

# The worked example of c2sp.org/signed-note.
SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPEC_NOTE = (
    "This is an example message.\n\n\u2014 example.com/foo "
    "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
).encode()
# The worked example of c2sp.org/tlog-cosignature.
SPEC_CHECKPOINT = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "\u2014 example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA==\n"
).encode()


def code_of(data: bytes) -> str:
    with pytest.raises(VerificationError) as caught:
        parse_note(data)
    return caught.value.code


def test_the_specifications_note_verifies() -> None:
    key = VerifierKey.parse(SPEC_KEY)

    assert verified_signatures(parse_note(SPEC_NOTE), [key]) == [(key, None)]
    assert str(key) == SPEC_KEY
    assert str(parse_note(SPEC_NOTE)).encode() == SPEC_NOTE


def test_the_specifications_checkpoint_reads_and_writes() -> None:
    note = parse_note(SPEC_CHECKPOINT)
    text = parse_checkpoint_text(note.text)

    assert (text.origin, text.size, text.root.hex()[:8]) == ("example.com/behind-the-sofa", 20852163, "0ac5186a")
    assert [signature.name for signature in note.signatures] == [
        "example.com/behind-the-sofa",
        "witness.example.com/w1",
    ]
    assert int.from_bytes(note.signatures[1].blob[:8], "big") == 1679315147
    assert str(text) == note.text
    assert str(note).encode() == SPEC_CHECKPOINT


def test_the_text_ends_at_the_last_empty_line() -> None:
    note = parse_note(b"a\n\nb\n\n" + SPEC_NOTE.partition(b"\n\n")[2])

    assert note.text == "a\n\nb\n"


def test_unknown_signatures_are_passed_over() -> None:
    note = parse_note(checkpoint(Key("stranger.example"), LOG, Key(LOG.name, seed="impostor")))

    assert verified_signatures(note, [LOG.vkey]) == [(LOG.vkey, None)]


def test_a_known_key_that_does_not_verify_spoils_the_note() -> None:
    note = parse_note(checkpoint(WITNESSES[0], LOG))
    other = Note(text=note.text.replace("21\n", "22\n"), signatures=note.signatures)

    for keys in ([LOG.vkey], [WITNESSES[0].vkey]):
        with pytest.raises(VerificationError) as caught:
            verified_signatures(other, keys)
        assert caught.value.code == "bad_signature"


def test_sixteen_signatures_are_accepted_and_a_thousand_are_not() -> None:
    keys = [Key(f"k{number}.example") for number in range(15)]
    assert len(parse_note(checkpoint(*keys, LOG)).signatures) == 16

    text, _, lines = checkpoint(LOG).partition(b"\n\n")
    assert code_of(text + b"\n\n" + lines * 1_000) == "too_many_signatures"


@pytest.mark.parametrize(
    "line",
    [
        "",
        "- name AAAABBBB",
        "\u2014 name",
        "\u2014  AAAABBBB",
        "\u2014 name AAAABBBB x",
        "\u2014 na+me AAAABBBB",
        "\u2014 na\u3000me AAAABBBB",
        "\u2014\u00a0name AAAABBBB",
        "\u2014 name AAAA",
        "\u2014 name AAAABBB",
        "\u2014 name AAAABBBC=",
        "\u2014 name AAAABB==\u0007",
        "\u2014 name AAAA BBBB",
        "\u2014 name ٠AAABBBB",
    ],
)
def test_malformed_signature_lines_are_refused(line: str) -> None:
    assert code_of(f"text\n\n{line}\n".encode()) in {"bad_note", "bad_base64"}


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\n\n", b"text\n", b"text\n\n", SPEC_NOTE[:-1], SPEC_NOTE.replace(b"an ", b"an\r"), b"\xff\n\n"],
)
def test_malformed_notes_are_refused(data: bytes) -> None:
    assert code_of(data) in {"bad_note", "bad_utf8"}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a+b",
        "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        SPEC_KEY.replace("530d903a", "530D903A"),
        SPEC_KEY.replace("530d903a", "530d903b"),
        SPEC_KEY.replace("example.com", "example.org"),
        SPEC_KEY + "=",
        SPEC_KEY[:-4],
        SPEC_KEY.replace("+Ae", "+Be"),
        SPEC_KEY + "\n",
    ],
)
def test_malformed_keys_are_refused(text: str) -> None:
    with pytest.raises(VerificationError) as caught:
        VerifierKey.parse(text)

    assert caught.value.code in {"bad_vkey", "bad_base64"}


def test_one_key_has_another_id_as_a_witness() -> None:
    assert LOG.vkey.key_id != Key(LOG.name, kind=COSIGNATURE).vkey.key_id


ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n1\n",
        f"o\n1\n{ROOT}",
        f"\n1\n{ROOT}\n",
        f"o\n01\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n 1\n{ROOT}\n",
        f"o\n1_0\n{ROOT}\n",
        f"o\n١\n{ROOT}\n",
        f"o\n9223372036854775808\n{ROOT}\n",
        f"o\n{'9' * 5_000}\n{ROOT}\n",
        f"o\n1\n{ROOT[:-4]}\n",
        "o\n1\nAAAA\n",
        f"o\n1\n{ROOT}\n\n",
        f"o\n1\n{ROOT}\n\nx\n",
        f"o\n0\n{ROOT}\n",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(VerificationError):
        parse_checkpoint_text(text)


def test_extension_lines_are_kept() -> None:
    assert parse_checkpoint_text(f"o\n1\n{ROOT}\nmore\n").extensions == ("more",)
