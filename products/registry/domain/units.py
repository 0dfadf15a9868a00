"""Units of measured values, and the few conversions between them that are exact."""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Final

# unit -> (dimension, how many of the dimension's base unit). Only within one dimension, and only by exact decimal factors:
# 1 % is 1 g in 100 g where both are mass fractions, but never 1 %vol or 1 g/L, which need a density.
_UNITS: Final[dict[str, tuple[str, Decimal]]] = {
    "%": ("mass fraction", Decimal(1)),
    "g/100g": ("mass fraction", Decimal(1)),
    "mg/100g": ("mass fraction", Decimal("0.001")),
    "g/kg": ("mass fraction", Decimal("0.1")),
    "mg/kg": ("mass fraction", Decimal("0.0001")),
    "µg/kg": ("mass fraction", Decimal("0.0000001")),
    "g/L": ("mass in volume", Decimal(1)),
    "mg/mL": ("mass in volume", Decimal(1)),
    "mg/L": ("mass in volume", Decimal("0.001")),
    "g/100mL": ("mass in volume", Decimal(10)),
    "%vol": ("volume fraction", Decimal(1)),
    "mL/100mL": ("volume fraction", Decimal(1)),
    "kg": ("mass", Decimal(1000)),
    "g": ("mass", Decimal(1)),
    "mg": ("mass", Decimal("0.001")),
    "m": ("length", Decimal(1000)),
    "cm": ("length", Decimal(10)),
    "mm": ("length", Decimal(1)),
    "t/ha": ("mass on area", Decimal(1000)),
    "kg/ha": ("mass on area", Decimal(1)),
}
# Units that nothing else converts to exactly. Months count from 1; a permille is a thousandth of a mass.
_ALONE: Final = frozenset(
    {"1", "pH", "grade", "month", "a", "d", "h", "°C", "°Bx", "plants/ha", "fruits/ha", "mL/100g", "permille"}
    | {"CFU/g", "CFU/mL", "MPN/g", "MPN/100g", "pieces/kg", "pieces/500g"}
)
# Other spellings of the same unit.
_ALIASES: Final = {
    "％": "%",
    "%(V/V)": "%vol",
    "％vol": "%vol",
    "%VOL": "%vol",
    "g/l": "g/L",
    "mg/l": "mg/L",
    "mg/ml": "mg/mL",
    "g/100ml": "g/100mL",
    "g/100 g": "g/100g",
    "mg/100 g": "mg/100g",
    "℃": "°C",
    "μg/kg": "µg/kg",
    "ug/kg": "µg/kg",
    "‰": "permille",
    "小时": "h",
    "个/kg": "pieces/kg",
    "株/公顷": "plants/ha",
    "个/公顷": "fruits/ha",
    "kg/公顷": "kg/ha",
    "年": "a",
    "天": "d",
    "级": "grade",
    "月": "month",
}


class UnitMismatch(ValueError):
    """A value cannot be carried exactly into the unit that is asked for. `indicator` is filled in by who knows it."""

    def __init__(self, unit: str, wanted: str) -> None:
        super().__init__(f"{unit!r} cannot be converted to {wanted!r} exactly")
        self.unit = unit
        self.wanted = wanted
        self.indicator = ""


def known_unit(unit: str) -> str:
    """The unit in the spelling used here; an unknown one as it is given."""
    return _ALIASES.get(unit.strip(), unit.strip())


def is_known_unit(unit: str) -> bool:
    """Whether values in this unit can be compared; '' is the unit of what has none."""
    known = known_unit(unit)
    return not known or known in _UNITS or known in _ALONE


def units() -> list[str]:
    """Every unit, in the spelling used here."""
    return [*_UNITS, *sorted(_ALONE)]


def convert_unit(value: Decimal, unit: str, wanted: str) -> Decimal:
    """The same quantity in `wanted`. Raises UnitMismatch unless both are equal or of one dimension."""
    here, there = known_unit(unit), known_unit(wanted)
    if here == there:
        return value
    if here not in _UNITS or there not in _UNITS or _UNITS[here][0] != _UNITS[there][0]:
        raise UnitMismatch(unit, wanted)
    with localcontext() as context:
        # All factors are powers of ten: with room for every digit, nothing is rounded.
        context.prec = 60
        return value * _UNITS[here][1] / _UNITS[there][1]


def units_like(unit: str) -> list[str]:
    """This unit first, then those that convert to it exactly."""
    here = known_unit(unit)
    if here not in _UNITS:
        return [here]
    return [here, *(other for other, (kind, _size) in _UNITS.items() if kind == _UNITS[here][0] and other != here)]
