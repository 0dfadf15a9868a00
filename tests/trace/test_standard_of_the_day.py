"""Batches answer to the version that was in force on the day they were made, whoever published it when."""

from __future__ import annotations

from datetime import date

import pytest

from products.access import Actor, Role
from products.registry.models.indication import Indication
from products.trace.queries.lab import limit_rows
from products.trace.services.batch_facts import FactChanges
from products.trace.services.batches import correct_batch, register_batch
from tests.factories import NOW, PIDU, make_authorisation, make_enterprise, make_user
from tests.registry.version_helpers import CODE, acid, publish, repeal

pytestmark = pytest.mark.django_db


def test_each_day_has_its_version(association: Actor, officer_city: Actor, registrants_indication: Indication) -> None:
    enterprise = make_enterprise()
    maker = make_user(Role.PRODUCER, organisation=enterprise.uscc)
    licence = make_authorisation(enterprise=enterprise, indication=registrants_indication)

    def made(on: date) -> str:
        batch = register_batch(
            actor=maker,
            authorisation_code=licence.code,
            lot=f"L{on:%Y%m%d}{len(seen)}",
            origin_code=PIDU,
            produced_on=on,
            net_mass_g=1_000,
            now=NOW,
        )
        seen.append(batch)
        return batch.standard_version.label if batch.standard_version else ""

    seen: list[object] = []
    assert made(date(2026, 11, 1)) == ""
    publish(association, officer_city, registrants_indication, acid("0.5"))
    assert made(date(2026, 11, 1)) == "2026"
    publish(association, officer_city, registrants_indication, label="修改单", begins=date(2026, 11, 10))
    assert [made(date(2026, 11, day)) for day in (9, 10)] == ["2026", "修改单"]
    repeal(officer_city, CODE, "修改单", date(2026, 11, 20))
    assert [made(date(2026, 11, day)) for day in (19, 20)] == ["修改单", ""]


def test_a_registered_batch_keeps_its_version_until_its_day_is_corrected(
    association: Actor, officer_city: Actor, registrants_indication: Indication
) -> None:
    enterprise = make_enterprise()
    maker = make_user(Role.PRODUCER, organisation=enterprise.uscc)
    licence = make_authorisation(enterprise=enterprise, indication=registrants_indication)
    publish(association, officer_city, registrants_indication, acid("0.5"))
    batch = register_batch(
        actor=maker,
        authorisation_code=licence.code,
        lot="L1",
        origin_code=PIDU,
        produced_on=date(2026, 11, 15),
        net_mass_g=1_000,
        now=NOW,
    )

    publish(association, officer_city, registrants_indication, label="修改单", begins=date(2026, 11, 10))
    batch.refresh_from_db()
    assert [row.values for row in limit_rows(batch)] == [["0.5"]]

    correct_batch(
        actor=maker, code=batch.code, changes=FactChanges(produced_on=date(2026, 11, 16)), reason="日期填错", now=NOW
    )
    batch.refresh_from_db()
    assert batch.standard_version
    assert batch.standard_version.label == "修改单"
