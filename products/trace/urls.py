"""Addresses of the producer's workplace."""

from __future__ import annotations

from django.urls import path

from products.trace import import_views, lab_views, views

urlpatterns = [
    path("producer/", views.producer, name="producer"),
    path("producer/batches/", views.batch_list, name="batch-list"),
    path("producer/batches/new", views.batch_new, name="batch-new"),
    path("producer/batches/<uuid:code>", views.batch, name="batch"),
    path("producer/batches/<uuid:code>/edit", views.batch_edit, name="batch-edit"),
    path("producer/batches/<uuid:code>/correct", views.batch_correct, name="batch-correct"),
    path("producer/batches/<uuid:code>/discard", views.batch_discard, name="batch-discard"),
    path("producer/batches/<uuid:code>/steps/<slug:step>", views.batch_step, name="batch-step"),
    path("producer/batches/<uuid:code>/lab-reports/new", lab_views.lab_new, name="lab-new"),
    path("producer/batches/<uuid:code>/lab-reports/<uuid:report>/correct", lab_views.lab_correct, name="lab-correct"),
    path("producer/batches/<uuid:code>/lab-reports/<uuid:report>/file", lab_views.lab_file, name="lab-file"),
    path("producer/import", import_views.new, name="import-new"),
    path("producer/import/template.xlsx", import_views.template, {"kind": "xlsx"}, name="import-template"),
    path("producer/import/template.csv", import_views.template, {"kind": "csv"}, name="import-template-csv"),
    path("producer/import/<uuid:code>", import_views.one, name="import"),
    path("producer/import/<uuid:code>/confirm", import_views.confirm, name="import-confirm"),
    path("producer/import/<uuid:code>/check", import_views.again, name="import-again"),
]
