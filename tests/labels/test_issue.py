"""Issuing labels: never beyond the batch's mass or the year's quota, and only under a right in force."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from products.access import NOBODY, Actor, Scope
from products.errors import Forbidden, InvalidInput, NotFound
from products.labels.domain.unit_code import MAX_SERIAL, parse_unit_code, unit_codes
from products.labels.errors import BatchExhausted, BatchNotLabellable, QuotaExhausted
from products.labels.models.label_run import LabelRun
from products.labels.queries.runs import labelled_mass_in_year_g
from products.labels.services.keys import open_key
from products.labels.services.label_runs import void_labels
from products.registry.errors import AuthorisationInactive, QuotaMissing
from products.registry.models.authorisation import Authorisation, YearQuota
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from tests.factories import NOW, make_authorisation, make_batch
from tests.labels.helpers import entries_about, issue, kinds_about

pytestmark = pytest.mark.django_db


def test_a_run_is_issued_and_stated(maker: Actor, batch: Batch) -> None:
    run = issue(maker, batch, quantity=200)

    (entry,) = entries_about(run)
    assert (entry["kind"], entry["actor"]) == ("labels.run_issued", f"uscc:{maker.uscc}")
    assert entry["data"] == {
        "batch": str(batch.code),
        "quantity": 200,
        "unit_mass_g": 500,
        "key_sha256": hashlib.sha256(open_key(run)).hexdigest(),
    }


def test_a_key_is_never_stored_in_the_clear(maker: Actor, batch: Batch) -> None:
    first, second = issue(maker, batch), issue(maker, batch)

    keys = [open_key(run) for run in (first, second)]
    assert [len(key) for key in keys] == [32, 32]
    assert keys[0] != keys[1]
    assert keys[0] not in bytes(LabelRun.objects.get(pk=first.pk).key)


def test_the_last_gram_of_a_batch_may_be_labelled(maker: Actor, batch: Batch) -> None:
    issue(maker, batch, quantity=199)

    issue(maker, batch, quantity=1)

    with pytest.raises(BatchExhausted) as caught:
        issue(maker, batch, quantity=1, unit_mass_g=1)
    assert (caught.value.code, caught.value.field) == ("batch_exhausted", "quantity")
    assert " 0 " in caught.value.text


def test_a_refusal_says_how_many_are_left_and_writes_nothing(maker: Actor, batch: Batch) -> None:
    issue(maker, batch, quantity=150)

    with pytest.raises(BatchExhausted, match=" 50 "):
        issue(maker, batch, quantity=51)

    assert LabelRun.objects.count() == 1


def test_packs_of_several_sizes_share_the_mass(maker: Actor, batch: Batch) -> None:
    issue(maker, batch, quantity=3, unit_mass_g=33_333)

    with pytest.raises(BatchExhausted, match=" 0 "):
        issue(maker, batch, quantity=1, unit_mass_g=2)
    issue(maker, batch, quantity=1, unit_mass_g=1)


def test_void_labels_still_use_up_mass_and_quota(maker: Actor, batch: Batch) -> None:
    run = issue(maker, batch, quantity=200)
    void_labels(actor=maker, run_code=run.code, first_serial=1, last_serial=200, reason="打印机卡纸", now=NOW)

    with pytest.raises(BatchExhausted):
        issue(maker, batch, quantity=1)

    assert labelled_mass_in_year_g(authorisation_id=batch.authorisation_id, year=2026) == 100_000


def test_the_quota_is_shared_by_the_batches_of_a_year(maker: Actor, authorisation: Authorisation) -> None:
    YearQuota.objects.filter(authorisation=authorisation).update(quota_g=150_000)
    first, second = make_batch(authorisation=authorisation), make_batch(authorisation=authorisation)
    issue(maker, first, quantity=200)

    with pytest.raises(QuotaExhausted, match=r"2026 年度.* 100 ") as caught:
        issue(maker, second, quantity=101)

    assert (caught.value.code, caught.value.field) == ("quota_exhausted", "quantity")
    issue(maker, second, quantity=100)


def test_the_year_is_that_of_production(maker: Actor, authorisation: Authorisation) -> None:
    YearQuota.objects.filter(authorisation=authorisation).update(quota_g=100_000)
    issue(maker, make_batch(authorisation=authorisation), quantity=200)

    issue(maker, make_batch(authorisation=authorisation, produced_on=date(2025, 12, 31)), quantity=200)


def test_another_right_has_a_quota_of_its_own(maker: Actor, authorisation: Authorisation) -> None:
    YearQuota.objects.filter(authorisation=authorisation).update(quota_g=100_000)
    issue(maker, make_batch(authorisation=authorisation), quantity=200)
    other = make_authorisation(enterprise=authorisation.enterprise, quota_g=100_000)

    issue(maker, make_batch(authorisation=other), quantity=200)


def test_a_year_without_quota_is_refused(maker: Actor, makers: Enterprise) -> None:
    right = make_authorisation(enterprise=makers, valid_from=date(2024, 1, 1))

    with pytest.raises(QuotaMissing, match="2024"):
        issue(maker, make_batch(authorisation=right, produced_on=date(2024, 12, 31)))


@pytest.mark.parametrize("state", ["draft", "held", "recalled"])
def test_labels_are_for_registered_and_released_batches(maker: Actor, authorisation: Authorisation, state: str) -> None:
    with pytest.raises(BatchNotLabellable):
        issue(maker, make_batch(authorisation=authorisation, state=state))

    assert not LabelRun.objects.exists()
    issue(maker, make_batch(authorisation=authorisation, state="registered"))


@pytest.mark.parametrize(
    "changes",
    [
        {"state": "suspended"},
        {"state": "withdrawn"},
        {"state": "submitted"},
        {"state": "province_approved"},
        {"valid_until": date(2026, 11, 22)},
        {"valid_from": date(2026, 11, 2)},
    ],
    ids=["suspended", "withdrawn", "submitted", "approved", "expired_today", "not_valid_when_made"],
)
def test_the_right_must_be_in_force_today_and_when_it_was_made(
    maker: Actor, batch: Batch, changes: dict[str, Any]
) -> None:
    Authorisation.objects.filter(pk=batch.authorisation_id).update(**changes)

    with pytest.raises(AuthorisationInactive):
        issue(maker, batch)

    assert not LabelRun.objects.exists()


def test_the_day_is_that_of_china(maker: Actor, batch: Batch) -> None:
    Authorisation.objects.filter(pk=batch.authorisation_id).update(valid_until=date(2026, 11, 23))
    last_minute = datetime.fromisoformat("2026-11-23T23:59:00+08:00")

    issue(maker, batch, now=last_minute)

    with pytest.raises(AuthorisationInactive):
        issue(maker, batch, now=last_minute + timedelta(minutes=1))


def test_a_cancelled_protection_ends_labelling(maker: Actor, batch: Batch) -> None:
    indication = batch.authorisation.indication
    indication.status = "cancelled"
    indication.save()

    with pytest.raises(AuthorisationInactive):
        issue(maker, batch)


def test_anothers_batch_looks_like_none(rival: Actor, batch: Batch) -> None:
    with pytest.raises(NotFound):
        issue(rival, batch)


@pytest.mark.parametrize("who", ["association", "officer_north", "province", "auditor", "admin_actor"])
def test_only_producers_issue(request: pytest.FixtureRequest, batch: Batch, who: str) -> None:
    with pytest.raises(Forbidden):
        issue(request.getfixturevalue(who), batch)


def test_a_token_needs_the_scope(maker: Actor, batch: Batch) -> None:
    with pytest.raises(Forbidden):
        issue(replace(maker, scopes=frozenset({Scope.READ, Scope.BATCHES})), batch)
    with pytest.raises(Forbidden):
        issue(NOBODY, batch)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"quantity": 0}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": MAX_SERIAL + 1}, "quantity"),
        ({"quantity": 10**30}, "quantity"),
        ({"unit_mass_g": 0}, "unit_mass_g"),
        ({"unit_mass_g": -500}, "unit_mass_g"),
        ({"unit_mass_g": 10**30}, "unit_mass_g"),
    ],
)
def test_absurd_numbers_are_refused(maker: Actor, batch: Batch, changes: dict[str, int], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        issue(maker, batch, **changes)

    assert caught.value.field == field


def test_the_largest_run_has_codes_to_its_end(maker: Actor, authorisation: Authorisation) -> None:
    YearQuota.objects.filter(authorisation=authorisation).update(quota_g=MAX_SERIAL)
    run = issue(
        maker,
        make_batch(authorisation=authorisation, net_mass_g=MAX_SERIAL),
        quantity=MAX_SERIAL,
        unit_mass_g=1,
    )

    (last,) = unit_codes(open_key(run), run.code, MAX_SERIAL, MAX_SERIAL)
    assert parse_unit_code(last).serial == MAX_SERIAL
    assert kinds_about(run) == ["labels.run_issued"]
