"""What consignees answered to a recall: when they were told, and how much came back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import Actor
from products.audit import record
from products.errors import NotFound
from products.trace.domain.facts import write_kg
from products.trace.models.recall import ConsigneeAnswer, Recall
from products.trace.queries.consignees import consignees_of
from products.trace.queries.downstream import is_entitled
from products.trace.recall_errors import NotifiedImplausible, RecallClosed, RecoveredImplausible
from products.trace.services.recall_statements import answer_statement
from products.trace.services.recalls import require_powers


@transaction.atomic
def record_consignee_answer(
    *, actor: Actor, recall_code: UUID, operation_code: UUID, notified_on: date, recovered_g: int, now: datetime
) -> ConsigneeAnswer:
    """Note when a consignee was told, and the grams that came back so far in all; a later answer takes its place.

    By whoever dispatched it, or an office of its region. Raises NotFound, RecallClosed, NotifiedImplausible,
    RecoveredImplausible.
    """
    require_powers(actor)
    recall = Recall.objects.visible_to(actor).select_for_update(of=("self",)).filter(code=recall_code).first()
    rows = consignees_of(recall, actor=actor).rows if recall else []
    found = next((row for row in rows if row.operation.code == operation_code), None)
    if recall is None or found is None or not is_entitled(actor, found.operation.enterprise):
        raise NotFound(_("没有这笔发货，或您无权登记。请从收货方清单中选择。"))
    if not recall.is_open:
        raise RecallClosed(_("这次召回已经结束，不能再登记收货方的答复。"))
    if not found.operation.done_on <= notified_on <= timezone.localdate(now):
        raise NotifiedImplausible(_("通知日期应在发货之后、今天或今天以前。"), field="notified_on")
    if not 0 <= recovered_g <= found.mass_g:
        raise RecoveredImplausible(
            _("追回数量应在 0 到这笔发货的 %(kg)s 公斤之间。请填到目前为止追回的总数。")
            % {"kg": write_kg(found.mass_g)},
            field="recovered_g",
        )
    row = ConsigneeAnswer.objects.create(
        recall=recall,
        operation=found.operation,
        notified_on=notified_on,
        recovered_g=recovered_g,
        by=actor.ledger_name,
        at=now,
    )
    record(
        actor=actor,
        kind="trace.consignee_answered",
        subject=f"recall:{recall.code}",
        data=answer_statement(row),
        now=now,
    )
    return row
