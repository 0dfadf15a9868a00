"""Addresses of the regulator's workplace, and of what it publishes."""

from __future__ import annotations

from django.urls import path

from products.oversight.views import applications, balance, cases, evidence, front, inspections

urlpatterns = [
    path("regulator/", front.regulator, name="regulator"),
    path("regulator/targets/<slug:metric>", front.target, name="regulator-target"),
    path("regulator/mark-use", front.mark_use_table, name="regulator-mark-use"),
    path("regulator/findings", front.finding_list, name="regulator-findings"),
    path("regulator/balance/", balance.balance, name="regulator-balance"),
    path("regulator/balance/<str:code>", balance.balance_one, name="regulator-balance-one"),
    path("regulator/records/<slug:kind>", front.records, name="regulator-records"),
    path("regulator/enterprises/<slug:uscc>", front.enterprise, name="regulator-enterprise"),
    path("regulator/applications/", applications.application_list, name="regulator-applications"),
    path("regulator/applications/<uuid:code>", applications.application, name="regulator-application"),
    path("regulator/inspections/", inspections.inspection_list, name="regulator-inspections"),
    path("regulator/inspections/new", inspections.inspection_new, name="regulator-inspection-new"),
    path("regulator/inspections/<slug:number>", inspections.inspection, name="regulator-inspection"),
    path("regulator/inspections/<slug:number>/publication", inspections.publication, name="regulator-publication"),
    path("regulator/cases/", cases.case_list, name="regulator-cases"),
    path("regulator/cases/new", cases.case_new, name="regulator-case-new"),
    path("regulator/cases/<slug:number>", cases.case, name="regulator-case"),
    path("regulator/complaints/", cases.complaint_list, name="regulator-complaints"),
    path("regulator/complaints/<slug:number>", cases.complaint, name="regulator-complaint"),
    path("evidence/export/<slug:kind>/<slug:code>", evidence.export, name="evidence-export"),
    path("evidence/<slug:sha256>", evidence.bundle, name="evidence"),
    path("evidence/<slug:sha256>/file", evidence.bundle_file, name="evidence-file"),
    path("inspections/", inspections.published, name="inspections"),
]
