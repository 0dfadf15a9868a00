"""Forms of the label pages; they check shape, the services check rules."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.rendering.layouts import LAYOUTS
from products.trace.domain.facts import UnreadableMass, read_mass_g, write_kg


class RunForm(forms.Form):
    quantity = forms.IntegerField(label=gettext_lazy("枚数"), min_value=1, help_text=gettext_lazy("一件一枚"))
    unit_mass = forms.CharField(
        label=gettext_lazy("每件净含量"),
        max_length=20,
        help_text=gettext_lazy("与包装上标的净含量一致，例如 500"),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("单位"), choices=[("克", gettext_lazy("克")), ("公斤", gettext_lazy("公斤"))], initial="克"
    )

    taken: dict[str, Any]  # what was asked for, as far as it could be read; a refusal leaves it alone

    def clean(self) -> dict[str, Any]:
        """`unit_mass` in grams."""
        cleaned = self._in_grams()
        self.taken = dict(cleaned)
        return cleaned

    def _in_grams(self) -> dict[str, Any]:
        self.taken = {}
        cleaned = super().clean() or self.cleaned_data
        if not {"unit_mass", "unit"} <= cleaned.keys():
            return cleaned
        text = cleaned["unit_mass"].strip()
        # Without a unit the reader takes a number for kilograms: a pack of 500 grams would become half a tonne.
        has_unit = bool(text) and unicodedata.category(text[-1])[0] == "L"
        try:
            grams = read_mass_g(text if has_unit else text + cleaned["unit"])
            if grams <= 0:
                raise UnreadableMass("not_positive")
            cleaned["unit_mass"] = grams
        except UnreadableMass:
            self.add_error("unit_mass", _("请填写大于 0 的数字，最小到 1 克，例如 500 克或 2.5 公斤。"))
        return cleaned


def initial_mass(grams: int) -> dict[str, str]:
    """A pack size as the form's two fields show it."""
    if grams < 1_000:
        return {"unit_mass": str(grams), "unit": "克"}
    return {"unit_mass": write_kg(grams), "unit": "公斤"}


class RangeForm(forms.Form):
    """Serials of a run. The page holds several of these: each gets an `auto_id` of its own."""

    first_serial = forms.IntegerField(label=gettext_lazy("起始序号"), min_value=1)
    last_serial = forms.IntegerField(label=gettext_lazy("截止序号"), min_value=1)


class VoidForm(RangeForm):
    reason = forms.CharField(label=gettext_lazy("作废原因"), max_length=200, help_text=gettext_lazy("例如：打印机卡纸"))


class PreviewForm(forms.Form):
    serial = forms.IntegerField(label=gettext_lazy("序号"), min_value=1)


class PrintForm(RangeForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("文件"),
        choices=[("pdf", gettext_lazy("A4 不干胶 PDF")), ("csv", gettext_lazy("编码表 CSV（交印刷厂）"))],
    )
    layout = forms.ChoiceField(
        label=gettext_lazy("标签纸"), choices=[(layout.code, layout.name_zh) for layout in LAYOUTS.values()]
    )


class MarkForm(forms.Form):
    mark = forms.FileField(
        label=gettext_lazy("专用标志图片（PNG）"),
        help_text=gettext_lazy("由本单位依法取得，已在指定位置标注统一社会信用代码。平台不提供标志图片。"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png"}),
    )


def service_error(form: forms.Form, error: Any, **renamed: str) -> None:
    """Put a refusal at the field it speaks of."""
    field = renamed.get(error.field, error.field)
    form.add_error(field if field in form.fields else None, error.text)
