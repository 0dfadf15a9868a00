"""Forgetting who, as a person, took a decision of the register; the office and the act stay."""

from __future__ import annotations

from typing import Any, Final

from django.db import models, transaction

from products.registry.models.authorisation import AuthorisationDecision, UseStatement
from products.registry.models.indication import IndicationChange
from products.registry.models.version_record import VersionStep
from products.registry.models.zone import ZoneCensus, ZoneStep

NAMED_IN: Final[tuple[tuple[type[models.Model], str], ...]] = (
    (AuthorisationDecision, "decided_by"),
    (IndicationChange, "decided_by"),
    (UseStatement, "stated_by"),
    (VersionStep, "decided_by"),
    (ZoneCensus, "entered_by"),
    (ZoneStep, "decided_by"),
)


@transaction.atomic
def forget_name(username: str) -> int:
    """Empty the column that names the person wherever it does; returns how many rows did."""
    count = 0
    for model, column in NAMED_IN:
        named: models.QuerySet[Any] = model._default_manager.filter(**{column: username})
        count += named.update(**{column: ""})
    return count
