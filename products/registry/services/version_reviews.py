"""From a draft to a published version: the registrant submits, the office in charge publishes or sends it back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record as record_statement
from products.errors import Forbidden, InvalidInput, NotFound
from products.registry.errors import ProtectionCancelled, ReasonMissing
from products.registry.models.indication import Indication
from products.registry.models.standard import Limit, Standard, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep
from products.registry.queries.versions import in_order, may_review
from products.registry.services.texts import clean_number, clean_reason
from products.registry.services.version_checks import check_ready, day_before, overlapping
from products.registry.services.version_contents import content_sha256, published_limits, state_content, subject_of
from products.registry.services.version_drafts import lock_draft, lock_own, require_revision
from products.registry.services.version_endings import adopt_versions, end_version
from products.registry.standard_errors import StandardCodeTaken, StandardStateWrong

State = VersionRecord.State
Action = VersionStep.Action


@transaction.atomic
def submit_draft(*, actor: Actor, code: UUID, revision: int, now: datetime) -> VersionRecord:
    """Hand a draft to the office. Raises as `lock_draft`, and the refusals of `version_checks`."""
    row = lock_draft(actor=actor, code=code, revision=revision)
    check_ready(row)
    row.state = State.IN_REVIEW
    return _moved(row, actor=actor, action=Action.SUBMIT, kind="registry.standard_submitted", now=now)


@transaction.atomic
def take_back(*, actor: Actor, code: UUID, now: datetime) -> VersionRecord:
    """Make a version under review a draft again. Raises Forbidden, NotFound, StandardStateWrong."""
    row = lock_own(actor=actor, code=code)
    if row.state != State.IN_REVIEW:
        raise StandardStateWrong(_("只有审查中的版本可以撤回修改。"))
    row.state = State.DRAFT
    return _moved(row, actor=actor, action=Action.TAKE_BACK, kind="registry.standard_taken_back", now=now)


@transaction.atomic
def withdraw_draft(*, actor: Actor, code: UUID, now: datetime) -> None:
    """Give a draft up. One that was never submitted is deleted; of others the steps stay.

    Raises Forbidden, NotFound, StandardStateWrong.
    """
    row = lock_own(actor=actor, code=code)
    if row.state not in (State.DRAFT, State.IN_REVIEW):
        raise StandardStateWrong(_("已经发布或终止的版本不能再撤回。要停用已发布的版本，请联系监管部门废止。"))
    if not row.steps.exists():
        row.delete()
        return
    row.state = State.WITHDRAWN
    _moved(row, actor=actor, action=Action.WITHDRAW, kind="registry.standard_withdrawn", now=now)


@transaction.atomic
def decide_draft(
    *,
    actor: Actor,
    code: UUID,
    revision: int,
    action: str,
    reason: str = "",
    document_no: str = "",
    now: datetime,
) -> VersionRecord:
    """The office publishes a version (`publish`), or sends it back with a reason (`send_back`).

    `revision` is the one that was read: nobody publishes what they have not seen. Raises Forbidden, NotFound,
    StandardStateWrong, StandardDraftChanged, ReasonMissing, ProtectionCancelled and the refusals of `version_checks`.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    if action not in (Action.PUBLISH, Action.SEND_BACK):
        raise InvalidInput(_("决定须为发布或退回。"), field="action")
    seen = VersionRecord.objects.filter(pk__in=VersionRecord.objects.visible_to(actor), code=code).first()
    if seen is None:
        raise NotFound(_("没有这个标准版本，或您无权查看。"))
    # The indication first: of two versions of one name that are published at once, the second sees the first.
    indication = Indication.objects.select_for_update().get(pk=seen.indication_id) if seen.indication_id else None
    row = VersionRecord.objects.select_for_update().get(pk=seen.pk)
    if not may_review(actor, indication):
        raise Forbidden(_("标准由保护范围所在市（州）的部门审查；范围跨市（州）的由省级部门审查。"))
    if row.state != State.IN_REVIEW:
        raise StandardStateWrong(_("这个版本不在审查中，可能刚被撤回或已经有了决定。"))
    require_revision(row, revision)
    reason, document_no = clean_reason(reason), clean_number(document_no)
    if action == Action.SEND_BACK:
        if not reason:
            raise ReasonMissing(_("退回须写明理由：哪里要改，改成什么。"), field="reason")
        row.state = State.DRAFT
        kind = "registry.standard_sent_back"
        return _moved(row, actor=actor, action=action, kind=kind, reason=reason, document_no=document_no, now=now)
    if indication is None or indication.status == Indication.Status.CANCELLED:
        raise ProtectionCancelled(_("该地理标志的保护已经撤销。"))
    return _publish(row, actor=actor, reason=reason, document_no=document_no, now=now)


def _publish(row: VersionRecord, *, actor: Actor, reason: str, document_no: str, now: datetime) -> VersionRecord:
    check_ready(row)
    standard = _standard_of(row)
    earlier = in_order(standard.versions.all())
    if row.base and row.base.standard_id != standard.pk:
        adopt_versions(row.base.standard, actor=actor, now=now)
        earlier = [row.base]
    else:
        adopt_versions(standard, actor=actor, now=now)
    begins = row.effective_from
    assert begins is not None  # check_ready saw to it
    for version in overlapping(earlier, effective_from=begins):
        end_version(
            version, actor=actor, action=Action.SUPERSEDE, effective_to=day_before(begins),
            reason="", document_no=document_no, successor=str(row.code), now=now,
        )  # fmt: skip
    row.version = _write_version(row, standard)
    row.state, row.changed_at = State.PUBLISHED, now
    row.save(update_fields=["version", "state", "changed_at"])
    _step(row, actor=actor, action=Action.PUBLISH, reason=reason, document_no=document_no, now=now)
    decision: dict[str, Any] = {
        "reason": reason,
        "document_no": document_no,
        "drafted_by": row.drafted_by,
        "revision": row.revision,
    }
    decision |= {"status": row.version.status, "follows": str(row.base) if row.base else None}
    state_content(actor=actor, record=row, kind="registry.standard_published", data=decision, now=now)
    return row


def _standard_of(row: VersionRecord) -> Standard:
    found = Standard.objects.select_for_update().filter(code=row.standard_code).first()
    if found:
        return found
    try:
        with transaction.atomic():
            return Standard.objects.create(code=row.standard_code, title=row.title, indication_id=row.indication_id)
    except IntegrityError as error:
        # Of another indication, a moment ago.
        raise StandardCodeTaken(_("这个编号已经登记为另一个产品的标准。请核对编号。"), field="standard_code") from error


def _write_version(row: VersionRecord, standard: Standard) -> StandardVersion:
    version = StandardVersion.objects.create(
        standard=standard,
        label=row.label,
        status=StandardVersion.Status.IN_FORCE,
        effective_from=row.effective_from,
        effective_to=row.effective_to,
        source=row.source,
        max_yield_kg_per_ha=row.max_yield_kg_per_ha,
    )
    Limit.objects.bulk_create([Limit(version=version, **facts) for facts in published_limits(row)], batch_size=200)
    return version


def _moved(
    row: VersionRecord,
    *,
    actor: Actor,
    action: str,
    kind: str,
    reason: str = "",
    document_no: str = "",
    now: datetime,
) -> VersionRecord:
    """Keep the new state, the step and its statement."""
    row.changed_at = now
    row.save(update_fields=["state", "changed_at"])
    step = _step(row, actor=actor, action=action, reason=reason, document_no=document_no, now=now)
    record_statement(actor=actor, kind=kind, subject=subject_of(row), data=step_statement(row, step), now=now)
    return row


def _step(
    row: VersionRecord, *, actor: Actor, action: str, reason: str, document_no: str, now: datetime
) -> VersionStep:
    return VersionStep.objects.create(
        record=row,
        action=action,
        reason=reason,
        document_no=document_no,
        content_sha256=content_sha256(row),
        by=actor.ledger_name,
        decided_by=actor.username,
        at=now,
    )


def step_statement(row: VersionRecord, step: VersionStep) -> dict[str, Any]:
    """A step that leaves nothing in force: the content by its hash alone."""
    return {
        "standard": row.standard_code,
        "title": row.title,
        "indication": row.indication.code if row.indication else None,
        "label": row.label,
        "drafted_by": row.drafted_by,
        "revision": row.revision,
        "reason": step.reason,
        "document_no": step.document_no,
        "content_sha256": step.content_sha256,
    }
