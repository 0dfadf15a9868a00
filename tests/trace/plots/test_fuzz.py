"""Whatever is sent as an outline, it is read or refused by name, and what is read is sound."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from shapely.geometry import Polygon

from products.registry.domain.datum import Datum
from products.trace.domain.outline import MAX_AREA_M2, UnusableOutline, area_m2, read_outline, stored_outline
from products.trace.services.plot_checks import REFUSALS
from tests.trace.plot_helpers import square

TYPES = (
    "Point",
    "Polygon",
    "MultiPolygon",
    "Feature",
    "FeatureCollection",
    "GeometryCollection",
    "LineString",
    "",
    None,
)
KEYS = ("type", "coordinates", "features", "geometry", "geometries", "crs", "properties", "name")
NUMBERS = (103.8, 30.8, 103.9, 30.9, 0, -1, 1e308, 10**400, 97.0, 34.7, True, None, "103.8")


def dice(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311


def anything(rng: random.Random, depth: int = 0) -> Any:
    """JSON that looks like GeoJSON now and then."""
    kind = rng.randrange(8 if depth < 5 else 3)
    if kind < 2:
        return rng.choice(NUMBERS)
    if kind == 2:
        return rng.choice(TYPES)
    if kind < 5:
        return [anything(rng, depth + 1) for _ in range(rng.randrange(5))]
    return {rng.choice(KEYS): anything(rng, depth + 1) for _ in range(rng.randrange(4))} | {"type": rng.choice(TYPES)}


def taken(text: str) -> bool:
    """Whether it was read; a refusal has words, and what was read keeps its promises."""
    try:
        outline = read_outline(text, Datum.WGS84)
    except UnusableOutline as error:
        # Looked up, so that a reason without words is a KeyError.
        return not REFUSALS[error.reason]
    assert stored_outline(outline.text, outline.datum.value) == outline
    assert outline.is_point or Polygon(outline.pairs).is_valid
    assert 0 <= area_m2(outline) <= MAX_AREA_M2
    return True


@pytest.mark.parametrize("seed", range(4))
def test_json_of_any_shape(seed: int) -> None:
    rng = dice(seed)
    for _ in range(3_000):
        taken(json.dumps(anything(rng)))


@pytest.mark.parametrize("seed", range(4))
def test_a_good_outline_with_characters_changed(seed: int) -> None:
    rng, good = dice(seed), square(103.8, 30.8, 0.01)
    read = 0
    for _ in range(2_000):
        letters = list(good)
        for _change in range(rng.randrange(1, 4)):
            letters[rng.randrange(len(letters))] = rng.choice('0123456789.-eE,[]{}":NaI 经\x00\ud800')
        read += taken("".join(letters))
    assert 0 < read < 2_000


@pytest.mark.parametrize("seed", range(4))
def test_rings_of_random_corners(seed: int) -> None:
    rng = dice(seed)
    read = 0
    for _ in range(500):
        ring = [[103.8 + rng.random() / 10, 30.8 + rng.random() / 10] for _ in range(rng.randrange(9))]
        read += taken(json.dumps({"type": "Polygon", "coordinates": [ring]}))
    assert 0 < read < 500
