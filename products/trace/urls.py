"""Addresses of the producer's workplace."""

from __future__ import annotations

from django.urls import path, re_path

from products.trace.views import (
    batches,
    certificates,
    epcis_vocabulary,
    exchange,
    imports,
    lab_reports,
    lots,
    offline,
    plots,
    recalls,
)

urlpatterns = [
    path("sw.js", offline.service_worker, name="service-worker"),
    path("producer/offline", offline.offline, name="offline"),
    path("epcis/context/gi.jsonld", epcis_vocabulary.context, name="epcis-context"),
    path("epcis/vocabulary", epcis_vocabulary.vocabulary, name="epcis-vocabulary"),
    path("exports", exchange.period_export, name="exports"),
    path("producer/batches/<uuid:code>/export/<slug:standard>.<slug:form>", exchange.batch_export, name="batch-export"),
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
    path("producer/lots/", lots.lot_list, name="lot-list"),
    path("producer/lots/<uuid:code>", lots.lot, name="lot"),
    path("producer/lots/operations/<slug:kind>", lots.operation_new, name="lot-operation-new"),
    path("recalls/", recalls.recall_list, name="recall-list"),
    path("recalls/new", recalls.recall_new, name="recall-new"),
    path("recalls/<uuid:code>/extension", recalls.recall_extend, name="recall-extend"),
    path("recalls/<uuid:code>/close", recalls.recall_close, name="recall-close"),
    path("recalls/<uuid:code>/consignees", recalls.consignees, name="recall-consignees"),
    path("recalls/<uuid:code>/consignees.csv", recalls.consignee_file, {"kind": "csv"}, name="recall-consignees-csv"),
    path(
        "recalls/<uuid:code>/consignees.xlsx", recalls.consignee_file, {"kind": "xlsx"}, name="recall-consignees-xlsx"
    ),
    path("recalls/<uuid:code>/consignees/<uuid:operation>", recalls.consignee_answer, name="recall-consignee-answer"),
    path("producer/batches/<uuid:code>/certificate", certificates.certificate_new, name="certificate-new"),
    path("producer/batches/<uuid:code>/certificate.pdf", certificates.certificate_print, name="certificate-print"),
    path("producer/lots/<uuid:code>/certificate", certificates.certificate_collect, name="certificate-collect"),
    path("b/<uuid:code>", certificates.public, name="public-batch"),
    # The same as a QR code has it, which holds capitals best.
    re_path(r"^[bB]/(?P<code>[0-9A-Fa-f]{32})$", certificates.public_short),
    path("producer/plots/", plots.plot_list, name="plot-list"),
    path("producer/plots/new", plots.plot_new, name="plot-new"),
    path("producer/plots/<uuid:code>", plots.plot, name="plot"),
    path("producer/plots/<uuid:code>/edit", plots.plot_edit, name="plot-edit"),
    path("producer/plots/<uuid:code>/retire", plots.plot_retire, name="plot-retire"),
    path("producer/growers/", plots.grower_list, name="grower-list"),
    path("producer/growers/<uuid:code>", plots.grower_edit, name="grower-edit"),
    path("producer/growers/<uuid:code>/retire", plots.grower_retire, name="grower-retire"),
    path("producer/import", imports.new, name="import-new"),
    path("producer/import/template.xlsx", imports.template, {"kind": "xlsx"}, name="import-template"),
    path("producer/import/template.csv", imports.template, {"kind": "csv"}, name="import-template-csv"),
    path("producer/import/<uuid:code>", imports.one, name="import"),
    path("producer/import/<uuid:code>/confirm", imports.confirm, name="import-confirm"),
    path("producer/import/<uuid:code>/check", imports.again, name="import-again"),
]
