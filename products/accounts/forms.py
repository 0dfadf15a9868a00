"""Forms for signing in and for tokens."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Scope

SCOPE_NAMES = {
    Scope.READ: _("读取"),
    Scope.BATCHES: _("登记批次"),
    Scope.LABELS: _("领取标签"),
    Scope.REGISTRY: _("登记与审核"),
    Scope.OVERSIGHT: _("检查与案件"),
    Scope.ACCOUNTS: _("管理账户"),
}


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("用户名或密码不对。请核对后重试；忘记密码请联系平台管理员。"),
        "inactive": _("该账户已停用。请联系平台管理员。"),
    }


class TokenForm(forms.Form):
    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("例如：厂里的 ERP 系统"))
    scopes = forms.MultipleChoiceField(label=_("权限范围"), widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("有效天数"), min_value=1, max_value=365, initial=90)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (scope.value, SCOPE_NAMES[scope]) for scope in Scope if scope in actor.scopes
        ]
