"""What a producer types of a laboratory report: its head, and one row for each indicator of the standard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.registry.domain.units import units_like
from products.trace.domain.verdict import Asked
from products.trace.forms.batches import DayField, PlainField
from products.trace.models.lab_report import LabReport
from products.trace.queries.lab_words import example, indicator_name, unit_words
from products.trace.services.lab_checks import UNWRITTEN, NewReport, NewResult

HEAD = ("laboratory", "cma_number", "cma_from", "cma_to", "report_no", "sampled_on", "issued_on")


@dataclass(frozen=True)
class IndicatorRow:
    """The fields of one indicator; `unit` is fixed where nothing else can be converted to it."""

    asked: Asked
    value: forms.BoundField
    unit_field: forms.BoundField | None
    unit: str
    method: forms.BoundField | None


class LabReportForm(forms.Form):
    """A laboratory report. Values are read by the service, whose refusals come back beside their fields."""

    laboratory = forms.CharField(
        label=gettext_lazy("检验机构"),
        max_length=200,
        help_text=gettext_lazy("全称，与报告封面一致。例如：四川某某检验检测有限公司"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    report_no = forms.CharField(
        label=gettext_lazy("报告编号"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    sampled_on = DayField(label=gettext_lazy("抽样日期"))
    issued_on = DayField(label=gettext_lazy("报告签发日期"))
    cma_number = PlainField(
        label=gettext_lazy("资质认定证书编号"),
        max_length=60,
        help_text=gettext_lazy("报告封面 CMA 标志下的数字，例如 230020349999"),
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
    )
    cma_from = DayField(label=gettext_lazy("证书有效期自"))
    cma_to = DayField(label=gettext_lazy("证书有效期至"))
    file = forms.FileField(
        label=gettext_lazy("报告文件"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("PDF，或清楚的照片（JPEG、PNG），最大 10 MB。有文件，监管部门才能核对。"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,application/pdf,image/jpeg,image/png"}),
        error_messages={"empty": gettext_lazy("选择的文件是空的。请重新选择。")},
    )

    def __init__(
        self,
        *args: Any,
        asked: Sequence[Asked],
        names: Mapping[str, str],
        grades: Sequence[str],
        replaces: LabReport | None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        if grades:
            choices = [("", _("报告没有写等级")), *((grade, grade) for grade in grades)]
            self.fields["grade"] = forms.ChoiceField(label=_("产品等级"), required=False, choices=choices)
        for place, each in enumerate(asked):
            self._add_indicator(place, each, names)
        if replaces is not None:
            self.fields["reason"] = forms.CharField(
                label=_("更正原因"),
                max_length=500,
                help_text=_("会公开显示并写入账本，请不要写个人姓名和电话。例如：总酸录入时小数点错位"),
                widget=forms.Textarea(attrs={"rows": 3}),
            )

    def _add_indicator(self, place: int, each: Asked, names: Mapping[str, str]) -> None:
        name = indicator_name(each.indicator, names)
        label = _("%(name)s（%(basis)s）") % {"name": name, "basis": each.basis} if each.basis else name
        # 未检出 and <0.01 are typed here too: a keyboard of digits alone would not do.
        widget = forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off", "autocapitalize": "off"})
        self.fields[f"value-{place}"] = forms.CharField(
            label=label, required=False, max_length=60, help_text=example(each), widget=widget
        )
        units = units_like(each.unit)
        if len(units) > 1:
            self.fields[f"unit-{place}"] = forms.ChoiceField(
                label=_("%(name)s的单位") % {"name": name},
                choices=[(unit, unit_words(unit)) for unit in units],
                initial=each.unit,
                required=False,
            )
        if each.role != "declared":
            self.fields[f"method-{place}"] = forms.CharField(
                label=_("%(name)s的检验方法") % {"name": name},
                required=False,
                max_length=120,
                help_text=_("例如 GB/T 10345-2022"),
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )

    def rows(self) -> list[IndicatorRow]:
        """The indicators with their fields, for the page."""
        return [
            IndicatorRow(
                asked=each,
                value=self[f"value-{place}"],
                unit_field=self[f"unit-{place}"] if f"unit-{place}" in self.fields else None,
                unit=unit_words(each.unit),
                method=self[f"method-{place}"] if f"method-{place}" in self.fields else None,
            )
            for place, each in enumerate(self.asked)
        ]

    def report(self) -> NewReport:
        """What was typed; rows without a value were not tested."""
        data = self.cleaned_data
        self.given = [place for place in range(len(self.asked)) if data[f"value-{place}"].strip()]
        file = data["file"]
        return NewReport(
            **{name: data[name] for name in HEAD},
            grade=data.get("grade", ""),
            results=[self._result(place) for place in self.given],
            file=file.read() if file else b"",
            file_name=file.name or "" if file else "",
        )

    def _result(self, place: int) -> NewResult:
        asked, data = self.asked[place], self.cleaned_data
        default = "" if asked.unit in UNWRITTEN else asked.unit
        return NewResult(
            indicator=asked.indicator,
            value=data[f"value-{place}"],
            unit=data.get(f"unit-{place}") or default,
            basis=asked.basis,
            method=data.get(f"method-{place}", ""),
        )

    def refuse(self, error: DomainError) -> None:
        """Put a service's refusals beside the fields that have to change."""
        entries = error.entries or [{"field": error.field, "code": error.code, "text": error.text}]
        for entry in entries:
            self.add_error(self._field_of(str(entry["field"])), ValidationError(entry["text"], entry["code"]))

    def _field_of(self, field: str) -> str | None:
        if field.startswith("results."):
            place, _dot, part = field.removeprefix("results.").partition(".")
            own = f"{part}-{self.given[int(place)]}"
            field = own if own in self.fields else f"value-{self.given[int(place)]}"
        return field if field in self.fields else None


def initial_from(report: LabReport, asked: Sequence[Asked]) -> dict[str, Any]:
    """What a report says, to be corrected; its file has to be given again where it was the wrong one."""
    initial: dict[str, Any] = {name: getattr(report, name) for name in HEAD} | {"grade": report.grade}
    results = {each.indicator: each for each in report.results.all()}
    for place, each in enumerate(asked):
        if found := results.get(each.indicator):
            initial |= {
                f"value-{place}": f"{found.comparator}{found.value}",
                f"unit-{place}": found.unit,
                f"method-{place}": found.method,
            }
    return initial
