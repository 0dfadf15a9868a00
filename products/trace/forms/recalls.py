"""What is filled in about a recall."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.trace.forms.batches import DayField, MassField, PlainField
from products.trace.models.recall import Recall
from products.trace.services.recall_checks import NewRecall

_LEVELS = (
    (1, gettext_lazy("一级：吃了已经或可能严重损害健康，甚至死亡")),
    (2, gettext_lazy("二级：吃了已经或可能造成一般健康损害")),
    (3, gettext_lazy("三级：标签、标识有虚假标注")),
)


class _Refusable(forms.Form):
    def refuse(self, error: DomainError) -> None:
        """The refusal at its field, or above the form."""
        self.add_error(error.field if error.field in self.fields else None, error.text)


class RecallForm(_Refusable):
    """Why, how grave, and what whoever has the product should do. `seen` is the hash of the list above it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("做什么"),
        choices=(
            (Recall.Kind.HOLD, gettext_lazy("暂停销售：有疑问，先停下来查；以后可以恢复")),
            (Recall.Kind.RECALL, gettext_lazy("召回：确认有问题，收回产品；不能撤销")),
        ),
        widget=forms.RadioSelect,
    )
    level = forms.ChoiceField(
        label=gettext_lazy("召回级别"),
        choices=(("", gettext_lazy("请选择（暂停销售不用选）")), *_LEVELS),
        required=False,
        help_text=gettext_lazy("按《食品召回管理办法》第十三条，看危害有多大。"),
    )
    reason = forms.CharField(
        label=gettext_lazy("原因"),
        max_length=500,
        help_text=gettext_lazy(
            "会公开显示在扫码页并写入账本，请用大家看得懂的话写，不要写个人姓名和电话。例如：原料辣椒农药残留超标"
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    advice = forms.CharField(
        label=gettext_lazy("请消费者怎么做"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("会公开显示。不填的，扫码页提示不要食用、联系销售者退货。例如：凭包装即可在购买处退款"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    contact = PlainField(
        label=gettext_lazy("联系电话"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("会公开显示，请填单位的固定电话或客服热线，不要填个人手机。例如：028-12345678"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def new(self, root: str) -> NewRecall:
        data = {name: self.cleaned_data[name] for name in ("kind", "reason", "advice", "contact")}
        return NewRecall(root=root, level=int(self.cleaned_data["level"] or 0), **data)


class OutcomeForm(_Refusable):
    """What came of it."""

    outcome = forms.CharField(
        label=gettext_lazy("结果"),
        max_length=500,
        help_text=gettext_lazy("会公开并写入账本，请不要写个人姓名和电话。例如：追回 320 公斤，已全部销毁"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(_Refusable):
    """When a consignee was told, and how much came back."""

    notified_on = DayField(label=gettext_lazy("通知日期"))
    recovered_g = MassField(
        label=gettext_lazy("到目前为止追回（公斤）"),
        max_length=30,
        initial="0",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.use_required_attribute = False
