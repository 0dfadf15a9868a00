"""Addresses of the producer's label pages."""

from __future__ import annotations

from django.urls import path

from products.labels import views

urlpatterns = [
    path("producer/batches/<uuid:code>/labels", views.run_new, name="run-new"),
    path("producer/runs/", views.run_list, name="run-list"),
    path("producer/runs/<slug:code>", views.run, name="run"),
    path("producer/runs/<slug:code>/activate", views.activate, name="run-activate"),
    path("producer/runs/<slug:code>/void", views.void, name="run-void"),
    path("producer/runs/<slug:code>/print", views.print_new, name="print-new"),
    path("producer/runs/<slug:code>/mark", views.mark, name="mark-image"),
    path("producer/runs/<slug:code>/codes.csv", views.codes, name="run-codes"),
    path("producer/runs/<slug:code>/label/<int:serial>.png", views.label, {"form": "png"}, name="label-png"),
    path("producer/runs/<slug:code>/label/<int:serial>.svg", views.label, {"form": "svg"}, name="label-svg"),
    path("producer/print-files/<uuid:code>", views.print_file, name="print-file"),
    path("producer/print-files/<uuid:code>/file", views.print_file_download, name="print-file-download"),
]
