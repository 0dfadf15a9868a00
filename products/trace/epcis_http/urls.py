"""Addresses under /epcis, as the REST binding of EPCIS 2.0 names them."""

from __future__ import annotations

from django.urls import path

from products.trace.epcis_http import views
from products.trace.epcis_http.protocol import CAPTURE_OPTIONS, resource

urlpatterns = [
    path("", resource({"GET": views.top_level}), name="epcis"),
    path(
        "capture",
        resource({"POST": views.post_capture, "GET": views.list_captures}, options=CAPTURE_OPTIONS),
        name="epcis_capture",
    ),
    path("capture/<uuid:code>", resource({"GET": views.read_capture}), name="epcis_capture_job"),
    path("events", resource({"GET": views.list_events, "POST": views.post_event}), name="epcis_events"),
    path("events/<path:event_id>", resource({"GET": views.read_event}), name="epcis_event"),
    path("queries", resource({"GET": views.list_queries, "POST": views.post_query}), name="epcis_queries"),
    path("queries/<str:name>", resource({"GET": views.read_query, "DELETE": views.remove_query}), name="epcis_query"),
    path("queries/<str:name>/events", resource({"GET": views.list_events_of_query}), name="epcis_query_events"),
    path(
        "queries/<str:name>/subscriptions",
        resource({"GET": views.no_subscriptions, "POST": views.no_subscriptions}),
        name="epcis_subscriptions",
    ),
]
for _name in views.RESOURCES:
    urlpatterns += [
        path(_name, resource({"GET": views.list_values}), {"resource": _name}, name=f"epcis_{_name}"),
        path(
            f"{_name}/<path:value>/events",
            resource({"GET": views.list_events_of}),
            {"resource": _name},
            name=f"epcis_{_name}_events",
        ),
        path(
            f"{_name}/<path:value>", resource({"GET": views.read_value}), {"resource": _name}, name=f"epcis_{_name}_one"
        ),
    ]
