from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.registry.domain.datum import Datum, convert, is_shifted_area, parse_datum

PAIRS = Path(__file__).parents[2] / "data" / "datum_pairs.csv"
longitudes = st.floats(97, 109)
latitudes = st.floats(25.7, 34.7)
datums = st.sampled_from(list(Datum))


@pytest.mark.parametrize("row", list(csv.DictReader(PAIRS.read_text().splitlines())), ids=lambda row: row["from"])
def test_known_pairs(row: dict[str, str]) -> None:
    found = convert(
        float(row["longitude"]), float(row["latitude"]), source=Datum(row["source"]), target=Datum(row["target"])
    )

    expected = (float(row["expected_longitude"]), float(row["expected_latitude"]))
    assert found == pytest.approx(expected, abs=float(row["precision_deg"]))


@given(longitudes, latitudes, datums, datums)
def test_there_and_back_is_where_it_began(longitude: float, latitude: float, source: Datum, target: Datum) -> None:
    there = convert(longitude, latitude, source=source, target=target)
    back = convert(*there, source=target, target=source)

    assert back == pytest.approx((longitude, latitude), abs=1e-9)


@given(longitudes, latitudes)
def test_the_shift_in_sichuan_is_some_hundred_metres(longitude: float, latitude: float) -> None:
    lon, lat = convert(longitude, latitude, source=Datum.WGS84, target=Datum.GCJ02)
    metres = math.hypot((lon - longitude) * math.cos(math.radians(latitude)), lat - latitude) * 111_320

    assert 50 < metres < 800


def test_outside_china_nothing_is_shifted() -> None:
    assert not is_shifted_area(2.35, 48.85)
    assert convert(2.35, 48.85, source=Datum.WGS84, target=Datum.GCJ02) == (2.35, 48.85)
    assert convert(2.35, 48.85, source=Datum.GCJ02, target=Datum.WGS84) == (2.35, 48.85)


def test_cgcs2000_counts_as_wgs84() -> None:
    assert convert(104.0, 30.0, source=Datum.CGCS2000, target=Datum.WGS84) == (104.0, 30.0)
    assert convert(104.0, 30.0, source=Datum.CGCS2000, target=Datum.GCJ02) == convert(
        104.0, 30.0, source=Datum.WGS84, target=Datum.GCJ02
    )


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("wgs84", Datum.WGS84),
        ("WGS-84", Datum.WGS84),
        ("gcj02", Datum.GCJ02),
        ("bd09ll", Datum.BD09),
        ("cgcs2000", Datum.CGCS2000),
    ],
)
def test_spellings_of_a_datum(text: str, datum: Datum) -> None:
    assert parse_datum(text) is datum


def test_an_unknown_datum_is_refused() -> None:
    with pytest.raises(ValueError, match="beijing54"):
        parse_datum("beijing54")
