"""The rules that a laboratory report must meet, each refusal with the field at fault."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _

from products.errors import DomainError, InvalidInput
from products.registry.domain.requirements import Comparator
from products.registry.domain.units import UnitMismatch, convert_unit, known_unit
from products.trace.domain.facts import is_text, plain
from products.trace.domain.lab_values import Reading, UnreadableValue, cma_number, read_value
from products.trace.domain.verdict import Asked, Rule, asked_for, grades_of
from products.trace.errors import (
    CmaMalformed,
    CmaNotValid,
    InvalidText,
    LabBasisMismatch,
    LabDatesImplausible,
    LabFieldMissing,
    LabIndicatorRepeated,
    LabIndicatorUnknown,
    LabUnitMismatch,
    LabValueInvalid,
    TextTooLong,
)
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabResult

# Units that a number of their kind is usually written without.
UNWRITTEN: Final = frozenset({"", "1", "grade", "pH"})
MAX_RESULTS: Final = 60


@dataclass(frozen=True)
class NewResult:
    """One value as it was typed: `0.45` or `<0.01` in `unit`, reckoned as `basis`, found by `method`."""

    indicator: str
    value: str
    unit: str = ""
    basis: str = ""
    method: str = ""


@dataclass(frozen=True)
class NewReport:
    """A report as it was typed. `file` is the whole file, or nothing."""

    laboratory: str
    cma_number: str
    cma_from: date
    cma_to: date
    report_no: str
    sampled_on: date
    issued_on: date
    results: Sequence[NewResult] = ()
    grade: str = ""
    file: bytes = field(default=b"", repr=False)
    file_name: str = ""


def check_line(text: str, *, field: str, most: int, missing: str = "") -> str:
    """One line of text without spaces around. Raises LabFieldMissing where `missing` says so, TextTooLong, InvalidText."""
    text = text.strip()
    if not text and missing:
        raise LabFieldMissing(missing, field=field)
    if len(text) > most:
        raise TextTooLong(_("不能超过 %(most)d 个字。") % {"most": most}, field=field)
    if not is_text(text) or "\n" in text or "\r" in text:
        raise InvalidText(_("含有不能保存的字符，请删除后重填。"), field=field)
    return text


def check_dates(new: NewReport, batch: Batch, *, today: date) -> None:
    if new.issued_on > today:
        raise LabDatesImplausible(_("签发日期不能在今天以后。"), field="issued_on")
    if new.sampled_on > new.issued_on:
        raise LabDatesImplausible(_("抽样日期不能晚于签发日期。"), field="sampled_on")
    if new.sampled_on < batch.produced_on:
        raise LabDatesImplausible(
            _("抽样日期早于这批产品的生产日期 %(day)s，不会是这一批的报告。请核对。")
            % {"day": batch.produced_on.isoformat()},
            field="sampled_on",
        )


def check_cma(new: NewReport) -> str:
    """The certificate's number. Raises CmaMalformed, CmaNotValid."""
    number = cma_number(new.cma_number)
    if number is None:
        raise CmaMalformed(
            _("资质认定证书编号是报告封面 CMA 标志下的一串数字，例如 230020349999。"), field="cma_number"
        )
    if new.cma_from > new.cma_to:
        raise LabDatesImplausible(_("证书有效期的起止日期颠倒了。"), field="cma_to")
    if not new.cma_from <= new.issued_on <= new.cma_to:
        raise CmaNotValid(
            _("报告签发日 %(issued)s 不在资质认定证书的有效期（%(start)s 至 %(end)s）内，这份报告不能作为依据。")
            % {"issued": new.issued_on, "start": new.cma_from, "end": new.cma_to},
            field="cma_to" if new.issued_on > new.cma_to else "cma_from",
        )
    return number


def check_grade(grade: str, rules: Sequence[Rule]) -> str:
    known = grades_of(rules)
    grade = plain(grade)
    if grade and grade not in known:
        raise InvalidInput(
            _("这个标准没有等级“%(grade)s”。") % {"grade": grade[:20]}
            + (_("可选：%(known)s。") % {"known": "、".join(known)} if known else ""),
            field="grade",
        )
    return grade


def check_results(results: Sequence[NewResult], rules: Sequence[Rule]) -> list[LabResult]:
    """Unsaved rows of all results. Raises the first refusal, which carries every other one in its `entries`."""
    if len(results) > MAX_RESULTS:
        raise InvalidInput(_("一份报告最多 %(most)d 项。") % {"most": MAX_RESULTS}, field="results")
    asked = {each.indicator: each for each in asked_for(rules)}
    rows: list[LabResult] = []
    errors: list[DomainError] = []
    seen: set[str] = set()
    for place, result in enumerate(results):
        try:
            if result.indicator in seen:
                raise LabIndicatorRepeated(_("同一指标在一份报告里只能填一次。"), field="indicator")
            seen.add(result.indicator)
            rows.append(_check_result(result, asked))
        except DomainError as error:
            error.field = f"results.{place}.{error.field}"
            errors.append(error)
    if errors:
        errors[0].entries = [{"field": each.field, "code": each.code, "text": each.text} for each in errors]
        raise errors[0]
    return rows


def _check_result(result: NewResult, asked: dict[str, Asked]) -> LabResult:
    known = asked.get(result.indicator)
    if known is None:
        names = "、".join(asked) or _("无")
        raise LabIndicatorUnknown(
            _("生产当日的标准没有要求检验“%(name)s”。可填的指标：%(known)s。")
            % {"name": plain(result.indicator)[:40], "known": names},
            field="indicator",
        )
    reading = _read(result.value, known)
    unit = known_unit(plain(result.unit))
    if not unit and known.unit in UNWRITTEN:
        unit = known.unit
    try:
        convert_unit(Decimal(1), unit, known.unit)
    except UnitMismatch as error:
        raise LabUnitMismatch(
            _("单位应为 %(wanted)s，或能准确换算成它的单位；“%(unit)s”不能。")
            % {"wanted": known.unit, "unit": unit[:24] or _("未填")},
            field="unit",
        ) from error
    basis = result.basis.strip()
    if basis != known.basis:
        words = _("标准要求“%(basis)s”，请核对报告的计算基准。") % {"basis": known.basis}
        raise LabBasisMismatch(words if known.basis else _("标准没有规定计算基准，请留空。"), field="basis")
    return LabResult(
        indicator=result.indicator,
        comparator=reading.comparator,
        value=reading.value,
        unit=unit,
        basis=basis,
        method=check_line(result.method, field="method", most=80),
    )


def _read(text: str, known: Asked) -> Reading:
    is_grade = Comparator.AT_LEAST_GRADE in known.kinds
    words = {
        "not_a_number": _("请只填数字，例如 0.45；低于检出限的填 <0.01 这样的检出限。整数最多 12 位，小数最多 9 位。"),
        "negative": _("检验值不能是负数。"),
        "zero_bound": _("检出限要大于 0，例如 <0.01。"),
        "no_bound": _("请填检出限，例如 <0.01：标准要看数值，只写“未检出”无法判定。"),
    }
    try:
        reading = read_value(text, is_prohibition=Comparator.FORBIDDEN in known.kinds)
    except UnreadableValue as error:
        raise LabValueInvalid(words[error.reason], field="value") from error
    if reading.comparator and (is_grade or known.role == "declared"):
        raise LabValueInvalid(_("这一项要填确定的数值，不能用“<”。"), field="value")
    if is_grade and (reading.number != reading.number.to_integral_value() or not 1 <= reading.number <= 99):
        raise LabValueInvalid(_("等级填 1、2、3 这样的整数，1 级最好。"), field="value")
    return reading
