"""Batches: entering them, and taking them from registration to release, hold and recall."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import NOBODY, Actor, Role, Scope, require_scope
from products.audit import new_salt, record
from products.errors import NotFound
from products.registry.queries.authorisations import require_usable
from products.trace.domain.batch_states import NEEDS_REASON, Step, next_state
from products.trace.domain.facts import Facts, write_kg
from products.trace.domain.plots import PLOT_FIELDS
from products.trace.errors import BelowLabelledMass, LabelsPrinted, NothingChanged, WrongBatchState
from products.trace.models.batch import Batch, BatchCorrection, BatchStep
from products.trace.queries.batches import facts_of, issued_mass_g
from products.trace.services.batch_facts import (
    FactChanges,
    apply_changes,
    check_all,
    differences_of,
    own_authorisation,
    save_with_lot,
    set_facts,
)
from products.trace.services.batch_lots import follow_correction, lock_lot_of
from products.trace.services.batch_plots import choose_plots, name_plots
from products.trace.services.fact_checks import check_facts, check_reason
from products.trace.services.lab_release import require_not_failed
from products.trace.services.recall_checks import require_not_recalled
from products.trace.services.statements import batch_statement, plot_commitments, public_changes

_STEP_KINDS: Final = {
    Step.REGISTER: "trace.batch_registered",
    Step.RELEASE: "trace.batch_released",
    Step.HOLD: "trace.batch_held",
    Step.RECALL: "trace.batch_recalled",
}


@transaction.atomic
def register_batch(
    *,
    actor: Actor,
    authorisation_code: UUID,
    lot: str,
    origin_code: str,
    produced_on: date,
    net_mass_g: int,
    best_before: date | None = None,
    gtin: str = "",
    plot_name: str = "",
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    datum: str = "",
    plots: Sequence[UUID] = (),
    as_draft: bool = False,
    now: datetime,
) -> Batch:
    """Enter a batch under one of the producer's own authorisations; a draft stays out of the ledger.

    Mass in grams; longitude and latitude in degrees of `datum`. Raises NotFound for another's authorisation,
    AuthorisationInactive for today or the day of production, and the refusals of `fact_checks`; DuplicateLot,
    PlotNotUsable.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    authorisation = own_authorisation(actor, authorisation_code)
    facts = apply_changes(
        Facts(lot=lot, origin_code=origin_code, produced_on=produced_on, net_mass_g=net_mass_g),
        {
            "best_before": best_before,
            "gtin": gtin,
            "plot_name": plot_name,
            "longitude": longitude,
            "latitude": latitude,
            "datum": datum,
        },
    )
    check_all(facts, authorisation, now=now)
    batch = Batch(
        authorisation=authorisation,
        created_at=now,
        is_demo=authorisation.is_demo,
        plot_salt=new_salt() if facts.plot_name or facts.has_point else b"",
    )
    set_facts(batch, facts)
    choose_plots(batch, plots)
    save_with_lot(batch)
    return batch if as_draft else _take(batch, Step.REGISTER, actor=actor, reason="", now=now)


@transaction.atomic
def edit_draft(
    *,
    actor: Actor,
    code: UUID,
    changes: FactChanges,
    authorisation_code: UUID | None = None,
    plots: Sequence[UUID] | None = None,
    now: datetime,
) -> Batch:
    """Change what a draft says. Raises WrongBatchState once it is registered, else as `register_batch`."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    batch = lock_batch(actor=actor, code=code)
    _require_draft(batch)
    if authorisation_code is not None:
        batch.authorisation = own_authorisation(actor, authorisation_code)
    facts = apply_changes(facts_of(batch), changes)
    check_all(facts, batch.authorisation, now=now)
    batch.is_demo = batch.authorisation.is_demo
    batch.plot_salt = batch.plot_salt or new_salt()
    set_facts(batch, facts)
    choose_plots(batch, [UUID(each) for each in batch.draft_plots or ()] if plots is None else plots)
    save_with_lot(batch)
    return batch


@transaction.atomic
def submit_draft(*, actor: Actor, code: UUID, now: datetime) -> Batch:
    """Register a draft; its facts are checked again as of now. Raises WrongBatchState, else as `register_batch`."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    batch = lock_batch(actor=actor, code=code)
    _require_draft(batch)
    check_all(facts_of(batch), batch.authorisation, now=now)
    return _take(batch, Step.REGISTER, actor=actor, reason="", now=now)


@transaction.atomic
def discard_draft(*, actor: Actor, code: UUID) -> None:
    """Throw a draft away: nobody was told of it and its lot number is free again. Raises WrongBatchState."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    batch = lock_batch(actor=actor, code=code)
    _require_draft(batch)
    batch.delete()


@transaction.atomic
def release_batch(*, actor: Actor, code: UUID, now: datetime) -> Batch:
    """Put a registered batch on the market, or lift its hold.

    Raises WrongBatchState, AuthorisationInactive, LabFailed, LabIncomplete, UnderRecall.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    batch = lock_batch(actor=actor, code=code)
    _require_step(batch, Step.RELEASE)
    require_usable(batch.authorisation, on=timezone.localdate(now))
    require_not_failed(batch)
    require_not_recalled(batch)
    return _take(batch, Step.RELEASE, actor=actor, reason="", now=now)


@transaction.atomic
def hold_batch(*, actor: Actor, code: UUID, reason: str, now: datetime) -> Batch:
    """Stop the sale of a released batch for the time being. Raises WrongBatchState, ReasonMissing."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    batch = lock_batch(actor=actor, code=code)
    return _take(batch, Step.HOLD, actor=actor, reason=reason, now=now)


@transaction.atomic
def recall_batch(*, actor: Actor, code: UUID, reason: str, now: datetime) -> Batch:
    """Recall a batch for good; by its maker or by an office of the region.

    Raises NotFound outside the region, WrongBatchState for a draft or a batch recalled before, ReasonMissing.
    """
    scope = Scope.OVERSIGHT if actor.is_role(Role.INSPECTOR) else Scope.BATCHES
    require_scope(actor, scope, Role.PRODUCER, Role.INSPECTOR)
    batch = _lock_visible(actor, code)
    return _take(batch, Step.RECALL, actor=actor, reason=reason, now=now)


@transaction.atomic
def correct_batch(*, actor: Actor, code: UUID, changes: FactChanges, reason: str, now: datetime) -> BatchCorrection:
    """Put the facts of a registered batch right; what was said before stays beside them.

    Raises WrongBatchState for a draft, NothingChanged, ReasonMissing, LabelsPrinted, BelowLabelledMass, DuplicateLot,
    StockTooSmall, or what `fact_checks` refuses of the facts that change.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    lock_lot_of(code)
    batch = lock_batch(actor=actor, code=code)
    if batch.state == Batch.State.DRAFT:
        raise WrongBatchState(_("草稿可以直接修改，不需要更正。"))
    before = facts_of(batch)
    facts = apply_changes(before, changes)
    differences = differences_of(before, facts)
    if not differences:
        raise NothingChanged(_("内容与现有登记相同，没有需要更正的地方。"))
    reason = check_reason(reason)
    _require_labels_stay_true(batch, before, facts)
    check_facts(facts, batch.authorisation, today=timezone.localdate(now), fields=frozenset(differences))
    set_facts(batch, facts)
    batch.plot_salt = batch.plot_salt or new_salt()
    save_with_lot(batch)
    correction = BatchCorrection.objects.create(
        batch=batch, changes=differences, reason=reason, by=actor.ledger_name, at=now
    )
    record(
        actor=actor,
        kind="trace.batch_corrected",
        subject=f"batch:{batch.code}",
        data={"changes": public_changes(differences), "reason": reason, "facts": batch_statement(batch)},
        commitments=plot_commitments(facts, salt=bytes(batch.plot_salt), is_changed=True)
        if PLOT_FIELDS & differences.keys()
        else None,
        now=now,
    )
    follow_correction(batch=batch, before=before, reason=reason, actor=actor, now=now)
    return correction


def _require_labels_stay_true(batch: Batch, before: Facts, after: Facts) -> None:
    """What printed labels say, and the mass and year they were counted against, cannot be taken back.

    The batch is locked, so no run is issued meanwhile. Voided labels count: their mass is never given out again.
    """
    labelled_g = issued_mass_g(batch)
    if not labelled_g:
        return
    for field in ("lot", "gtin"):
        if getattr(before, field) != getattr(after, field):
            raise LabelsPrinted(_("标签已经印出，批号和商品条码不能再改。请召回该批次后重新登记。"), field=field)
    if before.produced_on.year != after.produced_on.year:
        raise LabelsPrinted(_("标签已占用生产年度的用标数量，生产日期不能改到另一年。"), field="produced_on")
    if after.net_mass_g < labelled_g:
        raise BelowLabelledMass(
            _("净重不能少于已发标签对应的 %(kg)s 公斤。请先核对标签数量；产品确有短缺的，请召回该批次。")
            % {"kg": write_kg(labelled_g)},
            field="net_mass_g",
        )


def lock_batch(*, actor: Actor, code: UUID) -> Batch:
    """The producer's own batch, locked until the transaction ends; the caller has checked the scope.

    Raises NotFound for another's batch, and for anybody who makes none.
    """
    return _lock_visible(actor if actor.is_role(Role.PRODUCER) else NOBODY, code)


def _lock_visible(actor: Actor, code: UUID) -> Batch:
    batch = (
        Batch.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related(
            "authorisation__indication", "authorisation__enterprise", "origin", "standard_version__standard"
        )
        .filter(code=code)
        .first()
    )
    if batch is None:
        raise NotFound(_("没有这个批次，或您无权办理。请从“我的批次”中选择。"))
    return batch


def _require_draft(batch: Batch) -> None:
    if batch.state != Batch.State.DRAFT:
        raise WrongBatchState(_("该批次已经登记，不再是草稿。要改正内容请选择“更正”。"))


def _require_step(batch: Batch, step: Step) -> str:
    state = next_state(batch.state, step)
    if state is None:
        raise WrongBatchState(
            _("该批次现在是“%(state)s”，不能办理这一步。请刷新页面查看最新状态。")
            % {"state": batch.get_state_display()}
        )
    return state


def _take(batch: Batch, step: Step, *, actor: Actor, reason: str, now: datetime) -> Batch:
    before, batch.state = batch.state, _require_step(batch, step)
    reason = check_reason(reason) if step in NEEDS_REASON else ""
    batch.save(update_fields=["state"])
    BatchStep.objects.create(
        batch=batch, from_state=before, to_state=batch.state, reason=reason, by=actor.ledger_name, at=now
    )
    is_first = step is Step.REGISTER
    record(
        actor=actor,
        kind=_STEP_KINDS[step],
        subject=f"batch:{batch.code}",
        data=batch_statement(batch) | name_plots(batch)
        if is_first
        else {"from_state": before, "to_state": batch.state, "reason": reason},
        commitments=plot_commitments(facts_of(batch), salt=bytes(batch.plot_salt)) if is_first else None,
        now=now,
    )
    return batch
