"""Forms of the regulator's workplace: they check the shape, the services check the rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from products.errors import DomainError
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.registry.models.authorisation import Authorisation

NOTE = {"rows": 4, "maxlength": 2000}


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, **attributes: Any) -> None:
        super().__init__(attrs=attributes, format="%Y-%m-%d")


class DecisionForm(forms.Form):
    """The steps this officer may take; which one is told by the button pressed."""

    action = forms.ChoiceField(widget=forms.HiddenInput, required=True)
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=NOTE),
        help_text=_("不予核准、暂停、撤销时必填，申请人会看到。"),
    )
    document_no = forms.CharField(
        label=_("文号或公告号"), required=False, max_length=80, help_text=_("例如：川知公告〔2026〕12号。公告时必填。")
    )

    def __init__(self, *args: Any, actions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["action"].choices = actions  # type: ignore[attr-defined]


class PlanForm(forms.Form):
    authorisation_code = forms.ModelChoiceField(
        label=_("检查哪项授权"), queryset=Authorisation.objects.none(), to_field_name="code"
    )
    planned_on = forms.DateField(label=_("计划日期"), widget=DateInput())

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["authorisation_code"].queryset = choices  # type: ignore[attr-defined]


class ResultForm(forms.Form):
    result = forms.ChoiceField(label=_("结果"), choices=Inspection.Result.choices, widget=forms.RadioSelect)
    done_on = forms.DateField(label=_("检查日期"), widget=DateInput())
    findings = forms.CharField(
        label=_("检查情况"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs=NOTE),
        help_text=_("发现问题时必填。公示后任何人都能看到，请勿写个人信息。"),
    )


class CaseForm(forms.Form):
    complaint_number = forms.CharField(widget=forms.HiddenInput, required=False)
    act = forms.ChoiceField(label=_("涉嫌行为"), choices=Case.Act.choices)
    uscc = forms.CharField(
        label=_("企业的统一社会信用代码"), required=False, max_length=18, help_text=_("不清楚时留空。")
    )
    summary = forms.CharField(label=_("案由和线索"), max_length=5000, widget=forms.Textarea(attrs=NOTE))


class StepForm(forms.Form):
    state = forms.ChoiceField(label=_("下一步"), choices=())
    note = forms.CharField(
        label=_("说明"),
        max_length=5000,
        widget=forms.Textarea(attrs=NOTE),
        help_text=_("做了什么、依据是什么。办结时写明结论。"),
    )

    def __init__(self, *args: Any, states: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    state = forms.ChoiceField(label=_("处理"), choices=())
    outcome = forms.CharField(
        label=_("答复"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs=NOTE),
        help_text=_("举报人凭编号可以看到。"),
    )

    def __init__(self, *args: Any, states: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = states  # type: ignore[attr-defined]


def attempt(form: forms.Form, act: Callable[[dict[str, Any]], object]) -> bool:
    """Whether the form was good and the service did it; a refusal stands at its field."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, error.text)
        return False
    return True
