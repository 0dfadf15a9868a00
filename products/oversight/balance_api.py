"""The balance of whole indications over the API."""

from __future__ import annotations

from typing import Self

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router, Schema

from products.access import Role, Scope, require_scope
from products.errors import Forbidden
from products.http import actor_of, now_of
from products.oversight.queries.balance import Balance, indication_balance, indication_balances
from products.oversight.queries.records import read_year

router = Router(tags=["oversight"])
READERS = (Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)


class StepOut(Schema):
    """`name`: harvest, product, labels or activated; `state`: broken, unstated, bought or ok; grams, null if not stated."""

    name: str
    most_g: int | None
    is_g: int | None
    gap_g: int | None
    state: str


class BalanceOut(Schema):
    """Grams of one production year; null where nobody has stated it, which is never taken for fine.

    `enterprise` is null where all are taken together. `broken` names the first step that does not add up.
    """

    indication: str
    name: str
    enterprise: str | None
    year: int
    state: str
    broken: str | None
    capacity_g: int | None
    harvest_g: int | None
    purchased_g: int
    opening_g: int
    unassigned_g: int
    reworked_in_g: int
    product_g: int
    issued_g: int
    activated_g: int
    steps: list[StepOut]

    @classmethod
    def of(cls, row: Balance) -> Self:
        figures = row.figures
        return cls(
            indication=row.indication.code,
            name=row.indication.name,
            enterprise=row.enterprise.uscc if row.enterprise else None,
            year=row.capacity.year,
            state=row.state.value,
            broken=row.broken.name if row.broken else None,
            steps=[
                StepOut(name=step.name, most_g=step.most_g, is_g=step.is_g, gap_g=step.gap_g, state=step.state.value)
                for step in row.steps
            ],
            **{name: getattr(figures, name) for name in cls.model_fields if name.endswith("_g")},
        )


@router.get(
    "/balance",
    response=list[BalanceOut],
    operation_id="list_balance",
    summary="Capacity, harvest, product and labels of a year, the worst first: by indication, or of one by enterprise",
)
def list_balance(request: HttpRequest, year: int | None = None, indication: str = "") -> list[BalanceOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    if not actor.is_role(*READERS):
        raise Forbidden(_("此数据不对您的角色开放。"))
    asked = read_year(str(year)) if year is not None else None
    wanted = asked or timezone.localdate(now_of(request)).year
    if not indication:
        return [BalanceOut.of(row) for row in indication_balances(actor=actor, year=wanted)]
    whole, rows = indication_balance(actor=actor, code=indication, year=wanted)
    return [BalanceOut.of(row) for row in (whole, *rows)]
