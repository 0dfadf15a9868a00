"""Whether the process runs, whether it can serve, and its figures."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """The database answers, the log exists and new entries would find room."""
    from ledger.errors import NoRoom
    from ledger.queries import newest_checkpoint
    from ledger.services.room import require_room

    try:
        connection.ensure_connection()
        checkpoint = newest_checkpoint()
        require_room()
    except NoRoom:
        return JsonResponse({"ready": False, "reason": "disk"}, status=503)
    except DatabaseError:
        return JsonResponse({"ready": False, "reason": "database"}, status=503)
    if checkpoint is None:
        return JsonResponse({"ready": False, "reason": "ledger_not_initialised"}, status=503)
    return JsonResponse({"ready": True})


def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus' text format."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)
