"""Exports for other traceability platforms over the API."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Query, Router, Schema

from products.http import actor_of, now_of
from products.trace.exchange_http import exported_file
from products.trace.services.exchange import export_batch, export_enterprise

router = Router(tags=["exports"])


class ExportQuery(Schema):
    """`standard`: the layout after NY/T 4712-2025 or GB/T 38154-2019; docs/exports.md has the fields of both."""

    standard: Literal["ny4712", "gb38154"] = "ny4712"
    format: Literal["json", "xlsx"] = "json"


class PeriodQuery(ExportQuery):
    """`first` and `last` day of production, at most 366 days apart."""

    first: date
    last: date


@router.get(
    "/batches/{uuid:code}/export",
    operation_id="export_batch",
    summary="A batch, what it came from and where it went, in the layout of a standard for traceability data",
)
def batch_export(request: HttpRequest, code: UUID, query: Query[ExportQuery]) -> StreamingHttpResponse:
    export = export_batch(actor=actor_of(request), code=code, standard=query.standard, now=now_of(request))
    return exported_file(export, query.format)


@router.get(
    "/enterprises/{uscc}/export",
    operation_id="export_enterprise",
    summary="What an enterprise made in a period, in the layout of a standard for traceability data",
)
def enterprise_export(request: HttpRequest, uscc: str, query: Query[PeriodQuery]) -> StreamingHttpResponse:
    export = export_enterprise(
        actor=actor_of(request),
        uscc=uscc,
        first=query.first,
        last=query.last,
        standard=query.standard,
        now=now_of(request),
    )
    return exported_file(export, query.format)
