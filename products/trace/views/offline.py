"""What a phone keeps for when it has no network: the service worker, and the page it shows then."""

from __future__ import annotations

import hashlib
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

_ASSETS: Final = ("products/site.css", "products/icon.svg", "products/drafts.js", "products/place.js")
# Addresses of forms that may be kept, as expressions of JavaScript.
_UUID: Final = "[0-9a-f-]{36}"
FORMS: Final = (
    r"^\/producer\/batches\/new$",
    rf"^\/producer\/batches\/{_UUID}\/lab-reports\/new$",
    r"^\/producer\/lots\/operations\/(harvest|purchase)$",
)


@never_cache
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script stands at the root, so that it may look after sign-in and sign-out as well."""
    assets = [static(name) for name in _ASSETS]
    facts = {"assets": assets, "forms": FORMS}
    # A changed stylesheet or page is a changed script, and the browser fetches everything anew.
    page = render_to_string("trace/offline.html")
    version = hashlib.sha256("\0".join([*assets, page]).encode()).hexdigest()[:16]
    return render(request, "trace/sw.js", facts | {"version": version}, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Nobody's page: it is kept on the device and shown to whoever holds it. Asked for in passing, it eats no message."""
    return HttpResponse(render_to_string("trace/offline.html"))
