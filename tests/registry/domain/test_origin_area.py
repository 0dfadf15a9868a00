from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.registry.domain.datum import Datum
from products.registry.domain.origin_area import (
    CountyIndex,
    InvalidPosition,
    OriginVerdict,
    Position,
    check_origin,
    county_index,
    is_inside,
    locate,
)
from products.registry.domain.reference import county_areas

AREAS = {area.code: area for area in county_areas()}
# Two counties that share the meridian 104, about 96 km by 111 km each, in a datum without a shift.
WEST = {"type": "Polygon", "coordinates": [[[103, 30], [104, 30], [104, 31], [103, 31], [103, 30]]]}
EAST = {"type": "Polygon", "coordinates": [[[104, 30], [105, 30], [105, 31], [104, 31], [104, 30]]]}
PAIR = CountyIndex([("510202", EAST), ("510101", WEST)], datum=Datum.WGS84)
METRE_EAST = 1 / 111_320 / 0.8638


def at(longitude: float, latitude: float, datum: Datum = Datum.WGS84) -> Position:
    return Position(longitude, latitude, datum)


@pytest.mark.parametrize("code", sorted(AREAS))
def test_every_county_is_found_at_its_own_label(code: str) -> None:
    assert locate(at(*AREAS[code].label_point, Datum.GCJ02)) == code


def test_a_known_place_by_gps() -> None:
    assert locate(at(103.8870, 30.8080)) == "510117"  # the town of Pitong, seat of Pidu District


def test_the_datum_decides_near_a_border() -> None:
    # GCJ-02 lies some 270 m east of WGS-84 here: the same numbers fall on either side of the border.
    index = CountyIndex([("510101", WEST), ("510202", EAST)], datum=Datum.GCJ02)

    assert locate(at(104 - 100 * METRE_EAST, 30.5, Datum.GCJ02), index) == "510101"
    assert locate(at(104 - 100 * METRE_EAST, 30.5, Datum.WGS84), index) == "510202"


def test_a_common_border_belongs_to_the_lower_code() -> None:
    assert locate(at(104, 30.5), PAIR) == "510101"


def test_between_counties_and_the_rest_of_the_province_there_is_nothing() -> None:
    assert locate(at(106, 30.5), PAIR) is None


@pytest.mark.parametrize(
    ("metres", "verdict"),
    [
        (-1, OriginVerdict.INSIDE),
        (150, OriginVerdict.NEAR_BOUNDARY),
        (199, OriginVerdict.NEAR_BOUNDARY),
        (203, OriginVerdict.OUTSIDE),
    ],
)
def test_a_point_close_to_the_line_is_for_people_to_judge(metres: int, verdict: OriginVerdict) -> None:
    check = check_origin(at(104 + metres * METRE_EAST, 30.25), ["510101"], PAIR)

    assert check.verdict is verdict
    assert check.county == ("510101" if metres < 0 else "510202")
    assert check.distance_m == pytest.approx(max(metres, 0), abs=2)


def test_a_point_far_outside_tells_how_far() -> None:
    check = check_origin(at(103.8870, 30.8080), ["511502"])

    assert check.verdict is OriginVerdict.OUTSIDE
    assert check.county == "510117"
    assert 200_000 > check.distance_m > 150_000


def test_any_of_several_counties_will_do() -> None:
    assert check_origin(at(104.5, 30.5), ["510101", "510202"], PAIR).verdict is OriginVerdict.INSIDE


@pytest.mark.parametrize("counties", [[], ["990101"]])
def test_an_unknown_area_is_never_anywhere(counties: list[str]) -> None:
    with pytest.raises(ValueError, match="counties"):
        check_origin(at(104.5, 30.5), counties, PAIR)


@pytest.mark.parametrize(
    ("longitude", "latitude", "reason"),
    [
        (30.8, 103.9, "coordinates_swapped"),
        (200.0, 30.0, "out_of_range"),
        (104.0, 95.0, "out_of_range"),
        (116.4, 39.9, "outside_sichuan"),
        (0.0, 0.0, "outside_sichuan"),
        (float("nan"), 30.0, "not_a_number"),
        (104.0, float("inf"), "not_a_number"),
    ],
)
def test_points_that_cannot_be_judged_say_why(longitude: float, latitude: float, reason: str) -> None:
    with pytest.raises(InvalidPosition) as caught:
        locate(at(longitude, latitude), PAIR)

    assert caught.value.reason == reason


def test_one_area_as_an_object_or_as_text_with_its_edge() -> None:
    assert is_inside(at(103.5, 30.5), WEST, area_datum=Datum.WGS84)
    assert is_inside(at(104, 30.5), json.dumps(EAST), area_datum=Datum.WGS84)
    assert not is_inside(at(104.5, 30.5), WEST, area_datum=Datum.WGS84)


@given(st.floats(97.5, 108.5), st.floats(26.1, 34.2))
def test_a_point_is_inside_the_county_it_is_located_in(longitude: float, latitude: float) -> None:
    code = locate(at(longitude, latitude))
    if code is not None:
        assert check_origin(at(longitude, latitude), [code]).verdict is OriginVerdict.INSIDE
        assert is_inside(at(longitude, latitude), AREAS[code].geometry)


def test_the_index_is_built_once() -> None:
    assert county_index() is county_index()
    assert len(county_index().codes) == 183
