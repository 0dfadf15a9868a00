"""Outlines as people bring them: what is read, what is refused and why, areas, and ground in common."""

from __future__ import annotations

import json
import math

import pytest

from products.registry.domain.datum import Datum, convert
from products.trace.domain.outline import (
    Outline,
    UnusableOutline,
    area_m2,
    drawn,
    point_outline,
    read_outline,
    shared_m2,
    stored_outline,
)
from tests.trace.plot_helpers import polygon, square

RING = [(103.8, 30.8), (103.81, 30.8), (103.81, 30.81), (103.8, 30.81), (103.8, 30.8)]


def read(text: str, datum: Datum = Datum.WGS84) -> Outline:
    return read_outline(text, datum)


def reason(text: str) -> str:
    with pytest.raises(UnusableOutline) as caught:
        read(text)
    return caught.value.reason


def wrapped(shape: str) -> dict[str, object]:
    return {"type": "Feature", "properties": {"name": "地"}, "geometry": json.loads(shape)}


def ellipsoid_m2(south: float, north: float, width: float) -> float:
    """A graticule cell of WGS-84, summed in thin strips of M x N cos(phi): another way to the same number."""
    a, e2, strips = 6_378_137.0, 0.00669437999014, 2_000
    total = 0.0
    for number in range(strips):
        phi = math.radians(south + (north - south) * (number + 0.5) / strips)
        w = 1 - e2 * math.sin(phi) ** 2
        total += a * (1 - e2) / w**1.5 * a / w**0.5 * math.cos(phi)
    return total * math.radians(north - south) / strips * math.radians(width)


@pytest.mark.parametrize("south", [26.1, 28.7, 30.8, 34.0])
def test_the_area_is_that_on_the_ellipsoid(south: float) -> None:
    outline = read(square(103.8, south, 0.01))

    assert area_m2(outline) == round(ellipsoid_m2(south, south + 0.01, 0.01))


def test_an_area_does_not_depend_on_the_datum_it_is_drawn_in() -> None:
    true = read(square(103.8, 30.8, 0.01))
    for datum in Datum:
        ring = [convert(*pair, source=Datum.WGS84, target=datum) for pair in true.pairs]
        again = read(polygon(ring), datum)

        # Rounded to a centimetre, over a kilometre.
        assert abs(area_m2(again) - area_m2(true)) <= 30
        assert shared_m2(true, [again])[0] >= area_m2(true) - 60


@pytest.mark.parametrize(
    "text",
    [
        polygon(RING),
        polygon(RING[::-1]),
        polygon(RING[:-1]),
        polygon([*RING[:2], RING[1], *RING[2:]]),
        polygon([(*pair, 512.5) for pair in RING]),
        "\ufeff  " + polygon(RING),
        json.dumps(wrapped(polygon(RING))),
        json.dumps({"type": "FeatureCollection", "features": [wrapped(polygon(RING))]}),
        json.dumps({"type": "MultiPolygon", "coordinates": [[RING]]}),
        json.dumps({"type": "GeometryCollection", "geometries": [json.loads(polygon(RING))]}),
        json.dumps(
            {
                "type": "FeatureCollection",
                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
                "features": [wrapped(polygon(RING))],
            }
        ),
    ],
)
def test_one_polygon_is_read_however_it_is_wrapped(text: str) -> None:
    outline = read(text)

    assert set(outline.pairs) == set(RING)
    assert outline.pairs[0] == outline.pairs[-1]
    assert stored_outline(outline.text, outline.datum.value) == outline


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "not_json"),
        ("东坡二号田", "not_json"),
        ("[" * 100_000, "not_json"),
        ("9" * 5_000, "not_json"),
        ("{}", "not_geojson"),
        ("[103.8, 30.8]", "not_geojson"),
        ('{"type": "Polygon"}', "not_geojson"),
        ('{"type": "Polygon", "coordinates": [[[103.8]]]}', "not_geojson"),
        ('{"type": "Polygon", "coordinates": [103.8, 30.8]}', "not_geojson"),
        ('{"type": "Feature", "geometry": null}', "not_geojson"),
        ('{"type": "FeatureCollection", "features": []}', "not_geojson"),
        (json.dumps({"type": "FeatureCollection", "features": [wrapped(polygon(RING))] * 2}), "several"),
        (json.dumps({"type": "MultiPolygon", "coordinates": [[RING], [RING]]}), "several"),
        (json.dumps({"type": "LineString", "coordinates": RING}), "not_an_area"),
        (json.dumps(json.loads(polygon(RING)) | {"crs": {"properties": {"name": "EPSG:3857"}}}), "other_crs"),
        (json.dumps(json.loads(polygon(RING)) | {"crs": "?"}), "other_crs"),
        ('{"type": "Point", "coordinates": [NaN, 30.8]}', "not_a_number"),
        ('{"type": "Point", "coordinates": [1e999, 30.8]}', "not_a_number"),
        ('{"type": "Point", "coordinates": ["103.8", "30.8"]}', "not_a_number"),
        ('{"type": "Point", "coordinates": [true, false]}', "not_a_number"),
        ('{"type": "Point", "coordinates": [%s, 30]}' % ("9" * 400), "out_of_range"),
        ('{"type": "Point", "coordinates": [200, 100]}', "out_of_range"),
        ('{"type": "Point", "coordinates": [30.8, 103.8]}', "coordinates_swapped"),
        (polygon([(y, x) for x, y in RING]), "coordinates_swapped"),
        ('{"type": "Point", "coordinates": [121.47, 31.23]}', "outside_sichuan"),
        (polygon(RING, [(103.803, 30.803), (103.804, 30.803), (103.804, 30.804), (103.803, 30.803)]), "holes"),
        (polygon(RING[:2]), "too_few"),
        (polygon([RING[0]] * 9), "too_few"),
        (polygon([RING[0], RING[1], RING[3], RING[2]]), "crosses_itself"),
        (polygon([(103.8, 30.8), (103.81, 30.81), (103.82, 30.82), (103.8, 30.8)]), "too_small"),
        (square(103.8, 30.8, 0.00001), "too_small"),
        (square(103.2, 30.2, 0.2), "too_large"),
        (" " * 300_000, "not_json"),
        (polygon([(103.8 + n * 1e-6, 30.8) for n in range(20_000)]), "too_long"),
        (polygon([(round(103.8 + n * 1e-5, 5), 30.8) for n in range(1_500)]), "too_many"),
    ],
)  # fmt: skip
def test_what_is_no_outline_is_refused_by_name(text: str, expected: str) -> None:
    assert reason(text) == expected


def test_where_an_outline_crosses_itself_is_said() -> None:
    with pytest.raises(UnusableOutline) as caught:
        read(polygon([RING[0], RING[1], RING[3], RING[2]]))

    assert caught.value.detail == "103.805 30.805"


def test_ground_in_common_is_measured_on_the_ground() -> None:
    own, shifted = read(square(103.8, 30.8, 0.01)), read(square(103.805, 30.8, 0.01))
    gone, point = read(square(103.9, 30.8, 0.01)), point_outline(103.805, 30.805, Datum.WGS84)

    assert shared_m2(own, [shifted, gone, point]) == [round(ellipsoid_m2(30.8, 30.81, 0.005)), 0, 0]
    assert shared_m2(point, [own]) == [0]


def test_a_ring_is_drawn_north_up_in_true_proportions() -> None:
    wide = drawn(((103.8, 30.8), (103.82, 30.8), (103.82, 30.81), (103.8, 30.81), (103.8, 30.8)), size=240)

    across, down = wide[1][0] - wide[0][0], wide[0][1] - wide[2][1]
    assert across == 224
    assert abs(across / down - 2 * math.cos(math.radians(30.805))) < 0.01
