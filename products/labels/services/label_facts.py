"""What one label of a run says, gathered from the register and the batch."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from products.labels.domain.digital_link import InvalidLink
from products.labels.domain.mark_rules import IndicationType, LabelFacts, Missing
from products.labels.domain.unit_code import unit_codes
from products.labels.errors import CannotRender
from products.labels.models.label_run import LabelRun
from products.labels.rendering.errors import FactsMissing
from products.labels.services.keys import open_key
from products.registry.models.authorisation import Authorisation
from products.rendering.errors import RenderingRefused

HolderKind = Authorisation.HolderKind
_MARK_HOLDERS = (HolderKind.COLLECTIVE_MEMBER, HolderKind.CERTIFICATION_LICENSEE)


def _types(authorisation: Authorisation) -> tuple[IndicationType, ...]:
    """The indication's systems of protection as the label's rules name them: a mark is one or the other for its user."""
    is_member = authorisation.holder_kind == HolderKind.COLLECTIVE_MEMBER
    mark = IndicationType.COLLECTIVE_MARK if is_member else IndicationType.CERTIFICATION_MARK
    names = {"gi_product": IndicationType.GI_PRODUCT, "gi_mark": mark, "agri_gi": IndicationType.AGRICULTURAL}
    return tuple(names[key] for key in authorisation.indication.types if key in names)


def label_facts(run: LabelRun, first_serial: int, last_serial: int) -> Iterator[LabelFacts]:
    """The facts of each label from `first_serial` to `last_serial`; only the code differs. Constant memory."""
    batch = run.batch
    authorisation = batch.authorisation
    is_mark_holder = authorisation.holder_kind in _MARK_HOLDERS
    common = LabelFacts(
        name_zh=authorisation.indication.name,
        name_en=authorisation.indication.name_en,
        indication_types=_types(authorisation),
        holder_kind=authorisation.holder_kind,
        producer_name=authorisation.enterprise.name,
        uscc=authorisation.enterprise.uscc,
        lot=batch.lot,
        produced_on=batch.produced_on,
        net_mass_g=run.unit_mass_g,
        unit_code="",
        standard_or_announcement="" if is_mark_holder else authorisation.basis_no,
        trademark_registration_no=authorisation.basis_no if is_mark_holder else authorisation.indication.trademark_no,
    )
    for code in unit_codes(open_key(run), run.code, first_serial, last_serial):
        yield replace(common, unit_code=code)


def explain(error: RenderingRefused | InvalidLink) -> CannotRender:
    """A refusal of the drawing as one that says what to do."""
    if isinstance(error, FactsMissing):
        wanted = "、".join(str(_missing_in_words().get(code, code)) for code in error.missing)
        return CannotRender(_("标签上依法须有的内容不全：%(wanted)s。请补全后再打印。") % {"wanted": wanted})
    if isinstance(error, InvalidLink):
        return CannotRender(_("本平台的网址不能印成二维码。请联系平台管理员。"))
    words = {
        "label_too_small": _("内容放不下。请选较大的标签纸。"),
        "qr_module_too_small": _("这个尺寸的二维码太密，打印后难以识读。请选较大的标签纸。"),
        "address_too_long": _("本平台的网址太长，放不进标签的二维码。请联系平台管理员。"),
        "unprintable_text": _("名称中有标签字体没有的字符。请改用常用字。"),
        "mark_image_unusable": _("专用标志图片须为清晰的 PNG 文件。请重新上传。"),
    }
    return CannotRender(words.get(error.reason, _("这张标签无法生成。")))


def _missing_in_words() -> dict[Missing, str]:
    return {
        Missing.INDICATION_NAME: _("地理标志名称"),
        Missing.INDICATION_TYPE: _("地理标志的保护类型"),
        Missing.HOLDER_KIND: _("使用人类型"),
        Missing.HOLDER_KIND_TYPE: _("与使用人类型相符的保护类型"),
        Missing.STANDARD: _("标准号或公告号"),
        Missing.TRADEMARK: _("商标注册号"),
        Missing.PRODUCER: _("生产者名称"),
        Missing.USCC: _("统一社会信用代码"),
        Missing.USCC_SHAPE: _("正确的统一社会信用代码"),
        Missing.LOT: _("批号"),
        Missing.PRODUCED_ON: _("生产日期"),
        Missing.NET_MASS: _("净含量"),
    }
