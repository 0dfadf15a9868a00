"""What the public page of a standard shows: its versions, their limits in words, and what happened to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from products.registry.models.standard import Standard, StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.queries.limit_words import LimitLine, lines_of, version_facts
from products.registry.queries.standards import find_standard
from products.registry.queries.versions import StepLine, in_order, step_lines


@dataclass(frozen=True)
class VersionLine:
    """One version; `tone` colours the `word` for its standing on the day."""

    version: StandardVersion
    record: VersionRecord | None
    word: str
    tone: str
    product: tuple[LimitLine, ...]
    process: tuple[LimitLine, ...]
    steps: Sequence[StepLine]
    is_last: bool

    @property
    def has_limits(self) -> bool:
        return bool(self.product or self.process)


@dataclass(frozen=True)
class StandardPage:
    """A standard with its versions, the newest first."""

    standard: Standard
    versions: tuple[VersionLine, ...]

    @property
    def subjects(self) -> list[str]:
        """What the log has entries about."""
        return [f"standard-version:{line.record.code}" for line in self.versions if line.record]


def standard_page(code: str, *, today: date) -> StandardPage:
    """Raises NotFound."""
    standard = find_standard(code)
    versions = in_order(standard.versions.all())
    records = {
        row.version_id: row for row in VersionRecord.objects.filter(version__in=versions).prefetch_related("steps")
    }
    lines = [
        _line(version, records.get(version.pk), today=today, is_last=version == versions[-1])
        for version in reversed(versions)
    ]
    return StandardPage(standard, tuple(lines))


def _line(version: StandardVersion, record: VersionRecord | None, *, today: date, is_last: bool) -> VersionLine:
    word, tone = standing(version, today=today)
    lines = lines_of(version_facts(version))
    return VersionLine(
        version=version,
        record=record,
        word=word,
        tone=tone,
        product=tuple(line for line in lines if not line.is_process),
        process=tuple(line for line in lines if line.is_process),
        steps=step_lines(record.steps.all(), version.standard.indication) if record else [],
        is_last=is_last,
    )


def standing(version: StandardVersion, *, today: date) -> tuple[str, str]:
    """Whether a version is in force on the day, in a word, and its tone."""
    if version.status == StandardVersion.Status.DISPUTED:
        return _("存疑"), "warn"
    has_ended = version.effective_to is not None and version.effective_to < today
    if version.status == StandardVersion.Status.REPEALED and (has_ended or version.effective_to is None):
        return _("废止"), "bad"
    if version.effective_from and version.effective_from > today:
        return _("尚未实施"), "note"
    if has_ended:
        return _("已被代替或失效"), "note"
    if version.status == StandardVersion.Status.REPEALED:
        return _("现行，将废止"), "warn"
    return _("现行"), "good"
