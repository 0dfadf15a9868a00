"""What a recall has to say before anything is stopped, and when something may not be used or sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from products.errors import InvalidInput
from products.trace.domain.facts import is_text, plain
from products.trace.domain.lineage import BATCH
from products.trace.domain.recall_texts import is_mobile, is_phone
from products.trace.errors import InvalidText, TextTooLong
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot
from products.trace.models.recall import Recall
from products.trace.queries.downstream import Stopped, hold_over, node_of, recalled_ancestor
from products.trace.recall_errors import ContactMalformed, RecallLevelMissing, UnderRecall
from products.trace.services.fact_checks import check_reason

MAX_ADVICE = 200


@dataclass(frozen=True, kw_only=True)
class NewRecall:
    """`kind` is recall or hold, `level` 1 to 3 of a recall; `root` as `batch:<uuid>` or `lot:<uuid>`."""

    kind: str
    root: str
    reason: str
    level: int = 0
    advice: str = ""
    contact: str = ""


def check_recall(new: NewRecall) -> NewRecall:
    """As it is kept. Raises InvalidInput, RecallLevelMissing, ReasonMissing, TextTooLong, ContactMalformed."""
    if new.kind not in Recall.Kind.values:
        raise InvalidInput(_("请选择“召回”或“暂停销售”。"), field="kind")
    if new.kind == Recall.Kind.RECALL and new.level not in {1, 2, 3}:
        raise RecallLevelMissing(_("请选择召回级别：一级、二级或三级。"), field="level")
    return replace(
        new,
        level=new.level if new.kind == Recall.Kind.RECALL else 0,
        reason=check_reason(new.reason),
        advice=_check_advice(new.advice),
        contact=_check_contact(new.contact),
    )


def _check_advice(text: str) -> str:
    if len(text) > MAX_ADVICE:
        raise TextTooLong(_("处理办法不得超过 200 个字。"), field="advice")
    if not is_text(text):
        raise InvalidText(_("含有不能显示的字符。请删去后重新输入。"), field="advice")
    return text.strip()


def _check_contact(text: str) -> str:
    text = plain(text).strip()
    if not text:
        return ""
    if not is_phone(text):
        raise ContactMalformed(
            _("联系电话只填号码，例如 028-12345678 或 400-123-4567。没有的可以不填。"), field="contact"
        )
    if is_mobile(text):
        raise ContactMalformed(
            _("联系电话会公开并写入账本，请填单位的固定电话或客服热线，不要填个人手机号。没有的可以不填。"),
            field="contact",
        )
    return text


def require_not_recalled(batch: Batch) -> None:
    """Refuse to sell a batch that came of something recalled, or that an open hold covers; the caller has its lock.

    Raises UnderRecall.
    """
    if hold_over(batch):
        raise UnderRecall(_("该批次在一次尚未结束的“暂停销售”之内，不能放行。请先由发起的单位结束它。"))
    lots = Lot.objects.filter(batch=batch)
    if stopped := recalled_ancestor([f"{BATCH}{batch.code}", *map(node_of, lots)], itself=False):
        raise UnderRecall(_refusal(stopped))


def require_usable_lots(nodes: Sequence[str]) -> None:
    """Refuse to use lots (`lot:<uuid>`) that are recalled or on hold, or came of what is; the caller has their locks.

    Whoever recalls locks the same lots: either the recall is seen here, or what comes of this is seen there.
    Raises UnderRecall.
    """
    if stopped := recalled_ancestor(nodes):
        raise UnderRecall(_refusal(stopped), field="inputs")


def _refusal(stopped: Stopped) -> str:
    if stopped.kind == Recall.Kind.RECALL:
        return _("它的来源 %(lot)s 已被召回，不能再使用、发出或放行。请封存，并按召回的要求处理。") % {
            "lot": stopped.label
        }
    return _("它的来源 %(lot)s 已暂停销售，查明之前不能使用、发出或放行。") % {"lot": stopped.label}
