"""What pages and API share when an export is sent."""

from __future__ import annotations

from django.http import FileResponse, StreamingHttpResponse

from products.trace.services.exchange import Export
from products.trace.services.exchange_files import json_pieces, workbook

FORMS = ("json", "xlsx")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def exported_file(export: Export, form: str) -> StreamingHttpResponse:
    """The file as a download; `form` is one of FORMS."""
    if form == "xlsx":
        response: StreamingHttpResponse = FileResponse(
            workbook(export), as_attachment=True, filename=f"{export.name}.xlsx", content_type=XLSX
        )
    else:
        response = StreamingHttpResponse(json_pieces(export), content_type="application/json")
        response["Content-Disposition"] = f'attachment; filename="{export.name}.json"'
    response["Cache-Control"] = "no-store"
    return response
