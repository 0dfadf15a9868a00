"""Forms with which associations draft standards, and offices decide on them; the services check the rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.registry.models.indication import Indication
from products.registry.models.standard import Standard
from products.registry.models.version_record import VersionRecord


class RefusableForm(forms.Form):
    """A form whose service's refusals come back beside the fields that have to change."""

    # What the service calls a field: what the form calls it.
    renamed: Mapping[str, str] = {}

    def refuse(self, error: DomainError) -> None:
        field = self.renamed.get(error.field, error.field)
        self.add_error(field if field in self.fields else None, ValidationError(error.text, error.code))


def day_field(**kwargs: Any) -> forms.DateField:
    return forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("请填写日期，例如 2026-11-23。")},
        **kwargs,
    )


class StartForm(RefusableForm):
    """A new standard of one of the registrant's names."""

    indication_code = forms.ChoiceField(label=gettext_lazy("地理标志"))
    standard_code = forms.CharField(
        label=gettext_lazy("标准号或公告号"),
        max_length=60,
        help_text=gettext_lazy("照封面写，例如 GB/T 20560-2006、DB51/T 1234-2026、国知局公告第400号"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    title = forms.CharField(
        label=gettext_lazy("标准名称"), max_length=120, help_text=gettext_lazy("例如 地理标志产品 郫县豆瓣")
    )
    replaces = forms.ChoiceField(
        label=gettext_lazy("代替哪个标准"),
        required=False,
        help_text=gettext_lazy("选了之后，会带出旧标准的全部限量供您修改；新标准实施的前一天，旧标准失效。"),
    )

    def __init__(
        self, *args: Any, indications: Sequence[Indication], standards: Sequence[Standard], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        names = [(row.code, f"{row.name}（{row.code}）") for row in indications]
        earlier = [("", _("不代替，是新的标准")), *((row.code, f"{row.code} {row.title}") for row in standards)]
        self.fields["indication_code"].choices = names  # type: ignore[attr-defined]
        self.fields["replaces"].choices = earlier  # type: ignore[attr-defined]


class HeadForm(RefusableForm):
    """What a version says beside its limits."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=gettext_lazy("标准名称"), max_length=120)
    label = forms.CharField(
        label=gettext_lazy("版本"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("这是哪一版，例如 2026、第1号修改单"),
    )
    effective_from = day_field(
        label=gettext_lazy("实施日期"), help_text=gettext_lazy("从这一天起生产的产品按这个版本判定"), required=False
    )
    effective_to = day_field(label=gettext_lazy("最后有效日"), help_text=gettext_lazy("没有规定的留空"), required=False)
    source = forms.CharField(
        label=gettext_lazy("来源"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("限量从哪里来：标准的章节、公告号或网页地址。没有来源的限量不作判定。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    max_yield_kg_per_ha = forms.CharField(
        label=gettext_lazy("每公顷产量上限"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("公斤/公顷的整数，例如 22500；没有规定的留空。1 亩约 0.0667 公顷。"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, record: VersionRecord, is_known: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "initial": head_of(record)})
        if is_known:
            # The name is the standard's, which has other versions.
            del self.fields["title"]

    def head(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


def head_of(record: VersionRecord) -> dict[str, Any]:
    names = ("revision", "title", "label", "effective_from", "effective_to", "source", "max_yield_kg_per_ha")
    return {name: getattr(record, name) for name in names}


class ReviewForm(RefusableForm):
    """The office's decision on a version under review."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("意见"),
        max_length=2000,
        required=False,
        help_text=gettext_lazy("退回时必填：哪里要改，改成什么。会写入账本并公开，请不要写个人姓名和电话。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document_no = forms.CharField(label=gettext_lazy("文号"), max_length=80, required=False)


class RepealForm(RefusableForm):
    """The end of a standard's last version."""

    repealed_on = day_field(label=gettext_lazy("废止日期"), help_text=gettext_lazy("从这一天起不再有效"))
    reason = forms.CharField(
        label=gettext_lazy("理由"),
        max_length=2000,
        help_text=gettext_lazy("会写入账本并公开，例如 国家标准已由新的编号代替"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    document_no = forms.CharField(label=gettext_lazy("文号"), max_length=80)


class TrialForm(RefusableForm):
    """Values to try: one field for each that the limits can use."""

    def __init__(self, *args: Any, asked: Sequence[Any], grades: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for place, each in enumerate(asked):
            label = f"{each.name}（{each.basis}）" if each.basis and each.basis not in each.name else each.name
            if each.is_choice:
                choices = [("", _("没有查")), ("0", _("没有（未使用、未检出）")), ("1", _("有"))]
                self.fields[f"value-{place}"] = forms.ChoiceField(label=label, required=False, choices=choices)
            else:
                self.fields[f"value-{place}"] = forms.CharField(
                    label=label,
                    required=False,
                    max_length=40,
                    widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "off"}),
                )
        if grades:
            choices = [("", _("没有等级")), *((grade, grade) for grade in grades)]
            self.fields["grade"] = forms.ChoiceField(label=_("产品等级"), required=False, choices=choices)

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Fields with their units."""
        return [(self[f"value-{place}"], each.unit) for place, each in enumerate(self.asked)]
