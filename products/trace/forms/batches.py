"""What a producer fills in about a batch. Shapes are checked here, rules by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.trace.domain.facts import UnreadableMass, plain, read_mass_g, write_kg
from products.trace.queries.defaults import CountyGroup
from products.trace.services.batch_facts import FactChanges

POINT = ("longitude", "latitude")
FOLDED = ("gtin", "plot_name", "longitude", "latitude", "datum")


class PlainField(forms.CharField):
    """Text whose full-width letters and digits are read as half-width ones."""

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")


class MassField(forms.CharField):
    """Kilograms as people type them; the value is in grams."""

    def prepare_value(self, value: Any) -> Any:
        return write_kg(value) if isinstance(value, int) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return read_mass_g(text)
        except UnreadableMass as error:
            words = {
                "not_a_number": _("请只填数字，单位是公斤，例如 1200 或 12.5。"),
                "below_a_gram": _("最小到克，也就是小数点后三位，例如 12.345。"),
            }
            raise ValidationError(words[error.reason], code=error.reason) from error

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(self.prepare_value(initial), data)


class DegreesField(forms.DecimalField):
    """A longitude or latitude in degrees."""

    def __init__(self, *, example: str, **kwargs: Any) -> None:
        super().__init__(
            required=False,
            help_text=gettext_lazy("例如 %(example)s") % {"example": example},
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            error_messages={"invalid": gettext_lazy("请填度数的小数，例如 %(example)s。") % {"example": example}},
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        return super().to_python(plain(value).rstrip("°") if isinstance(value, str) else value)


class DayField(forms.DateField):
    """A day, picked from the browser's calendar."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": gettext_lazy("请填写日期，例如 2026-11-23。")},
            **kwargs,
        )


class FactsForm(forms.Form):
    """The facts of a batch. `cleaned_data` uses the names and units of the services."""

    lot = PlainField(
        label=gettext_lazy("批号"),
        max_length=60,
        help_text=gettext_lazy("印在包装上的生产批号，20 个字符以内，例如 261123-01"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    net_mass_g = MassField(
        label=gettext_lazy("净重"),
        max_length=30,
        help_text=gettext_lazy("这一批的总净重，例如 1200 或 12.5"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    produced_on = DayField(label=gettext_lazy("生产日期"))
    origin_code = forms.ChoiceField(
        label=gettext_lazy("产地"), help_text=gettext_lazy("只列出保护范围内的县（市、区）")
    )
    best_before = DayField(label=gettext_lazy("保质期至"), required=False)
    gtin = PlainField(
        label=gettext_lazy("商品条码"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("包装条码下的 13 位数字"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    plot_name = forms.CharField(
        label=gettext_lazy("地块或基地名称"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("不在扫码页显示；账本里只存它的加盐摘要"),
    )
    longitude = DegreesField(label=gettext_lazy("经度"), example="103.8872")
    latitude = DegreesField(label=gettext_lazy("纬度"), example="30.8105")
    datum = forms.ChoiceField(
        label=gettext_lazy("坐标系"),
        required=False,
        choices=[
            ("WGS-84", gettext_lazy("WGS-84：手机定位、GPS")),
            ("GCJ-02", gettext_lazy("GCJ-02：高德、腾讯地图")),
            ("BD-09", gettext_lazy("BD-09：百度地图")),
            ("CGCS2000", gettext_lazy("CGCS2000：测绘成果")),
        ],
    )

    def __init__(self, *args: Any, groups: Sequence[CountyGroup], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["origin_code"].choices = _county_choices(groups)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if all(cleaned.get(field) is None for field in POINT) and not any(field in self.errors for field in POINT):
            # The list always has a choice; without a point it says nothing.
            cleaned["datum"] = ""
        return cleaned

    @property
    def is_folded_open(self) -> bool:
        """Whether the folded part holds something that should be seen."""
        return any(self[field].errors for field in FOLDED) or any(
            self[field].value() for field in FOLDED if field != "datum"
        )

    def facts(self) -> FactChanges:
        """Every fact on the form, as the services take them."""
        return cast(FactChanges, {field: self.cleaned_data[field] for field in FactsForm.base_fields})

    def refuse(self, error: DomainError) -> None:
        """Put a service's refusal beside the field that has to change."""
        self.add_error(error.field if error.field in self.fields else None, ValidationError(error.text, error.code))


def _county_choices(groups: Sequence[CountyGroup]) -> list[Any]:
    first: list[Any] = [("", _("请选择"))]
    if len(groups) == 1:
        return first + list(groups[0].counties)
    return first + [(group.indication, list(group.counties)) for group in groups]


class BatchForm(FactsForm):
    """A new batch, or a draft."""

    plots = forms.MultipleChoiceField(
        label=gettext_lazy("来自哪些地块或设施"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("已勾选上一批用的。没有登记过地块的，不用填"),
    )

    def __init__(
        self,
        *args: Any,
        authorisations: Sequence[Authorisation],
        plots: Sequence[tuple[str, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if plots:
            self.fields["plots"].choices = plots  # type: ignore[attr-defined]
        else:
            del self.fields["plots"]
        self.fields["authorisation_code"] = forms.TypedChoiceField(
            label=_("产品（专用标志使用授权）"),
            choices=[(str(one.code), f"{one.indication.name} · {one.product_name}") for one in authorisations],
            coerce=UUID,
        )

    def plot_codes(self) -> list[UUID]:
        return [UUID(code) for code in self.cleaned_data.get("plots", ())]


class CorrectionForm(FactsForm):
    """New facts of a registered batch and the reason for them."""

    reason = forms.CharField(
        label=gettext_lazy("更正原因"),
        max_length=500,
        help_text=gettext_lazy("会公开显示并写入账本，请不要写个人姓名和电话。例如：称重记录录入时多打了一个零"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, has_labels: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_labels:
            for field in ("lot", "gtin"):
                self.fields[field].disabled = True
                self.fields[field].help_text = _("标签已经印出，不能再改")


class ReasonForm(forms.Form):
    """Why a batch is held or recalled."""

    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=500,
        help_text=gettext_lazy("会公开显示并写入账本，请不要写个人姓名和电话"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ImportForm(forms.Form):
    """A sheet of batches."""

    file = forms.FileField(
        label=gettext_lazy("填好的表格"),
        help_text=gettext_lazy(".xlsx 或 .csv，最大 10 MB、5000 行。上传后先检查，不会直接登记。"),
        allow_empty_file=True,
        max_length=300,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        error_messages={"required": gettext_lazy("请选择填好的表格。")},
    )
