"""The database itself keeps evidence from being rewritten."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

import pytest
from django.apps import apps
from django.db import DatabaseError, transaction

from products.labels.models.label_run import LabelRange, LabelRun
from products.trace.models.batch import BatchStep
from tests import factories
from tests.factories import NOW


@pytest.fixture
def run(regions: None) -> LabelRun:
    return factories.make_run()


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def test_a_range_of_labels_can_neither_be_rewritten_nor_deleted(run: LabelRun) -> None:
    ranges = LabelRange.objects.filter(run=run)

    assert refused(lambda: ranges.update(last_serial=5))
    assert refused(ranges.delete)
    assert ranges.get().last_serial == 10


def test_a_run_keeps_its_quantity_and_may_be_sealed_under_another_key(run: LabelRun) -> None:
    runs = LabelRun.objects.filter(pk=run.pk)

    assert refused(lambda: runs.update(quantity=99))
    assert runs.update(key=b"sealed anew") == 1


def test_a_step_of_a_batch_stays(run: LabelRun) -> None:
    BatchStep.objects.create(batch=run.batch, to_state="released", by="uscc:x", at=NOW)

    assert refused(lambda: BatchStep.objects.update(reason="other"))
    assert refused(lambda: BatchStep.objects.all().delete())


def test_a_quota_may_rise_but_not_change_its_year(run: LabelRun) -> None:
    quota = run.batch.authorisation.quotas.get(year=2026)
    quota.quota_g += 1
    quota.save(update_fields=["quota_g"])

    assert refused(lambda: type(quota).objects.filter(pk=quota.pk).update(year=2030))


@pytest.mark.django_db
def test_every_table_of_the_triggers_exists() -> None:
    rules = import_module("products.migrations.0002_append_only").rules()
    tables = {model._meta.db_table for model in apps.get_app_config("products").get_models()}

    assert {table for _name, table, _change, _words in rules} <= tables
