"""The certificate that stands as a PDF to print."""

from __future__ import annotations

from io import BytesIO
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from products.access import Actor
from products.rendering.errors import RenderingRefused
from products.trace.certificate_errors import CertificateReplaced, CertificateUnprintable
from products.trace.domain.certificate import BASES, PROMISES
from products.trace.domain.facts import write_kg
from products.trace.queries.certificates import CertificateView, find_certificate
from products.trace.rendering.certificate import LAYOUTS, CertificateText, certificate_pdf, rows_of
from products.trace.services.certificates import require_promisable

MAX_COPIES: Final = 800
_QR_ALPHANUMERIC: Final = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def certificate_file(
    *, actor: Actor, batch_code: UUID, code: UUID | None = None, layout: str, copies: int
) -> tuple[CertificateView, bytes]:
    """The standing certificate of a batch the actor may see, `copies` times.

    Raises NotFound, CertificateMissing, CertificateReplaced, CertificateStopped, CertificateLabFailed for what is no
    longer promised, and CertificateUnprintable.
    """
    view = find_certificate(actor=actor, batch_code=batch_code, code=code)
    if not view.is_standing:
        raise CertificateReplaced(_("这张合格证已重开，不能再打印。请打印新的那张。"))
    require_promisable(view.row.batch)
    if layout not in LAYOUTS:
        raise CertificateUnprintable(_("没有这种纸张。请从列表中选择。"), field="layout")
    if not 1 <= copies <= MAX_COPIES:
        raise CertificateUnprintable(
            _("份数须在 1 到 %(most)d 之间。需要更多的，请分几次打印。") % {"most": MAX_COPIES}, field="copies"
        )
    stream = BytesIO()
    try:
        certificate_pdf(certificate_text(view), LAYOUTS[layout], stream, copies=copies, is_demo=view.row.batch.is_demo)
    except RenderingRefused as error:
        raise CertificateUnprintable(_refusal(error), field="layout") from error
    return view, stream.getvalue()


def batch_address(code: UUID) -> str:
    """Where anybody finds the batch, in capitals: so it fits the QR code's compact mode. Raises CertificateUnprintable."""
    parts = urlsplit(settings.BASE_URL)
    address = f"{parts.scheme}://{parts.netloc}/b/{code.hex}".upper()
    if not set(address) <= _QR_ALPHANUMERIC:
        raise CertificateUnprintable(_("本平台的网址不能印成二维码。请联系平台管理员。"))
    return address


def certificate_text(view: CertificateView) -> CertificateText:
    """What is printed: Chinese whatever the page's language, as the rule asks for it."""
    row = view.row
    return CertificateText(
        number=row.number,
        rows=rows_of(
            name=row.product_name,
            quantity=f"{write_kg(row.quantity_g)} 公斤",
            origin=row.origin,
            issued_on=f"{row.issued_on.year}年{row.issued_on.month}月{row.issued_on.day}日",
            promiser=row.promiser,
            contact=row.contact or "（已删除）",
            number=row.number,
            others=[each.number for each in view.mixed_from],
        ),
        promises=PROMISES[row.text_version],
        basis=tuple(BASES[each] for each in row.basis),
        address=batch_address(row.batch.code),
    )


def _refusal(error: RenderingRefused) -> str:
    words = {
        "label_too_small": _("内容放不下。请选较大的纸张。"),
        "address_too_long": _("本平台的网址太长，放不进二维码。请联系平台管理员。"),
        "unprintable_text": _("名称中有字体没有的字符，无法打印。请改用常用字登记后重开。"),
    }
    return words.get(error.reason, _("这张合格证无法生成。"))
