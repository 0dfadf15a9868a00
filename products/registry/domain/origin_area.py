"""Whether a point lies in the protected area, as counties on a map can say it.

The county outlines are simplified: 96 % of the true border lies within 100 m of the drawn one, 99.6 % within 200 m
(measured against the unsimplified source). A point closer than NEAR_BOUNDARY_M outside an allowed county is therefore
`near_boundary`: neither accepted nor refused by machine, an officer looks. Where the area is only some towns of a county,
being inside the county is necessary, not sufficient.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

import shapely
from shapely import STRtree
from shapely.geometry import Point, shape
from shapely.geometry.base import BaseGeometry

from products.registry.domain.datum import Datum, convert
from products.registry.domain.reference import county_areas

NEAR_BOUNDARY_M: Final = 200
# West, south, east, north of the province with a margin of about 30 km, in degrees.
SICHUAN: Final = (97.0, 25.7, 109.0, 34.7)
_DEGREE_M: Final = 111_320.0


class InvalidPosition(ValueError):
    """A point that cannot be judged. `reason` is not_a_number, out_of_range, coordinates_swapped or outside_sichuan."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class OriginVerdict(StrEnum):
    """How a point lies to an area."""

    INSIDE = "inside"
    NEAR_BOUNDARY = "near_boundary"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Position:
    """A point as the device gave it: degrees, longitude first, in its own datum."""

    longitude: float
    latitude: float
    datum: Datum


@dataclass(frozen=True, slots=True)
class OriginCheck:
    """`county` is where the point lies ('' if in none); `distance_m` is how far outside the area, whole metres, 0 inside."""

    verdict: OriginVerdict
    county: str
    distance_m: int


def _in_sichuan(longitude: float, latitude: float) -> bool:
    west, south, east, north = SICHUAN
    return west <= longitude <= east and south <= latitude <= north


def check_position(position: Position) -> None:
    """Raise InvalidPosition unless the point can lie in Sichuan; swapped coordinates are told from far-away ones."""
    lon, lat = position.longitude, position.latitude
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InvalidPosition("not_a_number", "a coordinate is not a number")
    if _in_sichuan(lon, lat):
        return
    # Before the range: a longitude of Sichuan is out of range as a latitude, and "swapped" is what helps the person.
    if _in_sichuan(lat, lon):
        raise InvalidPosition("coordinates_swapped", f"{lon}, {lat}: longitude and latitude are swapped")
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise InvalidPosition("out_of_range", f"{lon}, {lat} is no place on earth")
    raise InvalidPosition("outside_sichuan", f"{lon}, {lat} is not in Sichuan")


def _distance_m(point: Point, area: BaseGeometry) -> float:
    """Metres between a point and an area near it: a plane through the point is exact enough below some kilometres."""
    east_m = _DEGREE_M * math.cos(math.radians(point.y))
    flat = shapely.transform(area, lambda pairs: (pairs - (point.x, point.y)) * (east_m, _DEGREE_M))
    return float(flat.distance(Point(0, 0)))


class CountyIndex:
    """County outlines in one datum, searchable by place. Build once: it takes tenths of a second."""

    def __init__(self, areas: Iterable[tuple[str, Mapping[str, Any]]], *, datum: Datum = Datum.GCJ02) -> None:
        """`areas` are (GB/T 2260 code, GeoJSON geometry) pairs."""
        pairs = sorted((code, shape(dict(geometry))) for code, geometry in areas)
        self.datum = datum
        self.codes = tuple(code for code, _ in pairs)
        self._areas = dict(pairs)
        self._tree = STRtree([area for _, area in pairs])

    def point(self, position: Position) -> Point:
        """The position in this index's datum; raises InvalidPosition."""
        check_position(position)
        return Point(convert(position.longitude, position.latitude, source=position.datum, target=self.datum))

    def covering(self, point: Point) -> str | None:
        """The county that holds the point; on a common border the lower code, so that the answer is always the same."""
        found = sorted(self.codes[i] for i in self._tree.query(point, predicate="intersects"))
        return found[0] if found else None

    def distance_m(self, point: Point, codes: Collection[str]) -> float:
        """Metres from the point to the nearest of the counties, 0 inside; infinite when none is known."""
        return min((_distance_m(point, self._areas[code]) for code in codes if code in self._areas), default=math.inf)


@cache
def county_index() -> CountyIndex:
    """The index over the outlines that ship with the project; built at first use and kept."""
    return CountyIndex((area.code, area.geometry) for area in county_areas())


def locate(position: Position, index: CountyIndex | None = None) -> str | None:
    """The code of the county a point lies in, None outside every one. Raises InvalidPosition."""
    index = index or county_index()
    return index.covering(index.point(position))


def is_inside(position: Position, area: Mapping[str, Any] | str, *, area_datum: Datum = Datum.GCJ02) -> bool:
    """Whether a point lies in one area (GeoJSON geometry, or its text), its edge included. Raises InvalidPosition."""
    check_position(position)
    point = Point(convert(position.longitude, position.latitude, source=position.datum, target=area_datum))
    outline: dict[str, Any] = json.loads(area) if isinstance(area, str) else dict(area)
    return bool(shape(outline).covers(point))


def check_origin(position: Position, counties: Collection[str], index: CountyIndex | None = None) -> OriginCheck:
    """Judge a point against the counties of a protected area.

    A point in no county that is allowed, but within NEAR_BOUNDARY_M of one, is `near_boundary`.
    Raises InvalidPosition for a point that cannot be judged, ValueError for an empty area: that is never "anywhere".
    """
    if not counties:
        raise ValueError("no counties: the protected area is not known")
    index = index or county_index()
    point = index.point(position)
    county = index.covering(point) or ""
    if county in counties:
        return OriginCheck(OriginVerdict.INSIDE, county, 0)
    distance = index.distance_m(point, counties)
    if math.isinf(distance):
        raise ValueError("none of the counties has an outline")
    near = distance <= NEAR_BOUNDARY_M
    verdict = OriginVerdict.NEAR_BOUNDARY if near else OriginVerdict.OUTSIDE
    return OriginCheck(verdict, county, round(distance))
