"""Addresses of the public register."""

from __future__ import annotations

from django.urls import path

from products.registry import office_views, views

urlpatterns = [
    path("gi/", views.indications, name="indications"),
    path("gi/<slug:code>", views.indication, name="gi"),
    path("enterprises/<slug:uscc>", views.enterprise, name="enterprise"),
    path("zones/", views.zones, name="zones"),
    path("zones/<slug:code>", views.zone, name="zone"),
    path("producer/apply", office_views.apply, name="apply"),
    path("law", views.law, name="law"),
    path("privacy", views.privacy, name="privacy"),
]
