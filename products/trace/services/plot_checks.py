"""The rules that a plot must meet, each refusal with the field at fault."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.access import Actor
from products.errors import DomainError, NotFound
from products.registry.domain.datum import Datum, parse_datum
from products.registry.domain.origin_area import OriginVerdict, Position, check_origin
from products.registry.errors import CoordinatesSwapped, OutsideArea, UnusablePlace
from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.queries.authorisations import own_authorisations
from products.registry.queries.indications import area_county_codes
from products.registry.queries.regions import county_index, find_county
from products.trace.domain.facts import is_text
from products.trace.domain.outline import (
    MAX_AREA_M2,
    MAX_VERTICES,
    MIN_AREA_M2,
    Outline,
    UnusableOutline,
    point_outline,
    read_outline,
)
from products.trace.errors import PointIncomplete, PointOutsideOrigin
from products.trace.plot_errors import (
    AltitudeImplausible,
    IndicationNotOwn,
    OutlineInvalid,
    OutlineUnreadable,
    PlotAreaMissing,
    PlotSizeImplausible,
)

# From the Yangtze at the border of Chongqing (188 m) to Mount Gongga (7,508 m), with room for a device's error.
LOWEST_M, HIGHEST_M = 150, 7_600

# Reason of the outline -> what is raised and what it says. `%(detail)s` is where, or how many.
REFUSALS: Final[dict[str, tuple[type[DomainError], Promise | str]]] = {
    "too_long": (OutlineUnreadable, gettext_lazy("轮廓文件太大。一个地块的轮廓不会超过 20 万个字符，请只导出这一个地块。")),
    "not_json": (OutlineUnreadable, gettext_lazy("不是 GeoJSON。请从测绘或地图软件导出 GeoJSON 文件后上传，或把全部内容粘贴进来。")),
    "not_geojson": (OutlineUnreadable, gettext_lazy("没有找到地块。GeoJSON 里须有一个 Polygon（多边形）或 Point（点）。")),
    "several": (OutlineUnreadable, gettext_lazy("文件里有多个图形。请一个地块一个文件，分别登记。")),
    "not_an_area": (OutlineUnreadable, gettext_lazy("这是一条线，不是地块。请在软件里把它闭合成多边形（Polygon）后再导出。")),
    "other_crs": (OutlineUnreadable, gettext_lazy("坐标不是经纬度（%(detail)s）。请在软件里转换为 WGS-84 或 CGCS2000 经纬度后再导出。")),
    "not_a_number": (OutlineUnreadable, gettext_lazy("坐标里有不是数字的内容。请重新导出，或核对经纬度。")),
    "holes": (OutlineInvalid, gettext_lazy("轮廓中间有空洞。请只画外圈；中间不种的部分较大时，请分成几个地块登记。")),
    "too_few": (OutlineInvalid, gettext_lazy("轮廓至少要有 3 个不同的角点。")),
    "too_many": (OutlineInvalid, gettext_lazy("轮廓的角点太多（%(detail)s 个，最多 %(most)d 个）。请在软件里简化轮廓后再导出。")),
    "crosses_itself": (OutlineInvalid, gettext_lazy("轮廓自己交叉了（%(detail)s 附近）。请按顺序沿边界走一圈，重新画。")),
    "too_small": (PlotSizeImplausible, gettext_lazy("轮廓几乎没有面积。请核对各角点，地块不能小于 %(least)d 平方米。")),
    "too_large": (PlotSizeImplausible, gettext_lazy("轮廓有 %(detail)s 平方公里，超过 100 平方公里，不像一个地块。请核对坐标，或分成几个地块登记。")),
    "coordinates_swapped": (CoordinatesSwapped, gettext_lazy("经度和纬度填反了（%(detail)s）。四川的经度约 97 至 109，纬度约 26 至 34，经度在前。")),
    "outside_sichuan": (UnusablePlace, gettext_lazy("这个位置不在四川省内（%(detail)s）。请核对坐标。")),
    "out_of_range": (UnusablePlace, gettext_lazy("坐标不对。请填写以度为单位的经度和纬度。")),
}  # fmt: skip


@dataclass(frozen=True)
class NewPlace:
    """Where a plot lies, as it was given: GeoJSON in `outline`, or a point in degrees; both in `datum`.

    `area_m2` is what is stated, and counts where there is a point alone. `region_code` is needed on a border only.
    """

    outline: str = ""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    datum: str = "WGS-84"
    area_m2: int | None = None
    region_code: str = ""

    @property
    def is_given(self) -> bool:
        return bool(self.outline.strip()) or self.longitude is not None or self.latitude is not None


@dataclass(frozen=True)
class Place:
    """A place that was checked."""

    outline: Outline
    region: Region


def check_indication(actor: Actor, code: str) -> Indication:
    """One of the producer's own: it has, or has asked for, the mark. Raises IndicationNotOwn, NotFound."""
    gone = (Authorisation.State.REFUSED, Authorisation.State.WITHDRAWN)
    # PostgreSQL cannot even be asked for a NUL.
    found = (
        own_authorisations(actor=actor).filter(indication__code=code) if is_text(code) else Authorisation.objects.none()
    )
    right = found.exclude(state__in=gone).first()
    if right is None:
        raise IndicationNotOwn(
            _("本企业没有这个地理标志的专用标志使用授权或申请。请先申请使用专用标志。"), field="indication_code"
        )
    if right.indication.status == Indication.Status.CANCELLED:
        raise IndicationNotOwn(_("该地理标志的保护已撤销，不能再登记地块。"), field="indication_code")
    return right.indication


def check_place(given: NewPlace, indication: Indication) -> Place:
    """Read and locate what was given, and hold it against the protected area as a batch's point is.

    Every corner lies in a county of the area, or as near to its border as the simplified outlines may be off. Raises
    what the outline's faults map to, PointIncomplete, OutsideArea, PointOutsideOrigin, UnknownCounty.
    """
    outline = _read(given)
    field = "outline" if given.outline.strip() else "longitude"
    counties = area_county_codes(indication)
    if not counties:
        raise OutsideArea(
            _("“%(name)s”的保护范围还没有登记，暂时不能登记地块。") % {"name": indication.name}, field=field
        )
    index = county_index()
    for longitude, latitude in outline.pairs:
        found = check_origin(Position(longitude, latitude, outline.datum), counties, index)
        if found.verdict is OriginVerdict.OUTSIDE:
            raise OutsideArea(
                _("%(place)s 在“%(name)s”的保护范围以外，约 %(metres)d 米。请核对坐标和坐标系；范围以外的地不能登记。")
                % {"place": f"{longitude}, {latitude}", "name": indication.name, "metres": found.distance_m},
                field=field,
            )
    return Place(outline, _region(given, outline, counties, indication))


def _read(given: NewPlace) -> Outline:
    try:
        datum = parse_datum(given.datum)
    except ValueError as error:
        names = "、".join(known.value for known in Datum)
        raise UnusablePlace(_("坐标系须为 %(names)s 之一。") % {"names": names}, field="datum") from error
    try:
        if given.outline.strip():
            return read_outline(given.outline, datum)
        if given.longitude is None or given.latitude is None:
            raise PointIncomplete(_("请给出地块的位置：上传或粘贴轮廓，或填写经度和纬度。"), field="longitude")
        return point_outline(float(given.longitude), float(given.latitude), datum)
    except UnusableOutline as error:
        kind, text = REFUSALS[error.reason]
        words = {"detail": error.detail, "most": MAX_VERTICES, "least": MIN_AREA_M2}
        raise kind(str(text) % words, field="outline" if given.outline.strip() else "longitude") from error


def _region(given: NewPlace, outline: Outline, counties: frozenset[str], indication: Indication) -> Region:
    """The county of the area that the plot's inside lies in; on a border the one that was named."""
    position = Position(*outline.inner_pair, outline.datum)
    index = county_index()
    county = check_origin(position, counties, index).county
    code = given.region_code.strip()
    if code:
        named = find_county(code, field="region_code")
        if named.code not in counties:
            raise OutsideArea(
                _("%(county)s不在“%(indication)s”的保护范围内。只有保护范围内出产的产品才能登记。")
                % {"county": named.name, "indication": indication.name},
                field="region_code",
            )
        if check_origin(position, {code}, index).verdict is OriginVerdict.OUTSIDE:
            raise PointOutsideOrigin(
                _("这个位置不在所选的%(county)s。请改正所在县，或核对坐标。") % {"county": named.name},
                field="region_code",
            )
        return named
    if county in counties:
        return find_county(county)
    raise PointOutsideOrigin(_("这个位置在保护范围的边界上，请选择它所在的县（市、区）。"), field="region_code")


def check_area(given: NewPlace, outline: Outline, *, is_field: bool, measured_m2: int) -> int:
    """Square metres: measured from a ring, stated beside a point. Raises PlotAreaMissing, PlotSizeImplausible."""
    if not outline.is_point:
        return measured_m2
    if given.area_m2 is None:
        if is_field:
            raise PlotAreaMissing(_("只有一个点时请填写面积；上传轮廓则由系统计算。"), field="area_m2")
        return 0
    least = MIN_AREA_M2 if is_field else 0
    if not least <= given.area_m2 <= MAX_AREA_M2:
        raise PlotSizeImplausible(
            _("面积须在 %(least)d 平方米到 100 平方公里之间。请核对数字和单位。") % {"least": least}, field="area_m2"
        )
    return given.area_m2


def check_altitude(altitude_m: int | None) -> int | None:
    if altitude_m is not None and not LOWEST_M <= altitude_m <= HIGHEST_M:
        raise AltitudeImplausible(
            _("海拔须在 %(low)d 米到 %(high)d 米之间，四川没有更低或更高的地方。请核对。")
            % {"low": LOWEST_M, "high": HIGHEST_M},
            field="altitude_m",
        )
    return altitude_m


def no_such_plot(field: str = "") -> NotFound:
    return NotFound(_("没有这个地块，或不属于本企业。请从列表中选择。"), field=field)
