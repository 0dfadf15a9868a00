"""Where a point or a code lies in Sichuan."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache

from django.utils.translation import gettext as _

from products.registry.domain import origin_area
from products.registry.domain.datum import parse_datum
from products.registry.domain.origin_area import CountyIndex, InvalidPosition, Position
from products.registry.errors import CoordinatesSwapped, UnknownCounty, UnusablePlace
from products.registry.models.region import Region


def find_county(code: str, *, field: str = "origin_code") -> Region:
    """The county with this GB/T 2260 code. Raises UnknownCounty, naming the input `field`."""
    county = Region.objects.filter(code=code, level="county").first() if code.isdigit() else None
    if county is None:
        raise UnknownCounty(_("没有代码为 %(code)s 的县（市、区）。请从列表中选择。") % {"code": code}, field=field)
    return county


def prefecture_of(region_code: str) -> Region | None:
    """The prefecture a county or prefecture code belongs to; None for the province and for elsewhere."""
    return Region.objects.filter(code=f"{region_code[:4]}00", level="prefecture").first()


@cache
def county_index() -> CountyIndex:
    """The counties' boundaries in GCJ-02, read once a process; `county_index.cache_clear()` after loading others."""
    rows = Region.objects.filter(level="county").exclude(boundary="").values_list("code", "boundary")
    return CountyIndex((code, json.loads(boundary)) for code, boundary in rows)


def locate(longitude: Decimal, latitude: Decimal, datum: str) -> Region | None:
    """The county that a point (degrees of `datum`) lies in; None outside every county.

    Raises CoordinatesSwapped, UnusablePlace.
    """
    try:
        position = Position(float(longitude), float(latitude), parse_datum(datum))
    except ValueError as error:
        raise UnusablePlace(_("坐标系须为 WGS-84、CGCS2000、GCJ-02 或 BD-09。"), field="datum") from error
    try:
        code = origin_area.locate(position, county_index())
    except InvalidPosition as error:
        if error.reason == "coordinates_swapped":
            raise CoordinatesSwapped(
                _("经度和纬度填反了。四川的经度约 97 至 109，纬度约 26 至 34。"), field="longitude"
            ) from error
        if error.reason == "outside_sichuan":
            raise UnusablePlace(_("这个位置不在四川省内。请核对坐标。"), field="longitude") from error
        raise UnusablePlace(_("坐标不对。请填写以度为单位的经度和纬度。"), field="longitude") from error
    return Region.objects.filter(code=code).first() if code else None


def prefectures() -> list[Region]:
    """The 21 prefectures in the order of their codes."""
    return list(Region.objects.filter(level="prefecture"))


def counties_of(codes: frozenset[str]) -> list[Region]:
    """These counties in the order of their codes, each with its prefecture at hand."""
    return list(Region.objects.filter(code__in=codes, level="county").select_related("parent"))


def all_regions(parent: str) -> list[Region]:
    """The divisions directly below `parent`."""
    return list(Region.objects.filter(parent_id=parent).defer("boundary"))


def region_name(code: str, *, english: bool = False) -> str:
    """The name of a division; the code itself where it is not one of Sichuan's."""
    row = Region.objects.filter(code=code).values_list("name_en" if english else "name", flat=True).first()
    return row or code


@cache
def region_at_hand(code: str) -> Region:
    """A division with its parent, without outlines, looked up once a process: for what every scan asks."""
    return Region.objects.select_related("parent").defer("boundary", "parent__boundary").get(code=code)
