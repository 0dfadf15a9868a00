"""What a user of the mark reports for a year (公告第354号)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import InvalidInput, NotFound
from products.registry.errors import AuthorisationInactive
from products.registry.models.authorisation import Authorisation, UseStatement

MAX_AMOUNT = 2**53 - 1


@transaction.atomic
def state_use(
    *, actor: Actor, code: UUID, year: int, mass_g: int, label_count: int, output_fen: int, now: datetime
) -> UseStatement:
    """A producer's statement for one year; a later one stands beside the first and replaces nothing.

    Mass in grams, output value in fen. Raises NotFound for somebody else's authorisation, AuthorisationInactive
    for one that was never announced, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.PRODUCER)
    authorisation = (
        Authorisation.objects.select_related("enterprise", "indication")
        .filter(code=code, enterprise__uscc=actor.uscc)
        .first()
    )
    if authorisation is None:
        raise NotFound(_("没有这项授权，或不属于本单位。"))
    if authorisation.state not in Authorisation.PUBLIC_STATES:
        raise AuthorisationInactive(_("申请尚未公告，还没有可以填报的用标情况。"))
    if not authorisation.valid_from.year <= year <= timezone.localdate(now).year:
        raise InvalidInput(_("只能填报授权生效以来的年度。"), field="year")
    for field, amount in (("mass_g", mass_g), ("label_count", label_count), ("output_fen", output_fen)):
        if not 0 <= amount <= MAX_AMOUNT:
            raise InvalidInput(_("数量须为不小于 0 的整数，且不能过大。"), field=field)
    statement = UseStatement.objects.create(
        authorisation=authorisation,
        year=year,
        mass_g=mass_g,
        label_count=label_count,
        output_fen=output_fen,
        stated_by=actor.username,
        stated_at=now,
    )
    record(
        actor=actor,
        kind="registry.use_stated",
        subject=f"authorisation:{authorisation.code}",
        data={
            "indication": authorisation.indication.code,
            "uscc": authorisation.enterprise.uscc,
            "product_name": authorisation.product_name,
            "year": year,
            "mass_g": mass_g,
            "label_count": label_count,
            "output_fen": output_fen,
        },
        now=now,
    )
    return statement
