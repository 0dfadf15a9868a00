"""The application for the special mark; the form checks shape, the service checks rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication

KG = 1_000


class ApplicationForm(forms.Form):
    """Quotas are asked for this year and the next; further years are set by the office."""

    indication_code = forms.ChoiceField(
        label=gettext_lazy("地理标志"), help_text=gettext_lazy("只列出保护范围包含本单位所在县（市、区）的地理标志")
    )
    product_name = forms.CharField(label=gettext_lazy("产品名称"), max_length=80)
    holder_kind = forms.TypedChoiceField(
        label=gettext_lazy("使用人类型"), coerce=int, choices=Authorisation.HolderKind.choices, initial=1
    )
    basis_no = forms.CharField(
        label=gettext_lazy("标准号、公告号或商标注册号"),
        max_length=80,
        help_text=gettext_lazy("会印在标签上，例如 GB/T 20560-2006"),
    )
    valid_until = forms.DateField(
        label=gettext_lazy("申请使用至"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    quota_this_year = forms.IntegerField(label=gettext_lazy("今年计划用标"), min_value=1, max_value=10**10)
    quota_next_year = forms.IntegerField(
        label=gettext_lazy("明年计划用标"), min_value=1, max_value=10**10, required=False
    )

    def __init__(self, *args: Any, indications: Iterable[Indication], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        choices = [(row.code, f"{row.name}（{row.code}）") for row in indications]
        self.fields["indication_code"].choices = choices  # type: ignore[attr-defined]
        self.fields["valid_until"].initial = date(today.year + 3, 12, 31)

    def clean_valid_until(self) -> date:
        until: date = self.cleaned_data["valid_until"]
        if until <= self.today:
            raise ValidationError(_("请填写今天以后的日期。"))
        return until

    def quotas(self) -> dict[int, int]:
        """Grams by production year."""
        asked = {self.today.year: self.cleaned_data["quota_this_year"]}
        if self.cleaned_data["quota_next_year"]:
            asked[self.today.year + 1] = self.cleaned_data["quota_next_year"]
        return {year: kilograms * KG for year, kilograms in asked.items()}
