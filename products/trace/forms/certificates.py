"""What a maker is asked before a conformity certificate is issued."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.trace.forms.batches import DayField
from products.trace.models.certificate import ConformityCertificate
from products.trace.queries.certificates import BASIS_WORDS
from products.trace.rendering.certificate import LAYOUTS

Kind = ConformityCertificate.ProductKind


class CertificateForm(forms.Form):
    """Kind of product, what the promise rests on, contact; a reason where another certificate is replaced."""

    product_kind = forms.ChoiceField(
        label=gettext_lazy("产品种类"),
        choices=[("", gettext_lazy("请选择")), *Kind.choices],
        help_text=gettext_lazy("由本单位如实选择。办法列明的种类销售时应当开具；本平台不代为认定是否必须开具。"),
    )
    basis = forms.MultipleChoiceField(
        label=gettext_lazy("承诺依据"),
        choices=list(BASIS_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("可选多项。选了检测的，请在批次页录入检验报告。"),
    )
    contact = forms.CharField(
        label=gettext_lazy("联系方式"),
        max_length=60,
        help_text=gettext_lazy("会印在合格证上，并在扫码页公开。请尽量填单位电话，例如 028-12345678。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("重开的原因"),
        max_length=600,
        required=False,
        help_text=gettext_lazy("例如：净重更正；与另一批混装。原因会公开显示，请不要写个人姓名和电话。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, replaces: ConformityCertificate | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if replaces is None:
            del self.fields["reason"]
        else:
            self.fields["reason"].required = True

    def refuse(self, error: DomainError) -> None:
        """A refusal of the service beside its field."""
        self.add_error(error.field if error.field in self.fields else None, error.text)


class CollectForm(forms.Form):
    """What stands on a seller's certificate."""

    number = forms.CharField(
        label=gettext_lazy("合格证编号"),
        max_length=80,
        help_text=gettext_lazy("照卖方的合格证填；没有编号的，填开具日期和数量。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issued_on = DayField(label=gettext_lazy("开具日期"))

    def refuse(self, error: DomainError) -> None:
        """A refusal of the service beside its field."""
        self.add_error(error.field if error.field in self.fields else None, error.text)


class PrintForm(forms.Form):
    """Paper and number of copies."""

    layout = forms.ChoiceField(
        label=gettext_lazy("纸张"), choices=[(layout.code, layout.name_zh) for layout in LAYOUTS.values()]
    )
    copies = forms.IntegerField(
        label=gettext_lazy("份数"), initial=8, widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": "1"})
    )
