"""Signing in and out, and one's own API tokens."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.accounts import queries
from products.accounts.forms import SignInForm, TokenForm
from products.accounts.services.sign_in import too_many_failures
from products.accounts.services.tokens import issue_token, revoke_token
from products.errors import DomainError
from products.http import actor_of, now_of


class SignIn(LoginView):
    """Ten failures in a quarter of an hour close a name for that time."""

    template_name = "accounts/login.html"
    authentication_form = SignInForm

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if too_many_failures(request.POST.get("username", "")):
            form = self.get_form()
            return render(request, self.template_name, {"form": form, "is_blocked": True}, status=429)
        return super().post(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        user = self.request.user
        role = getattr(user, "role", "")
        return reverse("producer" if role in {Role.PRODUCER, Role.ASSOCIATION} else "regulator")


@never_cache
@login_required
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens; a new one is shown this once."""
    actor = actor_of(request)
    form = TokenForm(request.POST or None, actor=actor)
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            _row, shown = issue_token(actor=actor, now=now_of(request), **form.cleaned_data)
            form = TokenForm(actor=actor)
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, error.text)
    context = {"form": form, "shown": shown, "tokens": queries.tokens_of(actor, now=now_of(request))}
    return render(request, "accounts/tokens.html", context)


@require_POST
@login_required
def token_revoke(request: HttpRequest, code: UUID) -> HttpResponse:
    revoke_token(actor=actor_of(request), code=code, now=now_of(request))
    messages.success(request, _("令牌已吊销，立即失效。"))
    return redirect("tokens")
