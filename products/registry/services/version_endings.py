"""How a version ends: another takes its place, or the office repeals it."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import record as record_statement
from products.errors import Forbidden, NotFound
from products.registry.errors import DocumentMissing, ReasonMissing
from products.registry.models.indication import Indication
from products.registry.models.standard import Standard, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep
from products.registry.queries.limit_words import version_facts
from products.registry.queries.versions import in_order, last_version, may_review
from products.registry.services.texts import clean_number, clean_reason
from products.registry.services.version_contents import content_sha256, state_content, subject_of
from products.registry.services.version_drafts import FIRST_DAY, LAST_DAY
from products.registry.standard_errors import StandardDatesOverlap, StandardStateWrong

Action = VersionStep.Action


@transaction.atomic
def repeal_version(
    *,
    actor: Actor,
    standard_code: str,
    label: str,
    repealed_on: date,
    reason: str,
    document_no: str,
    now: datetime,
) -> VersionRecord:
    """End the last version of a standard: from `repealed_on` on it is not in force. The office in charge does this.

    Raises Forbidden, NotFound, StandardStateWrong, ReasonMissing, DocumentMissing, StandardDatesOverlap.
    """
    require_scope(actor, Scope.REGISTRY, Role.INSPECTOR)
    found = Standard.objects.filter(code=standard_code.strip()).first()
    if found is None or found.indication_id is None or not _sees(actor, found):
        raise NotFound(_("没有登记这个标准，或不在您的辖区内。"))
    indication = Indication.objects.select_for_update().get(pk=found.indication_id)
    standard = Standard.objects.select_for_update().get(pk=found.pk)
    if not may_review(actor, indication):
        raise Forbidden(_("标准由保护范围所在市（州）的部门废止；范围跨市（州）的由省级部门废止。"))
    version = standard.versions.filter(label=label).first()
    if version is None:
        raise NotFound(_("这个标准没有所填的版本。"))
    last = last_version(standard)
    if last != version:
        raise StandardStateWrong(_("这个版本已被新的版本代替，不用废止。"))
    if version.status == StandardVersion.Status.REPEALED:
        raise StandardStateWrong(_("这个版本已经废止。"))
    reason, document_no = clean_reason(reason), clean_number(document_no)
    if not reason:
        raise ReasonMissing(_("请写明废止的理由。"), field="reason")
    if not document_no:
        raise DocumentMissing(_("请填写文号。"), field="document_no")
    last_day = _last_day(version, repealed_on)
    adopt_versions(standard, actor=actor, now=now)
    return end_version(
        version,
        actor=actor,
        action=Action.REPEAL,
        effective_to=last_day,
        reason=reason,
        document_no=document_no,
        successor="",
        now=now,
    )


def _sees(actor: Actor, standard: Standard) -> bool:
    """An office of the region knows the standard; another's is not told apart from none."""
    indication = standard.indication
    return indication is not None and (
        actor.covers(indication.prefecture_id or "510000") or may_review(actor, indication)
    )


def _last_day(version: StandardVersion, repealed_on: date) -> date:
    if not FIRST_DAY < repealed_on <= LAST_DAY:
        raise StandardDatesOverlap(_("日期不对。请填写 1949 年至 2199 年之间的日期。"), field="repealed_on")
    last_day = date.fromordinal(repealed_on.toordinal() - 1)
    if version.effective_from and last_day < version.effective_from:
        raise StandardDatesOverlap(
            _("废止日期要晚于实施日期 %(day)s。") % {"day": version.effective_from.isoformat()}, field="repealed_on"
        )
    if version.effective_to and last_day >= version.effective_to:
        raise StandardDatesOverlap(
            _("这个版本到 %(day)s 就失效，废止日期要早于那一天。") % {"day": version.effective_to.isoformat()},
            field="repealed_on",
        )
    return last_day


def adopt_versions(standard: Standard, *, actor: Actor, now: datetime) -> None:
    """Take versions of the reference data in as they are: from here on they are people's, and stand in the log."""
    for version in in_order(standard.versions.filter(record__isnull=True)):
        row = VersionRecord(
            indication=standard.indication,
            standard_code=standard.code,
            title=standard.title,
            label=version.label,
            effective_from=version.effective_from,
            effective_to=version.effective_to,
            source=version.source,
            max_yield_kg_per_ha=version.max_yield_kg_per_ha,
            limits=version_facts(version),
            version=version,
            state=VersionRecord.State.PUBLISHED,
            created_at=now,
            changed_at=now,
        )
        row.save(force_insert=True)
        VersionStep.objects.create(
            record=row,
            action=Action.ADOPT,
            content_sha256=content_sha256(row),
            by=actor.ledger_name,
            decided_by=actor.username,
            at=now,
        )
        data = {"status": version.status, "revision": row.revision, "drafted_by": "", "follows": None}
        data |= {"reason": "", "document_no": ""}

        state_content(actor=actor, record=row, kind="registry.standard_adopted", data=data, now=now)


def end_version(
    version: StandardVersion,
    *,
    actor: Actor,
    action: str,
    effective_to: date,
    reason: str,
    document_no: str,
    successor: str,
    now: datetime,
) -> VersionRecord:
    """Set a version's last day, with the step and its statement. The version has its record; the caller has its locks."""
    row = VersionRecord.objects.select_related("indication").get(version=version)
    is_repealed = action == Action.REPEAL
    version.effective_to = effective_to
    version.status = StandardVersion.Status.REPEALED if is_repealed else version.status
    version.save(update_fields=["effective_to", "status"])
    step = VersionStep.objects.create(
        record=row,
        action=action,
        reason=reason,
        document_no=document_no,
        content_sha256=content_sha256(row),
        effective_to=effective_to,
        by=actor.ledger_name,
        decided_by=actor.username,
        at=now,
    )
    data = {
        "standard": row.standard_code,
        "label": row.label,
        "effective_to": effective_to.isoformat(),
        "reason": reason,
        "document_no": document_no,
        "content_sha256": step.content_sha256,
    }
    if is_repealed:
        kind = "registry.standard_repealed"
        record_statement(actor=actor, kind=kind, subject=subject_of(row), data=data, now=now)
    else:
        data["successor"] = successor
        kind = "registry.standard_superseded"
        record_statement(actor=actor, kind=kind, subject=subject_of(row), data=data, now=now)
    return row
