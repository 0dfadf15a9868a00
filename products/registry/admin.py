"""The register in the administration, to look at only: what is under audit changes through services alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from products.registry.models.authorisation import Authorisation, AuthorisationDecision, UseStatement, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication, IndicationChange, RegistrantDecision
from products.registry.models.standard import LawCitation, Limit, Standard, StandardVersion
from products.registry.models.zone import Zone, ZoneCensus, ZoneStep


class ReadOnly:
    """Nothing can be added, changed or deleted."""

    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ChangeInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = IndicationChange


class RegistrantDecisionInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = RegistrantDecision


class QuotaInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = YearQuota


class DecisionInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = AuthorisationDecision


class UseStatementInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = UseStatement


class LimitInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = Limit


class StepInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = ZoneStep


class CensusInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = ZoneCensus


@admin.register(Indication)
class IndicationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "category", "prefecture", "status", "confidence", "is_demo")
    list_filter = ("status", "confidence", "is_demo")
    list_select_related = ("prefecture",)
    search_fields = ("code", "name", "name_en")
    inlines = (ChangeInline, RegistrantDecisionInline)


@admin.register(Enterprise)
class EnterpriseAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("uscc", "name", "region", "uscc_verdict", "is_demo")
    list_filter = ("uscc_verdict", "is_demo")
    list_select_related = ("region",)
    search_fields = ("uscc", "name")


@admin.register(Authorisation)
class AuthorisationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("indication", "enterprise", "product_name", "state", "valid_from", "valid_until", "is_demo")
    list_filter = ("state", "holder_kind", "is_demo")
    list_select_related = ("indication", "enterprise")
    search_fields = ("code", "enterprise__uscc", "enterprise__name", "indication__name")
    inlines = (QuotaInline, DecisionInline, UseStatementInline)


@admin.register(Standard)
class StandardAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "title", "indication")
    list_select_related = ("indication",)
    search_fields = ("code", "title")


@admin.register(StandardVersion)
class VersionAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("standard", "label", "status", "effective_from", "effective_to")
    list_filter = ("status",)
    list_select_related = ("standard",)
    inlines = (LimitInline,)


@admin.register(LawCitation)
class CitationAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("law", "article", "document_no", "effective_from", "effective_to", "reading")
    search_fields = ("law", "summary")


@admin.register(Zone)
class ZoneAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "name", "grade", "stage", "stage_on", "region", "is_demo")
    list_filter = ("grade", "stage")
    list_select_related = ("region",)
    inlines = (StepInline, CensusInline)
