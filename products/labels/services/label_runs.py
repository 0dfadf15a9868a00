"""Issuing, activating and voiding labels.

Locks are taken in one order: batch, authorisation, quota, run.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record
from products.errors import InvalidInput, NotFound
from products.labels.domain.unit_code import MAX_SERIAL, new_run_code
from products.labels.errors import (
    AlreadyActivated,
    AlreadyVoided,
    BatchExhausted,
    QuotaExhausted,
)
from products.labels.models.label_run import LabelRange, LabelRun
from products.labels.queries.runs import canonical_run, labelled_mass_in_year_g, overlapping
from products.labels.services.keys import new_key, seal_key
from products.labels.services.permission import require_labellable_state, require_range
from products.registry.services.authorisations import lock_quota, lock_usable
from products.registry.services.texts import clean_reason
from products.trace.queries.batches import issued_mass_g
from products.trace.services.batches import lock_batch

MAX_UNIT_MASS_G = 1_000_000_000  # a pack of a thousand tonnes: beyond any carriage


@transaction.atomic
def issue_label_run(*, actor: Actor, batch_code: UUID, quantity: int, unit_mass_g: int, now: datetime) -> LabelRun:
    """Issue serials 1 to `quantity`, never more than the batch can fill and the year's quota allows.

    Raises NotFound, BatchNotLabellable, AuthorisationInactive, QuotaMissing, BatchExhausted,
    QuotaExhausted or InvalidInput, having written nothing.
    """
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    if not 1 <= quantity <= MAX_SERIAL:
        raise InvalidInput(_("数量须为 1 至 %(most)s 枚。") % {"most": f"{MAX_SERIAL:,}"}, field="quantity")
    if not 1 <= unit_mass_g <= MAX_UNIT_MASS_G:
        raise InvalidInput(_("每件净含量须大于 0 克。"), field="unit_mass_g")
    # Lock before counting: two runs that saw the same remainder would both pass.
    batch = lock_batch(actor=actor, code=batch_code)
    require_labellable_state(batch)
    lock_usable(authorisation_id=batch.authorisation_id, days=[batch.produced_on, timezone.localdate(now)])
    quota = lock_quota(authorisation_id=batch.authorisation_id, year=batch.produced_on.year)

    # Void runs are counted too: a printed code is never handed out twice.
    left = (batch.net_mass_g - issued_mass_g(batch)) // unit_mass_g
    if quantity > left:
        raise BatchExhausted(
            _("该批次净重只够再领 %(left)s 枚。请减少数量，或登记新的批次。") % {"left": max(left, 0)}, field="quantity"
        )
    used = labelled_mass_in_year_g(authorisation_id=batch.authorisation_id, year=quota.year)
    left = (quota.quota_g - used) // unit_mass_g
    if quantity > left:
        raise QuotaExhausted(
            _("%(year)s 年度用标数量只够再领 %(left)s 枚。请减少数量，或申请增加年度数量。")
            % {"year": quota.year, "left": max(left, 0)},
            field="quantity",
        )
    key = new_key()
    run = LabelRun.objects.create(
        code=_free_code(),
        batch=batch,
        quantity=quantity,
        unit_mass_g=unit_mass_g,
        key=seal_key(key),
        issued_by=actor.ledger_name,
        issued_at=now,
    )
    record(
        actor=actor,
        kind="labels.run_issued",
        subject=f"run:{run.code}",
        data={
            "batch": str(batch.code),
            "quantity": quantity,
            "unit_mass_g": unit_mass_g,
            # Lets an auditor who is shown the key check every code of the run, and tells nobody else anything.
            "key_sha256": hashlib.sha256(key).hexdigest(),
        },
        now=now,
    )
    return run


def _free_code() -> str:
    # A thousand million codes; the unique constraint decides if two draw the same one at once.
    while True:
        code = new_run_code(secrets.token_bytes(8))
        if not LabelRun.objects.filter(code=code).exists():
            return code


def _own_runs(actor: Actor) -> QuerySet[LabelRun]:
    return LabelRun.objects.filter(batch__authorisation__enterprise__uscc=actor.uscc)


def _lock_run(actor: Actor, code: str, first_serial: int, last_serial: int) -> LabelRun:
    run = _own_runs(actor).select_for_update(of=("self",)).filter(code=canonical_run(code)).first()
    if run is None:
        raise NotFound(_("没有这批标签，或不属于本单位。"))
    require_range(run, first_serial=first_serial, last_serial=last_serial)
    if overlapping(run, kind=LabelRange.Kind.VOIDED, first_serial=first_serial, last_serial=last_serial):
        raise AlreadyVoided(_("所选范围内有已作废的标签，作废后不能恢复。请分段办理。"), field="first_serial")
    return run


def _add_range(
    *,
    actor: Actor,
    run: LabelRun,
    kind: LabelRange.Kind,
    first_serial: int,
    last_serial: int,
    reason: str,
    now: datetime,
) -> LabelRange:
    row = LabelRange.objects.create(
        run=run,
        kind=kind,
        first_serial=first_serial,
        last_serial=last_serial,
        reason=reason,
        by=actor.ledger_name,
        at=now,
    )
    record(
        actor=actor,
        kind="labels.range_voided" if kind == LabelRange.Kind.VOIDED else "labels.range_activated",
        subject=f"run:{run.code}",
        data={"first_serial": first_serial, "last_serial": last_serial, "reason": reason},
        now=now,
    )
    return row


@transaction.atomic
def activate_labels(*, actor: Actor, run_code: str, first_serial: int, last_serial: int, now: datetime) -> LabelRange:
    """Say that these labels are on packs.

    Raises NotFound, BatchNotLabellable, AuthorisationInactive, InvalidRange, AlreadyActivated or AlreadyVoided.
    """
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    batch_code = _own_runs(actor).filter(code=canonical_run(run_code)).values_list("batch__code", flat=True).first()
    batch = lock_batch(actor=actor, code=batch_code) if batch_code else None
    if batch is None:
        raise NotFound(_("没有这批标签，或不属于本单位。"))
    require_labellable_state(batch)
    lock_usable(authorisation_id=batch.authorisation_id, days=[timezone.localdate(now)])
    run = _lock_run(actor, run_code, first_serial, last_serial)
    if overlapping(run, kind=LabelRange.Kind.ACTIVATED, first_serial=first_serial, last_serial=last_serial):
        raise AlreadyActivated(_("所选范围内有已启用的标签。请只填尚未启用的序号。"), field="first_serial")
    return _add_range(
        actor=actor,
        run=run,
        kind=LabelRange.Kind.ACTIVATED,
        first_serial=first_serial,
        last_serial=last_serial,
        reason="",
        now=now,
    )


@transaction.atomic
def void_labels(
    *, actor: Actor, run_code: str, first_serial: int, last_serial: int, reason: str, now: datetime
) -> LabelRange:
    """End these labels for good, with the reason; allowed whatever the batch's and the right's state.

    Raises NotFound, InvalidRange, AlreadyVoided, InvalidInput.
    """
    require_scope(actor, Scope.LABELS, Role.PRODUCER)
    run = _lock_run(actor, run_code, first_serial, last_serial)
    reason = clean_reason(reason)
    if not reason:
        raise InvalidInput(_("请写明作废原因，例如：打印机卡纸。"), field="reason")
    return _add_range(
        actor=actor,
        run=run,
        kind=LabelRange.Kind.VOIDED,
        first_serial=first_serial,
        last_serial=last_serial,
        reason=reason,
        now=now,
    )


@transaction.atomic
def note_codes_derived(
    *, actor: Actor, run: LabelRun, purpose: str, first_serial: int, last_serial: int, now: datetime
) -> None:
    """Making codes anew from the key is an audited act: downloads and print files pass through here."""
    record(
        actor=actor,
        kind="labels.codes_derived",
        subject=f"run:{run.code}",
        data={"purpose": purpose, "first_serial": first_serial, "last_serial": last_serial},
        now=now,
    )
