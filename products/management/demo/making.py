"""The demonstration's batches and labels: over a thousand batches, over ten million labels."""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from products.labels.models.label_run import LabelRun
from products.labels.services.label_runs import activate_labels, issue_label_run, void_labels
from products.management.demo.cast import PROVINCE, maker, office
from products.management.demo.register import Licensed, Progress, at_office_hours
from products.registry.services.authorisations import decide
from products.trace.models.batch import Batch
from products.trace.services.batches import hold_batch, recall_batch, register_batch, release_batch

PACKS_G = (250, 500, 500, 1_000, 2_500)
BATCHES, LABELS_A_BATCH = 1_050, 10_000


@dataclass(frozen=True)
class Made:
    """A run of labels that may be on the market."""

    run: LabelRun
    licensed: Licensed
    released_on: date


def make_batches(
    rng: random.Random, licensed: Sequence[Licensed], *, scale: float, today: date, progress: Progress
) -> list[Made]:
    """Batches over the last year, each with one run of labels, most of them activated."""
    made = []
    active = [one for one in licensed if one.announced_on < today - timedelta(days=100)]
    total = max(40, round(BATCHES * scale))
    for number in range(total):
        # The first two are the producers one can sign in as; they have more than the others.
        one = active[rng.randrange(2)] if number % 20 == 0 else active[number % len(active)]
        made.append(_make_batch(rng, one, number=number, today=today))
        progress("batches and labels", number + 1, total)
    return made


def _make_batch(rng: random.Random, one: Licensed, *, number: int, today: date) -> Made:
    earliest = max(one.announced_on + timedelta(days=5), today - timedelta(days=360))
    produced = earliest + timedelta(days=rng.randrange(max(1, (today - earliest).days - 20)))
    pack = rng.choice(PACKS_G)
    quantity = LABELS_A_BATCH + rng.randrange(-1_500, 2_500)
    actor = maker(one.uscc)
    batch = register_batch(
        actor=actor,
        authorisation_code=one.code,
        lot=f"{produced:%y%m%d}-{number:04d}",
        origin_code=one.county,
        produced_on=produced,
        best_before=produced + timedelta(days=rng.choice([180, 365, 540, 1095])),
        net_mass_g=quantity * pack * rng.randrange(101, 112) // 100,
        now=at_office_hours(produced + timedelta(days=1), rng),
    )
    Batch.objects.filter(pk=batch.pk).update(is_demo=True)
    issued_on = produced + timedelta(days=2)
    run = issue_label_run(
        actor=actor, batch_code=batch.code, quantity=quantity, unit_mass_g=pack, now=at_office_hours(issued_on, rng)
    )
    released_on = produced + timedelta(days=4)
    release_batch(actor=actor, code=batch.code, now=at_office_hours(released_on, rng))
    if number % 12 != 5:  # some runs still lie in the store room
        last = quantity if number % 3 else quantity * 3 // 4
        activated_at = at_office_hours(released_on + timedelta(days=1), rng)
        activate_labels(actor=actor, run_code=run.code, first_serial=1, last_serial=last, now=activated_at)
    return Made(run=run, licensed=one, released_on=released_on)


def add_mishaps(rng: random.Random, made: Sequence[Made], *, spared: Collection[str], today: date) -> dict[str, Made]:
    """Voided labels, holds, recalls, and authorisations suspended or withdrawn after sale; not of `spared` (USCC).

    Returns one run of each kind for var/demo.json, keyed voided, recalled, suspended.
    """
    late = today - timedelta(days=10)
    activated = [one for one in made if one.run.ranges.exists() and one.released_on < late]
    # One run of each enterprise, so that no two mishaps meet.
    by_enterprise = {one.licensed.uscc: one for one in activated if one.licensed.uscc not in spared}
    chosen = rng.sample(list(by_enterprise.values()), 24)
    for one in chosen[:8]:
        void_labels(
            actor=maker(one.licensed.uscc),
            run_code=one.run.code,
            first_serial=1,
            last_serial=20,
            reason="演示：贴标机卡纸，前 20 枚损坏。",
            now=at_office_hours(one.released_on + timedelta(days=2), rng),
        )
    for one in chosen[8:12]:
        hold_batch(
            actor=maker(one.licensed.uscc),
            code=one.run.batch.code,
            reason="演示：复检水分。",
            now=at_office_hours(late, rng),
        )
    for one in chosen[12:16]:
        recall_batch(
            actor=maker(one.licensed.uscc),
            code=one.run.batch.code,
            reason="演示：抽检发现标签净含量与实物不符。",
            now=at_office_hours(late, rng),
        )
    for number, one in enumerate(chosen[16:]):
        decide(
            actor=office(one.licensed.county[:4] + "00" if number < 6 else PROVINCE),
            code=one.licensed.code,
            action="suspend" if number < 6 else "withdraw",
            reason="演示：监督检查发现未按标准组织生产。",
            document_no=f"演示监{late.year}-{number + 1}",
            now=at_office_hours(late, rng),
        )
    return {"voided": chosen[0], "recalled": chosen[12], "suspended": chosen[16]}


def add_work_in_hand(rng: random.Random, licensed: Sequence[Licensed], *, today: date) -> None:
    """What the two producers one can sign in as still have to do: a draft, a batch to release, labels to activate."""
    for number, one in enumerate(licensed[:2], start=1):
        actor = maker(one.uscc)
        made_on = today - timedelta(days=4)
        for kind in ("draft", "to-release", "to-activate"):
            batch = register_batch(
                actor=actor,
                authorisation_code=one.code,
                lot=f"{made_on:%y%m%d}-{kind}",
                origin_code=one.county,
                produced_on=made_on,
                best_before=made_on + timedelta(days=540),
                net_mass_g=1_200_000 * number,
                as_draft=kind == "draft",
                now=at_office_hours(made_on, rng),
            )
            if kind == "to-activate":
                issue_label_run(
                    actor=actor,
                    batch_code=batch.code,
                    quantity=2_000,
                    unit_mass_g=500,
                    now=at_office_hours(made_on + timedelta(days=1), rng),
                )
                release_batch(actor=actor, code=batch.code, now=at_office_hours(made_on + timedelta(days=2), rng))
