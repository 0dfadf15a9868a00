from __future__ import annotations

import pytest

from products.labels.domain.digital_link import scan_address
from products.labels.domain.unit_code import unit_codes
from products.rendering.errors import AddressTooLong, ModuleTooSmall
from products.rendering.qr import Symbol, check_module, encode, symbol_size

# ISO/IEC 18004, table 10: condition for inverting the module at row i, column j.
MASKS = [
    lambda i, j: (i + j) % 2 == 0,
    lambda i, j: i % 2 == 0,
    lambda i, j: j % 3 == 0,
    lambda i, j: (i + j) % 3 == 0,
    lambda i, j: (i // 2 + j // 3) % 2 == 0,
    lambda i, j: i * j % 2 + i * j % 3 == 0,
    lambda i, j: (i * j % 2 + i * j % 3) % 2 == 0,
    lambda i, j: ((i + j) % 2 + i * j % 3) % 2 == 0,
]


def dark(symbol: Symbol, row: int, column: int) -> bool:
    return symbol.rows[row][column] == 0


def mode_indicator(symbol: Symbol) -> str:
    """The first four data bits, in the right lower corner, unmasked."""
    # Format information, bits 12 to 10, under its own mask 101010000010010.
    mask = sum(dark(symbol, 8, column) << (4 - column) for column in (2, 3, 4)) ^ 0b101
    last = symbol.size - 1
    cells = [(last, last), (last, last - 1), (last - 1, last), (last - 1, last - 1)]
    return "".join("01"[dark(symbol, i, j) ^ MASKS[mask](i, j)] for i, j in cells)


def test_the_symbol_is_in_alphanumeric_mode() -> None:
    for code in unit_codes(bytes(32), "ABCDEF", 1, 50):
        symbol = encode(scan_address("https://gi.example.cn", code))
        assert mode_indicator(symbol) == "0010"
        assert symbol.size == 29  # version 3; in byte mode these 44 characters need version 4


def test_all_symbols_of_a_host_have_one_size() -> None:
    # So many digits would let an encoder save a version by switching to numeric mode.
    digits = "HTTPS://GI.EXAMPLE.CN/T/G0000000000100000000"

    assert encode(digits).size == encode("HTTPS://GI.EXAMPLE.CN/T/GABCDEF0000JABCDEFGH").size == symbol_size(44)


def test_dark_runs_cover_exactly_the_dark_modules() -> None:
    symbol = encode("HTTPS://GI.EXAMPLE.CN/T/GABCDEF0000JABCDEFGH")

    covered = {(row, column) for row, start, length in symbol.dark_runs() for column in range(start, start + length)}

    assert covered == {(i, j) for i in range(symbol.size) for j in range(symbol.size) if dark(symbol, i, j)}


def test_limits_are_refusals() -> None:
    encode("A" * 122)
    with pytest.raises(AddressTooLong):
        encode("A" * 123)
    check_module(0.33)
    with pytest.raises(ModuleTooSmall):
        check_module(0.3299)
