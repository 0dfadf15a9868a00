"""Conformity certificates (承诺达标合格证) over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema, Status

from products.access import Scope, require_scope
from products.http import actor_of, now_of
from products.trace.models.certificate import CollectedCertificate
from products.trace.queries.batches import find_batch
from products.trace.queries.certificates import CertificateView, certificates_of, collected_of, find_certificate
from products.trace.services import certificates as services
from products.trace.services.certificate_files import certificate_file

router = Router(tags=["batches"])


class CertificateIn(Schema):
    """`product_kind`: vegetable, fruit, tea_leaf, livestock, egg, aquatic or other.

    `basis`: some of commissioned_test, own_test, quality_control, own_promise. A `reason` puts it in the place of the
    certificate that the batch has.
    """

    product_kind: str
    contact: str
    basis: list[str]
    reason: str = ""


class MixedOut(Schema):
    lot: str
    number: str


class CertificateOut(Schema):
    """`is_standing`: no later one takes its place. `changed` names what the batch says otherwise by now.

    `contact` is empty once it has been erased; `mixed_from` are the certificates that this one stands in for.
    """

    code: UUID
    number: str
    product_kind: str
    product_name: str
    quantity_g: int
    origin: str
    issued_on: date
    promiser: str
    uscc: str
    contact: str
    promises: list[str]
    basis: list[str]
    text_version: str
    is_standing: bool
    changed: list[str]
    mixed_from: list[MixedOut]
    reason: str
    by: str
    at: datetime

    @classmethod
    def of(cls, view: CertificateView) -> Self:
        row = view.row
        return cls(
            code=row.code,
            number=row.number,
            product_kind=row.product_kind,
            product_name=row.product_name,
            quantity_g=row.quantity_g,
            origin=row.origin,
            issued_on=row.issued_on,
            promiser=row.promiser,
            uscc=row.uscc,
            contact=row.contact,
            promises=list(view.promises),
            basis=row.basis,
            text_version=row.text_version,
            is_standing=view.is_standing,
            changed=list(view.changed),
            mixed_from=[MixedOut(lot=each.lot, number=each.number) for each in view.mixed_from],
            reason=row.reason,
            by=row.by,
            at=row.at,
        )


class CollectedIn(Schema):
    """The number and day of the certificate that a seller gave with the goods."""

    number: str
    issued_on: date


class CollectedOut(Schema):
    code: UUID
    number: str
    issued_on: date
    by: str
    at: datetime

    @classmethod
    def of(cls, row: CollectedCertificate) -> Self:
        return cls(code=row.code, number=row.number, issued_on=row.issued_on, by=row.by, at=row.at)


@router.get(
    "/batches/{uuid:code}/certificates",
    response=list[CertificateOut],
    operation_id="list_certificates",
    summary="Conformity certificates of a batch, newest first; replaced ones stay",
)
def read_certificates(request: HttpRequest, code: UUID) -> list[CertificateOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    return [CertificateOut.of(view) for view in certificates_of(find_batch(actor=actor, code=code))]


@router.post(
    "/batches/{uuid:code}/certificates",
    response={201: CertificateOut},
    operation_id="issue_certificate",
    summary="Issue the conformity certificate of a batch, or issue it again with a reason",
)
def create_certificate(request: HttpRequest, code: UUID, body: CertificateIn) -> Status[CertificateOut]:
    actor = actor_of(request)
    row = services.issue_certificate(actor=actor, batch_code=code, now=now_of(request), **body.dict())
    return Status(201, CertificateOut.of(find_certificate(actor=actor, batch_code=code, code=row.code)))


@router.get(
    "/batches/{uuid:code}/certificates/{uuid:certificate}/file",
    operation_id="download_certificate",
    summary="The standing certificate as PDF: an A4 sheet of eight, or one a page for a label printer",
)
def download_certificate(
    request: HttpRequest, code: UUID, certificate: UUID, layout: str = "a4_8", copies: int = 8
) -> HttpResponse:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    view, content = certificate_file(actor=actor, batch_code=code, code=certificate, layout=layout, copies=copies)
    return pdf_response(view, content)


def pdf_response(view: CertificateView, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="certificate-{view.row.number}.pdf"'}
    return HttpResponse(content, content_type="application/pdf", headers=headers)


@router.get(
    "/lots/{uuid:code}/certificates",
    response=list[CollectedOut],
    operation_id="list_collected_certificates",
    summary="Sellers' certificates kept with a purchased lot",
)
def read_collected(request: HttpRequest, code: UUID) -> list[CollectedOut]:
    actor = actor_of(request)
    require_scope(actor, Scope.READ)
    return [CollectedOut.of(row) for row in collected_of(actor=actor, lot_code=code)]


@router.post(
    "/lots/{uuid:code}/certificates",
    response={201: CollectedOut},
    operation_id="collect_certificate",
    summary="Keep the seller's certificate with a purchased lot",
)
def create_collected(request: HttpRequest, code: UUID, body: CollectedIn) -> Status[CollectedOut]:
    row = services.collect_certificate(
        actor=actor_of(request), lot_code=code, number=body.number, issued_on=body.issued_on, now=now_of(request)
    )
    return Status(201, CollectedOut.of(row))
