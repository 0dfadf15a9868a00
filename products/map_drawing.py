"""Maps of Sichuan as small inline SVG, from the boundaries that ship with the project."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from shapely.geometry import Polygon, shape
from shapely.geometry.base import BaseGeometry

WEST, SOUTH, EAST, NORTH = 97.3, 26.0, 108.6, 34.35
# One degree of longitude is shorter than one of latitude by this factor at the province's middle.
SQUEEZE = math.cos(math.radians(30.2))


@dataclass(frozen=True)
class Outline:
    """A prefecture as an SVG path; `x`, `y` is where its name goes."""

    code: str
    name: str
    path: str
    x: int
    y: int


def _project(longitude: float, latitude: float, width: int) -> tuple[int, int]:
    scale = width / ((EAST - WEST) * SQUEEZE)
    return round((longitude - WEST) * SQUEEZE * scale), round((NORTH - latitude) * scale)


def height_of(width: int) -> int:
    return _project(WEST, SOUTH, width)[1]


@cache
def _features(file: str) -> list[dict[str, Any]]:
    text = resources.files("products.data").joinpath(file).read_text(encoding="utf-8")
    features: list[dict[str, Any]] = json.loads(text)["features"]
    return features


def _path(area: BaseGeometry, width: int, smallest: float) -> str:
    parts = [part for part in getattr(area, "geoms", [area]) if isinstance(part, Polygon)]
    steps = []
    for part in parts:
        if part.area < smallest:
            continue
        points = [_project(x, y, width) for x, y in part.exterior.coords[:-1]]
        steps.append("M" + "L".join(f"{x} {y}" for x, y in dict.fromkeys(points)) + "Z")
    return "".join(steps)


@cache
def outlines(width: int, tolerance: float) -> tuple[Outline, ...]:
    """The 21 prefectures, simplified to `tolerance` degrees, in a drawing `width` units wide."""
    found = []
    for feature in _features("prefectures.geojson"):
        area = shape(feature["geometry"])
        middle = area.representative_point()
        x, y = _project(middle.x, middle.y, width)
        path = _path(area.simplify(tolerance), width, smallest=tolerance**2)
        found.append(Outline(feature["properties"]["code"], feature["properties"]["name"], path, x, y))
    return tuple(found)


@cache
def _county_point(code: str) -> tuple[float, float] | None:
    for feature in _features("counties.geojson"):
        if feature["properties"]["code"] == code:
            point = shape(feature["geometry"]).representative_point()
            return point.x, point.y
    return None


@cache
def _english_names() -> dict[str, str]:
    from products.registry.domain.reference import regions  # only here: the drawing itself needs no names

    return {row.code: row.name_en for row in regions()}


def _name(outline: Outline, english: bool) -> str:
    return _english_names().get(outline.code, outline.name) if english else outline.name


def _shade(value: int, largest: int) -> str:
    """A quarter of the largest value to each shade; nothing at all has no shade."""
    return f"q{min(4, 1 + value * 4 // (largest + 1))}" if value else "q0"


def province_svg(values: Mapping[str, int], *, link: str, title: str, english: bool) -> SafeString:
    """A choropleth of the 21 prefectures; each links to `link` with {code} replaced, and names its value."""
    width = 640
    largest = max(values.values(), default=0)
    shapes = []
    for outline in outlines(width, 0.02):
        value = values.get(outline.code, 0)
        label = f"{_name(outline, english)}：{value:,}"
        body = format_html('<title>{}</title><path d="{}"/>', label, mark_safe(outline.path))  # noqa: S308
        shade = _shade(value, largest)
        if link:
            shapes.append(
                format_html('<a class="{}" href="{}">{}</a>', shade, link.replace("{code}", outline.code), body)
            )
        else:
            shapes.append(format_html('<g class="{}">{}</g>', shade, body))
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" role="group" aria-label="{}">{}</svg>',
        width,
        height_of(width),
        title,
        format_html_join("", "{}", ((part,) for part in shapes)),
    )


def locator_svg(prefecture: str, county: str, *, english: bool) -> SafeString:
    """The province in outline, one prefecture filled, a dot where the county is; under 8 KB."""
    width = 240
    chosen = next((outline for outline in outlines(width, 0.08) if outline.code == prefecture), None)
    others = "".join(outline.path for outline in outlines(width, 0.08) if outline is not chosen)
    point = _county_point(county) if county else None
    dot: SafeString | str = ""
    if point:
        x, y = _project(*point, width)
        dot = format_html('<circle class="dot" cx="{}" cy="{}" r="5"/>', x, y)
    return format_html(
        '<svg class="map locator" viewBox="0 0 {} {}" role="img" aria-label="{}"><path d="{}"/>{}{}</svg>',
        width,
        height_of(width),
        _name(chosen, english) if chosen else "四川省",
        mark_safe(others),  # noqa: S308
        format_html('<path class="on" d="{}"/>', mark_safe(chosen.path)) if chosen else "",  # noqa: S308
        dot,
    )
