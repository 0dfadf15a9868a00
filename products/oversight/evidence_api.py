"""Bundles of evidence: making one, and fetching it."""

from __future__ import annotations

from typing import Literal

from django.http import FileResponse, HttpRequest
from ninja import Router, Schema, Status

from products.http import actor_of, now_of
from products.oversight.evidence_http import client_of, evidence_file
from products.oversight.services.evidence import export_evidence

router = Router(tags=["oversight"])


class EvidenceIn(Schema):
    """`code` is a batch's UUID, a case's number or an enterprise's 统一社会信用代码."""

    kind: Literal["batch", "case", "enterprise"]
    code: str


class EvidenceOut(Schema):
    """`file` is where the zip can be fetched for one day, by whoever made it; `waiting_count` entries came too late for it."""

    subject: str
    sha256: str
    byte_count: int
    entry_count: int
    waiting_count: int
    file: str


@router.post(
    "/evidence",
    response={201: EvidenceOut},
    operation_id="export_evidence",
    summary="Make a bundle of evidence about a batch, a case or an enterprise",
)
def export(request: HttpRequest, body: EvidenceIn) -> Status[EvidenceOut]:
    made = export_evidence(
        actor=actor_of(request), kind=body.kind, code=body.code, client=client_of(request), now=now_of(request)
    )
    return Status(201, EvidenceOut(**vars(made), file=f"/api/v1/evidence/{made.sha256}/file"))


@router.get("/evidence/{sha256}/file", operation_id="download_evidence", summary="A bundle I made, for one day")
def download(request: HttpRequest, sha256: str) -> FileResponse:
    return evidence_file(request, sha256)
