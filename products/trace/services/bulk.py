"""Many batches at once: the checks, rows and statements of `register_batch`, with each look-up made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast

from django.db import transaction
from django.utils import timezone

from products.access import Actor, Role, Scope, require_scope
from products.audit import Statement, new_salt, record_many
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.registry.models.standard import StandardVersion
from products.registry.queries.authorisations import require_usable
from products.registry.queries.standards import version_in_force
from products.trace.domain.facts import Facts
from products.trace.models.batch import Batch, BatchStep
from products.trace.services.batch_facts import fill_in
from products.trace.services.fact_checks import (
    CHECKS,
    Check,
    check_best_before,
    check_gtin,
    check_lot,
    check_mass,
    check_origin,
    check_plot_name,
    check_production_date,
)
from products.trace.services.statements import batch_statement, plot_commitments

# What each check looks at, as the inputs are called; beside these, origin and day look at the authorisation.
LOOKS_AT: Final[dict[Check, frozenset[str]]] = {
    check_lot: frozenset({"lot"}),
    check_production_date: frozenset({"authorisation_code", "produced_on"}),
    check_mass: frozenset({"net_mass_g"}),
    check_origin: frozenset({"authorisation_code", "origin_code", "longitude", "latitude", "datum"}),
    check_best_before: frozenset({"produced_on", "best_before"}),
    check_gtin: frozenset({"gtin"}),
    check_plot_name: frozenset({"plot_name"}),
}
_ALL: Final = tuple(dict.fromkeys(CHECKS.values()))


@dataclass(frozen=True, slots=True)
class NewBatch:
    """A batch to be; `row` is what a refusal names it by."""

    row: int
    authorisation: Authorisation
    facts: Facts


class ItemRefused(Exception):
    """One of many was refused, and with it all of them."""

    def __init__(self, row: int, error: DomainError) -> None:
        super().__init__(f"{row}: {error}")
        self.row, self.error = row, error


class FactChecker:
    """`check_all` for many batches on one day: answers that depend on the same inputs are asked for once."""

    def __init__(self, *, now: datetime) -> None:
        self.today = timezone.localdate(now)
        self._origins: dict[tuple[object, ...], DomainError | None] = {}
        self._rights: dict[int, DomainError | None] = {}
        self._versions: dict[tuple[int, date], StandardVersion | None] = {}

    def errors(
        self, facts: Facts, authorisation: Authorisation | None, *, unread: frozenset[str] = frozenset()
    ) -> list[DomainError]:
        """Every refusal; checks that look at what could not be read, or at no authorisation, are left out."""
        if authorisation is None:
            unread |= {"authorisation_code"}
            refusals = []
        else:
            refusals = [self._right(authorisation)]
        for check in _ALL:
            if not LOOKS_AT[check] & unread:
                refusals.append(self._one(check, facts, cast(Authorisation, authorisation)))
        return [error for error in refusals if error]

    def _right(self, authorisation: Authorisation) -> DomainError | None:
        if authorisation.pk not in self._rights:
            self._rights[authorisation.pk] = _refusal(lambda: require_usable(authorisation, on=self.today))
        return self._rights[authorisation.pk]

    def _one(self, check: Check, facts: Facts, authorisation: Authorisation) -> DomainError | None:
        if check is not check_origin:
            return _refusal(lambda: check(facts, authorisation, self.today))
        point = (facts.longitude_e6, facts.latitude_e6, facts.datum)
        key = (authorisation.indication_id, facts.origin_code, *point)
        if key not in self._origins:
            self._origins[key] = _refusal(lambda: check(facts, authorisation, self.today))
        return self._origins[key]

    def version(self, facts: Facts, authorisation: Authorisation) -> StandardVersion | None:
        """The standard in force on the day of production."""
        key = (authorisation.indication_id, facts.produced_on)
        if key not in self._versions:
            self._versions[key] = version_in_force(indication_id=key[0], on=key[1])
        return self._versions[key]


def _refusal(call: Callable[[], None]) -> DomainError | None:
    try:
        call()
    except DomainError as error:
        return error
    return None


@transaction.atomic
def register_many(
    *, actor: Actor, items: Sequence[NewBatch], now: datetime, checker: FactChecker | None = None
) -> list[Batch]:
    """Register all of them or none, each as `register_batch` would: same checks, rows and statements.

    The authorisations are the actor's own, as `own_authorisations` found them. Raises ItemRefused, and IntegrityError
    where a lot has been taken meanwhile.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    checker = checker or FactChecker(now=now)
    batches = []
    for item in items:
        if errors := checker.errors(item.facts, item.authorisation):
            raise ItemRefused(item.row, errors[0])
        batch = Batch(
            authorisation=item.authorisation,
            created_at=now,
            is_demo=item.authorisation.is_demo,
            plot_salt=new_salt() if item.facts.plot_name or item.facts.has_point else b"",
            state=Batch.State.REGISTERED,
        )
        fill_in(batch, item.facts, version=checker.version(item.facts, item.authorisation))
        batches.append(batch)
    Batch.objects.bulk_create(batches, batch_size=200)
    BatchStep.objects.bulk_create(
        [
            BatchStep(
                batch=batch,
                from_state=Batch.State.DRAFT,
                to_state=Batch.State.REGISTERED,
                reason="",
                by=actor.ledger_name,
                at=now,
            )
            for batch in batches
        ],
        batch_size=200,
    )
    statements = [
        Statement(
            kind="trace.batch_registered",
            subject=f"batch:{batch.code}",
            data=batch_statement(batch),
            commitments=plot_commitments(item.facts, salt=bytes(batch.plot_salt)),
        )
        for batch, item in zip(batches, items, strict=True)
    ]
    record_many(statements, actor=actor, now=now)
    return batches
