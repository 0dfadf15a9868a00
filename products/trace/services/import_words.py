"""What an importer says about a cell: what is wrong, and how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from products.trace.domain.facts import degrees, write_kg


def reason_text(reason: str) -> str:
    """The sentence for a key that reading gives."""
    return {
        "required": _("这一格必填，请补上。"),
        "not_text": _("这一格应填文字。请把单元格改为文本格式后重新填写。"),
        "became_a_date": _("Excel 把内容变成了日期。请把这一列设为“文本”格式，再重新填写原来的号码。"),
        "digits_lost": _("Excel 可能丢了号码开头的 0 或末尾的数字。请把这一列设为“文本”格式，再重新填写完整号码。"),
        "not_a_day": _("看不出是哪一天。请写成 2026-11-20、2026/11/20 或 2026年11月20日。"),
        "no_such_day": _("没有这一天。请核对月份和日期。"),
        "not_a_number": _("请只填一个数字，可以在后面写单位，例如 1200、1,200 或 100公斤、2吨。"),
        "below_a_gram": _("最小到克，也就是 0.001 公斤。请核对小数位。"),
        "unit_missing": _("不知道单位。请在表头写“净重（公斤）”，或在数字后面写单位。"),
        "not_degrees": _("请填度数的小数，例如经度 103.8872、纬度 30.8105，不要用分和秒。"),
        "excel_error": _("单元格里是 Excel 的错误值（如 #N/A）。请改成具体内容。"),
        "formula_without_value": _(
            "公式没有保存计算结果。请在 Excel 中打开并保存一次，或复制后“选择性粘贴 → 数值”，再上传。"
        ),
        "merged_cell": _("单元格是合并的，看不出每一行的内容。请取消合并，每行单独填写。"),
        "unknown_product": _("本单位没有这个产品的专用标志使用授权。请从模板的下拉列表中选择。"),
        "unclear_product": _("有几项授权都叫这个名字。请从模板的下拉列表中选择带有效期的那一项。"),
        "unknown_county": _("没有这个县（市、区）。请从模板的下拉列表中选择，或填 6 位代码。"),
        "unclear_county": _("有几个县（市、区）都叫这个名字。请写上所属市（州），或填 6 位代码。"),
        "lot_is_draft": _("这个批号已存为草稿。请打开草稿登记或删除它，再上传。"),
    }[reason]


def lot_twice_text(row: int) -> str:
    return _("与第 %(row)d 行是同一产品的同一批号。请换一个批号，或删去重复的一行。") % {"row": row}


def shown(field: str, text: str) -> str:
    """A fact, kept as text, as people read it in a comparison."""
    if not text:
        return _("未填")
    if field == "net_mass_g":
        return write_kg(int(text))
    if field in {"longitude_e6", "latitude_e6"}:
        return f"{degrees(int(text)):f}"
    return text
