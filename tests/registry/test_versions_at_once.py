"""Standards acted upon by several people at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from products.access import Actor
from products.registry.models.indication import Indication
from products.registry.models.standard import Standard, StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.services.version_drafts import put_limit
from products.registry.services.version_reviews import take_back
from tests.factories import NOW, make_indication
from tests.registry.helpers import kinds
from tests.registry.test_at_once import together
from tests.registry.version_helpers import CODE, acid, decide, draft, publish, repeal, submit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gi(registrants_indication: Indication) -> Indication:
    return registrants_indication


def deciding(office: Actor, row: VersionRecord, action: str = "publish") -> Callable[[], object]:
    return lambda: decide(office, row, action, reason="意见")


def test_one_version_is_published_once(
    association: Actor, officer_city: Actor, province: Actor, gi: Indication
) -> None:
    row = submit(association, draft(association, gi))

    outcomes = together([deciding(office, row) for office in (officer_city, province, officer_city, province)])

    assert sorted(outcomes) == ["done"] + ["standard_state_wrong"] * 3
    assert StandardVersion.objects.count() == 1
    assert kinds(f"standard-version:{row.code}").count("registry.standard_published") == 1


def test_of_two_versions_that_follow_one_only_one_is_published(
    association: Actor, officer_city: Actor, province: Actor, gi: Indication
) -> None:
    publish(association, officer_city, gi)
    rows = [
        submit(association, draft(association, gi, label=str(year), begins=date(year, 1, 1))) for year in (2027, 2028)
    ]

    outcomes = together([deciding(officer_city, rows[0]), deciding(province, rows[1])])

    assert sorted(outcomes) == ["done", "standard_dates_overlap"]
    first, second = StandardVersion.objects.order_by("effective_from")
    assert second.effective_from
    assert first.effective_to == second.effective_from - timedelta(days=1)
    assert second.effective_to is None


def test_one_number_goes_to_one_name(association: Actor, officer_city: Actor, gi: Indication) -> None:
    other = make_indication(registrant_uscc=association.uscc)
    rows = [submit(association, draft(association, each)) for each in (gi, other)]

    outcomes = together([deciding(officer_city, row) for row in rows])

    assert sorted(outcomes) == ["done", "standard_code_taken"]
    assert Standard.objects.filter(code=CODE).count() == 1
    assert StandardVersion.objects.count() == 1


def test_nothing_is_published_that_is_being_taken_back(association: Actor, officer_city: Actor, gi: Indication) -> None:
    row = submit(association, draft(association, gi))

    taken, decided = together(
        [lambda: take_back(actor=association, code=row.code, now=NOW), deciding(officer_city, row)]
    )

    assert sorted([taken, decided]) in (["done", "standard_state_wrong"], ["done", "not_found"])
    row.refresh_from_db()
    assert row.state == ("draft" if taken == "done" else "published")
    assert StandardVersion.objects.count() == (row.state == "published")


def test_one_of_two_changes_of_a_draft_is_told_to_look_again(association: Actor, gi: Indication) -> None:
    row = draft(association, gi)

    def change(value: str) -> Callable[[], object]:
        return lambda: put_limit(
            actor=association, code=row.code, revision=row.revision, key="total_acid", limit=acid(value), now=NOW
        )

    assert sorted(together([change("1"), change("2"), change("3")])) == ["done"] + ["standard_draft_changed"] * 2


def test_a_version_is_repealed_once(association: Actor, officer_city: Actor, province: Actor, gi: Indication) -> None:
    row = publish(association, officer_city, gi)

    def ending(office: Actor) -> Callable[[], object]:
        return lambda: repeal(office, CODE, "2026", date(2027, 1, 1))

    outcomes = together([ending(officer_city), ending(province)])

    assert sorted(outcomes) == ["done", "standard_state_wrong"]
    assert kinds(f"standard-version:{row.code}").count("registry.standard_repealed") == 1
