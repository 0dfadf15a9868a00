from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from products.labels.domain.mark_rules import HolderKind, IndicationType, LabelFacts
from products.labels.domain.unit_code import unit_codes

KEY = bytes(range(32))
RUN = "ABCDEF"
BASE_URL = "https://gi.example.cn"

FACTS = LabelFacts(
    name_zh="郫县豆瓣",
    name_en="Pixian Douban",
    indication_types=(IndicationType.GI_PRODUCT, IndicationType.CERTIFICATION_MARK),
    holder_kind=HolderKind.APPROVED_PRODUCER,
    producer_name="演示豆瓣酿造有限公司",
    uscc="91510500204706718H",
    lot="L20261101-03",
    produced_on=date(2026, 11, 23),
    net_mass_g=500,
    unit_code=next(unit_codes(KEY, RUN, 1, 1)),
    standard_or_announcement="GB/T 20560-2006",
    trademark_registration_no="第1388982号",
)


def make_facts(**changes: Any) -> LabelFacts:
    return replace(FACTS, **changes)


def make_run(count: int, **changes: Any) -> list[LabelFacts]:
    return [make_facts(unit_code=code, **changes) for code in unit_codes(KEY, RUN, 1, count)]


def address_of(facts: LabelFacts) -> str:
    return f"HTTPS://GI.EXAMPLE.CN/T/{facts.unit_code}"
