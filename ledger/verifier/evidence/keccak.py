"""Keccak-256 as Ethereum uses it: Keccak-f[1600], rate 1088, the padding from before FIPS 202."""

from __future__ import annotations

_RATE = 136
_MASK = 2**64 - 1


def keccak256(data: bytes) -> bytes:
    """The 32-byte hash. Takes about a millisecond for every 136 bytes."""
    # FIPS 202 would append 0x06 here; Ethereum kept the submission's 0x01.
    padded = bytearray(data + b"\x01" + b"\x00" * (_RATE - 1 - len(data) % _RATE))
    padded[-1] |= 0x80
    lanes = [0] * 25  # lane (x, y) at x + 5 * y
    for start in range(0, len(padded), _RATE):
        for at in range(_RATE // 8):
            lanes[at] ^= int.from_bytes(padded[start + 8 * at : start + 8 * at + 8], "little")
        lanes = _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permute(lanes: list[int]) -> list[int]:
    """24 rounds of theta, rho and pi, chi, iota (FIPS 202, section 3.2)."""
    for constant in _ROUND_CONSTANTS:
        column = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [column[x - 1] ^ _rotate(column[(x + 1) % 5], 1) for x in range(5)]
        moved = [0] * 25
        for at, (target, turn) in enumerate(_MOVES):
            moved[target] = _rotate(lanes[at] ^ mixed[at % 5], turn)
        lanes = [
            moved[at] ^ (~moved[at - at % 5 + (at + 1) % 5] & moved[at - at % 5 + (at + 2) % 5]) for at in range(25)
        ]
        lanes[0] ^= constant
    return lanes


def _rotate(lane: int, turn: int) -> int:
    return ((lane << turn) | (lane >> (64 - turn))) & _MASK


def _moves() -> list[tuple[int, int]]:
    """For each lane: where pi puts it, and by how much rho turns it."""
    turns = {(0, 0): 0}
    x, y = 1, 0
    for step in range(24):
        turns[x, y] = (step + 1) * (step + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return [(y + 5 * ((2 * x + 3 * y) % 5), turns[x, y]) for y in range(5) for x in range(5)]


def _round_constants() -> list[int]:
    """Iota's constants: bits 2^j - 1 are drawn from a shift register (FIPS 202, section 3.2.5)."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            constant |= (register & 1) << (2**j - 1)
            register = (register << 1) ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


_MOVES = _moves()
_ROUND_CONSTANTS = _round_constants()
