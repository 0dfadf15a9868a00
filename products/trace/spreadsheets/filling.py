"""The template for one producer, in the reader's language."""

from __future__ import annotations

from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.access import Actor
from products.registry.errors import AuthorisationInactive
from products.trace.queries.import_choices import Choices
from products.trace.spreadsheets.grid import MAX_ROWS
from products.trace.spreadsheets.template import Filling


def filling_for(*, actor: Actor, today: date) -> Filling:
    """The producer's products and counties. Raises AuthorisationInactive where there is nothing to register under."""
    choices = Choices(actor=actor, today=today)
    if not choices.usable:
        raise AuthorisationInactive(_("本单位现在没有可以使用的专用标志授权，不能登记批次。请先申请。"))
    english = (get_language() or "").startswith("en")
    return Filling(
        products=[choices.label(one, english=english) for one in choices.usable],
        counties=choices.labels_of_area(choices.usable, english=english),
        instructions=_instructions(),
        wrong_day=_("请填日期，例如 2026-11-20。"),
        wrong_number=_("请只填数字，单位是公斤。"),
        today=today,
        english=english,
    )


def _instructions() -> list[str]:
    return [
        _("怎样填写"),
        _("一行是一个批次，最多 %(most)d 行。第二行是示例，不会导入，可以删去。") % {"most": MAX_ROWS},
        _("产品、产地：点单元格右边的箭头，从列表中选择。"),
        _("批号：20 个字符以内，英文字母、数字和 - . / _；同一产品的批号不能重复。这一列是文本格式，开头的 0 会保留。"),
        _("净重：这一批的总净重，表头写明单位是公斤；也可以在数字后面写单位，例如 2吨、500克。"),
        _("日期：写成 2026-11-20、2026/11/20、2026年11月20日或 20261120。"),
        _("地块名称和经纬度选填；经度、纬度、坐标系要一起填写。它们不公开，账本里只存加盐摘要。"),
        _("列的顺序可以改，不认识的列会忽略；请不要合并单元格。公式读取文件里保存的结果。"),
        _("上传后先检查，列出每一格的问题；您确认以后才登记。登记写入账本，不能删除，只能更正。"),
        _("已经登记过的批号：内容相同的跳过，内容不同的不会改动，请在批次页面更正。"),
    ]
