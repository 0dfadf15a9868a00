"""Growers of a co-operative: entering them, changing and retiring them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY, Actor, Role, Scope, require_scope
from products.audit import commitment, new_salt, record
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.domain.facts import is_text, plain
from products.trace.domain.outline import person_text
from products.trace.errors import InvalidText, NothingChanged, TextTooLong
from products.trace.models.plot import Grower, Plot
from products.trace.plot_errors import GrowerExists, GrowerHasPlots, GrowerRetired, PhoneMalformed, PlotFieldMissing

_PHONE: Final = re.compile(r"\+?[0-9][0-9 -]{4,18}")


def check_name(text: str, *, most: int, missing: str) -> str:
    """One line without spaces around. Raises PlotFieldMissing with `missing`, TextTooLong, InvalidText; field `name`."""
    text = text.strip()
    if not text:
        raise PlotFieldMissing(missing, field="name")
    if len(text) > most:
        raise TextTooLong(_("不能超过 %(most)d 个字。") % {"most": most}, field="name")
    if not is_text(text) or "\n" in text or "\r" in text:
        raise InvalidText(_("含有不能保存的字符，请删除后重填。"), field="name")
    return text


def own_enterprise(actor: Actor) -> Enterprise:
    """The producer's enterprise, locked: what it enters about growers and plots is entered one after the other.

    Raises NotFound.
    """
    own = Enterprise.objects.select_for_update(no_key=True).filter(uscc=actor.uscc).first() if actor.uscc else None
    if own is None:
        raise NotFound(_("本平台没有登记您的企业。"))
    return own


def lock_grower(*, actor: Actor, code: UUID, field: str = "") -> Grower:
    """The producer's own grower, locked. Raises NotFound."""
    own = Grower.objects.visible_to(actor if actor.is_role(Role.PRODUCER) else NOBODY)
    grower = own.select_for_update(of=("self",)).select_related("enterprise").filter(code=code).first()
    if grower is None:
        raise NotFound(_("没有这位农户，或不属于本企业。请从列表中选择。"), field=field)
    return grower


@transaction.atomic
def register_grower(*, actor: Actor, name: str, phone: str = "", now: datetime) -> Grower:
    """Enter a member who grows for the producer; the log gets a commitment alone.

    Raises PlotFieldMissing, TextTooLong, InvalidText, PhoneMalformed, GrowerExists.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    enterprise = own_enterprise(actor)
    grower = Grower(enterprise=enterprise, salt=new_salt(), created_at=now, is_demo=enterprise.is_demo)
    _set_person(grower, name, phone)
    grower.save(force_insert=True)
    _record(actor, "trace.grower_registered", grower, {"enterprise": enterprise.uscc}, now=now)
    return grower


@transaction.atomic
def change_grower(*, actor: Actor, code: UUID, name: str, phone: str, now: datetime) -> Grower:
    """Write a grower's name or telephone anew. Raises NotFound, GrowerRetired, NothingChanged, else as `register_grower`."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    own_enterprise(actor)
    grower = lock_grower(actor=actor, code=code)
    _require_active(grower)
    before = (grower.name, grower.phone)
    _set_person(grower, name, phone)
    if (grower.name, grower.phone) == before:
        raise NothingChanged(_("内容与现有登记相同，没有需要更正的地方。"))
    # A new salt: under the old one two entries of the same person would look alike.
    grower.salt = new_salt()
    grower.save(update_fields=["name", "phone", "salt"])
    _record(actor, "trace.grower_changed", grower, {}, now=now)
    return grower


@transaction.atomic
def retire_grower(*, actor: Actor, code: UUID, now: datetime) -> Grower:
    """Say that somebody no longer grows for the producer. Raises NotFound, GrowerRetired, GrowerHasPlots."""
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    own_enterprise(actor)
    grower = lock_grower(actor=actor, code=code)
    _require_active(grower)
    if count := Plot.objects.filter(grower=grower, is_active=True).count():
        raise GrowerHasPlots(
            _("这位农户名下还有 %(count)d 个在用的地块。请先停用这些地块，或把它们改到别人名下。") % {"count": count}
        )
    grower.is_active = False
    grower.save(update_fields=["is_active"])
    record(actor=actor, kind="trace.grower_retired", subject=f"grower:{grower.code}", data={}, now=now)
    return grower


def _require_active(grower: Grower) -> None:
    if not grower.is_active:
        raise GrowerRetired(_("这位农户已经停用，不能再修改。需要时请重新登记。"))


def _set_person(grower: Grower, name: str, phone: str) -> None:
    grower.name = check_name(name, most=40, missing=_("请填写农户姓名。"))
    grower.phone = plain(phone)
    if grower.phone and not _PHONE.fullmatch(grower.phone):
        raise PhoneMalformed(_("电话只填数字，例如 13800000000 或 028-12345678。"), field="phone")
    same = Grower.objects.filter(
        enterprise=grower.enterprise, name=grower.name, phone=grower.phone, is_active=True
    ).exclude(pk=grower.pk)
    if same.exists():
        raise GrowerExists(_("已经登记过同名、同电话的农户。如是另一个人，请填写各自的电话。"), field="name")


def _record(actor: Actor, kind: str, grower: Grower, data: dict[str, object], *, now: datetime) -> None:
    text = person_text(name=grower.name, phone=grower.phone)
    record(
        actor=actor,
        kind=kind,
        subject=f"grower:{grower.code}",
        data=data,
        commitments={"person": commitment(text, salt=bytes(grower.salt))},
        now=now,
    )
