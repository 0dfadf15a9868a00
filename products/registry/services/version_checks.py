"""What a draft must be before it is reviewed, and again before it is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.utils.translation import gettext as _

from products.errors import DomainError
from products.registry.domain.limit_sets import Remark, ScopedLimit, remarks_on
from products.registry.models.standard import Standard, StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.queries.limit_words import parsed
from products.registry.queries.versions import in_order
from products.registry.services.limit_drafts import limit_of
from products.registry.services.version_contents import published_limits
from products.registry.standard_errors import (
    LimitsContradict,
    LimitShapeInvalid,
    LimitTwice,
    StandardCodeTaken,
    StandardDatesOverlap,
    StandardIncomplete,
    StandardLabelTaken,
)

_DAY = timedelta(days=1)


def remarks_of(record: VersionRecord) -> list[Remark]:
    """What stands out in a draft's limits, as they would be published; one that cannot be read is unclear."""
    return remarks_on([ScopedLimit(parsed(facts), facts["scope"]) for facts in published_limits(record)])


def check_ready(record: VersionRecord) -> None:
    """Raises StandardIncomplete, StandardCodeTaken, StandardLabelTaken, StandardDatesOverlap, LimitTwice, LimitsContradict."""
    if record.effective_from is None:
        raise StandardIncomplete(_("请填写实施日期：从哪一天起按这个版本判定。"), field="effective_from")
    if not record.limits:
        raise StandardIncomplete(_("还没有限量。请至少填一项。"), field="limits")
    if not record.source and not any(limit["source"] for limit in record.limits):
        raise StandardIncomplete(_("请填写来源：标准文本、公告号或网页，或在每项限量里写明。"), field="source")
    _check_limits(record)
    standard = Standard.objects.filter(code=record.standard_code).first()
    if standard and standard.indication_id != record.indication_id:
        raise StandardCodeTaken(_("这个编号已经登记为另一个产品的标准。请核对编号。"), field="standard_code")
    versions = in_order(standard.versions.all()) if standard else []
    if any(version.label == record.label for version in versions):
        raise StandardLabelTaken(
            _("这个标准已有同名的版本。请写明这是哪一版，例如 2026年版 或 第2号修改单。"), field="label"
        )
    _check_dates(record, versions, effective_from=record.effective_from)


def _check_limits(record: VersionRecord) -> None:
    words = {
        "duplicate": (LimitTwice, _("同一指标在同一条件下有两项同类的限量。请删掉一项，或写明各自的条件。")),
        "contradiction": (LimitsContradict, _("两项限量互相矛盾，没有数值能同时满足。请核对。")),
        "unit_differs": (LimitShapeInvalid, _("同一指标的两项限量单位不能换算。请用同一个单位。")),
    }
    errors: list[DomainError] = []
    for place, facts in enumerate(record.limits):
        try:
            limit_of(facts)
        except LimitShapeInvalid as error:
            # Copied from reference data that could not be read.
            error.field = f"limits.{place}"
            errors.append(error)
    for remark in remarks_of(record):
        if remark.is_error:
            kind, text = words[remark.code]
            name = record.limits[remark.place]["name"]
            errors.append(kind(f"{name}：{text}", field=f"limits.{remark.place}"))
    if errors:
        errors[0].entries = [{"field": each.field, "code": each.code, "text": each.text} for each in errors]
        raise errors[0]


def _check_dates(record: VersionRecord, versions: Sequence[StandardVersion], *, effective_from: date) -> None:
    """One standard's versions follow each other; two standards of an indication never begin on the same day."""
    last = versions[-1] if versions else None
    if last and last.pk != record.base_id:
        raise StandardDatesOverlap(
            _("起草期间这个标准已发布了新的版本“%(label)s”。请在它的基础上重新起草。") % {"label": last.label}
        )
    if record.base and record.base.effective_from and effective_from <= record.base.effective_from:
        raise StandardDatesOverlap(
            _("实施日期要晚于上一版本的实施日期 %(day)s。") % {"day": record.base.effective_from.isoformat()},
            field="effective_from",
        )
    followers = VersionRecord.objects.filter(base__isnull=False, base=record.base, state="published")
    if follower := followers.first():
        raise StandardDatesOverlap(_("%(version)s 已经代替了同一个旧版本。请重新起草。") % {"version": follower})
    same_day = StandardVersion.objects.filter(
        standard__indication=record.indication, effective_from=effective_from
    ).exclude(standard__code=record.standard_code)
    if found := same_day.select_related("standard").first():
        raise StandardDatesOverlap(
            _("%(standard)s 也从这一天起实施，无法确定当天按哪个判定。请改实施日期，或先废止它。")
            % {"standard": found},
            field="effective_from",
        )


def overlapping(versions: Sequence[StandardVersion], *, effective_from: date) -> list[StandardVersion]:
    """Those that would still be in force on the day the next one begins; each ends the day before."""
    return [row for row in versions if row.effective_to is None or row.effective_to >= effective_from]


def day_before(day: date) -> date:
    return day - _DAY
