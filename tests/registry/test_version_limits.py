"""Limits of a draft: what is refused, how many there may be, and what of them stands in the log."""

from __future__ import annotations

from typing import Any

import pytest

from products.access import Actor
from products.coverage import compare
from products.registry.domain import reference
from products.registry.domain.version_content import LIMIT_COLUMNS
from products.registry.models.indication import Indication
from products.registry.models.standard import Limit, StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.services.limit_drafts import MAX_LIMITS, clean_limit
from products.registry.services.reference import load_indications, load_regions, load_standards
from products.registry.services.version_drafts import put_limit, save_draft
from tests.conftest import signed_in
from tests.factories import NOW, make_limit, make_version
from tests.registry.helpers import entries
from tests.registry.version_helpers import acid, decide, draft, publish, refusal, submit

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"values": ["NaN"]}, "limit_number_invalid", "values"),
        ({"values": ["1e400"]}, "limit_number_invalid", "values"),
        ({"values": ["9" * 13]}, "limit_number_invalid", "values"),
        ({"values": ["0.0000001"]}, "limit_number_invalid", "values"),
        ({"values": ["1:15"]}, "limit_number_invalid", "values"),
        ({"values": [0.6]}, "limit_number_invalid", "values"),
        ({"values": [""]}, "limit_number_invalid", "values"),
        ({"values": []}, "limit_shape_invalid", "values"),
        ({"values": ["1", "2"]}, "limit_shape_invalid", "values"),
        ({"values": "0.6"}, "limit_shape_invalid", "values"),
        ({"comparator": "range", "values": ["3", "1"]}, "limit_shape_invalid", "values"),
        ({"comparator": "range", "values": ["1"]}, "limit_shape_invalid", "values"),
        ({"comparator": "range", "values": ["1.5", "3"], "unit": "month"}, "limit_number_invalid", "values"),
        ({"comparator": "forbidden", "values": ["1"]}, "limit_shape_invalid", "values"),
        ({"comparator": "tolerance", "condition": {"reference": "标签"}}, "limit_shape_invalid", "condition"),
        ({"comparator": "about"}, "limit_shape_invalid", "comparator"),
        ({"comparator": "tolerance", "values": ["0"]}, "limit_number_invalid", "values"),
        ({"comparator": "ratio_lt"}, "limit_shape_invalid", "ratio_of"),
        ({"comparator": "ratio_lt", "condition": {"ratio_of": ["a", "a"]}}, "limit_shape_invalid", "ratio_of"),
        ({"comparator": "at_least_grade", "values": ["1.5"]}, "limit_number_invalid", "values"),
        ({"unit": "斤"}, "limit_unit_unknown", "unit"),
        ({"unit": ""}, "limit_unit_unknown", "unit"),
        ({"indicator": "Total Acid"}, "limit_text_invalid", "indicator"),
        ({"indicator": "", "name": ""}, "limit_text_invalid", "name"),
        ({"name": "x" * 81}, "limit_text_invalid", "name"),
        ({"source": "x\x00"}, "limit_text_invalid", "source"),
        ({"scope": "both"}, "limit_shape_invalid", "scope"),
        ({"confidence": "sure"}, "limit_shape_invalid", "confidence"),
        ({"condition": {"weather": "rain"}}, "limit_shape_invalid", "condition"),
        (
            {"condition": {"indicator": "alcohol", "unit": "%vol", "from": "60", "to": "46"}},
            "limit_shape_invalid",
            "band_to",
        ),
        (
            {"condition": {"indicator": "alcohol", "unit": "%vol", "from": None, "to": ""}},
            "limit_shape_invalid",
            "band_from",
        ),
        (
            {"condition": {"indicator": "alcohol", "unit": "斤", "from": "1", "to": "2"}},
            "limit_unit_unknown",
            "band_unit",
        ),
    ],
)
def test_what_is_no_limit_is_refused(changes: dict[str, Any], code: str, field: str) -> None:
    assert refusal(clean_limit, acid(**changes)) == (code, field)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("０．６０", "0.60"),
        (" 0.6 ", "0.6"),
        ("22,500", "22500"),
        ("+5", "5"),
        ("－18", "-18"),
        ("−18", "-18"),
        ("0", "0"),
    ],
)
def test_numbers_are_read_as_people_type_them(typed: str, kept: str) -> None:
    assert clean_limit(acid(typed))["values"] == [kept]


@pytest.mark.parametrize(
    ("typed", "kept"), [("ｇ／Ｌ", "g/L"), ("％", "%"), ("℃", "°C"), ("μg/kg", "µg/kg"), ("‰", "permille")]
)
def test_units_are_read_as_people_write_them(typed: str, kept: str) -> None:
    assert clean_limit(acid(unit=typed))["unit"] == kept


def test_a_name_of_ones_own_is_the_same_indicator_in_every_version() -> None:
    first, again = (clean_limit(acid(values, indicator="", name="籽粒饱满度")) for values in ("1", "2"))

    assert first["indicator"] == again["indicator"] != "total_acid"
    assert clean_limit(acid(indicator="", name="总酸"))["indicator"] == "total_acid"


def test_what_ships_is_kept_as_it_is_when_it_is_copied() -> None:
    for row in reference.standards():
        for limit in (limit for version in row.versions for limit in version.limits):
            facts = {name: getattr(limit, name) for name in LIMIT_COLUMNS} | {"values": list(limit.values)}
            assert clean_limit(facts) == facts


def test_a_copied_limit_that_cannot_be_read_can_be_mended(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    version = make_version(registrants_indication)
    make_limit(version, "solids", "range", "5", "3")
    row = draft(association, registrants_indication, code=version.standard.code, label="2026")
    assert signed_in(association).get(f"/association/standards/{row.code}").status_code == 200
    assert refusal(submit, association, row) == ("limit_shape_invalid", "limits.0")

    row = put_limit(
        actor=association, code=row.code, revision=row.revision, key="solids", limit=acid(indicator="solids"), now=NOW
    )

    assert decide(officer_city, submit(association, row)).state == "published"
    assert list(compare(subjects=[f"standard-version:{each.code}" for each in VersionRecord.objects.all()])) == []


def test_an_unclear_limit_keeps_what_can_be_read() -> None:
    kept = clean_limit(acid("0.7", "1.0", comparator="le", is_usable=False, unit=""))

    assert (kept["values"], kept["is_usable"]) == (["0.7", "1.0"], False)


def test_what_contradicts_or_comes_twice_is_not_submitted(
    association: Actor, registrants_indication: Indication
) -> None:
    row = draft(association, registrants_indication, acid("5"), acid("3", comparator="le"))

    assert refusal(submit, association, row) == ("limits_contradict", "limits.1")
    twice = draft(association, registrants_indication, acid("5"), acid("6"), code="Q-2")
    assert refusal(submit, association, twice) == ("limit_twice", "limits.1")
    units = draft(association, registrants_indication, acid("5"), acid("6", comparator="le", unit="mg/kg"), code="Q-3")
    assert refusal(submit, association, units) == ("limit_shape_invalid", "limits.1")


def test_gaps_between_bands_are_pointed_out_and_may_be_published(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    bands = [
        acid(value, condition={"indicator": "alcohol", "unit": "%vol", "from": low, "to": high})
        for value, low, high in (("0.6", "61", "73"), ("0.4", "46", "58"))
    ]

    assert publish(association, officer_city, registrants_indication, *bands).state == "published"


def test_a_thousand_limits_stand_in_the_log_to_the_last(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    many = [
        acid(indicator=f"own_{number}", name=f"指标{number}", source="标准附录甲" * 20) for number in range(MAX_LIMITS)
    ]
    row = draft(association, registrants_indication, *many)
    one_more = {"actor": association, "code": row.code, "revision": row.revision, "now": NOW}
    assert refusal(save_draft, limits=[*many, acid()], **one_more) == ("too_many_limits", "limits")

    published = decide(officer_city, submit(association, row))

    assert Limit.objects.filter(version=published.version).count() == MAX_LIMITS
    said = [each for each in entries(f"standard-version:{row.code}") if "limits" in each["data"]]
    assert len(said) > 1
    assert {each["kind"] for each in said[1:]} == {"registry.standard_limits_stated"}
    stated = [limit["indicator"] for each in said for limit in each["data"]["limits"]]
    assert stated == [f"own_{number}" for number in range(MAX_LIMITS)]
    assert [each["data"].get("part", 1) for each in said] == list(range(1, said[0]["data"]["parts"] + 1))
    assert list(compare(subjects=[f"standard-version:{row.code}"])) == []


def test_loading_the_reference_data_again_leaves_alone_what_people_published(
    officer_city: Actor, province: Actor, association: Actor
) -> None:
    load_regions()
    load_indications()
    load_standards()
    standard = StandardVersion.objects.get(standard__code="质检总局2004年第149号").standard
    Indication.objects.filter(standards=standard).update(registrant_uscc=association.uscc)
    indication = Indication.objects.get(standards=standard)
    row = draft(association, indication, code=standard.code, label="第1号修改单")
    assert len(row.limits) == 8
    decide(province, submit(association, row))

    again = load_standards()

    assert [(found.added, found.changed) for found in again] == [([], []), ([], []), ([], [])]
    first, second = StandardVersion.objects.filter(standard=standard).order_by("pk")
    assert first.effective_to is not None
    assert second.effective_to is None
    assert [row.limits.count() for row in (first, second)] == [8, 8]
