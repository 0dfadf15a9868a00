"""The demonstration's recall: a bought raw material went into two batches, some of which had left for customers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from products.access import Actor
from products.labels.domain.unit_code import UnitCode, format_unit_code, tag_for
from products.labels.models.label_run import LabelRun
from products.labels.services.keys import open_key
from products.labels.services.label_runs import activate_labels, issue_label_run
from products.management.demo.cast import maker
from products.management.demo.register import Licensed, at_office_hours
from products.registry.models.authorisation import Authorisation
from products.scans.services.scans import answer_scan
from products.scans.services.visitors import Visitor
from products.trace.models.batch import Batch
from products.trace.models.lot import LotOperation
from products.trace.models.recall import Recall
from products.trace.queries.consignees import consignees_of
from products.trace.queries.recall_plan import plan_recall
from products.trace.services.batches import register_batch, release_batch
from products.trace.services.consignee_answers import record_consignee_answer
from products.trace.services.lot_checks import Given, NewOperation, Taken
from products.trace.services.lots import record_operation
from products.trace.services.recall_checks import NewRecall
from products.trace.services.recalls import open_recall

Kind = LotOperation.Kind
# lot, kilograms, consignee and the kilograms that went there
_BATCHES: Final = (("RC-1", 1_000, "演示·成都某某超市", 300), ("RC-2", 800, "演示·某某餐饮", 200))
_LABELS: Final = 400
_REGIONS: Final = ("510100", "510100", "511500", "")


def add_recall(rng: random.Random, one: Licensed, *, today: date) -> None:
    """Bought, made into two batches, sold, recalled five days ago, scanned since; one of two consignees has answered."""
    actor, bought_on = maker(one.uscc), today - timedelta(days=40)
    indication = Authorisation.objects.select_related("indication").get(code=one.code).indication
    bought = record_operation(
        actor=actor,
        operation=NewOperation(
            kind=Kind.PURCHASE,
            done_on=bought_on,
            given=[Given(lot="YL-RC", material="演示原料", mass_g=2_500_000)],
            indication_code=indication.code,
            seller_name="演示·某某种植合作社",
            document_no="演示送货单 0040",
        ),
        now=at_office_hours(bought_on, rng),
    )
    raw = bought.moves.get().lot
    runs = []
    for lot, net_kg, consignee, sent_kg in _BATCHES:
        batch = _make(rng, actor, one, lot=lot, net_kg=net_kg, made_on=bought_on + timedelta(days=2))
        _use(rng, actor, batch, raw_code=raw.code, net_kg=net_kg, day=bought_on + timedelta(days=3))
        runs.append(_label(rng, actor, batch, day=bought_on + timedelta(days=4)))
        release_batch(actor=actor, code=batch.code, now=at_office_hours(bought_on + timedelta(days=6), rng))
        _send(rng, actor, batch, consignee=consignee, kg=sent_kg, day=bought_on + timedelta(days=8))
    recalled_on = today - timedelta(days=5)
    recall = _recall(rng, actor, root=f"lot:{raw.code}", day=recalled_on)
    _answer(rng, actor, recall, day=recalled_on + timedelta(days=1))
    for number in range(24):
        _scan(rng, runs[number % 2], number=number, day=recalled_on + timedelta(days=1 + number % 4))


def _make(rng: random.Random, actor: Actor, one: Licensed, *, lot: str, net_kg: int, made_on: date) -> Batch:
    batch = register_batch(
        actor=actor,
        authorisation_code=one.code,
        lot=f"{made_on:%y%m%d}-{lot}",
        origin_code=one.county,
        produced_on=made_on,
        best_before=made_on + timedelta(days=365),
        net_mass_g=net_kg * 1_000,
        now=at_office_hours(made_on, rng),
    )
    Batch.objects.filter(pk=batch.pk).update(is_demo=True)
    return batch


def _use(rng: random.Random, actor: Actor, batch: Batch, *, raw_code: UUID, net_kg: int, day: date) -> None:
    """A tenth is lost on the way."""
    record_operation(
        actor=actor,
        operation=NewOperation(
            kind=Kind.PROCESS,
            process="演示加工",
            done_on=day,
            taken=[Taken(lot=raw_code, mass_g=net_kg * 1_100)],
            given=[Given(batch=batch.code, mass_g=net_kg * 1_000)],
        ),
        now=at_office_hours(day, rng),
    )


def _label(rng: random.Random, actor: Actor, batch: Batch, *, day: date) -> LabelRun:
    now = at_office_hours(day, rng)
    run = issue_label_run(actor=actor, batch_code=batch.code, quantity=_LABELS, unit_mass_g=500, now=now)
    activated_at = at_office_hours(day + timedelta(days=1), rng)
    activate_labels(actor=actor, run_code=run.code, first_serial=1, last_serial=_LABELS, now=activated_at)
    return run


def _send(rng: random.Random, actor: Actor, batch: Batch, *, consignee: str, kg: int, day: date) -> None:
    record_operation(
        actor=actor,
        operation=NewOperation(
            kind=Kind.DISPATCH,
            done_on=day,
            taken=[Taken(batch=batch.code, mass_g=kg * 1_000)],
            consignee_name=consignee,
            document_no=f"演示发货单 {batch.lot}",
        ),
        now=at_office_hours(day, rng),
    )


def _recall(rng: random.Random, actor: Actor, *, root: str, day: date) -> Recall:
    new = NewRecall(
        kind=Recall.Kind.RECALL,
        level=Recall.Level.THIRD,
        root=root,
        reason="演示：供货方通知，这批原料的产地填报有误，标签上的产地不属实。",
        advice="演示：产品可以退回购买处，凭包装全额退款。",
        contact="028-00000000",
    )
    sha256 = plan_recall(actor=actor, root=root).sha256
    return open_recall(actor=actor, recall=new, preview_sha256=sha256, now=at_office_hours(day, rng))


def _answer(rng: random.Random, actor: Actor, recall: Recall, *, day: date) -> None:
    first = consignees_of(recall, actor=actor).rows[0]
    record_consignee_answer(
        actor=actor,
        recall_code=recall.code,
        operation_code=first.operation.code,
        notified_on=day,
        recovered_g=first.mass_g // 2,
        now=at_office_hours(day, rng),
    )


def _scan(rng: random.Random, run: LabelRun, *, number: int, day: date) -> None:
    serial = 100 + number
    code = format_unit_code(UnitCode(run.code, serial, tag_for(open_key(run), run.code, serial)))
    visitor = Visitor(address=f"192.0.2.{number}", agent="demonstration", region=_REGIONS[number % len(_REGIONS)])
    answer_scan(text=code, visitor=visitor, now=at_office_hours(day, rng))
