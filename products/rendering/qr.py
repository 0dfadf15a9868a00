"""QR symbols as modules, and how small they may be printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

import zxingcpp

from products.rendering.errors import AddressTooLong, ModuleTooSmall

# ISO/IEC 18004: a quiet zone of four modules on every side.
QUIET_MODULES: Final = 4
# Four dots of a 300 dpi (12 dots/mm) thermal head: the least Denso Wave's table of head density and module size
# recommends for such a printer (qrcode.com/en/howto/cell.html).
MIN_MODULE_MM: Final = 0.33

# ISO/IEC 18004, table 7: alphanumeric characters by version at level M and at level Q.
_CAPACITY_M: Final = {2: 38, 3: 61, 4: 90, 5: 122}
_CAPACITY_Q: Final = {2: 29, 3: 47, 4: 67, 5: 87}
_DARK_RUN: Final = re.compile(rb"\x00+")


@dataclass(frozen=True, slots=True)
class Symbol:
    """`size` modules a side without the quiet zone; `rows` from the top, one byte a module, 0 is dark."""

    size: int
    rows: tuple[bytes, ...]

    def dark_runs(self) -> Iterator[tuple[int, int, int]]:
        """Horizontal dark runs as (row, first column, length)."""
        for row, cells in enumerate(self.rows):
            for run in _DARK_RUN.finditer(cells):
                start = run.start()
                yield row, start, run.end() - start


def symbol_version(length: int) -> int:
    """The version for an alphanumeric text of `length` characters. Raises AddressTooLong."""
    for version, capacity in _CAPACITY_M.items():
        if length <= capacity:
            return version
    raise AddressTooLong(f"{length} characters, at most {_CAPACITY_M[5]}")


def symbol_size(length: int) -> int:
    """Modules a side, without the quiet zone. Raises AddressTooLong."""
    return 17 + 4 * symbol_version(length)


def encode(text: str) -> Symbol:
    """The symbol of an alphanumeric text.

    The version follows from the length alone, so that all labels of a run are alike (an encoder left free would
    pick a smaller one for codes with many digits). Level M, or Q where the same version has room: a sticker on a jar
    is scratched and wetted.
    """
    version = symbol_version(len(text))
    level = "Q" if len(text) <= _CAPACITY_Q[version] else "M"
    image = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=level, version=version).to_image(
        scale=1, add_quiet_zones=False
    )
    # The image is a buffer of bytes, which its type information does not say.
    cells = memoryview(cast(bytes, image)).tobytes()
    size = 17 + 4 * version
    return Symbol(size=size, rows=tuple(cells[start : start + size] for start in range(0, size * size, size)))


def check_module(module_mm: float) -> None:
    """Raises ModuleTooSmall below MIN_MODULE_MM."""
    if module_mm < MIN_MODULE_MM - 1e-9:
        raise ModuleTooSmall(f"modules of {module_mm:.3f} mm, at least {MIN_MODULE_MM} mm")
