"""A registrant drafts the next version of its standard; nothing of it counts before an office publishes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.errors import InvalidInput, NotFound
from products.registry.errors import ProtectionCancelled
from products.registry.models.indication import Indication
from products.registry.models.standard import Standard, StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.queries.limit_words import version_facts
from products.registry.queries.versions import last_version
from products.registry.services.limit_drafts import clean_limit, clean_limits, number, plain
from products.registry.services.texts import clean_text
from products.registry.standard_errors import (
    LimitNumberInvalid,
    StandardCodeTaken,
    StandardDraftChanged,
    StandardIncomplete,
    StandardStateWrong,
)

State = VersionRecord.State
HEAD: Final = ("title", "label", "effective_from", "effective_to", "source", "max_yield_kg_per_ha")
MAX_SOURCE: Final = 2_000
MAX_YIELD_KG_PER_HA: Final = 1_000_000
MAX_DRAFTS: Final = 50
FIRST_DAY, LAST_DAY = date(1949, 10, 1), date(2199, 12, 31)


@transaction.atomic
def start_draft(
    *, actor: Actor, indication_code: str, standard_code: str, title: str = "", replaces: str = "", now: datetime
) -> VersionRecord:
    """A draft of the standard's first version, or of the one after its last, whose limits it starts with.

    `replaces` is the number of another standard of the same indication that a new one takes the place of.
    Raises Forbidden, NotFound, ProtectionCancelled, StandardCodeTaken, StandardIncomplete, InvalidInput.
    """
    require_scope(actor, Scope.REGISTRY, Role.ASSOCIATION)
    # Locked, so that the bound on open drafts holds.
    indication = (
        Indication.objects.select_for_update().filter(code=indication_code, registrant_uscc=actor.uscc or None).first()
    )
    if indication is None:
        raise NotFound(_("没有这个地理标志，或贵协会不是它的注册人。"))
    if indication.status == Indication.Status.CANCELLED:
        raise ProtectionCancelled(_("该地理标志的保护已经撤销。"))
    number_ = " ".join(clean_text(plain(standard_code), field="standard_code", longest=60).split())
    if not number_:
        raise StandardIncomplete(_("请填写标准号或公告号，例如 GB/T 20560-2006。"), field="standard_code")
    standard = Standard.objects.filter(code=number_).first()
    if standard and standard.indication_id != indication.pk:
        raise StandardCodeTaken(_("这个编号已经登记为另一个产品的标准。请核对编号。"), field="standard_code")
    title = standard.title if standard else _title(title)
    base = last_version(standard) if standard else _replaced(replaces, indication)
    open_count = VersionRecord.objects.filter(indication=indication, state__in=(State.DRAFT, State.IN_REVIEW)).count()
    if open_count >= MAX_DRAFTS:
        raise InvalidInput(_("草稿太多了。请先提交或删除已有的草稿。"))
    return VersionRecord.objects.create(
        indication=indication,
        standard_code=number_,
        title=title,
        limits=version_facts(base),
        max_yield_kg_per_ha=base.max_yield_kg_per_ha if base else None,
        base=base,
        drafted_by=actor.ledger_name,
        created_at=now,
        changed_at=now,
    )


def _title(text: str) -> str:
    title = " ".join(clean_text(text, field="title", longest=120).split())
    if not title:
        raise StandardIncomplete(_("请填写标准的名称，例如 地理标志产品 郫县豆瓣。"), field="title")
    return title


def _replaced(code: str, indication: Indication) -> StandardVersion | None:
    if not code:
        return None
    standard = Standard.objects.filter(code=code, indication=indication).first()
    found = last_version(standard) if standard else None
    if found is None:
        raise NotFound(_("这个地理标志没有所选的旧标准。"))
    return found


@transaction.atomic
def save_draft(
    *,
    actor: Actor,
    code: UUID,
    revision: int,
    head: Mapping[str, Any] | None = None,
    limits: Sequence[Mapping[str, Any]] | None = None,
    now: datetime,
) -> VersionRecord:
    """Change a draft's head, replace its limits, or both.

    Raises Forbidden, NotFound, StandardStateWrong, StandardDraftChanged when `revision` is not the newest, and the
    refusals of `limit_drafts`, having changed nothing.
    """
    record = lock_draft(actor=actor, code=code, revision=revision)
    if head is not None:
        _take_head(record, head)
    if limits is not None:
        record.limits = clean_limits(limits)
    return _keep(record, now)


@transaction.atomic
def put_limit(
    *, actor: Actor, code: UUID, revision: int, key: str = "", limit: Mapping[str, Any], now: datetime
) -> VersionRecord:
    """Add a limit to a draft, or put it in the place of the one with this key. Raises as `save_draft`."""
    record = lock_draft(actor=actor, code=code, revision=revision)
    facts = clean_limit({**limit, "key": key})
    if key:
        place = _place_of(record, key)
        record.limits[place] = facts
    else:
        if facts["key"]:
            facts["key"] = ""
        record.limits = [*record.limits, facts]
    record.limits = clean_limits(record.limits)
    return _keep(record, now)


@transaction.atomic
def remove_limit(*, actor: Actor, code: UUID, revision: int, key: str, now: datetime) -> VersionRecord:
    """Take a limit out of a draft. Raises as `save_draft`."""
    record = lock_draft(actor=actor, code=code, revision=revision)
    del record.limits[_place_of(record, key)]
    return _keep(record, now)


def _place_of(record: VersionRecord, key: str) -> int:
    for place, each in enumerate(record.limits):
        if each["key"] == key:
            return place
    raise NotFound(_("草稿里没有这项限量，可能刚被删除。"))


def lock_draft(*, actor: Actor, code: UUID, revision: int) -> VersionRecord:
    """One's own draft, locked. Raises Forbidden, NotFound, StandardStateWrong, StandardDraftChanged."""
    record = lock_own(actor=actor, code=code)
    if record.state != State.DRAFT:
        words = {
            State.IN_REVIEW: _("正在审查，不能修改。要改请先撤回。"),
            State.PUBLISHED: _("已经发布，内容不能再改。要改请起草新的版本。"),
            State.WITHDRAWN: _("这份草稿已经终止。请另起草新的版本。"),
        }
        raise StandardStateWrong(words[State(record.state)])
    require_revision(record, revision)
    return record


def lock_own(*, actor: Actor, code: UUID) -> VersionRecord:
    """A version of one's own indication, locked. Raises Forbidden, NotFound."""
    require_scope(actor, Scope.REGISTRY, Role.ASSOCIATION)
    found = (
        VersionRecord.objects.select_for_update(of=("self",))
        .filter(code=code, indication__registrant_uscc=actor.uscc or None)
        .select_related("indication", "base__standard")
        .first()
    )
    if found is None:
        raise NotFound(_("没有这份标准草稿，或它不归贵协会。"))
    return found


def require_revision(record: VersionRecord, revision: int) -> None:
    if record.revision != revision:
        raise StandardDraftChanged(_("内容刚被别人改过。请刷新页面，核对后再操作。"))


def _keep(record: VersionRecord, now: datetime) -> VersionRecord:
    record.revision += 1
    record.changed_at = now
    record.save()
    return record


def _take_head(record: VersionRecord, head: Mapping[str, Any]) -> None:
    unknown = set(head) - set(HEAD)
    if unknown:
        raise InvalidInput(_("没有这个栏目。"), field=sorted(unknown)[0])
    if "title" in head and not Standard.objects.filter(code=record.standard_code).exists():
        record.title = _title(str(head["title"]))
    if "label" in head:
        record.label = " ".join(clean_text(str(head["label"]), field="label", longest=60).split())
    if "source" in head:
        record.source = clean_text(str(head["source"]), field="source", longest=MAX_SOURCE)
    for name in ("effective_from", "effective_to"):
        if name in head:
            setattr(record, name, _day(head[name], name))
    if record.effective_from and record.effective_to and record.effective_to < record.effective_from:
        raise InvalidInput(_("失效日期早于实施日期。请核对。"), field="effective_to")
    if "max_yield_kg_per_ha" in head:
        record.max_yield_kg_per_ha = _yield(head["max_yield_kg_per_ha"])


def _day(day: date | None, field: str) -> date | None:
    if day is not None and not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInput(_("日期不对。请填写 1949 年至 2199 年之间的日期。"), field=field)
    return day


def _yield(given: object) -> int | None:
    if given is None or not plain(given):
        return None
    text = number(given, "max_yield_kg_per_ha")
    if "." in text or not 0 < int(text) <= MAX_YIELD_KG_PER_HA:
        raise LimitNumberInvalid(
            _("每公顷产量上限填公斤的整数，最大 %(most)d。") % {"most": MAX_YIELD_KG_PER_HA},
            field="max_yield_kg_per_ha",
        )
    return int(text)
