"""Index of the addresses of every context."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("products.accounts.urls")),
    path("", include("products.registry.urls")),
    path("", include("products.trace.urls")),
    path("", include("products.labels.urls")),
    path("", include("products.scans.urls")),
    path("", include("products.oversight.urls")),
]
