"""Forms of the label pages; they check shape, the services check rules."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.labels.rendering.layouts import LAYOUTS
from products.trace.domain.facts import UnreadableMass, read_mass_g


class RunForm(forms.Form):
    quantity = forms.IntegerField(label=gettext_lazy("枚数"), min_value=1, help_text=gettext_lazy("一件一枚"))
    unit_mass = forms.CharField(
        label=gettext_lazy("每件净含量"), max_length=20, help_text=gettext_lazy("例如 500克、0.5公斤、1斤")
    )

    def clean_unit_mass(self) -> int:
        """Grams."""
        try:
            return read_mass_g(self.cleaned_data["unit_mass"])
        except UnreadableMass as error:
            raise ValidationError(_("请填写数字和单位，最小到 1 克，例如 500克。")) from error


class RangeForm(forms.Form):
    first_serial = forms.IntegerField(label=gettext_lazy("起始序号"), min_value=1)
    last_serial = forms.IntegerField(label=gettext_lazy("截止序号"), min_value=1)


class VoidForm(RangeForm):
    reason = forms.CharField(label=gettext_lazy("作废原因"), max_length=200, help_text=gettext_lazy("例如：打印机卡纸"))


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
