"""Label runs in the administration, to look at only: what is under audit changes through services alone."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from products.labels.models.label_run import LabelRange, LabelRun, PrintFile


class ReadOnly:
    """Nothing can be added, changed or deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RangeInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    model = LabelRange
    extra = 0


@admin.register(LabelRun)
class LabelRunAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "batch", "quantity", "unit_mass_g", "issued_by", "issued_at")
    list_select_related = ("batch",)
    search_fields = ("code", "batch__lot")
    # Encrypted, and yet nobody's business: with it every code of the run can be made.
    exclude = ("key",)
    inlines = (RangeInline,)


@admin.register(PrintFile)
class PrintFileAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("code", "run", "kind", "state", "done_count", "requested_by", "requested_at", "expires_at")
    list_filter = ("kind", "state")
    list_select_related = ("run",)
