"""What stands out in limits taken together, their sentences, and what differs between versions."""

from __future__ import annotations

from typing import Any

import pytest

from products.registry.domain.limit_sentences import sentence_of
from products.registry.domain.limit_sets import ScopedLimit, remarks_on
from products.registry.domain.reference import standards
from products.registry.domain.requirements import parse_limit
from products.registry.domain.version_changes import changes_between


def limit(comparator: str, *values: str, **changes: Any) -> ScopedLimit:
    facts: dict[str, Any] = {"key": "x", "indicator": "x", "unit": "g/L", "condition": None}
    scope = changes.pop("scope", "product")
    return ScopedLimit(parse_limit(comparator=comparator, values=values, **(facts | changes)), scope)


def band(low: str | None, high: str | None) -> dict[str, Any]:
    return {"indicator": "alcohol", "unit": "%vol", "from": low, "to": high}


def codes(*limits: ScopedLimit) -> list[tuple[int, str]]:
    return [(remark.place, remark.code) for remark in remarks_on(limits)]


def test_the_same_demand_twice() -> None:
    assert codes(limit("ge", "1"), limit("ge", "2")) == [(1, "duplicate")]
    assert codes(limit("ge", "1"), limit("le", "2")) == []
    assert codes(limit("ge", "1"), limit("ge", "2", scope="process")) == []
    assert codes(limit("ge", "1"), limit("ge", "2", condition={"grade": "特级"})) == []
    assert codes(limit("ge", "1"), limit("ge", "2", basis="以乙酸计")) == []


@pytest.mark.parametrize(
    ("first", "second", "is_wrong"),
    [
        (("ge", "5"), ("le", "3"), True),
        (("ge", "3"), ("le", "3"), False),
        (("gt", "3"), ("le", "3"), True),
        (("ge", "3"), ("lt", "3"), True),
        (("range", "1", "2"), ("ge", "3"), True),
        (("range", "1", "2"), ("ge", "2"), False),
        (("le", "3"), ("ge", "5"), True),
    ],
)
def test_demands_that_no_value_meets(first: tuple[str, ...], second: tuple[str, ...], is_wrong: bool) -> None:
    found = remarks_on([limit(*first), limit(*second)])

    assert [(remark.code, remark.is_error) for remark in found] == ([("contradiction", True)] if is_wrong else [])


def test_units_are_carried_before_demands_are_compared() -> None:
    assert codes(limit("ge", "500", unit="mg/L"), limit("le", "0.4")) == [(1, "contradiction")]
    assert codes(limit("ge", "500", unit="mg/L"), limit("le", "0.6")) == []
    assert codes(limit("ge", "500", unit="mg/kg"), limit("le", "0.6")) == [(1, "unit_differs")]
    assert codes(limit("forbidden", unit=""), limit("le", "0.6"), limit("ge", "0.5")) == []


def test_bands_that_leave_a_gap_or_overlap_are_pointed_out() -> None:
    def bands(*ends: tuple[str | None, str | None]) -> list[tuple[int, str]]:
        return codes(*(limit("ge", str(place), condition=band(*each)) for place, each in enumerate(ends)))

    assert bands(("61", "73"), ("46", "60"), ("35", "45")) == []
    assert bands((None, "39"), ("40", "49"), ("50", None)) == []
    assert bands(("46", "60"), ("62", "73")) == [(1, "band_gap")]
    assert bands(("46", "60"), ("60", "73")) == [(1, "band_overlap")]
    assert bands((None, "60"), (None, "73")) == [(1, "band_overlap")]
    assert bands(("46", None), ("60", "73")) == [(1, "band_overlap")]
    assert bands(("46.0", "60.4"), ("60.5", "73")) == []


def test_what_is_unclear_is_pointed_out_and_never_wrong() -> None:
    found = remarks_on([limit("le", "0.7", "1.0", is_usable=False), limit("le", "1")])

    assert [(remark.code, remark.is_error) for remark in found] == [("unclear", False)]


def test_what_ships_has_nothing_wrong_and_can_be_said() -> None:
    for row in standards():
        for version in row.versions:
            limits = [
                ScopedLimit(
                    parse_limit(
                        key=each.key, indicator=each.indicator, unit=each.unit, comparator=each.comparator,
                        values=each.values, condition=each.condition, is_usable=each.is_usable, basis=each.basis,
                    ),
                    each.scope,
                )
                for each in version.limits
            ]  # fmt: skip
            assert [remark for remark in remarks_on(limits) if remark.is_error] == []
            assert {remark.code for remark in remarks_on(limits)} <= {"unclear"}
            for each, source in zip(limits, version.limits, strict=True):
                said = sentence_of(each.limit, name=source.name, name_en=source.name_en, scope=source.scope)
                assert said.chinese.endswith("。")
                assert said.english.endswith(".")
                assert source.name_en in said.english or "Ratio of" in said.english


def test_what_differs_between_versions() -> None:
    before = [{"key": "a", "values": ["1"]}, {"key": "b", "values": ["2"]}, {"key": "c", "values": ["3"]}]
    after = [{"key": "d", "values": ["9"]}, {"key": "c", "values": ["3"]}, {"key": "a", "values": ["5"]}]

    found = changes_between(before, after)

    assert [each["key"] for each in found.added] == ["d"]
    assert [each["key"] for each in found.removed] == ["b"]
    assert [(each.before["values"], each.after["values"], each.fields) for each in found.changed] == [
        (["1"], ["5"], ("values",))
    ]
    assert found.same_count == 1
    assert changes_between(before, before).is_empty
