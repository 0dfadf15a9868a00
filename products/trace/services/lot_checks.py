"""The rules that an operation with lots must meet before anything is locked, each refusal with the field at fault."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.errors import InvalidInput
from products.registry.domain.identifiers import InvalidUscc as NoUscc
from products.registry.domain.identifiers import assess_uscc
from products.registry.errors import DocumentMissing, InvalidUscc, ReasonMissing
from products.trace.domain.facts import MAX_LOT_LENGTH, MAX_MASS_G, earliest_production, is_lot, is_text, write_kg
from products.trace.domain.mass_balance import RULES, Unbalanced, check_operation
from products.trace.errors import AbsurdMass, InvalidLot, InvalidText, MassNotPositive, TextTooLong
from products.trace.lot_errors import LotFieldMissing, MassNotConserved, OperationDateImplausible, OperationMalformed
from products.trace.models.lot import LotOperation
from products.trace.services.fact_checks import check_reason

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
NEEDS_REASON: Final = frozenset({LotOperation.Kind.LOSS, LotOperation.Kind.STOCKTAKE})
NEW_LOTS: Final = frozenset({LotOperation.Kind.HARVEST, LotOperation.Kind.PURCHASE})
_WORDS: Final = {
    "takes_too_few": gettext_lazy("请至少选择 %(number)d 个批，并填写取用的质量。"),
    "takes_too_many": gettext_lazy("这种操作最多取用 %(number)d 个批。"),
    "gives_too_few": gettext_lazy("请至少填写 %(number)d 个新批和它的质量。"),
    "gives_too_many": gettext_lazy("这种操作最多产出 %(number)d 个批。"),
    "too_many_lots": gettext_lazy("一次操作最多涉及 %(number)d 个批。请分几次登记。"),
}


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Grams of one of the enterprise's lots, named by its code or, for a batch, by the batch's.

    Of a stock-take: the grams that were counted, which may be 0.
    """

    mass_g: int
    lot: UUID | None = None
    batch: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Given:
    """Grams given to a new lot with a number and a material, or to a registered batch that has no source yet."""

    mass_g: int
    lot: str = ""
    material: str = ""
    batch: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class NewOperation:
    """Something done with lots. `kind` is one of `LotOperation.Kind` but `declared`, which nobody enters.

    `dispatch` is the code on a seller's delivery note, for a purchase; then the seller need not be named.
    """

    kind: str
    done_on: date
    taken: Sequence[Taken] = ()
    given: Sequence[Given] = ()
    process: str = ""
    reason: str = ""
    document_no: str = ""
    document_sha256: str = ""
    indication_code: str = ""
    origin_code: str = ""
    plot: UUID | None = None
    seller_name: str = ""
    seller_uscc: str = ""
    dispatch: UUID | None = None
    consignee_name: str = ""
    consignee_uscc: str = ""
    consignee_region_code: str = ""


def check_new(new: NewOperation, *, today: date) -> NewOperation:
    """As it is kept: texts without spaces around, codes in their usual form.

    Raises OperationMalformed, MassNotConserved, MassNotPositive, AbsurdMass, InvalidLot, LotFieldMissing,
    OperationDateImplausible, ReasonMissing, DocumentMissing, InvalidUscc, TextTooLong, InvalidText, InvalidInput.
    """
    if new.kind not in RULES:
        raise InvalidInput(_("请选择操作：采收、购进、分批、合批、加工、损耗、盘点或发货。"), field="kind")
    _check_day(new.done_on, today)
    new = replace(new, given=[_check_given(each, place, new.kind) for place, each in enumerate(new.given)])
    _check_masses(new)
    _check_shape(new)
    new = replace(
        new,
        process=_line(new.process, "process", 60),
        document_no=_line(new.document_no, "document_no", 60),
        document_sha256=_check_hash(new.document_sha256),
        seller_name=_line(new.seller_name, "seller_name", 120),
        seller_uscc=_check_uscc(new.seller_uscc, "seller_uscc"),
        consignee_name=_line(new.consignee_name, "consignee_name", 120),
        consignee_uscc=_check_uscc(new.consignee_uscc, "consignee_uscc"),
        reason=check_reason(new.reason) if new.reason.strip() else "",
    )
    _check_present(new)
    return new


def _check_day(day: date, today: date) -> None:
    if day > today:
        raise OperationDateImplausible(_("日期在今天之后。请填写实际操作的日期。"), field="done_on")
    if day < earliest_production(today):
        raise OperationDateImplausible(_("日期早于 10 年前。请检查年份。"), field="done_on")


def _check_given(given: Given, place: int, kind: str) -> Given:
    field = f"given.{place}"
    if given.batch is not None:
        if kind in NEW_LOTS:
            raise OperationMalformed(_("采收和购进只能登记成原料批，不能直接登记成产品批次。"), field=field)
        return given
    number = given.lot.strip()
    if not is_lot(number):
        raise InvalidLot(
            _("批号须为 1 至 %(most)d 个字符，只能用英文字母、数字和 - . / _ 等半角符号，不能有空格和汉字。")
            % {"most": MAX_LOT_LENGTH},
            field=f"{field}.lot",
        )
    material = _line(given.material, f"{field}.material", 80)
    if kind in NEW_LOTS and not material:
        raise LotFieldMissing(_("请填写品名，例如 鲜辣椒。"), field=f"{field}.material")
    return replace(given, lot=number, material=material)


def _check_masses(new: NewOperation) -> None:
    is_count = new.kind == LotOperation.Kind.STOCKTAKE
    masses = [(f"taken.{place}.mass_g", each.mass_g) for place, each in enumerate(new.taken)]
    masses += [(f"given.{place}.mass_g", each.mass_g) for place, each in enumerate(new.given)]
    for field, grams in masses:
        if grams < 0 or (grams == 0 and not is_count):
            raise MassNotPositive(_("质量须大于 0。没有用到的批请留空。"), field=field)
        if grams > MAX_MASS_G:
            raise AbsurdMass(_("质量超过 10 万吨。请检查数字和单位。"), field=field)


def _check_shape(new: NewOperation) -> None:
    try:
        check_operation(new.kind, taken=[each.mass_g for each in new.taken], given=[each.mass_g for each in new.given])
    except Unbalanced as error:
        field = "given" if error.reason.startswith("gives") or error.reason == "not_conserved" else "taken"
        if error.reason == "not_conserved":
            words = _("产出比取用多 %(kg)s 公斤。") if error.number > 0 else _("产出比取用少 %(kg)s 公斤。")
            words += _("分批、合批前后质量必须一致；有损耗请另行登记“损耗”。")
            raise MassNotConserved(words % {"kg": write_kg(abs(error.number))}, field=field) from error
        raise OperationMalformed(str(_WORDS[error.reason]) % {"number": error.number}, field=field) from error
    for place, each in enumerate(new.taken):
        if (each.lot is None) == (each.batch is None):
            raise OperationMalformed(_("取用的批须给出批的编号或产品批次的编号，只给一个。"), field=f"taken.{place}")


def _check_present(new: NewOperation) -> None:
    kind = new.kind
    if kind in NEEDS_REASON and not new.reason:
        raise ReasonMissing(_("请写明原因，例如：晾晒失水、霉变剔除、复秤。"), field="reason")
    if kind == LotOperation.Kind.PROCESS and not new.process:
        raise LotFieldMissing(_("请填写工序名称，例如 烘干。"), field="process")
    if kind == LotOperation.Kind.HARVEST and not new.origin_code.strip() and new.plot is None:
        raise LotFieldMissing(_("请选择采收的地块，或产地所在的县（市、区）。"), field="origin_code")
    if kind == LotOperation.Kind.PURCHASE and new.dispatch is None:
        if not new.seller_name:
            raise LotFieldMissing(_("请填写卖方：企业全称，或农户姓名。"), field="seller_name")
        if not new.document_no and not new.document_sha256:
            raise DocumentMissing(_("请填写凭证编号，例如收购发票、合格证或送货单的编号。"), field="document_no")
    if kind == LotOperation.Kind.DISPATCH and not new.consignee_name:
        raise LotFieldMissing(_("请填写收货方：企业全称，或收货人姓名。"), field="consignee_name")


def _line(text: str, field: str, most: int) -> str:
    text = text.strip()
    if len(text) > most:
        raise TextTooLong(_("不能超过 %(most)d 个字。") % {"most": most}, field=field)
    if not is_text(text) or any(char in text for char in "\r\n\t"):
        raise InvalidText(_("含有不能显示的字符。请删去后重新输入。"), field=field)
    return text


def _check_hash(text: str) -> str:
    text = text.strip().lower()
    if text and not _SHA256.fullmatch(text):
        raise InvalidInput(_("文件摘要须为 SHA-256 的 64 位十六进制数。"), field="document_sha256")
    return text


def _check_uscc(text: str, field: str) -> str:
    """Normalised; a failing check digit passes, as lawful old codes have one."""
    if not text.strip():
        return ""
    try:
        return assess_uscc(text).uscc
    except NoUscc as error:
        raise InvalidUscc(
            _("统一社会信用代码须为 18 位数字和大写字母，不含 I、O、S、V、Z。农户等个人没有的，请留空。"), field=field
        ) from error
