"""Proofs and policies, whole and spoiled in every way we could think of, for two verifiers to agree on."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator

from ledger.verifier.checkpoint import CheckpointText
from ledger.verifier.note import Note, Signature
from tests.ledger.helpers import reference_root
from tests.ledger.proofs import ENTRIES, LOG, POLICY, WITNESSES, Key, proof_file

Case = tuple[bytes, bytes]  # proof, policy
OTHER = Key("other.example/log")
STRANGER = Key("stranger.example/w", kind=4)
VKEYS = [str(witness.vkey) for witness in WITNESSES]
WITNESSED = (
    POLICY.replace(b"quorum none\n", b"")
    + "".join(f"witness w{number} {vkey}\n" for number, vkey in enumerate(VKEYS)).encode()
)
# Whatever a careless reader takes for a space, a digit, an end of line or nothing at all.
ODDITIES = [
    *("", " ", "  ", "\t", "\n", "\n\n", "\r", "\0", "\x0b", "\x1c", "\x7f", "\x85", "\xa0", "\u1680", "\u200b"),
    *("\u2028", "\u3000", "\ufeff", "+", "-", "=", "==", "0", "00", "9", "\u0663", "A", "B", "/", "_", "#", "é"),
    *("none", "any", "all", "\u2014", "\u2014 ", "log", "witness", "group g 1 w0\n", "quorum none\n", "index 0"),
]
BROKEN_BYTES = [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80"]
NUMBERS = ["-1", "+1", "01", "1.0", "1e1", " 1", "", "0x1", "١", str(2**53 + 1), str(2**63 - 1), str(2**63), "9" * 30]


def quorum(lines: str) -> bytes:
    return WITNESSED + lines.encode()


POLICIES = [
    POLICY,
    quorum("quorum none\n"),
    quorum("quorum w0\n"),
    quorum("group g 2 w0 w1 w2\nquorum g\n"),
    quorum("group g any w0 w1\ngroup h all g w2\nquorum h\n"),
    f"log {OTHER.vkey} https://log.example/\n".encode() + quorum("# nobody\n\n group\tg all w0 w1 w2\nquorum g"),
]
SIGNERS = [(LOG,), (LOG, *WITNESSES), (STRANGER, LOG, WITNESSES[0]), (WITNESSES[1], WITNESSES[2], LOG)]


def whole() -> Iterator[Case]:
    """Nothing is spoiled; a quorum may be missing all the same."""
    for policy in POLICIES:
        for signers in SIGNERS:
            yield proof_file(*signers), policy
    for size in (1, 2, 3, 8, 20, 21):
        for index in range(size):
            yield proof_file(index=index, size=size), POLICY


def spliced(count: int, *, seed: int) -> Iterator[Case]:
    """A stretch of the proof or of the policy replaced by something odd."""
    chance = random.Random(seed)  # noqa: S311
    pieces = [text.encode() for text in ODDITIES] + BROKEN_BYTES
    for number in range(count):
        proof, policy = proof_file(*chance.choice(SIGNERS)), chance.choice(POLICIES)
        spoiled = policy if number % 3 == 0 else proof
        start = chance.randrange(len(spoiled))
        length = chance.choice([0, 0, 1, 1, 2, 5, 40])
        spoiled = spoiled[:start] + chance.choice(pieces) + spoiled[start + length :]
        yield (proof, spoiled) if number % 3 == 0 else (spoiled, policy)


def shuffled(count: int, *, seed: int) -> Iterator[Case]:
    """A line left out, written twice, moved, or spoiled at its end."""
    chance = random.Random(seed)  # noqa: S311
    for number in range(count):
        proof, policy = proof_file(*chance.choice(SIGNERS)), chance.choice(POLICIES)
        lines = (policy if number % 2 else proof).split(b"\n")
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(4):
            case 0:
                lines.pop(at)
            case 1:
                lines.insert(to, lines[at])
            case 2:
                lines.insert(to, lines.pop(at))
            case _:
                lines[at] += chance.choice(ODDITIES).encode()
        spoiled = b"\n".join(lines)
        yield (proof, spoiled) if number % 2 else (spoiled, policy)


def renumbered() -> Iterator[Case]:
    for text in NUMBERS:
        number = text.encode()
        yield proof_file().replace(b"index 13", b"index " + number), POLICY
        yield proof_file(LOG, *WITNESSES), quorum(f"group g {text} w0 w1 w2\nquorum g\n")
        yield with_checkpoint(f"{LOG.name}\n{text}\n{root(21)}\n"), POLICY


def root(size: int) -> str:
    return base64.b64encode(reference_root(ENTRIES[:size])).decode()


def with_checkpoint(text: str, *more: Signature, signer: Key = LOG) -> bytes:
    """The checkpoint says whatever `text` says, and is truly signed."""
    note = str(Note(text=text, signatures=(signer.sign(text), *more))).encode()
    return proof_file().partition(b"\n\n")[0] + b"\n\n" + note


def signed_oddly() -> Iterator[Case]:
    """What a log with the right key could sign, and what may stand below it."""
    good = str(CheckpointText(origin=LOG.name, size=21, root=reference_root(ENTRIES[:21])))
    texts = [good, good + "an extension\n", good + "\n", good + "\n\nx\n", f"{LOG.name}\n0\n{root(0)}\n"]
    texts += [
        f"{LOG.name}\n0\n{root(3)}\n",
        f"{LOG.name}\n21\nAAAA\n",
        f"{LOG.name}\n21\n\n",
        f"{LOG.name}\n",
        "\n\n\n",
    ]
    texts += [f"{LOG.name}\n{size}\n{root(21)}\n" for size in (12, 13, 14, 20, 22, 32, 2**53, 2**63 - 1)]
    for text in texts:
        yield with_checkpoint(text), POLICY
        yield with_checkpoint(text, *(witness.sign(text) for witness in WITNESSES)), POLICIES[3]
    yield with_checkpoint(good.replace(LOG.name, OTHER.name), signer=OTHER), POLICIES[5]
    yield with_checkpoint(good, signer=OTHER), POLICIES[5]
    yield with_checkpoint(good, signer=Key(LOG.name, seed="impostor")), POLICY
    for time in (0, 1, 2**62, 2**63 - 1, 2**63, 2**64 - 1):
        yield with_checkpoint(good, WITNESSES[0].sign(good, time=time)), POLICIES[2]
    for blob in (b"", b"\1", bytes(8), bytes(64), bytes(72), bytes(73), b"\xff" * 72, b"\xff" * 64):
        for key in (LOG, WITNESSES[0], STRANGER):
            extra = Signature(name=key.name, key_id=key.vkey.key_id, blob=blob)
            yield with_checkpoint(good, extra), POLICIES[1]
    for count in (98, 99, 100):
        yield with_checkpoint(good, *(Key(f"stranger/{n}").sign(good) for n in range(count))), POLICY
    for odd in ODDITIES:
        yield with_checkpoint(good, Signature(name=f"a{odd}b", key_id=b"1234", blob=b"x")), POLICY


def keyed_oddly() -> Iterator[Case]:
    """Policies whose keys are no keys, or not theirs."""
    name, key_id, data = str(LOG.vkey).split("+", 2)
    short = base64.b64encode(bytes(32)).decode()
    of_unknown_kind = base64.b64encode(b"\2" + bytes(32)).decode()
    vkeys = [f"{name}+{key_id.upper()}+{data}", f"{name}+00000000+{data}", f"x{name}+{key_id}+{data}", name, "", "++"]
    vkeys += [f"{name}+{key_id}+{text}" for text in (short, of_unknown_kind, data[:-1], data + "=", "", "é")]
    vkeys += [f"{odd}+{key_id}+{data}" for odd in ODDITIES]
    for vkey in [*vkeys, VKEYS[0]]:
        yield proof_file(), f"log {vkey}\nquorum none\n".encode()
    for vkey in [*vkeys, str(LOG.vkey), VKEYS[1]]:
        yield proof_file(LOG, *WITNESSES), quorum(f"witness w9 {vkey}\nquorum w0\n")


def worded_oddly() -> Iterator[Case]:
    """Names taken, members shared, quorums of nobody; a mark of byte order; a path too long; a key that signs twice."""
    proof = proof_file(LOG, *WITNESSES)
    for lines in (
        f"witness none {STRANGER.vkey}\nquorum none\n",
        "group none 1 w0\nquorum none\n",
        "group g 1 w0\ngroup h 1 w0 w1\nquorum h\n",
        "group g 1 w0 w0\nquorum g\n",
        "group g 1 g\nquorum g\n",
        "group g 1 h\ngroup h 1 w0\nquorum g\n",
        "group w0 1 w1\nquorum w0\n",
        "group g 0 w0\nquorum g\n",
        "group g 3 w0 w1\nquorum g\n",
        "quorum w7\n",
        "quorum none\nquorum none\n",
        "constructor x\nquorum none\n",
        "quorum constructor\n",
    ):
        yield proof, quorum(lines)
    mark = "\ufeff".encode()
    head, _, note = proof.partition(b"\n\n")
    yield from ((mark + proof, POLICY), (proof, mark + POLICY), (head + b"\n\n" + mark + note, POLICY))
    yield proof, POLICY.replace(b"log ", b"log " + mark)
    for count in (50, 60):
        yield head + b"\n" + b"\n".join([b"A" * 43 + b"=", *[b"?"] * count]) + b"\n\n" + note, POLICY
    text = str(CheckpointText(origin=LOG.name, size=21, root=reference_root(ENTRIES[:21])))
    twice = [WITNESSES[0].sign(text, time=time) for time in (5, 4)]
    yield with_checkpoint(text, *twice), POLICIES[2]


def cases() -> list[Case]:
    return [
        *whole(),
        *spliced(420, seed=1),
        *shuffled(240, seed=2),
        *renumbered(),
        *signed_oddly(),
        *keyed_oddly(),
        *worded_oddly(),
        (proof_file(with_entry=False), POLICY),
        (b"", POLICY),
        (proof_file(), b""),
        (b"\n\n", POLICY),
        (proof_file() + b"x" * 1_000_001, POLICY),
        (b"x" * 2_000_001, POLICY),
        (proof_file(), POLICY + b"#" * 1_000_000),
    ]
