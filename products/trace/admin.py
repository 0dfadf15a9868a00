"""Batches in the administration, to look at only: what is under audit changes through services alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from products.trace.models.batch import Batch, BatchCorrection, BatchStep


class ReadOnly:
    """Nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class StepInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = BatchStep
    extra = 0


class CorrectionInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = BatchCorrection
    extra = 0


@admin.register(Batch)
class BatchAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("lot", "authorisation", "origin", "produced_on", "net_mass_g", "state", "is_demo")
    list_filter = ("state", "is_demo")
    list_select_related = ("authorisation__indication", "authorisation__enterprise", "origin")
    search_fields = ("lot", "code")
    exclude = ("plot_salt",)
    inlines = (StepInline, CorrectionInline)
