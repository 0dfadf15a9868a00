"""Requests that arrive together."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection

from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.services.authorisations import set_quota
from products.registry.services.enterprises import register_enterprise
from products.registry.services.indications import record_change
from tests.factories import NOW, PIDU, make_authorisation, uscc
from tests.registry.helpers import apply, kinds, take

pytestmark = pytest.mark.django_db(transaction=True)


def together(acts: list[Callable[[], object]]) -> list[str]:
    """What became of each act, all started at once: the refusal's code, or "done"."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        start.wait(timeout=30)
        try:
            act()
        except DomainError as error:
            return error.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(one, act) for act in acts]]


def test_one_enterprise_is_registered_once(officer_north: Actor) -> None:
    def act() -> object:
        return register_enterprise(actor=officer_north, uscc=uscc(77), name="郫都豆瓣厂", region_code=PIDU, now=NOW)

    assert sorted(together([act] * 5)) == ["already_registered"] * 4 + ["done"]
    assert Enterprise.objects.count() == 1
    assert len(kinds(f"enterprise:{uscc(77)}")) == 1


def test_one_product_is_applied_for_once(maker: Actor, indication: Indication) -> None:
    assert sorted(together([lambda: apply(maker, indication)] * 5)) == ["authorisation_exists"] * 4 + ["done"]
    assert Authorisation.objects.count() == 1


def test_one_step_is_taken_once(province: Actor) -> None:
    row = make_authorisation()

    assert sorted(together([lambda: take(province, row, "suspend")] * 5)) == ["done"] + ["illegal_step"] * 4
    assert row.decisions.count() == 1
    assert kinds(f"authorisation:{row.code}") == ["registry.authorisation_suspended"]


def test_a_quota_never_falls_whoever_comes_last(province: Actor) -> None:
    row = make_authorisation(quota_g=1)

    def act(grams: int) -> Callable[[], object]:
        return lambda: set_quota(actor=province, code=row.code, year=2026, quota_g=grams, now=NOW)

    together([act(grams) for grams in (500, 100, 400, 200, 300)])

    assert row.quotas.get(year=2026).quota_g == 500


def test_no_application_slips_past_a_cancellation(maker: Actor, province: Actor, indication: Indication) -> None:
    def cancel() -> object:
        return record_change(
            actor=province,
            code=indication.code,
            kind="cancelled",
            document_no="国知局公告第600号",
            reason="不再具有地域性",
            effective_on=date(2026, 11, 1),
            now=NOW,
        )

    applied, cancelled = together([lambda: apply(maker, indication), cancel])

    assert cancelled == "done"
    assert applied in {"done", "protection_cancelled"}
    assert not Authorisation.objects.exclude(state="refused").exists()
