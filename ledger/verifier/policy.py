"""Whom the verifier trusts: logs, witnesses and a quorum (c2sp.org/tlog-policy)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from ledger.verifier.encoding import read_decimal, read_utf8
from ledger.verifier.errors import VerificationError
from ledger.verifier.note import COSIGNATURE, ED25519, MLDSA44, VerifierKey

MAX_POLICY_BYTES = 1_000_000
# Names are opaque bytes in a policy, so that reading one needs no Unicode tables.
NONE = b"none"


@dataclass(frozen=True)
class Group:
    """Satisfied when at least `threshold` of `members` (witnesses or groups) are."""

    threshold: int
    members: tuple[bytes, ...]


@dataclass
class Policy:
    """`logs` may each sign alone; `quorum` says which witnesses must have cosigned."""

    logs: list[VerifierKey] = field(default_factory=list)
    witnesses: dict[bytes, VerifierKey] = field(default_factory=dict)
    # Where a log may ask a witness; nothing here verifies by it.
    urls: dict[bytes, str] = field(default_factory=dict)
    groups: dict[bytes, Group] = field(default_factory=dict)
    quorum: bytes | None = None

    def is_met(self, cosigners: Collection[VerifierKey]) -> bool:
        """Whether these witnesses' cosignatures are enough."""
        # A group names only what stands above it, so one pass in order settles them all.
        met = {name for name, key in self.witnesses.items() if key in cosigners}
        for name, group in self.groups.items():
            if sum(member in met for member in group.members) >= group.threshold:
                met.add(name)
        return self.quorum == NONE or self.quorum in met


def parse_policy(data: bytes) -> Policy:
    """Read a policy file. Raises VerificationError `bad_policy`, `bad_vkey` or `bad_base64`."""
    if len(data) > MAX_POLICY_BYTES:
        raise _refused("the file is too long")
    if any((byte < 0x20 and byte not in b"\t\n") or byte == 0x7F for byte in data):
        raise _refused("the file has a control character")
    policy = Policy()
    used: set[bytes] = set()
    for line in data.split(b"\n"):
        words = line.replace(b"\t", b" ").split(b" ")
        words = [word for word in words if word]
        if not words or words[0].startswith(b"#"):
            continue
        if words[0] == b"log" and len(words) in (2, 3):
            _add_log(policy, words[1])
        elif words[0] == b"witness" and len(words) in (3, 4):
            _add_witness(policy, name=words[1], vkey=words[2])
            if len(words) == 4:
                policy.urls[words[1]] = read_utf8(words[3], what="an address")
        elif words[0] == b"group" and len(words) >= 4:
            _add_group(policy, name=words[1], threshold=words[2], members=words[3:], used=used)
        elif words[0] == b"quorum" and len(words) == 2:
            _set_quorum(policy, words[1])
        else:
            raise _refused(f"the line {_show(line)} is not understood")
    if policy.quorum is None:
        raise _refused("there is no quorum line")
    return policy


def _add_log(policy: Policy, vkey: bytes) -> None:
    key = _parse_key(vkey, kinds=(ED25519, MLDSA44))
    if any(key.public == other.public for other in policy.logs):
        raise _refused(f"the log key of {key.name} stands there twice")
    policy.logs.append(key)


def _add_witness(policy: Policy, *, name: bytes, vkey: bytes) -> None:
    _require_new_name(policy, name)
    key = _parse_key(vkey, kinds=(COSIGNATURE, MLDSA44))
    if any(key.public == other.public for other in policy.witnesses.values()):
        raise _refused(f"the witness key of {key.name} stands there twice")
    policy.witnesses[name] = key


def _add_group(policy: Policy, *, name: bytes, threshold: bytes, members: list[bytes], used: set[bytes]) -> None:
    _require_new_name(policy, name)
    for member in members:
        if member not in policy.witnesses and member not in policy.groups:
            raise _refused(f"group {_show(name)}: {_show(member)} is not defined above it")
        # Counted once only: a witness in two groups could fill a quorum alone.
        if member in used:
            raise _refused(f"{_show(member)} is a member twice")
        used.add(member)
    if threshold in (b"any", b"all"):
        least = 1 if threshold == b"any" else len(members)
    else:
        least = read_decimal(read_utf8(threshold, what="a threshold"), what="a threshold")
    if not 1 <= least <= len(members):
        raise _refused(f"group {_show(name)}: {least} of {len(members)} cannot be")
    policy.groups[name] = Group(threshold=least, members=tuple(members))


def _set_quorum(policy: Policy, name: bytes) -> None:
    if policy.quorum is not None:
        raise _refused("there are two quorum lines")
    if name != NONE and name not in policy.witnesses and name not in policy.groups:
        raise _refused(f"the quorum {_show(name)} is not defined above it")
    policy.quorum = name


def _parse_key(vkey: bytes, *, kinds: tuple[int, int]) -> VerifierKey:
    key = VerifierKey.parse(read_utf8(vkey, what="a verifier key"))
    if key.kind not in kinds:
        raise _refused(f"the key of {key.name} is of type {key.kind:#04x}, not {kinds[0]:#04x} or {kinds[1]:#04x}")
    return key


def _require_new_name(policy: Policy, name: bytes) -> None:
    if name == NONE or name in policy.witnesses or name in policy.groups:
        raise _refused(f"the name {_show(name)} is taken")


def _show(name: bytes) -> str:
    return repr(name.decode("utf-8", "replace"))


def _refused(detail: str) -> VerificationError:
    return VerificationError("bad_policy", detail)
