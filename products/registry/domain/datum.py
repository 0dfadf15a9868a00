"""Coordinates between the datums in use in China: WGS-84, CGCS2000, GCJ-02 and BD-09.

GCJ-02 is the obfuscated datum of Chinese web maps; BD-09 is Baidu's further shift of it. Neither is published by its owner. The formulas are
those in public use since 2013 (for instance the open-source project eviltransform), written anew here; the constants are
those of the Krasovsky 1940 ellipsoid. CGCS2000 differs from WGS-84 by centimetres and is treated as the same.
Longitude first, degrees, floats: coordinates are the one place where this project uses them.
"""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Final

_RADIUS_M: Final = 6378245.0
_ECCENTRICITY_SQUARED: Final = 0.00669342162296594323
_BD_TURN: Final = math.pi * 3000.0 / 180.0
# Baidu's shift of its origin, in degrees.
_BD_EAST, _BD_NORTH = 0.0065, 0.006
# A thousandth of a millimetre; the iteration gains about three digits a round.
_PRECISION_DEG: Final = 1e-11
_ROUNDS: Final = 20

Pair = tuple[float, float]


class Datum(StrEnum):
    """What a pair of coordinates refers to. The values are stored: they never change."""

    WGS84 = "WGS-84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


def parse_datum(text: str) -> Datum:
    """Read a datum however devices spell it (`wgs84`, `GCJ-02`, `bd09ll`); ValueError for anything else."""
    plain = "".join(letter for letter in text.casefold() if letter.isalnum())
    plain = plain.removesuffix("ll")
    for datum in Datum:
        if plain == datum.value.replace("-", "").casefold():
            return datum
    raise ValueError(f"unknown datum {text!r}")


def is_shifted_area(longitude: float, latitude: float) -> bool:
    """Whether the formula applies here at all: a box around China; outside it GCJ-02 equals WGS-84."""
    return 72.004 <= longitude <= 137.8347 and 0.8293 <= latitude <= 55.8271


def _waves(x: float, y: float) -> Pair:
    """The shift at x, y (degrees from 105 E, 35 N), east and north, in metres."""
    common = 20.0 * math.sin(6.0 * math.pi * x) + 20.0 * math.sin(2.0 * math.pi * x)
    east = common + 20.0 * math.sin(math.pi * x) + 40.0 * math.sin(math.pi * x / 3.0)
    east += 150.0 * math.sin(math.pi * x / 12.0) + 300.0 * math.sin(math.pi * x / 30.0)
    north = common + 20.0 * math.sin(math.pi * y) + 40.0 * math.sin(math.pi * y / 3.0)
    north += 160.0 * math.sin(math.pi * y / 12.0) + 320.0 * math.sin(math.pi * y / 30.0)
    root = math.sqrt(abs(x))
    return (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + east * 2.0 / 3.0,
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + north * 2.0 / 3.0,
    )


def _shift(longitude: float, latitude: float) -> Pair:
    """GCJ-02 minus WGS-84 at a WGS-84 point, in degrees."""
    east_m, north_m = _waves(longitude - 105.0, latitude - 35.0)
    phi = math.radians(latitude)
    magic = 1.0 - _ECCENTRICITY_SQUARED * math.sin(phi) ** 2
    meridian_m = _RADIUS_M * (1.0 - _ECCENTRICITY_SQUARED) / magic**1.5
    parallel_m = _RADIUS_M / math.sqrt(magic) * math.cos(phi)
    return math.degrees(east_m / parallel_m), math.degrees(north_m / meridian_m)


def wgs84_to_gcj02(longitude: float, latitude: float) -> Pair:
    if not is_shifted_area(longitude, latitude):
        return longitude, latitude
    east, north = _shift(longitude, latitude)
    return longitude + east, latitude + north


def gcj02_to_wgs84(longitude: float, latitude: float) -> Pair:
    """The exact inverse by iteration (error below 1e-9 degrees), not the usual one-step guess that is off by metres."""
    if not is_shifted_area(longitude, latitude):
        return longitude, latitude
    lon, lat = longitude, latitude
    for _ in range(_ROUNDS):
        east, north = _shift(lon, lat)
        wrong = max(abs(lon + east - longitude), abs(lat + north - latitude))
        lon, lat = longitude - east, latitude - north
        if wrong < _PRECISION_DEG:
            break
    return lon, lat


def gcj02_to_bd09(longitude: float, latitude: float) -> Pair:
    radius = math.hypot(longitude, latitude) + 0.00002 * math.sin(latitude * _BD_TURN)
    angle = math.atan2(latitude, longitude) + 0.000003 * math.cos(longitude * _BD_TURN)
    return radius * math.cos(angle) + _BD_EAST, radius * math.sin(angle) + _BD_NORTH


def bd09_to_gcj02(longitude: float, latitude: float) -> Pair:
    """The inverse by iteration, like that of GCJ-02."""
    lon, lat = longitude - _BD_EAST, latitude - _BD_NORTH
    for _ in range(_ROUNDS):
        there_lon, there_lat = gcj02_to_bd09(lon, lat)
        east, north = longitude - there_lon, latitude - there_lat
        lon, lat = lon + east, lat + north
        if max(abs(east), abs(north)) < _PRECISION_DEG:
            break
    return lon, lat


def convert(longitude: float, latitude: float, *, source: Datum, target: Datum) -> Pair:
    """Carry a pair of degrees from one datum to another; the same pair when nothing has to be done."""
    alike = {Datum.CGCS2000: Datum.WGS84}
    source, target = alike.get(source, source), alike.get(target, target)
    if source is target:
        return longitude, latitude
    pair = (longitude, latitude)
    if source is Datum.BD09:
        pair = bd09_to_gcj02(*pair)
    elif source is Datum.WGS84:
        pair = wgs84_to_gcj02(*pair)
    if target is Datum.WGS84:
        return gcj02_to_wgs84(*pair)
    return gcj02_to_bd09(*pair) if target is Datum.BD09 else pair
