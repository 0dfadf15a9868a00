"""A strict reader of DER (X.690): definite lengths in their shortest form, low tag numbers, nothing left over."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.verifier.errors import VerificationError

INTEGER, OCTETS, OID, TIME, SEQUENCE, SET, FIELD_0, FIELD_1 = 0x02, 0x04, 0x06, 0x18, 0x30, 0x31, 0xA0, 0xA1
_MAX_PARTS = 64


@dataclass(frozen=True)
class Der:
    """One value: its tag byte, its contents, and its whole encoding."""

    tag: int
    body: bytes
    whole: bytes

    def parts(self, *tags: int) -> list[Der]:
        """What a constructed value holds; `tags` are what it must begin with. Raises VerificationError `bad_der`."""
        found: list[Der] = []
        rest = self.body
        while rest:
            item, rest = _read(rest)
            found.append(item)
            if len(found) > _MAX_PARTS:
                raise _refused("a value has too many parts")
        if not self.tag & 0x20 or tuple(part.tag for part in found[: len(tags)]) != tags:
            raise _refused("a value is not built as expected")
        return found

    def exactly(self, *tags: int) -> list[Der]:
        """The parts of a constructed value that holds these and no others. Raises VerificationError `bad_der`."""
        if len(found := self.parts(*tags)) != len(tags):
            raise _refused("a value has more parts than expected")
        return found


def parse_der(data: bytes, *, tag: int) -> Der:
    """Exactly one value with this tag. Raises VerificationError `bad_der`."""
    item, rest = _read(data)
    if rest or item.tag != tag:
        raise _refused("it is not one value of the right kind")
    return item


def _read(data: bytes) -> tuple[Der, bytes]:
    if len(data) < 2 or data[0] & 0x1F == 0x1F:
        raise _refused("a value ends early, or has a long tag")
    start, length = 2, data[1]
    if length >= 0x80:
        start = 2 + length - 0x80
        length = int.from_bytes(data[2:start], "big")
        if not 3 <= start <= 6 or length < 0x80 or data[2] == 0:
            raise _refused("a length is not in its shortest form")
    end = start + length
    if end > len(data):
        raise _refused("a value is longer than what is there")
    return Der(data[0], data[start:end], data[:end]), data[end:]


def _refused(detail: str) -> VerificationError:
    return VerificationError("bad_der", f"DER: {detail}")
