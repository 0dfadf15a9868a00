"""The faults of events and documents in words for people, each saying what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from products.trace.domain.epcis.faults import PlacedFault

EVENT_FAULTS: Final[Mapping[str, Any]] = {
    "already_packed": _("该标识已装在另一容器中。请先采集拆包事件，或核对 eventTime。"),
    "bad_action": _("action 只能是 ADD、OBSERVE 或 DELETE。"),
    "bad_event_id": _("eventID 须为不超过 200 个字符的 URI；不确定时可不填，由平台按事件内容生成。"),
    "bad_event_time": _("eventTime 须为带时区的时间，例如 2026-11-23T09:30:00+08:00。"),
    "bad_identifier": _("不是有效的标识。请用 EPC URI、GS1 Digital Link 或其他 URI。"),
    "bad_offset": _("eventTimeZoneOffset 须形如 +08:00，范围为 -14:00 至 +14:00。"),
    "bad_time": _("时间须带时区，例如 2026-11-23T09:30:00+08:00。"),
    "bad_value": _("该字段的类型或内容不符合 EPCIS 2.0。请对照标准的 JSON Schema 修改。"),
    "check_digit_fails": _("GS1 标识的校验位不符。请对照标签或主数据重新录入。"),
    "circular_lineage": _("产出又是自身投入的来源，谱系成环。请核对投入与产出。"),
    "epc_ended": _("该标识在此之前已注销或已投入生产。请核对标识与 eventTime；原事件有误时请先采集错误声明。"),
    "epc_exists": _("该标识已经存在，不能再次产生。请改用 OBSERVE，或核对序列号。"),
    "epc_twice": _("同一列表中标识重复。请删去重复的一个。"),
    "event_id_taken": _("该 eventID 已用于内容不同的事件。更正请用错误声明加新事件。"),
    "event_in_future": _("eventTime 在将来。请核对采集设备的时钟与时区。"),
    "field_missing": _("缺少必填字段。请按 EPCIS 2.0 补齐。"),
    "ilmd_not_here": _("ilmd 只用于 action 为 ADD 的对象事件和转换事件。"),
    "nothing_named": _("事件没有任何标识或数量。请填写 EPC 列表或数量列表。"),
    "transformation_without_input": _("转换事件没有投入。请填写 inputEPCList 或 inputQuantityList，或用 transformationID 分次报送。"),
    "transformation_without_output": _("转换事件没有产出。请填写 outputEPCList 或 outputQuantityList，或用 transformationID 分次报送。"),
    "twice_in_document": _("同一事件在文档中出现两次。请只保留一个。"),
    "unknown_biz_step": _("bizStep 不是 CBV 2.0 的词，也不是 URI。请核对拼写。"),
    "unknown_disposition": _("disposition 不是 CBV 2.0 的词，也不是 URI。请核对拼写。"),
    "unknown_event_type": _("type 须为 EPCIS 2.0 的五种事件之一。"),
    "unknown_field": _("该事件类型没有这个字段。扩展字段请用带前缀的名称，并在 @context 中声明前缀。"),
    "unknown_prefix": _("字段名的前缀未在 @context 中声明。请补充声明。"),
    "unknown_term": _("不是 CBV 2.0 的词，也不是 URI。请核对拼写。"),
}  # fmt: skip

DOCUMENT_FAULTS: Final[Mapping[str, Any]] = {
    "not_epcis": _("不是 EPCIS 2.0 的 JSON 文档。请发送 type 为 EPCISDocument、含 epcisBody.eventList 的文档。"),
    "not_json": _("不是有效的 JSON（UTF-8，名称不重复）。请检查后重新发送。"),
    "too_deep": _("JSON 嵌套超过 64 层。请减少扩展字段的层数。"),
    "too_large": _("文档超过 16 MB。请分成几个文档发送。"),
    "too_many_events": _("文档超过 10,000 个事件。请分成几个文档发送。"),
}


def stated_fault(fault: PlacedFault) -> dict[str, Any]:
    """As a capture keeps it: without words, which depend on who reads."""
    return {
        "event": fault.place,
        "eventID": _shown(fault.event_id),
        "code": fault.code,
        "field": _shown(fault.field),
        "value": _shown(fault.value),
    }


def _shown(text: str) -> str:
    """What can be stored and shown of what a stranger wrote."""
    return "".join(c if c.isprintable() else "�" for c in text)


def in_words(code: str) -> str:
    return str(EVENT_FAULTS.get(code) or DOCUMENT_FAULTS.get(code) or code)
