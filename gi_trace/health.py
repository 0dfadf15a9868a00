"""Whether the process runs, whether it can serve, and its figures."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers and the log exists."""
    from ledger.queries import newest_checkpoint

    try:
        connection.ensure_connection()
        checkpoint = newest_checkpoint()
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "database"}, status=503)
    if checkpoint is None:
        return JsonResponse({"ready": False, "reason": "ledger_not_initialised"}, status=503)
    return JsonResponse({"ready": True})


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
