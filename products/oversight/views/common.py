"""What the regulator's pages share."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Role
from products.errors import InvalidInput
from products.http import now_of

READERS = (Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
# The platform runs the register; what the offices look into is none of its business.
OFFICES = (Role.INSPECTOR, Role.AUDITOR)
ROWS_A_PAGE = 25


def today_of(request: HttpRequest) -> date:
    return timezone.localdate(now_of(request))


def page_of(request: HttpRequest, rows: Any, size: int = ROWS_A_PAGE) -> Page[Any]:
    return Paginator(rows, size).get_page(request.GET.get("page"))


def day_asked(request: HttpRequest, name: str) -> date | None:
    """A day of the address, None where it has none. Raises InvalidInput."""
    text = request.GET.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise InvalidInput(_("网址中的日期格式不对，应为 2026-11-23 这样的形式。"), field=name) from error
