"""Issuing conformity certificates (承诺达标合格证), and keeping those that sellers gave."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import commitment, new_salt, record
from products.errors import NotFound
from products.registry.domain.limits import OverallVerdict
from products.trace.certificate_errors import (
    CertificateBasisMissing,
    CertificateContactInvalid,
    CertificateExists,
    CertificateKindUnknown,
    CertificateLabFailed,
    CertificateNotOfPurchase,
    CertificateStopped,
    CollectedTwice,
)
from products.trace.domain.certificate import BASES, CURRENT_TEXT, MAX_CONTACT, is_contact
from products.trace.domain.facts import is_text
from products.trace.errors import InvalidText, ProducedInFuture, TextTooLong, WrongBatchState
from products.trace.models.batch import Batch
from products.trace.models.certificate import CollectedCertificate, ConformityCertificate, MixedCertificate
from products.trace.models.lot import Lot
from products.trace.queries.certificates import MixedLot, mixed_lots, origin_text
from products.trace.queries.lab import batch_verdict
from products.trace.services.batches import lock_batch
from products.trace.services.fact_checks import check_reason

# Without letters that look alike: the number is read out on the telephone.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRTUVWXYZ"


@transaction.atomic
def issue_certificate(
    *,
    actor: Actor,
    batch_code: UUID,
    product_kind: str,
    contact: str,
    basis: Sequence[str],
    reason: str = "",
    now: datetime,
) -> ConformityCertificate:
    """Promise what the rule asks for of one's own batch; with a `reason`, in the place of the certificate it has.

    It stands in for the certificates that the batch's goods came with, where they were mixed or repacked.
    Raises NotFound, WrongBatchState for a draft, CertificateStopped, CertificateLabFailed, CertificateExists,
    ReasonMissing and the refusals of its three fields, having written nothing.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    # Two taps at once: the second sees the certificate of the first.
    batch = lock_batch(actor=actor, code=batch_code)
    require_promisable(batch)
    standing = batch.certificates.filter(replaced_by__isnull=True).first()
    if standing is not None and not reason.strip():
        raise CertificateExists(
            _("这个批次已有合格证 %(number)s，一批只开一张。登记内容更正过、混装过或填错的，请写明原因后重开。")
            % {"number": standing.number},
            field="reason",
        )
    salt = new_salt()
    row = ConformityCertificate(
        batch=batch,
        number=_new_number(now),
        product_kind=_checked_kind(product_kind),
        product_name=batch.authorisation.product_name,
        quantity_g=batch.net_mass_g,
        origin=origin_text(batch.origin),
        promiser=batch.authorisation.enterprise.name,
        uscc=batch.authorisation.enterprise.uscc,
        contact=_checked_contact(contact),
        contact_salt=salt,
        basis=_checked_basis(basis),
        text_version=CURRENT_TEXT,
        issued_on=timezone.localdate(now),
        replaces=standing,
        reason=check_reason(reason) if standing else "",
        by=actor.ledger_name,
        at=now,
    )
    row.save(force_insert=True)
    _record(row, salt=salt, actor=actor)
    return row


def _record(row: ConformityCertificate, *, salt: bytes, actor: Actor) -> None:
    """Keep what the certificate stands in for, and tell the ledger of it and of the one it replaces."""
    mixed = [each for each in mixed_lots(row.batch) if each.number]
    MixedCertificate.objects.bulk_create(
        MixedCertificate(certificate=row, lot=each.lot, number=each.number) for each in mixed
    )
    record(
        actor=actor,
        kind="trace.certificate_issued",
        subject=f"certificate:{row.code}",
        data=certificate_statement(row, mixed),
        commitments={"contact": commitment(row.contact, salt=salt)},
        now=row.at,
    )
    if row.replaces is not None:
        record(
            actor=actor,
            kind="trace.certificate_replaced",
            subject=f"certificate:{row.replaces.code}",
            data={"replaced_by": str(row.code), "reason": row.reason},
            now=row.at,
        )


def require_promisable(batch: Batch) -> None:
    """Raises WrongBatchState, CertificateStopped or CertificateLabFailed for what nobody may promise anything of."""
    if batch.state == Batch.State.DRAFT:
        raise WrongBatchState(_("草稿还不能开具合格证。请先登记批次。"))
    if batch.state == Batch.State.RECALLED:
        raise CertificateStopped(_("这个批次已召回，不能开具或打印合格证。"))
    if batch.state == Batch.State.HELD:
        raise CertificateStopped(_("这个批次已暂停销售，现在不能开具或打印合格证。查明原因、恢复销售后再办理。"))
    if batch_verdict(batch).overall is OverallVerdict.FAILED:
        raise CertificateLabFailed(
            _("检验不合格，不能开具或打印合格证。报告填错的，请先更正检验报告；产品确不合格的，请召回。")
        )


def certificate_statement(row: ConformityCertificate, mixed: Sequence[MixedLot]) -> dict[str, object]:
    """Everything the certificate says but the contact, which may be a person's."""
    return {
        "batch": str(row.batch.code),
        "number": row.number,
        "product_kind": row.product_kind,
        "product_name": row.product_name,
        "quantity_g": row.quantity_g,
        "origin": row.origin,
        "promiser": row.promiser,
        "uscc": row.uscc,
        "basis": list(row.basis),
        "text_version": row.text_version,
        "issued_on": row.issued_on.isoformat(),
        "replaces": str(row.replaces.code) if row.replaces else None,
        "reason": row.reason,
        "mixed_from": [{"lot": each.lot, "number": each.number} for each in mixed],
    }


@transaction.atomic
def collect_certificate(
    *, actor: Actor, lot_code: UUID, number: str, issued_on: date, now: datetime
) -> CollectedCertificate:
    """Keep with one's own purchased lot the number of the certificate that its seller gave.

    Raises NotFound, CertificateNotOfPurchase, CollectedTwice, TextTooLong, InvalidText, ProducedInFuture.
    """
    require_scope(actor, Scope.BATCHES, Role.PRODUCER)
    lot = Lot.objects.visible_to(actor).select_for_update(of=("self",)).filter(code=lot_code).first()
    if lot is None:
        raise NotFound(_("没有这个批号的原料，或您无权办理。"))
    if lot.kind != Lot.Kind.PURCHASE:
        raise CertificateNotOfPurchase(_("只有外购的原料才收存卖方的合格证。自产的请从批次页开具。"))
    number = _checked_line(
        number, field="number", most=60, missing=_("请填写卖方合格证上的编号；没有编号的，填开具日期和数量。")
    )
    if issued_on > timezone.localdate(now):
        raise ProducedInFuture(_("开具日期不能在今天以后。"), field="issued_on")
    if lot.collected_certificates.filter(number=number).exists():
        raise CollectedTwice(_("这张合格证（%(number)s）已经登记在这批原料上。") % {"number": number}, field="number")
    row = CollectedCertificate.objects.create(lot=lot, number=number, issued_on=issued_on, by=actor.ledger_name, at=now)
    record(
        actor=actor,
        kind="trace.certificate_collected",
        subject=f"collected-certificate:{row.code}",
        data={"lot": str(lot.code), "number": number, "issued_on": issued_on.isoformat()},
        now=now,
    )
    return row


def _new_number(now: datetime) -> str:
    # Random, so that the number of one certificate tells nothing of how many others there are.
    suffix = "".join(secrets.choice(_LETTERS) for _letter in range(6))
    return f"HG{timezone.localdate(now):%y%m%d}-{suffix}"


def _checked_kind(kind: str) -> str:
    if kind not in ConformityCertificate.ProductKind.values:
        raise CertificateKindUnknown(_("请选择产品种类。酱、酒、干制茶叶等加工品不开具合格证。"), field="product_kind")
    return kind


def _checked_basis(basis: Sequence[str]) -> list[str]:
    given = set(basis)
    if not given or not given <= set(BASES):
        raise CertificateBasisMissing(_("请至少选一项承诺依据。"), field="basis")
    return [each for each in BASES if each in given]


def _checked_contact(contact: str) -> str:
    contact = _checked_line(contact, field="contact", most=MAX_CONTACT, missing=_("请填写联系电话。"))
    if not is_contact(contact):
        raise CertificateContactInvalid(
            _("“%(contact)s”不像电话号码。请填写能联系到本单位的电话，例如 028-12345678。") % {"contact": contact},
            field="contact",
        )
    return contact


def _checked_line(text: str, *, field: str, most: int, missing: str) -> str:
    text = text.strip()
    if not text:
        raise (
            CertificateContactInvalid(missing, field=field) if field == "contact" else InvalidText(missing, field=field)
        )
    if len(text) > most:
        raise TextTooLong(_("不能超过 %(most)d 个字。") % {"most": most}, field=field)
    if not is_text(text) or not text.isprintable():
        raise InvalidText(_("含有不能保存的字符，请删除后重填。"), field=field)
    return text
