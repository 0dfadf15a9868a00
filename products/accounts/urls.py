"""Addresses of accounts."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from products.accounts import views

urlpatterns = [
    path("login", views.SignIn.as_view(), name="login"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("account/tokens", views.tokens, name="tokens"),
    path("account/tokens/<uuid:code>/revoke", views.token_revoke, name="token-revoke"),
]
