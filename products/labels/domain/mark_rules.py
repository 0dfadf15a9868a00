"""What has to stand on a label that carries the special mark.

地理标志专用标志使用管理办法(试行), 国家知识产权局公告第354号, 2020-04-03: the four kinds of lawful user, and on the label the
unified social credit code, for a GI product its name with standard code or announcement number, for a collective or
certification mark that trademark's registration number. 食品安全法 Art. 67: name, net content, producer, date of production.
Lot and unit code are this platform's own demand: without them a label cannot be traced.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final

from products.labels.domain.unit_code import MalformedCode, parse_unit_code

# GB 32100-2015: 18 characters without I, O, S, V, Z. The check character is not enforced here: legal codes fail it.
_USCC: Final = re.compile(r"[0-9A-HJ-NP-RTUW-Y]{18}")


class IndicationType(StrEnum):
    """The systems under which one name may be protected; one name may have several."""

    GI_PRODUCT = "gi_product"
    COLLECTIVE_MARK = "collective_mark"
    CERTIFICATION_MARK = "certification_mark"
    AGRICULTURAL = "agricultural"


class HolderKind(IntEnum):
    """Lawful users in the order of the announcement's list."""

    APPROVED_PRODUCER = 1
    COLLECTIVE_MEMBER = 2
    CERTIFICATION_LICENSEE = 3
    OTHER_REGISTERED = 4


class Missing(StrEnum):
    """Why a label may not be rendered. The values never change once released."""

    INDICATION_NAME = "indication_name_missing"
    INDICATION_TYPE = "indication_type_missing"
    HOLDER_KIND = "holder_kind_unknown"
    HOLDER_KIND_TYPE = "holder_kind_without_its_type"
    STANDARD = "standard_or_announcement_missing"
    TRADEMARK = "trademark_registration_no_missing"
    PRODUCER = "producer_name_missing"
    USCC = "uscc_missing"
    USCC_SHAPE = "uscc_malformed"
    LOT = "lot_missing"
    PRODUCED_ON = "produced_on_missing"
    NET_MASS = "net_mass_missing"
    UNIT_CODE = "unit_code_missing"
    UNIT_CODE_SHAPE = "unit_code_malformed"


_TYPE_OF_HOLDER: Final = {
    HolderKind.APPROVED_PRODUCER: IndicationType.GI_PRODUCT,
    HolderKind.COLLECTIVE_MEMBER: IndicationType.COLLECTIVE_MARK,
    HolderKind.CERTIFICATION_LICENSEE: IndicationType.CERTIFICATION_MARK,
}
_MARK_HOLDERS: Final = (HolderKind.COLLECTIVE_MEMBER, HolderKind.CERTIFICATION_LICENSEE)
_MARK_TYPES: Final = frozenset({IndicationType.COLLECTIVE_MARK, IndicationType.CERTIFICATION_MARK})


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """Everything one label says.

    `indication_types` are IndicationType values, `holder_kind` is 1..4; `net_mass_g` in grams of one unit;
    `uscc` is the producer's, for a foreign indication the distributor's. Text is printed as it is given.
    """

    name_zh: str
    indication_types: tuple[IndicationType, ...]
    holder_kind: int
    producer_name: str
    uscc: str
    lot: str
    produced_on: date | None
    net_mass_g: int
    unit_code: str
    name_en: str = ""
    standard_or_announcement: str = ""
    trademark_registration_no: str = ""


def missing_facts(facts: LabelFacts) -> list[Missing]:
    """What keeps this label from being lawful and traceable, in the order of the label; empty when all is there."""
    missing = [code for code, value in _plain_demands(facts) if not value]
    missing += _demands_of_the_right(facts)
    if facts.uscc.strip() and not _USCC.fullmatch(facts.uscc):
        missing.append(Missing.USCC_SHAPE)
    if facts.unit_code.strip():
        try:
            parse_unit_code(facts.unit_code)
        except MalformedCode:
            missing.append(Missing.UNIT_CODE_SHAPE)
    return [code for code in Missing if code in missing]


def _plain_demands(facts: LabelFacts) -> tuple[tuple[Missing, object], ...]:
    return (
        (Missing.INDICATION_NAME, facts.name_zh.strip()),
        (Missing.INDICATION_TYPE, facts.indication_types),
        (Missing.PRODUCER, facts.producer_name.strip()),
        (Missing.USCC, facts.uscc.strip()),
        (Missing.LOT, facts.lot.strip()),
        (Missing.PRODUCED_ON, facts.produced_on),
        (Missing.NET_MASS, facts.net_mass_g > 0),
        (Missing.UNIT_CODE, facts.unit_code.strip()),
    )


def _demands_of_the_right(facts: LabelFacts) -> list[Missing]:
    """The right to the mark decides whether a standard or a registration number has to stand beside it."""
    try:
        holder = HolderKind(facts.holder_kind)
    except ValueError:
        return [Missing.HOLDER_KIND]
    types = set(facts.indication_types)
    if not types:
        return []
    missing: list[Missing] = []
    needed = _TYPE_OF_HOLDER.get(holder)
    if needed is not None and needed not in types:
        missing.append(Missing.HOLDER_KIND_TYPE)
    # An "other registered user" answers for whatever the indication is: both, when it is both. An agricultural
    # indication without either of the two has no registration number; its announcement stands in its place.
    other = holder is HolderKind.OTHER_REGISTERED
    needs_trademark = holder in _MARK_HOLDERS or (other and bool(types & _MARK_TYPES))
    needs_standard = holder is HolderKind.APPROVED_PRODUCER or (
        other and (IndicationType.GI_PRODUCT in types or not types & _MARK_TYPES)
    )
    if needs_standard and not facts.standard_or_announcement.strip():
        missing.append(Missing.STANDARD)
    if needs_trademark and not facts.trademark_registration_no.strip():
        missing.append(Missing.TRADEMARK)
    return missing
