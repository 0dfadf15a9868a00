"""The facts of a batch on their way into its row."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypedDict
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.registry.models.authorisation import Authorisation
from products.registry.models.standard import StandardVersion
from products.registry.queries.authorisations import find_authorisation, require_usable
from products.registry.queries.standards import version_in_force
from products.trace.domain.facts import Facts, degrees, gtin_14
from products.trace.errors import DuplicateLot
from products.trace.models.batch import Batch
from products.trace.services.fact_checks import CHECKS, check_facts, point_e6
from products.trace.services.statements import as_text

_POINT: Final = frozenset({"longitude", "latitude", "datum"})
_ALL_FIELDS: Final = frozenset(CHECKS)


class FactChanges(TypedDict, total=False):
    """Facts as people give them; those left out stay as they are. Mass in grams, the point in degrees of `datum`."""

    lot: str
    origin_code: str
    produced_on: date
    net_mass_g: int
    best_before: date | None
    gtin: str
    plot_name: str
    longitude: Decimal | None
    latitude: Decimal | None
    datum: str


def apply_changes(before: Facts, changes: FactChanges) -> Facts:
    """`before` with the changes: trade numbers get 14 digits, points micro-degrees. Raises UnusablePlace."""
    given: dict[str, Any] = {key: value for key, value in changes.items() if key not in _POINT}
    if "gtin" in given:
        # What is no trade number stays as it was typed, for the check to refuse.
        given["gtin"] = gtin_14(given["gtin"]) or given["gtin"]
    if "plot_name" in given:
        given["plot_name"] = given["plot_name"].strip()
    if changes.keys() & _POINT:
        given |= point_e6(
            longitude=changes.get("longitude", _degrees(before.longitude_e6)),
            latitude=changes.get("latitude", _degrees(before.latitude_e6)),
            datum=changes.get("datum", before.datum),
        )
    return replace(before, **given)


def _degrees(micro: int | None) -> Decimal | None:
    return None if micro is None else degrees(micro)


def check_all(facts: Facts, authorisation: Authorisation, *, now: datetime) -> None:
    today = timezone.localdate(now)
    require_usable(authorisation, on=today)
    check_facts(facts, authorisation, today=today, fields=_ALL_FIELDS)


def set_facts(batch: Batch, facts: Facts) -> None:
    """Write facts into the row, with the standard in force on the day of production; saves nothing."""
    version = version_in_force(indication_id=batch.authorisation.indication_id, on=facts.produced_on)
    fill_in(batch, facts, version=version)


def fill_in(batch: Batch, facts: Facts, *, version: StandardVersion | None) -> None:
    """As `set_facts`, for who has looked the standard up."""
    batch.lot = facts.lot
    batch.origin_id = facts.origin_code
    batch.produced_on = facts.produced_on
    batch.best_before = facts.best_before
    batch.net_mass_g = facts.net_mass_g
    batch.gtin = facts.gtin
    batch.plot_name = facts.plot_name
    batch.longitude_e6, batch.latitude_e6, batch.datum = facts.longitude_e6, facts.latitude_e6, facts.datum
    batch.standard_version = version


def save_with_lot(batch: Batch) -> None:
    """Save; two requests for one lot meet at the constraint. Raises DuplicateLot."""
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:
        others = Batch.objects.filter(authorisation=batch.authorisation, lot=batch.lot).exclude(pk=batch.pk)
        if not others.exists():
            raise
        raise DuplicateLot(
            _("批号“%(lot)s”已经用过。请换一个批号；如要改正原批次，请打开它并选择“更正”。") % {"lot": batch.lot},
            field="lot",
        ) from error


def differences_of(before: Facts, after: Facts) -> dict[str, list[str]]:
    """{field: [before, after]} of the fields that differ."""
    pairs = {field: (getattr(before, field), getattr(after, field)) for field in Facts.__slots__}
    return {field: [as_text(old), as_text(new)] for field, (old, new) in pairs.items() if old != new}


def own_authorisation(actor: Actor, code: UUID) -> Authorisation:
    """Raises NotFound for one that is not the actor's."""
    authorisation = find_authorisation(actor=actor, code=code)
    # Announced ones are public, so that being found does not make it the actor's.
    if authorisation.enterprise.uscc != actor.uscc:
        raise NotFound(_("没有这项授权，或它不属于本单位。请从列表中选择。"), field="authorisation_code")
    return authorisation
