"""What a registrant may draft, and what a draft needs."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from products.access import Actor, Role
from products.errors import Forbidden, NotFound
from products.registry.models.indication import Indication
from products.registry.models.standard import Limit, Standard
from products.registry.models.version_record import VersionRecord
from products.registry.services.version_drafts import put_limit, remove_limit, save_draft, start_draft
from products.registry.services.version_reviews import withdraw_draft
from tests import factories
from tests.factories import NOW, make_indication, make_user, make_version
from tests.registry.helpers import kinds
from tests.registry.version_helpers import CODE, acid, decide, draft, publish, refusal, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def gi(registrants_indication: Indication) -> Indication:
    return registrants_indication


def test_two_who_edit_at_once_do_not_lose_a_change(association: Actor, gi: Indication) -> None:
    row = draft(association, gi)
    put_limit(actor=association, code=row.code, revision=row.revision, limit=acid("9", comparator="le"), now=NOW)

    late = refusal(remove_limit, actor=association, code=row.code, revision=row.revision, key="total_acid", now=NOW)

    assert late[0] == "standard_draft_changed"
    row.refresh_from_db()
    assert len(row.limits) == 2


def test_a_draft_that_nobody_saw_is_deleted_and_a_submitted_one_keeps_its_steps(
    association: Actor, gi: Indication
) -> None:
    unseen, seen = draft(association, gi), submit(association, draft(association, gi, code="Q-1"))

    withdraw_draft(actor=association, code=unseen.code, now=NOW)
    withdraw_draft(actor=association, code=seen.code, now=NOW)

    assert not VersionRecord.objects.filter(pk=unseen.pk).exists()
    assert VersionRecord.objects.get(pk=seen.pk).state == "withdrawn"
    assert kinds(f"standard-version:{seen.code}")[-1] == "registry.standard_withdrawn"


def test_nobody_else_drafts_for_a_registrants_name(association: Actor, maker: Actor, gi: Indication) -> None:
    other = make_user(Role.ASSOCIATION, organisation=factories.uscc(9002))
    row = draft(association, gi)

    with pytest.raises(NotFound):
        start_draft(actor=other, indication_code=gi.code, standard_code="Q-2", title="x", now=NOW)
    with pytest.raises(NotFound):
        save_draft(actor=other, code=row.code, revision=row.revision, head={}, now=NOW)
    with pytest.raises(NotFound):
        start_draft(actor=association, indication_code=make_indication().code, standard_code="Q", title="x", now=NOW)
    with pytest.raises(Forbidden):
        start_draft(actor=maker, indication_code=gi.code, standard_code="Q-2", title="x", now=NOW)
    assert not VersionRecord.objects.visible_to(other).exists()
    assert not VersionRecord.objects.visible_to(maker).exists()


def test_what_a_version_needs_before_it_is_reviewed(association: Actor, officer_city: Actor, gi: Indication) -> None:
    row = start_draft(actor=association, indication_code=gi.code, standard_code=CODE, title="豆瓣", now=NOW)

    def save(**head: Any) -> None:
        nonlocal row
        row = save_draft(actor=association, code=row.code, revision=row.revision, head=head, now=NOW)

    assert refusal(submit, association, row) == ("standard_incomplete", "effective_from")
    save(effective_from=date(2026, 1, 1))
    assert refusal(submit, association, row) == ("standard_incomplete", "limits")
    row = put_limit(actor=association, code=row.code, revision=row.revision, limit=acid(), now=NOW)
    assert refusal(submit, association, row) == ("standard_incomplete", "source")
    save(source="公告附件")
    assert submit(association, row).state == "in_review"


def test_a_limit_without_any_source_is_not_configured(association: Actor, officer_city: Actor, gi: Indication) -> None:
    publish(
        association, officer_city, gi, acid(source="标准表2"),
        acid("1", comparator="le", indicator="solids", name="固形物", basis=""), source="",
    )  # fmt: skip

    usable = dict(Limit.objects.values_list("indicator", "is_usable"))
    assert usable == {"total_acid": True, "solids": False}


def test_numbers_and_labels_are_taken_once(association: Actor, officer_city: Actor, gi: Indication) -> None:
    other = make_version(make_indication())
    start = {"actor": association, "indication_code": gi.code, "title": "x", "now": NOW}

    assert refusal(start_draft, standard_code=other.standard.code, **start) == ("standard_code_taken", "standard_code")
    assert refusal(start_draft, standard_code=" ", **start) == ("standard_incomplete", "standard_code")
    assert refusal(start_draft, standard_code="Q", **{**start, "title": ""}) == ("standard_incomplete", "title")
    publish(association, officer_city, gi)
    again = draft(association, gi, begins=date(2027, 1, 1))
    assert refusal(submit, association, again) == ("standard_label_taken", "label")
    assert Standard.objects.filter(code=CODE).count() == 1


def test_a_cancelled_name_gets_no_standard(association: Actor, officer_city: Actor, gi: Indication) -> None:
    row = submit(association, draft(association, gi))
    Indication.objects.filter(pk=gi.pk).update(status="cancelled")

    assert refusal(decide, officer_city, row)[0] == "protection_cancelled"
    start = {"actor": association, "indication_code": gi.code, "standard_code": "Q", "title": "x"}
    assert refusal(start_draft, now=NOW, **start)[0] == "protection_cancelled"


def test_dates_and_yields_are_read_strictly(association: Actor, gi: Indication) -> None:
    row = draft(association, gi)
    edit: dict[str, Any] = {"actor": association, "code": row.code, "revision": row.revision, "now": NOW}

    for head, field in (
        ({"effective_from": date(1900, 1, 1)}, "effective_from"),
        ({"effective_to": date(2025, 1, 1)}, "effective_to"),
        ({"max_yield_kg_per_ha": "12.5"}, "max_yield_kg_per_ha"),
        ({"max_yield_kg_per_ha": "99999999999999999999"}, "max_yield_kg_per_ha"),
        ({"source": "x" * 2001}, "source"),
        ({"state": "published"}, "state"),
    ):
        assert refusal(save_draft, head=head, **edit)[1] == field
    assert save_draft(head={"max_yield_kg_per_ha": "２２，５００"}, **edit).max_yield_kg_per_ha == 22_500
