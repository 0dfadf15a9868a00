"""The form of a report."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

KINDS = [
    (_("包装与查询结果不一致"), _("包装与查询结果不一致")),
    (_("怀疑是假货"), _("怀疑是假货")),
    (_("质量有问题"), _("质量有问题")),
    (_("其他"), _("其他")),
]


class ReportForm(forms.Form):
    """`website` is a trap: people don't see it, programs fill it in."""

    kind = forms.ChoiceField(label=_("哪里不对"), choices=KINDS)
    text = forms.CharField(
        label=_("请说明"),
        min_length=5,
        max_length=1900,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("例如：包装上的批号和这里不一样"),
    )
    bought_at = forms.CharField(label=_("在哪里买的"), max_length=200, required=False, help_text=_("店名或网店名"))
    contact = forms.CharField(
        label=_("联系电话"),
        max_length=60,
        required=False,
        help_text=_("只供办理这件举报的部门联系您，加密保存，办结后删除。不填也能举报。"),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
