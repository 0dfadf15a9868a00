"""Verdicts and reasons in words that a grandparent understands."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from products.scans.domain.verdict import Reason, Verdict

Text = Promise | str


@dataclass(frozen=True)
class Words:
    """`title` is the one word of the band, `tone` its colour class."""

    title: Text
    tone: str


VERDICTS: dict[Verdict, Words] = {
    Verdict.GENUINE: Words(_("真标签"), "good"),
    Verdict.ATTENTION: Words(_("请留意"), "warn"),
    Verdict.NOT_GENUINE: Words(_("不是真标签"), "bad"),
    Verdict.UNKNOWN_CODE: Words(_("查无此码"), "note"),
}

# The first is what is the case, the second what to do about it.
REASONS: dict[Reason, tuple[Text, Text]] = {
    Reason.LABEL_VALID: (
        _("本码由本平台发给下列企业，目前有效。"),
        _("请对照下面各项与手中的包装是否一致。"),
    ),
    Reason.UNKNOWN_RUN: (
        _("本平台没有发出过这个码。"),
        _("请对照包装核对每一位；若确认无误，这个标签不是本平台的，请谨慎购买并举报。"),
    ),
    Reason.WRONG_TAG: (
        _("这个码的校验部分不对，不是本平台发出的。"),
        _("请核对是否输错；若是扫码所得，标签很可能是伪造的，请举报。"),
    ),
    Reason.LABEL_VOIDED: (
        _("这枚标签已被企业作废，不应出现在任何商品上。"),
        _("请不要购买，并点下面的按钮举报。"),
    ),
    Reason.BATCH_RECALLED: (
        _("标签是真的，但这批产品已被召回。"),
        _("请不要食用或使用，凭购买凭证联系销售者退货。"),
    ),
    Reason.BATCH_HELD: (
        _("标签是真的，但这批产品已暂停销售，正在复查。"),
        _("请暂不食用或使用，过几天再查。"),
    ),
    Reason.BATCH_NOT_RELEASED: (
        _("标签是真的，但企业还没有放行这批产品。"),
        _("请向销售者核实来源。"),
    ),
    Reason.NOT_ACTIVATED: (
        _("这枚标签还没有启用，按理不应出现在市场上。"),
        _("请向销售者核实；如有疑问请举报。"),
    ),
    Reason.SUSPENDED_AFTER_SALE: (
        _("产品生产时企业有权使用专用标志，目前被暂停使用。"),
        _("暂停的原因见企业的公开记录，请自行判断。"),
    ),
    Reason.WITHDRAWN_AFTER_SALE: (
        _("产品生产时企业有权使用专用标志，后来资格被撤销。"),
        _("撤销的原因见企业的公开记录，请自行判断。"),
    ),
    Reason.PROTECTION_CANCELLED: (
        _("这个地理标志的保护已被撤销。"),
        _("产品不再受地理标志保护，请自行判断。"),
    ),
    Reason.NOT_AUTHORISED_THEN: (
        _("产品的生产日期不在企业获准使用专用标志的期间内。"),
        _("请向销售者核实，或举报。"),
    ),
    Reason.PAST_BEST_BEFORE: (
        _("已超过企业填报的保质期。"),
        _("请核对包装上的日期，不要食用过期产品。"),
    ),
    Reason.SCANNED_OFTEN: (
        _("这个码被扫的次数异常多，可能有人复制了它。"),
        _("请仔细对照批号、净含量和产地；不一致请举报。"),
    ),
}
