"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from products.http import actor_of


def site(request: HttpRequest) -> dict[str, Any]:
    """`actor` is looked up only where a template asks, so that public pages stay cacheable and cheap."""
    return {
        "actor": SimpleLazyObject(lambda: actor_of(request)),
        "base_url": settings.BASE_URL,
        "is_demo_site": settings.IS_DEMO,
    }
