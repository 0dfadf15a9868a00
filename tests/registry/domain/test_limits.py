from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from products.registry.domain.limits import Evaluation, Measurement, evaluate, version_in_force
from products.registry.domain.reference import standards
from products.registry.domain.requirements import Limit, parse_condition, parse_limit
from products.registry.domain.units import UnitMismatch, convert_unit


def limit(comparator: str, *values: str, unit: str = "%", condition: Any = None, **changes: Any) -> Limit:
    facts: dict[str, Any] = {"key": "x", "indicator": "x", "unit": unit, "comparator": comparator, "values": values}
    return parse_limit(**(facts | {"condition": condition} | changes))


def measured(**values: str | tuple[str, str]) -> dict[str, Measurement]:
    pairs = {name: value if isinstance(value, tuple) else (value, "%") for name, value in values.items()}
    return {name: Measurement(Decimal(number), unit) for name, (number, unit) in pairs.items()}


def outcome(evaluation: Evaluation) -> tuple[str, str, str]:
    first = evaluation.results[0]
    return evaluation.overall, first.verdict, first.detail


def limits_of(code: str, scope: str = "product") -> list[Limit]:
    standard = next(row for row in standards() if row.code == code)
    return [
        parse_limit(
            key=row.key,
            indicator=row.indicator,
            unit=row.unit,
            comparator=row.comparator,
            values=row.values,
            condition=row.condition,
            is_usable=row.is_usable,
        )
        for row in standard.versions[-1].limits
        if row.scope == scope
    ]


@pytest.mark.parametrize(
    ("comparator", "values", "value", "detail"),
    [
        ("ge", ["7.5"], "7.5", ""),
        ("ge", ["7.5"], "7.49", "below_limit"),
        ("gt", ["7.5"], "7.51", ""),
        ("gt", ["7.5"], "7.5", "below_limit"),
        ("le", ["0.60"], "0.6", ""),
        ("le", ["0.60"], "0.601", "above_limit"),
        ("lt", ["1"], "0.999", ""),
        ("lt", ["1"], "1.00", "above_limit"),
        ("range", ["6.5", "7.5"], "6.5", ""),
        ("range", ["6.5", "7.5"], "7.5", ""),
        ("range", ["6.5", "7.5"], "7.51", "outside_range"),
        ("forbidden", [], "0", ""),
        ("forbidden", [], "0.001", "present"),
        ("at_least_grade", ["2"], "1", ""),
        ("at_least_grade", ["2"], "2", ""),
        ("at_least_grade", ["2"], "3", "grade_too_low"),
        ("at_least_grade", ["2"], "0", "grade_too_low"),
    ],
)
def test_each_comparator_at_its_edge(comparator: str, values: list[str], value: str, detail: str) -> None:
    found = evaluate([limit(comparator, *values)], measured(x=value))

    assert outcome(found) == (("failed", "failed", detail) if detail else ("passed", "passed", ""))


@pytest.mark.parametrize(
    ("label", "detail"), [("52", ""), ("51.0", ""), ("50.9", "beyond_tolerance"), ("53.1", "beyond_tolerance")]
)
def test_a_tolerance_is_held_against_the_declared_value(label: str, detail: str) -> None:
    rule = limit("tolerance", "1.0", condition={"reference": "label"})

    assert evaluate([rule], measured(x="52.0", label=label)).results[0].detail == detail
    assert outcome(evaluate([rule], measured(x="52.0"))) == ("incomplete", "missing", "reference_not_measured")


@pytest.mark.parametrize(
    ("top", "bottom", "detail"),
    [("1.99", "2", ""), ("2", "2", "ratio_too_high"), ("0", "0", "ratio_too_high"), ("0.1", "0.3", "")],
)
def test_a_ratio_is_compared_without_dividing(top: str, bottom: str, detail: str) -> None:
    rule = limit("ratio_lt", "1.00", unit="1", condition={"ratio_of": ["a", "b"]})

    assert evaluate([rule], measured(a=(top, "g/L"), b=(bottom, "g/L"))).results[0].detail == detail
    assert outcome(evaluate([rule], measured(a=(top, "g/L")))) == ("incomplete", "missing", "not_measured")


def test_a_ratio_of_unlike_units_of_one_kind_is_right() -> None:
    rule = limit("ratio_lt", "1.00", unit="1", condition={"ratio_of": ["a", "b"]})

    assert outcome(evaluate([rule], measured(a=("900", "mg/L"), b=("1", "g/L"))))[0] == "passed"


def test_a_missing_value_is_never_a_pass() -> None:
    found = evaluate([limit("ge", "1"), limit("ge", "1", indicator="y", key="y")], measured(x="2"))

    assert found.overall == "incomplete"
    assert [result.verdict for result in found.results] == ["passed", "missing"]


def test_a_failure_outweighs_what_is_missing() -> None:
    found = evaluate([limit("ge", "1"), limit("ge", "1", indicator="y", key="y")], measured(x="0.5"))

    assert found.overall == "failed"


def test_no_limits_at_all_is_not_a_pass() -> None:
    assert outcome(evaluate([], measured(x="1"))) == ("no_limits_configured", "no_limit", "")
    assert evaluate([], {}).overall == "no_limits_configured"


def test_an_unclear_limit_judges_nothing_but_is_shown() -> None:
    found = evaluate(
        [limit("ge", "1"), limit("le", "0.7", "1.0", indicator="y", is_usable=False)], measured(x="2", y="9")
    )

    assert found.overall == "passed"
    assert found.unjudged == ("y",)
    assert [(result.indicator, result.detail) for result in found.results] == [("x", ""), ("y", "limit_unclear")]
    assert evaluate([limit("le", "1", is_usable=False)], measured(x="0")).overall == "no_limits_configured"


@pytest.mark.parametrize(
    ("grade", "expected"), [("一级", "failed"), ("二级", "passed"), ("", "incomplete"), ("三级", "incomplete")]
)
def test_a_limit_may_depend_on_the_grade(grade: str, expected: str) -> None:
    rules = [
        limit("ge", "12", key="x.1", condition={"grade": "一级"}),
        limit("ge", "10", key="x.2", condition={"grade": "二级"}),
    ]

    assert evaluate(rules, measured(x="11"), grade=grade).overall == expected


LIQUOR = {
    "total_acid": ("0.45", "g/L"),
    "total_ester": ("1.80", "g/L"),
    "ethyl_hexanoate": ("1.20", "g/L"),
    "alcohol": ("52.0", "%vol"),
    "alcohol_label": ("52", "%vol"),
}


@pytest.mark.parametrize(
    ("changes", "overall"),
    [
        ({}, "passed"),
        ({"alcohol": ("68", "%vol"), "alcohol_label": ("68", "%vol")}, "failed"),
        ({"alcohol": ("60.4", "%vol"), "alcohol_label": ("60", "%vol")}, "passed"),
        ({"alcohol": ("60.6", "%vol"), "alcohol_label": ("60", "%vol")}, "failed"),
        ({"alcohol": ("53.1", "%vol")}, "failed"),
        ({"alcohol": ("80", "%vol"), "alcohol_label": ("80", "%vol")}, "incomplete"),
        ({"total_acid": ("400", "mg/L")}, "passed"),
        ({"total_acid": ("399", "mg/L")}, "failed"),
    ],
)
def test_wuliangye_is_judged_in_its_alcohol_band(changes: dict[str, tuple[str, str]], overall: str) -> None:
    found = evaluate(limits_of("GB/T 22211-2008"), measured(**(LIQUOR | changes)))

    assert found.overall == overall
    assert found.unjudged == ("solids",)


def test_without_the_alcohol_no_band_is_known() -> None:
    values = {name: value for name, value in LIQUOR.items() if not name.startswith("alcohol")}
    found = evaluate(limits_of("GB/T 22211-2008"), measured(**values))

    assert found.overall == "incomplete"
    assert found.results[0].detail == "condition_not_measured"


def test_product_and_process_are_judged_apart() -> None:
    product: dict[str, str | tuple[str, str]] = {"protein": "8", "total_sugar": "45", "swelling_ratio": ("16", "1")}
    process: dict[str, str | tuple[str, str]] = {
        "log_tree_age": ("8", "年"),
        "log_diameter": ("70", "mm"),
        "spawn_temperature": ("26", "℃"),
        "spawn_days": ("50", "d"),
        "sulphur_fumigation": ("0", ""),
    }

    code = "质检总局2004年第149号"
    assert evaluate(limits_of(code), measured(**product)).overall == "passed"
    assert evaluate(limits_of(code, "process"), measured(**process)).overall == "passed"
    fumigated = measured(**(process | {"sulphur_fumigation": ("1", "")}))
    assert evaluate(limits_of(code, "process"), fumigated).overall == "failed"


def test_a_unit_that_does_not_fit_is_a_mistake_to_mend() -> None:
    with pytest.raises(UnitMismatch) as caught:
        evaluate([limit("ge", "1", unit="g/L")], measured(x=("1", "%")))

    assert (caught.value.indicator, caught.value.unit, caught.value.wanted) == ("x", "%", "g/L")


@pytest.mark.parametrize(
    ("value", "unit", "wanted", "expected"),
    [
        ("600", "mg/L", "g/L", "0.600"),
        ("0.3", "g/100mL", "g/L", "3.0"),
        ("23.7", "mg/100g", "g/100g", "0.0237"),
        ("20", "%", "g/100g", "20"),
        ("3000", "g", "kg", "3"),
        ("22.5", "t/ha", "kg/ha", "22500"),
        ("1.2345678901234567890123456789012345", "m", "mm", "1234.5678901234567890123456789012345"),
    ],
)
def test_conversions_are_exact(value: str, unit: str, wanted: str, expected: str) -> None:
    assert convert_unit(Decimal(value), unit, wanted) == Decimal(expected)


@pytest.mark.parametrize(
    "facts",
    [
        {"comparator": "range", "values": ["1"]},
        {"comparator": "range", "values": ["2", "1"]},
        {"comparator": "ge", "values": []},
        {"comparator": "forbidden", "values": ["0"]},
        {"comparator": "ratio_lt", "values": ["1"]},
        {"comparator": "tolerance", "values": ["1"]},
        {"comparator": "ge", "values": ["1"], "condition": {"reference": "y"}},
        {"comparator": "about", "values": ["1"]},
        {"comparator": "ge", "values": ["NaN"]},
        {"comparator": "ge", "values": [1.5]},
        {"comparator": "ge", "values": ["1"], "condition": {"season": "spring"}},
    ],
)
def test_a_limit_that_does_not_fit_together_is_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_limit(**({"key": "x", "indicator": "x", "unit": "%", "condition": None} | facts))


def test_an_open_band_has_one_end() -> None:
    band = parse_condition({"indicator": "alcohol", "unit": "%vol", "from": "50", "to": None}).band

    assert band is not None
    assert band.holds(Decimal("49.6"))
    assert not band.holds(Decimal("49.4"))


@dataclass(frozen=True)
class Version:
    label: str
    status: str = "in_force"
    effective_from: date | None = None
    effective_to: date | None = None


DAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        ([], None),
        ([Version("2008")], "2008"),
        ([Version("2008"), Version("amended")], "amended"),
        ([Version("2008"), Version("amended", effective_from=DAY)], "amended"),
        ([Version("2008"), Version("amended", effective_from=date(2026, 11, 24))], "2008"),
        ([Version("2008", effective_to=date(2026, 11, 22))], None),
        ([Version("2008", effective_to=DAY)], "2008"),
        ([Version("2008", status="repealed")], None),
        ([Version("2008", status="repealed", effective_to=date(2026, 12, 31))], "2008"),
        ([Version("2008", status="disputed")], "2008"),
    ],
)
def test_a_batch_answers_to_the_version_of_its_day(versions: list[Version], expected: str | None) -> None:
    found = version_in_force(versions, DAY)

    assert (found.label if found else None) == expected
