"""Addresses of the producer's workplace."""

from __future__ import annotations

from django.urls import path

from products.trace.views import batches, imports, lab_reports

urlpatterns = [
    path("producer/", batches.producer, name="producer"),
    path("producer/batches/", batches.batch_list, name="batch-list"),
    path("producer/batches/new", batches.batch_new, name="batch-new"),
    path("producer/batches/<uuid:code>", batches.batch, name="batch"),
    path("producer/batches/<uuid:code>/edit", batches.batch_edit, name="batch-edit"),
    path("producer/batches/<uuid:code>/correct", batches.batch_correct, name="batch-correct"),
    path("producer/batches/<uuid:code>/discard", batches.batch_discard, name="batch-discard"),
    path("producer/batches/<uuid:code>/steps/<slug:step>", batches.batch_step, name="batch-step"),
    path("producer/batches/<uuid:code>/lab-reports/new", lab_reports.lab_new, name="lab-new"),
    path("producer/batches/<uuid:code>/lab-reports/<uuid:report>/correct", lab_reports.lab_correct, name="lab-correct"),
    path("producer/batches/<uuid:code>/lab-reports/<uuid:report>/file", lab_reports.lab_file, name="lab-file"),
    path("producer/import", imports.new, name="import-new"),
    path("producer/import/template.xlsx", imports.template, {"kind": "xlsx"}, name="import-template"),
    path("producer/import/template.csv", imports.template, {"kind": "csv"}, name="import-template-csv"),
    path("producer/import/<uuid:code>", imports.one, name="import"),
    path("producer/import/<uuid:code>/confirm", imports.confirm, name="import-confirm"),
    path("producer/import/<uuid:code>/check", imports.again, name="import-again"),
]
