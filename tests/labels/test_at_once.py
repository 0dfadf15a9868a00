"""Requests that arrive together: what is counted stays within mass and quota, whoever comes first."""

from __future__ import annotations

import json
from functools import partial

import pytest
from django.db.models import F, Sum

from ledger.models import Entry
from products.access import Actor
from products.labels.models.label_run import LabelRange, LabelRun
from products.labels.services.label_runs import activate_labels, void_labels
from products.registry.models.authorisation import Authorisation, YearQuota
from products.registry.services.authorisations import decide
from products.trace.services.batches import recall_batch
from tests.factories import NOW, make_batch
from tests.labels.helpers import issue, together

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 8


def labelled_g() -> int:
    total: int = LabelRun.objects.aggregate(mass=Sum(F("quantity") * F("unit_mass_g")))["mass"]
    return total


def test_a_batch_is_never_labelled_beyond_its_mass(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, net_mass_g=100_000)

    results = together(*[partial(issue, maker, batch, quantity=60)] * AT_ONCE)

    assert sorted(results) == ["batch_exhausted"] * (AT_ONCE - 3) + ["done"] * 3
    assert labelled_g() == 90_000
    assert Entry.objects.filter(kind="labels.run_issued").count() == 3


def test_two_batches_never_exceed_the_quota_together(maker: Actor, authorisation: Authorisation) -> None:
    YearQuota.objects.filter(authorisation=authorisation).update(quota_g=100_000)
    batches = [make_batch(authorisation=authorisation) for _ in range(AT_ONCE)]

    results = together(*[partial(issue, maker, batch, quantity=60) for batch in batches])

    assert sorted(results) == ["done"] * 3 + ["quota_exhausted"] * (AT_ONCE - 3)
    assert labelled_g() == 90_000


def test_years_of_one_right_do_not_wait_for_each_other_in_vain(maker: Actor, authorisation: Authorisation) -> None:
    batches = [
        make_batch(authorisation=authorisation, produced_on=f"{year}-01-05") for year in (2025, 2026) for _ in range(4)
    ]

    assert together(*[partial(issue, maker, batch) for batch in batches]) == ["done"] * 8


def test_a_label_is_activated_once(maker: Actor, authorisation: Authorisation) -> None:
    run = issue(maker, make_batch(authorisation=authorisation), quantity=100)
    ranges = [(1, 60), (41, 100)] * (AT_ONCE // 2)

    results = together(
        *[
            partial(activate_labels, actor=maker, run_code=run.code, first_serial=first, last_serial=last, now=NOW)
            for first, last in ranges
        ]
    )

    assert sorted(results) == ["already_activated"] * (AT_ONCE - 1) + ["done"]
    assert LabelRange.objects.count() == 1


def test_a_label_voided_meanwhile_is_not_activated_after(maker: Actor, authorisation: Authorisation) -> None:
    runs = [issue(maker, make_batch(authorisation=authorisation)) for _ in range(AT_ONCE // 2)]
    acts = []
    for run in runs:
        serials = {"actor": maker, "run_code": run.code, "first_serial": 1, "last_serial": 10, "now": NOW}
        acts += [partial(activate_labels, **serials), partial(void_labels, **serials, reason="卡纸")]  # type: ignore[arg-type]

    results = together(*acts)

    assert results[1::2] == ["done"] * len(runs)
    for run, activation in zip(runs, results[::2], strict=True):
        kinds = [row.kind for row in run.ranges.order_by("pk")]
        assert kinds == (["activated", "voided"] if activation == "done" else ["voided"])


def test_nothing_is_issued_after_a_suspension(maker: Actor, province: Actor, authorisation: Authorisation) -> None:
    batches = [make_batch(authorisation=authorisation) for _ in range(AT_ONCE - 1)]
    suspend = partial(
        decide,
        actor=province,
        code=authorisation.code,
        action="suspend",
        reason="未按标准生产",
        document_no="川知2026-1",
        now=NOW,
    )

    results = together(suspend, *[partial(issue, maker, batch) for batch in batches])

    assert results[0] == "done"
    assert set(results[1:]) <= {"done", "authorisation_inactive"}
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    suspended_at = kinds.index("registry.authorisation_suspended")
    assert kinds[suspended_at + 1 :] == []
    assert kinds[:suspended_at] == ["labels.run_issued"] * (results.count("done") - 1)


def test_nothing_is_issued_after_a_recall(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    recall = partial(recall_batch, actor=maker, code=batch.code, reason="净含量不足", now=NOW)

    results = together(recall, *[partial(issue, maker, batch, quantity=1)] * (AT_ONCE - 1))

    assert results[0] == "done"
    assert set(results[1:]) <= {"done", "batch_not_labellable"}
    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-1] == "trace.batch_recalled"


def test_runs_issued_at_once_have_codes_and_keys_of_their_own(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    assert together(*[partial(issue, maker, batch)] * AT_ONCE) == ["done"] * AT_ONCE

    stated = [json.loads(bytes(row.body)) for row in Entry.objects.all()]
    assert len({entry["subject"] for entry in stated}) == AT_ONCE
    assert len({entry["data"]["key_sha256"] for entry in stated}) == AT_ONCE
    assert set(LabelRun.objects.values_list("code", flat=True)) == {entry["subject"][4:] for entry in stated}
