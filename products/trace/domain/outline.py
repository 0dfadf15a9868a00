"""Outlines of plots: GeoJSON (RFC 7946) as people bring it, read strictly; their areas and what they share.

Longitude first, degrees, floats: coordinates are the one place where this project uses them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shapely.geometry import Polygon
from shapely.validation import explain_validity

from products.registry.domain.datum import Datum, Pair, convert
from products.registry.domain.origin_area import InvalidPosition, Position, check_position
from products.trace.domain.json_depth import is_too_deep

MAX_TEXT: Final = 200_000
MAX_VERTICES: Final = 1_000
MIN_AREA_M2: Final = 10
# 100 square kilometres, ten thousand hectares: larger than any one holding.
MAX_AREA_M2: Final = 100_000_000
_MIN_WIDTH_M: Final = 0.5
# Seven places of a degree are about a centimetre.
_PLACES: Final = 7
# What GeoJSON files of before 2016 call the datums in which longitude and latitude are plain WGS-84 or CGCS2000.
_USUAL_CRS: Final = ("CRS84", "4326", "4490")
# WGS-84.
_RADIUS_M: Final = 6_378_137.0
_E2: Final = 0.00669437999014


class UnusableOutline(ValueError):
    """An outline that cannot be taken. `reason` is one of those named in `read_outline`; `detail` says where."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason} {detail}".strip())
        self.reason, self.detail = reason, detail


@dataclass(frozen=True, slots=True)
class Outline:
    """A point, or the ring of a polygon, in degrees of `datum`; the ring's last pair repeats its first."""

    pairs: tuple[Pair, ...]
    datum: Datum

    @property
    def is_point(self) -> bool:
        return len(self.pairs) == 1

    @property
    def text(self) -> str:
        """GeoJSON without spaces, as it is stored and committed to."""
        numbers = [list(pair) for pair in self.pairs]
        shape: dict[str, Any] = {"type": "Point", "coordinates": numbers[0]}
        if not self.is_point:
            shape = {"type": "Polygon", "coordinates": [numbers]}
        return json.dumps(shape, separators=(",", ":"))

    def in_datum(self, target: Datum) -> tuple[Pair, ...]:
        return tuple(convert(*pair, source=self.datum, target=target) for pair in self.pairs)

    @property
    def bounds_e6(self) -> tuple[int, int, int, int]:
        """West, south, east, north in whole micro-degrees of WGS-84, rounded outwards."""
        longitudes, latitudes = zip(*self.in_datum(Datum.WGS84), strict=True)
        low = [math.floor(min(each) * 1_000_000) for each in (longitudes, latitudes)]
        high = [math.ceil(max(each) * 1_000_000) for each in (longitudes, latitudes)]
        return low[0], low[1], high[0], high[1]

    @property
    def inner_pair(self) -> Pair:
        """A pair inside the ring, or the point itself, in the outline's datum."""
        if self.is_point:
            return self.pairs[0]
        point = Polygon(self.pairs).representative_point()
        return float(point.x), float(point.y)


def read_outline(text: str, datum: Datum) -> Outline:
    """A GeoJSON Point or Polygon, alone or as the one feature of a file.

    Raises UnusableOutline: too_long, not_json, not_geojson, several (shapes), not_an_area (a line), holes, other_crs,
    not_a_number, too_few, too_many (vertices), crosses_itself, coordinates_swapped, outside_sichuan, out_of_range,
    too_small, too_large.
    """
    shape = _only_shape(_parsed(text))
    if shape["type"] == "Point":
        pairs: tuple[Pair, ...] = (_pair(shape.get("coordinates")),)
    else:
        pairs = _ring(shape.get("coordinates"))
    for longitude, latitude in pairs:
        try:
            check_position(Position(longitude, latitude, datum))
        except InvalidPosition as error:
            raise UnusableOutline(error.reason, f"{longitude}, {latitude}") from error
    outline = Outline(pairs, datum)
    if not outline.is_point:
        _check_ring(outline)
    return outline


def point_outline(longitude: float, latitude: float, datum: Datum) -> Outline:
    """A point as typed. Raises UnusableOutline as `read_outline`."""
    return read_outline(json.dumps({"type": "Point", "coordinates": [longitude, latitude]}), datum)


def stored_outline(text: str, datum: str) -> Outline:
    """What `Outline.text` wrote, read back without checking it again."""
    shape = json.loads(text)
    numbers = [shape["coordinates"]] if shape["type"] == "Point" else shape["coordinates"][0]
    return Outline(tuple((float(pair[0]), float(pair[1])) for pair in numbers), Datum(datum))


def _no_number(text: str) -> float:
    raise UnusableOutline("not_a_number", text)


def _parsed(text: str) -> Any:
    text = text.removeprefix("\ufeff").strip()
    if len(text) > MAX_TEXT:
        raise UnusableOutline("too_long")
    if is_too_deep(text.encode(errors="replace")):
        raise UnusableOutline("not_json")
    try:
        return json.loads(text, parse_constant=_no_number)
    except UnusableOutline:
        raise
    except ValueError as error:
        raise UnusableOutline("not_json") from error


def _only_shape(data: Any) -> dict[str, Any]:
    """The one Point or Polygon; what wraps it is taken off."""
    for _layer in range(4):
        if not isinstance(data, dict):
            break
        _check_crs(data)
        kind = data.get("type")
        if kind in ("Point", "Polygon"):
            return data
        if kind == "Feature":
            data = data.get("geometry")
        elif kind in ("FeatureCollection", "GeometryCollection"):
            data = _only(data.get("features" if kind == "FeatureCollection" else "geometries"))
        elif kind == "MultiPolygon":
            return {"type": "Polygon", "coordinates": _only(data.get("coordinates"))}
        elif kind in ("LineString", "MultiLineString"):
            raise UnusableOutline("not_an_area")
        elif kind == "MultiPoint":
            raise UnusableOutline("several")
        else:
            break
    raise UnusableOutline("not_geojson")


def _only(items: Any) -> Any:
    if not isinstance(items, list) or not items:
        raise UnusableOutline("not_geojson")
    if len(items) > 1:
        raise UnusableOutline("several", str(len(items)))
    return items[0]


def _check_crs(data: dict[str, Any]) -> None:
    crs = data.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = str(properties.get("name")) if isinstance(properties, dict) else ""
    if not name.endswith(_USUAL_CRS):
        raise UnusableOutline("other_crs", name[:60])


def _pair(numbers: Any) -> Pair:
    if not isinstance(numbers, list) or not 2 <= len(numbers) <= 4:
        raise UnusableOutline("not_geojson")
    # A height may follow; it is not read.
    for number in numbers[:2]:
        if isinstance(number, bool) or not isinstance(number, int | float):
            raise UnusableOutline("not_a_number")
    try:
        longitude, latitude = (round(float(number), _PLACES) for number in numbers[:2])
    except OverflowError as error:
        raise UnusableOutline("out_of_range") from error
    if not (math.isfinite(longitude) and math.isfinite(latitude)):
        raise UnusableOutline("not_a_number")
    return longitude, latitude


def _ring(rings: Any) -> tuple[Pair, ...]:
    if not isinstance(rings, list) or not rings or not isinstance(rings[0], list):
        raise UnusableOutline("not_geojson")
    if len(rings) > 1:
        raise UnusableOutline("holes")
    if len(rings[0]) > MAX_VERTICES + 1:
        raise UnusableOutline("too_many", str(len(rings[0])))
    pairs: list[Pair] = []
    for numbers in rings[0]:
        pair = _pair(numbers)
        # Devices at rest write the same place again.
        if not pairs or pair != pairs[-1]:
            pairs.append(pair)
    if pairs and pairs[0] != pairs[-1]:
        pairs.append(pairs[0])
    if len(pairs) < 4:
        raise UnusableOutline("too_few")
    return tuple(pairs)


def _check_ring(outline: Outline) -> None:
    flat = plane(outline)
    if flat.convex_hull.area < MIN_AREA_M2:
        raise UnusableOutline("too_small")
    polygon = Polygon(outline.pairs)
    if not polygon.is_valid:
        # `Self-intersection[104.1 30.2]`
        raise UnusableOutline("crosses_itself", explain_validity(polygon).partition("[")[2].rstrip("]"))
    area = area_m2(outline)
    # Narrower than a step on average, a line drawn there and back: no ground to grow on.
    if area < max(MIN_AREA_M2, flat.length * _MIN_WIDTH_M / 2):
        raise UnusableOutline("too_small")
    if area > MAX_AREA_M2:
        raise UnusableOutline("too_large", str(area // 1_000_000))


def _height_m(latitude: float) -> float:
    """Of a parallel above the equator on a plane that keeps areas; Snyder, USGS Professional Paper 1395, 3-12 and 10-15."""
    e, sine = math.sqrt(_E2), math.sin(math.radians(latitude))
    q = (1 - _E2) * (sine / (1 - _E2 * sine * sine) - math.log((1 - e * sine) / (1 + e * sine)) / (2 * e))
    return _RADIUS_M * q / 2


def plane(outline: Outline, *, origin: Pair | None = None) -> Polygon:
    """The polygon in metres on an equal-area plane, `origin` (degrees of WGS-84) at 0, 0; its shape is stretched."""
    pairs = outline.in_datum(Datum.WGS84)
    # Near zero, where no digits are lost.
    west, south = origin or pairs[0]
    base = _height_m(south)
    return Polygon(
        [(_RADIUS_M * math.radians(longitude - west), _height_m(latitude) - base) for longitude, latitude in pairs]
    )


def area_m2(outline: Outline) -> int:
    """Whole square metres on the ellipsoid; 0 for a point."""
    return 0 if outline.is_point else round(plane(outline).area)


def shared_m2(outline: Outline, others: Iterable[Outline]) -> list[int]:
    """Whole square metres that each of the others has in common with the outline; 0 where either is a point."""
    if outline.is_point:
        return [0 for _other in others]
    origin = outline.in_datum(Datum.WGS84)[0]
    own = plane(outline, origin=origin)
    return [0 if other.is_point else round(own.intersection(plane(other, origin=origin)).area) for other in others]


def place_text(*, name: str, geometry: str, datum: str) -> str:
    """What is committed to in a plot's place: the JSON array [name, geometry, datum] without spaces."""
    return json.dumps([name, geometry, datum], ensure_ascii=False, separators=(",", ":"))


def person_text(*, name: str, phone: str) -> str:
    """What is committed to in a grower's place: the JSON array [name, phone] without spaces."""
    return json.dumps([name, phone], ensure_ascii=False, separators=(",", ":"))


def drawn(pairs: Sequence[Pair], *, size: int, margin: int = 8) -> list[tuple[float, float]]:
    """A ring's corners in a square picture `size` wide, north up, in the true proportions of its middle latitude."""
    longitudes, latitudes = zip(*pairs, strict=True)
    narrow = math.cos(math.radians((min(latitudes) + max(latitudes)) / 2))
    width, height = (max(longitudes) - min(longitudes)) * narrow, max(latitudes) - min(latitudes)
    scale = (size - 2 * margin) / (max(width, height) or 1)
    left, top = (size - width * scale) / 2, (size - height * scale) / 2
    return [
        (
            round(left + (longitude - min(longitudes)) * narrow * scale, 1),
            round(top + (max(latitudes) - latitude) * scale, 1),
        )
        for longitude, latitude in pairs
    ]
