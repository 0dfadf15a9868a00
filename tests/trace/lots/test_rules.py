"""The rules that need no database: yields, ranges from limits, what conserves."""

from __future__ import annotations

from decimal import Decimal

import pytest

from products.registry.domain.requirements import Band, Comparator, Condition, Limit
from products.trace.domain.mass_balance import (
    MAX_LOTS,
    RULES,
    Unbalanced,
    YieldRange,
    YieldVerdict,
    check_operation,
    judge_yield,
    yield_permille,
    yield_range,
)
from products.trace.models.lot import LotOperation


def limit(comparator: Comparator, *values: str, unit: str = "permille", condition: Condition | None = None) -> Limit:
    numbers = tuple(Decimal(value) for value in values)
    return Limit("k", "yield_permille", unit, comparator, numbers, condition or Condition())


def test_every_kind_but_the_declared_has_its_rule() -> None:
    assert RULES.keys() | {"declared"} == set(LotOperation.Kind.values)


@pytest.mark.parametrize(
    ("kind", "taken", "given", "reason"),
    [
        ("split", [10], [5, 4], "not_conserved"),
        ("split", [10, 10], [20], "takes_too_many"),
        ("merge", [10], [10], "takes_too_few"),
        ("merge", [5, 5], [5, 5], "gives_too_many"),
        ("process", [10], [], "gives_too_few"),
        ("loss", [1], [1], "gives_too_many"),
        ("process", [1] * MAX_LOTS, [1], "too_many_lots"),
    ],
)
def test_what_does_not_add_up(kind: str, taken: list[int], given: list[int], reason: str) -> None:
    with pytest.raises(Unbalanced) as caught:
        check_operation(kind, taken=taken, given=given)

    assert caught.value.reason == reason


def test_a_full_operation_passes() -> None:
    check_operation("process", taken=[1] * (MAX_LOTS - 1), given=[5])
    check_operation("split", taken=[MAX_LOTS - 1], given=[1] * (MAX_LOTS - 1))


@pytest.mark.parametrize(("taken", "given", "expected"), [(3, 1, 333), (3, 2, 667), (2, 1, 500), (1, 3, 3000)])
def test_a_yield_is_in_thousandths_to_the_nearest(taken: int, given: int, expected: int) -> None:
    assert yield_permille(taken, given) == expected


def test_limits_make_the_range_that_is_expected() -> None:
    assert yield_range([]) == YieldRange()
    assert yield_range([limit(Comparator.RANGE, "30.05", "40.01", unit="%")]) == YieldRange(300, 401)
    both = [limit(Comparator.GE, "300"), limit(Comparator.GE, "350"), limit(Comparator.LE, "0.9", unit="1")]
    assert yield_range(both) == YieldRange(350, 900)
    banded = Condition(band=Band("alcohol", "%vol", Decimal(40), None))
    assert (
        yield_range([limit(Comparator.GE, "300", condition=banded), limit(Comparator.GE, "3", unit="kg")])
        == YieldRange()
    )


def test_a_yield_is_judged_with_its_bounds() -> None:
    bounds = YieldRange(300, 400)
    verdicts = [judge_yield(value, bounds) for value in (299, 300, 400, 401, None)]

    assert [each.value for each in verdicts] == ["below", "within", "within", "above", "unknown"]
    assert judge_yield(5, YieldRange()) is YieldVerdict.UNKNOWN
