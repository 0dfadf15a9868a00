"""Read-only tables of the authority's work, for the platform's support."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest

from products.oversight.models.target import PolicyTarget


@admin.register(PolicyTarget)
class PolicyTargetAdmin(admin.ModelAdmin[PolicyTarget]):
    """Targets come from the reference data. Cases and inspections are none of the platform's business."""

    list_display = ["plan", "metric", "title", "target", "due_on"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: PolicyTarget | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: PolicyTarget | None = None) -> bool:
        return False
