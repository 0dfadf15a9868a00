"""The verdict against a reference that tries every value a result could stand for."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from products.registry.domain.limits import Measurement, evaluate
from products.registry.domain.reference import standards
from products.registry.domain.requirements import Limit, parse_limit
from products.trace.domain.lab_values import UnreadableValue, read_value
from products.trace.domain.verdict import Rule, Sample, asked_for, grades_of, judge_batch

FACTORS = {"g/L": Fraction(1), "mg/L": Fraction(1, 1000), "g/100mL": Fraction(10)}
numbers = st.decimals(min_value=0, max_value=20, places=2)
units = st.sampled_from(sorted(FACTORS))
plain_kinds = st.sampled_from(["ge", "gt", "le", "lt", "range", "tolerance", "forbidden"])


def a_limit(comparator: str, *values: str, indicator: str = "x", unit: str = "g/L", **changes: Any) -> Limit:
    facts: dict[str, Any] = {"key": indicator, "condition": None}
    return parse_limit(
        **(facts | {"indicator": indicator, "unit": unit, "comparator": comparator, "values": values} | changes)
    )


def rules(*limits: Limit, scope: str = "product") -> list[Rule]:
    return [Rule(limit, scope) for limit in limits]


def sample(grade: str = "", **values: str) -> Sample:
    """`x="<0.5 mg/L"`."""
    measured = {}
    for name, text in values.items():
        reading = read_value(text.split()[0])
        unit = text.split()[1] if " " in text else "g/L"
        measured[name] = Measurement(reading.number, unit, is_below=reading.comparator == "<")
    return Sample(measured, grade)


def meets(kind: str, values: list[Fraction], value: Fraction, declared: Fraction) -> bool:
    """One exact value against one limit, in fractions."""
    match kind:
        case "ge":
            return value >= values[0]
        case "gt":
            return value > values[0]
        case "le":
            return value <= values[0]
        case "lt":
            return value < values[0]
        case "range":
            return values[0] <= value <= values[1]
        case "tolerance":
            return abs(value - declared) <= values[0]
    return value == 0


def candidates(bound: Fraction, marks: list[Fraction]) -> list[Fraction]:
    """Values of [0, bound) such that between two neighbours nothing changes: every mark, and a point in each gap."""
    points = sorted({Fraction(0), bound, *(mark for mark in marks if 0 < mark < bound)})
    return [point for point in points if point < bound] + [(low + high) / 2 for low, high in pairwise(points)]


def expected(kind: str, values: list[Fraction], value: Fraction, declared: Fraction, *, is_below: bool) -> str:
    if not is_below:
        return "passed" if meets(kind, values, value, declared) else "failed"
    if kind == "forbidden":
        return "passed"
    marks = [*values, declared - values[0], declared + values[0]]
    met = {meets(kind, values, each, declared) for each in candidates(value, marks)}
    return "passed" if met == {True} else "failed" if met == {False} else "missing"


@settings(max_examples=600, deadline=None)
@given(plain_kinds, st.tuples(numbers, numbers), numbers, units, numbers, st.booleans())
def test_one_limit_is_judged_as_by_trying_every_value(
    kind: str, pair: tuple[Decimal, Decimal], value: Decimal, unit: str, declared: Decimal, is_below: bool
) -> None:
    count = {"range": 2, "forbidden": 0}.get(kind, 1)
    values = [str(each) for each in sorted(pair)][:count]
    condition = {"reference": "label"} if kind == "tolerance" else None
    is_below = is_below and value > 0
    measured = {"x": Measurement(value, unit, is_below=is_below), "label": Measurement(declared, "g/L")}

    found = judge_batch(rules(a_limit(kind, *values, condition=condition)), [Sample(measured)])

    exact = Fraction(value) * FACTORS[unit]
    wanted = expected(kind, [Fraction(each) for each in values], exact, Fraction(declared), is_below=is_below)
    assert found.indicators[0].verdict == wanted
    assert found.limits[0].verdict == wanted
    assert found.overall == {"missing": "incomplete"}.get(wanted, wanted)


@settings(max_examples=400, deadline=None)
@given(numbers, st.tuples(numbers, units, st.booleans()), st.tuples(numbers, units, st.booleans()))
def test_a_ratio_is_judged_as_by_trying_every_pair(
    most: Decimal, top: tuple[Decimal, str, bool], bottom: tuple[Decimal, str, bool]
) -> None:
    limit = a_limit("ratio_lt", str(most), unit="1", condition={"ratio_of": ["a", "b"]})
    parts = {}
    tried: list[list[Fraction]] = []
    for name, (value, unit, below) in (("a", top), ("b", bottom)):
        is_below = below and value > 0
        parts[name] = Measurement(value, unit, is_below=is_below)
        exact = Fraction(value) * FACTORS[unit]
        # As near to the bound as the grid of these numbers can tell apart, and nothing at all.
        tried.append([Fraction(0), exact / 2, exact - exact / 10**12] if is_below else [exact])

    found = judge_batch(rules(limit), [Sample(parts)])

    met = {a < Fraction(most) * b for a in tried[0] for b in tried[1]}
    wanted = "passed" if met == {True} else "failed" if met == {False} else "missing"
    if met == {False} and Fraction(most) > 0 and parts["b"].is_below and parts["a"].is_below:
        wanted = "missing"
    assert found.indicators[0].verdict == wanted


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=4), st.data())
def test_the_whole_is_never_better_than_its_parts(pairs: list[tuple[Decimal, Decimal]], data: st.DataObject) -> None:
    limits = [a_limit("ge", str(least), indicator=f"i{place}") for place, (least, _value) in enumerate(pairs)]
    given_ = data.draw(st.lists(st.booleans(), min_size=len(pairs), max_size=len(pairs)))
    measured = {f"i{place}": Measurement(value, "g/L") for place, (_least, value) in enumerate(pairs) if given_[place]}

    found = judge_batch(rules(*limits), [Sample(measured)])

    met = [value >= least for (least, value), known in zip(pairs, given_, strict=True) if known]
    wanted = "failed" if False in met else "passed" if all(given_) else "incomplete"
    assert found.overall == wanted


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(st.none(), numbers), min_size=1, max_size=4), numbers)
def test_of_several_reports_each_value_has_to_meet_the_limit(values: list[Decimal | None], least: Decimal) -> None:
    samples = [Sample({"x": Measurement(value, "g/L")} if value is not None else {}) for value in values]

    found = judge_batch(rules(a_limit("ge", str(least))), samples)

    known = [value for value in values if value is not None]
    assert found.overall == ("incomplete" if not known else "passed" if min(known) >= least else "failed")


@pytest.mark.parametrize("samples", [[], [Sample({})]])
def test_nothing_is_never_a_pass(samples: list[Sample]) -> None:
    assert judge_batch([], samples).overall == "no_limits_configured"
    assert judge_batch(rules(a_limit("le", "1")), samples).overall == "incomplete"
    assert judge_batch(rules(a_limit("le", "1", is_usable=False)), samples).overall == "no_limits_configured"
    assert judge_batch(rules(a_limit("le", "1"), scope="process"), samples).overall == "no_limits_configured"


def test_process_and_unclear_limits_are_shown_and_not_judged() -> None:
    found = judge_batch(
        [
            *rules(a_limit("ge", "1"), a_limit("le", "0.7", "1.0", indicator="solids", is_usable=False)),
            *rules(a_limit("range", "500", "1000", indicator="altitude", unit="m"), scope="process"),
        ],
        [sample(x="1", solids="99", altitude="9999 m")],
    )

    assert found.overall == "passed"
    assert [limit.indicator for limit in found.unjudged] == ["solids"]
    assert [limit.indicator for limit in found.process] == ["altitude"]


BANDS = [
    a_limit(
        "ge", least, key=f"acid.{place}", indicator="acid",
        condition={"indicator": "alcohol", "unit": "%vol", "from": low, "to": high},
    )
    for place, (low, high, least) in enumerate((("46", "60", "0.40"), ("61", None, "0.60")))
]  # fmt: skip


@pytest.mark.parametrize(
    ("alcohol", "acid", "overall", "deciding"),
    [
        ("52 %vol", "0.45", "passed", "acid.0"),
        ("60.4 %vol", "0.45", "passed", "acid.0"),
        ("60.6 %vol", "0.45", "failed", "acid.1"),
        ("45.4 %vol", "0.45", "incomplete", ""),
        ("<60 %vol", "0.45", "incomplete", "acid.1"),
    ],
)
def test_the_band_decides_which_limit_holds(alcohol: str, acid: str, overall: str, deciding: str) -> None:
    found = judge_batch(rules(*BANDS), [sample(alcohol=alcohol, acid=acid)])

    assert (found.overall, found.indicators[0].limit_key) == (overall, deciding)
    assert judge_batch(rules(*BANDS), [sample(acid=acid)]).indicators[0].detail == "condition_not_measured"


def test_values_of_two_reports_complete_each_other() -> None:
    first, second = sample(alcohol="52 %vol"), sample(acid="0.45")

    assert judge_batch(rules(*BANDS), [first, second]).overall == "passed"
    # In the band of the other report the same acid is too little.
    assert judge_batch(rules(*BANDS), [first, second, sample(alcohol="65 %vol")]).overall == "failed"


def test_the_grade_decides_which_limit_holds() -> None:
    graded = [
        a_limit("ge", "12", key="x.1", condition={"grade": "一级"}),
        a_limit("ge", "10", key="x.2", condition={"grade": "二级"}),
    ]

    assert grades_of(rules(*graded)) == ["一级", "二级"]
    for grade, overall in (("一级", "failed"), ("二级", "passed"), ("", "incomplete")):
        assert judge_batch(rules(*graded), [sample(grade, x="11")]).overall == overall


def test_another_basis_or_unit_is_another_quantity() -> None:
    limit = a_limit("ge", "0.4", basis="以乙酸计")
    value = Decimal("0.5")

    assert judge_batch(rules(limit), [Sample({"x": Measurement(value, "g/L", basis="以乙酸计")})]).overall == "passed"
    other = judge_batch(rules(limit), [Sample({"x": Measurement(value, "g/L")})])
    assert (other.overall, other.indicators[0].detail) == ("incomplete", "basis_differs")
    mass = judge_batch(rules(limit), [Sample({"x": Measurement(value, "%")})])
    assert (mass.overall, mass.indicators[0].detail) == ("incomplete", "unit_differs")


def test_a_laboratory_is_asked_for_everything_that_judging_needs() -> None:
    for standard in standards():
        for version in standard.versions:
            all_rules = [
                Rule(
                    parse_limit(
                        key=row.key, indicator=row.indicator, unit=row.unit, comparator=row.comparator,
                        values=row.values, condition=row.condition, is_usable=row.is_usable, basis=row.basis,
                    ),
                    row.scope,
                )
                for row in version.limits
            ]  # fmt: skip
            asked = asked_for(all_rules)
            full = Sample({each.indicator: Measurement(Decimal(1), each.unit, basis=each.basis) for each in asked})
            found = judge_batch(all_rules, [full])

            # Every value given at once leaves nothing unmeasured.
            assert not [each for each in found.indicators if each.detail.endswith("not_measured")], standard.code
            assert not {each.indicator for each in asked} & {limit.indicator for limit in found.process}


def test_the_results_of_the_limits_agree_with_the_whole() -> None:
    evaluation = evaluate([rule.limit for rule in rules(*BANDS)], sample(alcohol="52 %vol", acid="0.1").measured)

    assert [(each.limit.key, each.verdict.value) for each in evaluation.limits] == [
        ("acid.0", "failed"),
        ("acid.1", "no_limit"),
    ]


@pytest.mark.parametrize(("text", "reason"), [("-1", "negative"), ("<0.00", "zero_bound"), ("未检出", "no_bound")])
def test_what_is_wrong_with_a_value_is_said(text: str, reason: str) -> None:
    with pytest.raises(UnreadableValue) as caught:
        read_value(text)

    assert caught.value.reason == reason


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_number_or_refused(text: str) -> None:
    try:
        reading = read_value(text)
    except UnreadableValue:
        return
    assert reading.number.is_finite()
    assert reading.number >= 0
    assert len(reading.value) <= 24
    assert read_value(reading.comparator + reading.value) == reading
