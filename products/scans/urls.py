"""Addresses of the consumer's pages."""

from __future__ import annotations

from django.urls import path

from products.scans import recall_views, views

urlpatterns = [
    path("t/", views.scan_form, name="scan-form"),
    path("t/<str:code>", views.scan, name="scan"),
    path("T/<str:code>", views.scan, name="scan-upper"),
    path("t/<str:code>/report", views.report, name="report"),
    path("recalls/<uuid:code>", recall_views.recall, name="recall"),
    path("report/<str:number>", views.report_status, name="report-status"),
]
