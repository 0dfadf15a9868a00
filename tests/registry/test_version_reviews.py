"""An office publishes a version, sends it back, repeals it; periods never overlap."""

from __future__ import annotations

from datetime import date

import pytest

from products.access import Actor, Role
from products.errors import Forbidden
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import StandardVersion
from products.registry.models.version_record import VersionRecord
from products.registry.queries.standards import version_in_force
from products.registry.queries.versions import own_drafts, waiting_reviews
from products.registry.services.version_drafts import put_limit, save_draft, start_draft
from products.registry.services.version_reviews import submit_draft, take_back, withdraw_draft
from tests.factories import CUIPING, NOW, PIDU, make_limit, make_user, make_version
from tests.registry.helpers import entries, kinds
from tests.registry.version_helpers import CODE, acid, decide, draft, publish, refusal, repeal, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def gi(registrants_indication: Indication) -> Indication:
    return registrants_indication


def test_a_draft_becomes_a_version_that_batches_answer_to(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    row = draft(association, gi, acid(), acid("1.0", comparator="le", indicator="solids", name="固形物", basis=""))
    assert version_in_force(indication_id=gi.pk, on=date(2026, 6, 1)) is None
    assert list(waiting_reviews(actor=officer_city)) == []

    submit(association, row)
    assert list(waiting_reviews(actor=officer_city)) == [row]
    published = decide(officer_city, row)

    version = version_in_force(indication_id=gi.pk, on=date(2026, 6, 1))
    assert version == published.version
    assert version
    assert [limit.key for limit in version.limits.order_by("pk")] == ["total_acid", "solids"]
    assert {limit.source for limit in version.limits.all()} == {"标准文本第5章"}
    assert version_in_force(indication_id=gi.pk, on=date(2025, 12, 31)) is None
    subject = f"standard-version:{row.code}"
    assert kinds(subject) == ["registry.standard_submitted", "registry.standard_published"]
    said = entries(subject)[1]
    assert said["actor"] == "office:510100"
    assert said["data"]["drafted_by"] == association.ledger_name
    assert said["data"]["limits"][0]["values"] == ["0.60"]
    assert entries(subject)[0]["data"]["content_sha256"] == said["data"]["content_sha256"]
    steps = [(step.action, step.by, step.decided_by) for step in published.steps.all()]
    assert steps == [
        ("submit", association.ledger_name, association.username),
        ("publish", "office:510100", officer_city.username),
    ]


def test_an_amendment_starts_with_the_limits_before_and_ends_that_version(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    first = publish(association, officer_city, gi)

    row = start_draft(actor=association, indication_code=gi.code, standard_code=CODE, now=NOW)
    assert row.limits == first.limits or row.limits[0]["values"] == ["0.60"]
    row = put_limit(
        actor=association, code=row.code, revision=row.revision, key="total_acid", limit=acid("0.70"), now=NOW
    )
    row = save_draft(
        actor=association,
        code=row.code,
        revision=row.revision,
        head={"label": "第1号修改单", "effective_from": date(2026, 7, 1), "source": "第1号修改单"},
        now=NOW,
    )
    second = decide(officer_city, submit(association, row))

    assert first.version
    assert second.version
    first.version.refresh_from_db()
    assert first.version.effective_to == date(2026, 6, 30)
    assert version_in_force(indication_id=gi.pk, on=date(2026, 6, 30)) == first.version
    assert version_in_force(indication_id=gi.pk, on=date(2026, 7, 1)) == second.version
    assert second.version.limits.get().values == ["0.70"]
    assert second.version.limits.get().key == "total_acid"
    assert kinds(f"standard-version:{first.code}")[-1] == "registry.standard_superseded"
    assert entries(f"standard-version:{first.code}")[-1]["data"]["successor"] == str(second.code)


def test_versions_of_the_reference_data_are_taken_in_before_they_end(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    version = make_version(gi, label="2006")
    make_limit(version, "solids", "le", "1.0")
    row = draft(association, gi, code=version.standard.code, label="2026年版")
    assert [limit["key"] for limit in row.limits] == ["solids"]

    decide(officer_city, submit(association, row))

    version.refresh_from_db()
    assert (version.status, version.effective_to) == ("in_force", date(2025, 12, 31))
    record = VersionRecord.objects.get(version=version)
    assert (record.state, record.drafted_by) == ("published", "")
    assert kinds(f"standard-version:{record.code}") == ["registry.standard_adopted", "registry.standard_superseded"]
    assert entries(f"standard-version:{record.code}")[0]["data"]["limits"][0]["values"] == ["1.0"]


def test_a_new_standard_takes_the_place_of_another(association: Actor, officer_city: Actor, gi: Indication) -> None:
    old = make_version(gi)
    new = publish(association, officer_city, gi, code="DB51/T 1-2026", replaces=old.standard.code)

    old.refresh_from_db()
    assert old.effective_to == date(2025, 12, 31)
    assert version_in_force(indication_id=gi.pk, on=date(2026, 1, 1)) == new.version


def test_a_version_is_sent_back_with_a_reason_and_comes_again(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    row = submit(association, draft(association, gi))

    assert refusal(decide, officer_city, row, "send_back")[0] == "reason_missing"
    row = decide(officer_city, row, "send_back", reason="缺铅的限量")

    assert row.state == "draft"
    assert list(own_drafts(actor=association)) == [row]
    assert list(waiting_reviews(actor=officer_city)) == []
    assert kinds(f"standard-version:{row.code}")[-1] == "registry.standard_sent_back"
    assert entries(f"standard-version:{row.code}")[-1]["data"]["reason"] == "缺铅的限量"
    assert decide(officer_city, submit(association, row)).state == "published"


def test_what_is_under_review_is_not_edited_and_may_be_taken_back(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    row = submit(association, draft(association, gi))
    edit = {"actor": association, "code": row.code, "revision": row.revision, "now": NOW}

    assert refusal(save_draft, head={"label": "x"}, **edit)[0] == "standard_state_wrong"
    assert refusal(put_limit, limit=acid(), **edit)[0] == "standard_state_wrong"
    assert refusal(submit_draft, **edit)[0] == "standard_state_wrong"
    assert take_back(actor=association, code=row.code, now=NOW).state == "draft"
    assert refusal(decide, officer_city, row)[0] == "not_found"
    assert refusal(take_back, actor=association, code=row.code, now=NOW)[0] == "standard_state_wrong"


def test_nobody_decides_on_what_has_changed_since_they_read_it(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    row = submit(association, draft(association, gi))
    take_back(actor=association, code=row.code, now=NOW)
    newer = put_limit(
        actor=association, code=row.code, revision=row.revision, key="total_acid", limit=acid("0.1"), now=NOW
    )
    submit(association, newer)

    assert refusal(decide, officer_city, row, revision=row.revision) == ("standard_draft_changed", "")
    assert (
        refusal(save_draft, actor=association, code=row.code, revision=1, head={}, now=NOW)[0] == "standard_state_wrong"
    )
    assert decide(officer_city, newer).state == "published"


def test_published_is_published(association: Actor, officer_city: Actor, gi: Indication) -> None:
    row = publish(association, officer_city, gi)

    assert (
        refusal(save_draft, actor=association, code=row.code, revision=row.revision, head={}, now=NOW)[0]
        == "standard_state_wrong"
    )
    assert refusal(withdraw_draft, actor=association, code=row.code, now=NOW)[0] == "standard_state_wrong"
    assert refusal(decide, officer_city, row)[0] == "standard_state_wrong"


def test_only_the_office_of_the_whole_area_decides(
    association: Actor, officer_city: Actor, officer_north: Actor, officer_south: Actor, province: Actor, gi: Indication
) -> None:
    row = submit(association, draft(association, gi))
    yibin = make_user(Role.INSPECTOR, regions=("511500",))

    for stranger in (officer_south, officer_north, yibin):
        assert refusal(decide, stranger, row)[0] == "not_found"
    for role in (association, make_user(Role.AUDITOR, regions=("510000",)), make_user(Role.ADMIN)):
        assert refusal(decide, role, row)[0] == "forbidden"
    gi.counties.add(Region.objects.get(code=CUIPING))
    with pytest.raises(Forbidden, match="省级"):
        decide(officer_city, row)
    assert decide(province, row).state == "published"


def test_a_name_without_a_prefecture_is_the_provinces(
    association: Actor, officer_city: Actor, province: Actor, gi: Indication
) -> None:
    Indication.objects.filter(pk=gi.pk).update(prefecture=None)
    gi.counties.clear()
    row = submit(association, draft(association, gi))

    assert list(waiting_reviews(actor=officer_city)) == []
    assert refusal(decide, officer_city, row)[0] == "not_found"
    assert list(waiting_reviews(actor=province)) == [row]
    assert decide(province, row).state == "published"


def test_a_repealed_version_ends_the_day_before_and_none_follows_it(
    association: Actor, officer_city: Actor, officer_south: Actor, gi: Indication
) -> None:
    row = publish(association, officer_city, gi)

    assert refusal(repeal, officer_south, CODE, "2026", date(2026, 12, 1))[0] == "not_found"
    assert refusal(repeal, association, CODE, "2026", date(2026, 12, 1))[0] == "forbidden"
    assert refusal(repeal, officer_city, CODE, "2026", date(2026, 12, 1), reason=" ")[0] == "reason_missing"
    assert refusal(repeal, officer_city, CODE, "2026", date(2026, 12, 1), document_no="")[0] == "document_missing"
    assert refusal(repeal, officer_city, CODE, "2026", date(2026, 1, 1)) == ("standard_dates_overlap", "repealed_on")
    assert refusal(repeal, officer_city, CODE, "2006", date(2026, 12, 1))[0] == "not_found"
    repeal(officer_city, CODE, "2026", date(2026, 12, 1))

    assert version_in_force(indication_id=gi.pk, on=date(2026, 11, 30)) == row.version
    assert version_in_force(indication_id=gi.pk, on=date(2026, 12, 1)) is None
    assert refusal(repeal, officer_city, CODE, "2026", date(2026, 12, 1))[0] == "standard_state_wrong"
    assert kinds(f"standard-version:{row.code}")[-1] == "registry.standard_repealed"
    later = publish(association, officer_city, gi, label="2027", begins=date(2027, 1, 1))
    assert version_in_force(indication_id=gi.pk, on=date(2026, 12, 31)) is None
    assert version_in_force(indication_id=gi.pk, on=date(2027, 1, 1)) == later.version


def test_a_version_that_was_replaced_is_not_repealed(association: Actor, officer_city: Actor, gi: Indication) -> None:
    publish(association, officer_city, gi)
    publish(association, officer_city, gi, label="2027", begins=date(2027, 1, 1))

    assert refusal(repeal, officer_city, CODE, "2026", date(2026, 6, 1))[0] == "standard_state_wrong"


def test_periods_of_one_standard_never_overlap(association: Actor, officer_city: Actor, gi: Indication) -> None:
    publish(association, officer_city, gi, effective_to=date(2026, 12, 31))
    early, late = (
        draft(association, gi, label=label, begins=begins)
        for label, begins in (("early", date(2026, 1, 1)), ("late", date(2026, 6, 1)))
    )

    assert refusal(submit, association, early) == ("standard_dates_overlap", "effective_from")
    decide(officer_city, submit(association, late))

    periods = sorted((row.effective_from, row.effective_to) for row in StandardVersion.objects.all())
    assert periods == [(date(2026, 1, 1), date(2026, 5, 31)), (date(2026, 6, 1), None)]


def test_of_two_drafts_upon_one_version_the_second_is_told_so(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    publish(association, officer_city, gi)
    one, other = (
        submit(association, draft(association, gi, label=label, begins=begins))
        for label, begins in (("a", date(2027, 1, 1)), ("b", date(2028, 1, 1)))
    )

    decide(officer_city, one)

    assert refusal(decide, officer_city, other)[0] == "standard_dates_overlap"
    assert StandardVersion.objects.count() == 2


def test_two_standards_of_one_name_never_begin_on_one_day(
    association: Actor, officer_city: Actor, gi: Indication
) -> None:
    publish(association, officer_city, gi)
    other = draft(association, gi, code="Q-9")

    assert refusal(submit, association, other) == ("standard_dates_overlap", "effective_from")


def test_a_county_is_no_place_of_review(association: Actor, officer_north: Actor, gi: Indication) -> None:
    assert PIDU in officer_north.regions
    submit(association, draft(association, gi))

    assert list(waiting_reviews(actor=officer_north)) == []
