"""What the page and the API share when a bundle of evidence is made and fetched."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest

from products.http import actor_of
from products.oversight.services.evidence import open_evidence


def evidence_file(request: HttpRequest, sha256: str) -> FileResponse:
    """The zip as a download."""
    file, _size = open_evidence(actor=actor_of(request), sha256=sha256)
    name = f"evidence-{sha256[:12]}.zip"
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


def client_of(request: HttpRequest) -> str:
    """What the request tells of the client: how it signed in and what it calls itself. Never its address."""
    way = "API token" if request.headers.get("Authorization") else "browser session"
    return f"{way}; {request.headers.get('User-Agent') or 'User-Agent not sent'}"
