"""Addresses of the public register."""

from __future__ import annotations

from django.urls import path

from products.registry import limit_views, office_views, review_views, standard_views, views

urlpatterns = [
    path("gi/", views.indications, name="indications"),
    path("gi/<slug:code>", views.indication, name="gi"),
    path("enterprises/<slug:uscc>", views.enterprise, name="enterprise"),
    path("zones/", views.zones, name="zones"),
    path("zones/<slug:code>", views.zone, name="zone"),
    path("association/standards/", standard_views.mine, name="standards-mine"),
    path("association/standards/new", standard_views.new, name="standard-new"),
    path("association/standards/next", standard_views.next_version, name="standard-next"),
    path("association/standards/<uuid:code>", standard_views.draft, name="standard-draft"),
    path("association/standards/<uuid:code>/head", standard_views.head, name="standard-head"),
    path("association/standards/<uuid:code>/act", standard_views.act, name="standard-act"),
    path("association/standards/<uuid:code>/try", limit_views.trial, name="standard-try"),
    path("association/standards/<uuid:code>/limits/new", limit_views.limit_new, name="limit-new"),
    path("association/standards/<uuid:code>/limits/<str:key>", limit_views.limit_edit, name="limit-edit"),
    path("association/standards/<uuid:code>/limits/<str:key>/removal", limit_views.limit_remove, name="limit-remove"),
    path("regulator/standards/", review_views.reviews, name="standard-reviews"),
    path("regulator/standards/<uuid:code>", review_views.review, name="standard-review"),
    path("regulator/standards/repeal/<path:code>", review_views.repeal, name="standard-repeal"),
    # The number of a standard has slashes of its own.
    path("standards/<path:code>", standard_views.standard, name="standard"),
    path("producer/apply", office_views.apply, name="apply"),
    path("law", views.law, name="law"),
    path("privacy", views.privacy, name="privacy"),
]
