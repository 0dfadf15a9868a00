"""Where a point or a code lies in Sichuan."""

from __future__ import annotations

import json
from functools import cache

from django.utils.translation import gettext as _

from products.registry.domain.origin_area import CountyIndex
from products.registry.errors import UnknownCounty
from products.registry.models.region import Region


def find_county(code: str) -> Region:
    """The county with this GB/T 2260 code. Raises UnknownCounty."""
    county = Region.objects.filter(code=code, level="county").first()
    if county is None:
        raise UnknownCounty(
            _("没有代码为 %(code)s 的县（市、区）。请从列表中选择。") % {"code": code}, field="origin_code"
        )
    return county


def prefecture_of(region_code: str) -> Region | None:
    """The prefecture a county or prefecture code belongs to; None for the province and for elsewhere."""
    return Region.objects.filter(code=f"{region_code[:4]}00", level="prefecture").first()


@cache
def county_index() -> CountyIndex:
    """The counties' boundaries in GCJ-02, read once a process; `county_index.cache_clear()` after loading others."""
    rows = Region.objects.filter(level="county").exclude(boundary="").values_list("code", "boundary")
    return CountyIndex({code: json.loads(boundary) for code, boundary in rows})


def prefectures() -> list[Region]:
    """The 21 prefectures in the order of their codes."""
    return list(Region.objects.filter(level="prefecture"))


def counties_of(codes: frozenset[str]) -> list[Region]:
    """These counties in the order of their codes, each with its prefecture at hand."""
    return list(Region.objects.filter(code__in=codes, level="county").select_related("parent"))
