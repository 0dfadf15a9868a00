"""Root addresses."""

from __future__ import annotations

from django.urls import include, path

from gi_trace import health, pages
from gi_trace.api import api

urlpatterns = [
    path("", pages.home, name="home"),
    path("", include("products.urls")),
    path("ledger/", include("ledger.urls")),
    path("epcis/", include("products.trace.epcis_http.urls")),
    path("api/v1/", api.urls),
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("metrics", health.metrics),
]
