"""The rules that the facts of a batch must meet, each refusal with the field at fault."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from products.errors import DomainError
from products.registry.domain.datum import Datum, parse_datum
from products.registry.domain.origin_area import OriginVerdict, Position
from products.registry.domain.origin_area import check_origin as check_position_in
from products.registry.errors import OutsideArea, ReasonMissing, UnknownCounty, UnusablePlace
from products.registry.models.authorisation import Authorisation
from products.registry.models.region import Region
from products.registry.queries.authorisations import require_usable
from products.registry.queries.indications import area_county_codes
from products.registry.queries.regions import county_index, find_county, locate
from products.trace.domain.facts import (
    MAX_LOT_LENGTH,
    MAX_MASS_G,
    Facts,
    degrees,
    earliest_production,
    gtin_14,
    is_lot,
    is_text,
    micro_degrees,
)
from products.trace.errors import (
    AbsurdMass,
    BestBeforeTooEarly,
    InvalidGtin,
    InvalidLot,
    InvalidText,
    MassNotPositive,
    PointIncomplete,
    PointOutsideOrigin,
    ProducedInFuture,
    ProducedTooLongAgo,
    TextTooLong,
)

MAX_PLOT_NAME: Final = 80
_COUNTY_CODE: Final = re.compile(r"[0-9]{6}")
Check = Callable[[Facts, Authorisation, date], None]


def point_e6(*, longitude: Decimal | None, latitude: Decimal | None, datum: str) -> dict[str, int | str | None]:
    """The fields of a point, in micro-degrees: unchecked but small enough to store. Raises UnusablePlace."""
    for field, value in (("longitude", longitude), ("latitude", latitude)):
        if value is not None and not (value.is_finite() and abs(value) <= 180):
            raise UnusablePlace(_("经纬度应为度数，例如经度 103.8872、纬度 30.8105。"), field=field)
    try:
        datum = parse_datum(datum).value if datum.strip() else ""
    except ValueError as error:
        names = "、".join(known.value for known in Datum)
        raise UnusablePlace(_("坐标系须为 %(names)s 之一。") % {"names": names}, field="datum") from error
    return {
        "longitude_e6": None if longitude is None else micro_degrees(longitude),
        "latitude_e6": None if latitude is None else micro_degrees(latitude),
        "datum": datum,
    }


def check_lot(facts: Facts, authorisation: Authorisation, today: date) -> None:
    if not is_lot(facts.lot):
        raise InvalidLot(
            _("批号须为 1 至 %(most)d 个字符，只能用英文字母、数字和 - . / _ 等半角符号，不能有空格和汉字。")
            % {"most": MAX_LOT_LENGTH},
            field="lot",
        )


def check_gtin(facts: Facts, authorisation: Authorisation, today: date) -> None:
    if facts.gtin and gtin_14(facts.gtin) != facts.gtin:
        raise InvalidGtin(
            _("商品条码须为 8、12、13 或 14 位数字，且末位校验码相符。请对照包装上的条码重新输入。"), field="gtin"
        )


def check_mass(facts: Facts, authorisation: Authorisation, today: date) -> None:
    if facts.net_mass_g <= 0:
        raise MassNotPositive(_("净重须大于 0。"), field="net_mass_g")
    if facts.net_mass_g > MAX_MASS_G:
        raise AbsurdMass(_("净重超过 10 万吨，一个批次不可能这么重。请检查数字和单位。"), field="net_mass_g")


def check_production_date(facts: Facts, authorisation: Authorisation, today: date) -> None:
    if facts.produced_on > today:
        raise ProducedInFuture(_("生产日期在今天之后。请填写实际完成生产的日期。"), field="produced_on")
    if facts.produced_on < earliest_production(today):
        raise ProducedTooLongAgo(_("生产日期早于 10 年前。请检查年份。"), field="produced_on")
    try:
        require_usable(authorisation, on=facts.produced_on)
    except DomainError as error:
        error.field = "produced_on" if _is_outside_term(authorisation, facts.produced_on) else error.field
        raise


def _is_outside_term(authorisation: Authorisation, day: date) -> bool:
    return not authorisation.valid_from <= day <= authorisation.valid_until


def check_best_before(facts: Facts, authorisation: Authorisation, today: date) -> None:
    if facts.best_before is not None and facts.best_before <= facts.produced_on:
        raise BestBeforeTooEarly(_("保质期至应晚于生产日期。"), field="best_before")


def check_origin(facts: Facts, authorisation: Authorisation, today: date) -> None:
    """The county is known and in the area; so is the point, which lies in that county."""
    if not _COUNTY_CODE.fullmatch(facts.origin_code):
        raise UnknownCounty(
            _("产地须为县（市、区）的 6 位数字代码（GB/T 2260）。请从列表中选择。"), field="origin_code"
        )
    county = find_county(facts.origin_code)
    area = area_county_codes(authorisation.indication)
    names = {"county": county.name, "indication": authorisation.indication.name}
    if county.code not in area:
        raise OutsideArea(
            _("%(county)s不在“%(indication)s”的保护范围内。只有保护范围内出产的产品才能登记。") % names,
            field="origin_code",
        )
    if facts.is_point_incomplete:
        raise PointIncomplete(_("经度、纬度和坐标系要一起填写，或都不填。"), field="longitude")
    if facts.longitude_e6 is None or facts.latitude_e6 is None:
        return
    longitude, latitude = degrees(facts.longitude_e6), degrees(facts.latitude_e6)
    found = locate(longitude, latitude, facts.datum)
    if found == county or _is_on_the_border(longitude, latitude, facts.datum, county):
        return
    if found is None or found.code not in area:
        raise OutsideArea(
            _("这个位置不在“%(indication)s”的保护范围内。请核对经纬度和坐标系。") % names, field="longitude"
        )
    raise PointOutsideOrigin(
        _("这个位置在%(found)s，不在所填产地%(county)s。请改正产地或经纬度。") % {**names, "found": found.name},
        field="longitude",
    )


def _is_on_the_border(longitude: Decimal, latitude: Decimal, datum: str, county: Region) -> bool:
    """Within the error of the simplified outline: a field by the border is not refused for the map's sake."""
    if not county.boundary:
        return False
    position = Position(float(longitude), float(latitude), parse_datum(datum))
    return check_position_in(position, {county.code}, county_index()).verdict is OriginVerdict.NEAR_BOUNDARY


def check_plot_name(facts: Facts, authorisation: Authorisation, today: date) -> None:
    if len(facts.plot_name) > MAX_PLOT_NAME:
        raise TextTooLong(_("地块名称不得超过 80 个字。"), field="plot_name")
    _require_text(facts.plot_name, "plot_name")


def _require_text(text: str, field: str) -> None:
    if not is_text(text):
        raise InvalidText(_("含有不能显示的字符。请删去后重新输入。"), field=field)


# Field -> the check that answers for it. A correction runs only those of the fields it changes.
CHECKS: Final[dict[str, Check]] = {
    "lot": check_lot,
    "produced_on": check_production_date,
    "net_mass_g": check_mass,
    "origin_code": check_origin,
    "longitude_e6": check_origin,
    "latitude_e6": check_origin,
    "datum": check_origin,
    "best_before": check_best_before,
    "gtin": check_gtin,
    "plot_name": check_plot_name,
}


def check_facts(facts: Facts, authorisation: Authorisation, *, today: date, fields: frozenset[str]) -> None:
    """Run the checks that answer for `fields`. Raises the first refusal met."""
    wanted = fields | ({"best_before"} if "produced_on" in fields else frozenset())
    for check in dict.fromkeys(check for field, check in CHECKS.items() if field in wanted):
        check(facts, authorisation, today)


def check_reason(reason: str) -> str:
    """The reason without spaces around. Raises ReasonMissing or TextTooLong."""
    if not reason.strip():
        raise ReasonMissing(_("请写明原因。原因会公开显示，请不要写个人姓名和电话。"), field="reason")
    if len(reason) > 500:
        raise TextTooLong(_("原因不得超过 500 个字。"), field="reason")
    _require_text(reason, "reason")
    return reason.strip()
