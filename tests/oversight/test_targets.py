from __future__ import annotations

from datetime import date

import pytest

from products.access import NOBODY, Actor
from products.errors import InvalidInput, NotFound
from products.oversight.models.target import PolicyTarget
from products.oversight.queries.targets import TargetProgress, target_progress, target_records
from products.oversight.services.targets import load_targets
from products.registry.domain.reference import targets
from tests.conftest import signed_in
from tests.factories import CUIPING, PIDU, PUJIANG, TODAY, make_authorisation, make_enterprise, make_indication
from tests.oversight.helpers import BEGIN, DUE, make_recognised, make_targets, make_zone

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _targets(regions: None) -> None:
    make_targets()


def progress(metric: str, actor: Actor = NOBODY, today: date = TODAY) -> TargetProgress:
    return next(one for one in target_progress(actor=actor, today=today) if one.metric == metric)


def test_the_first_and_the_last_day_count_and_the_days_beside_them_do_not() -> None:
    for day in (date(2020, 12, 31), BEGIN, DUE, date(2026, 1, 1), TODAY, date(2026, 11, 24)):
        make_recognised(day)

    found = progress("new_indications")

    assert (found.value, found.value_at_due) == (4, 2)
    assert found.is_over


def test_a_plan_is_not_over_on_the_day_it_is_due() -> None:
    make_recognised(DUE)

    found = progress("new_indications", today=DUE)

    assert not found.is_over
    assert (found.value, found.value_at_due) == (1, 1)


def test_cancelled_protection_does_not_count() -> None:
    make_recognised(date(2024, 1, 1), status="cancelled")

    assert progress("new_indications").value == 0


def test_only_recognised_zones_count() -> None:
    make_zone(stage_on=BEGIN)
    make_zone(stage_on=date(2020, 12, 31))
    for stage in ("applied", "building", "acceptance", "revoked", "refused"):
        make_zone(stage=stage)

    assert progress("demonstration_zones").value == 1


def test_an_enterprise_counts_once_from_its_first_announcement_in_the_period() -> None:
    firm = make_enterprise()
    make_authorisation(enterprise=firm, announced_on=date(2020, 6, 1))
    make_authorisation(enterprise=firm, announced_on=date(2026, 3, 1))
    make_authorisation(enterprise=firm, announced_on=date(2024, 3, 1))
    make_authorisation(state="suspended", announced_on=date(2024, 3, 1))
    make_authorisation(state="submitted", announced_on=None)

    found = progress("authorised_enterprises")

    assert (found.value, found.value_at_due) == (1, 1)
    assert [row.counted_on for row in target_records(actor=NOBODY, metric="authorised_enterprises", until=TODAY)] == [
        date(2024, 3, 1)
    ]


def test_an_office_sees_its_own_part_beside_the_province(
    officer_north: Actor, officer_south: Actor, officer_city: Actor, province: Actor
) -> None:
    make_authorisation(enterprise=make_enterprise(region_id=PIDU))
    make_authorisation(enterprise=make_enterprise(region_id=PUJIANG))
    make_authorisation(enterprise=make_enterprise(region_id=CUIPING))

    seen = {
        actor.username: progress("authorised_enterprises", actor)
        for actor in (officer_north, officer_south, officer_city, province)
    }

    assert [found.value for found in seen.values()] == [1, 1, 2, 3]
    assert {found.province_value for found in seen.values()} == {3}
    assert [found.is_whole_province for found in seen.values()] == [False, False, False, True]


def test_an_indication_belongs_to_its_counties_and_without_any_to_its_whole_prefecture(
    officer_north: Actor, officer_city: Actor, officer_south: Actor
) -> None:
    make_recognised(date(2024, 1, 1), counties=(PIDU, PUJIANG))
    make_recognised(date(2024, 1, 2), counties=())
    make_recognised(date(2024, 1, 3), counties=(PUJIANG,))

    assert progress("new_indications", officer_north).value == 2
    assert progress("new_indications", officer_city).value == 3
    assert progress("new_indications", officer_south).value == 0


def test_every_number_is_the_length_of_its_list(officer_city: Actor, province: Actor) -> None:
    make_recognised(date(2022, 7, 1), counties=(PIDU, PUJIANG))
    make_recognised(date(2023, 7, 1), counties=(), prefecture_id="511500")
    make_recognised(date(2026, 7, 1), counties=(), prefecture_id=None)
    make_zone(region_id=CUIPING)
    make_authorisation()

    for actor in (NOBODY, officer_city, province):
        for found in target_progress(actor=actor, today=TODAY):

            def behind(until: date, prefecture: str = "", metric: str = found.metric, actor: Actor = actor) -> int:
                rows = target_records(actor=actor, metric=metric, until=until, prefecture=prefecture)
                return len(list(rows))

            assert found.value == behind(TODAY)
            assert found.value_at_due == behind(DUE)
            assert [point.value for point in found.years] == [behind(point.day) for point in found.years]
            assert [point.value for point in found.months] == [behind(point.day) for point in found.months]
            assert found.prefectures == {
                code: behind(TODAY, code or "none")
                for code in ["510100", "511500", ""]
                if behind(TODAY, code or "none")
            }


def test_four_digits_name_the_same_prefecture_as_six() -> None:
    make_authorisation()

    def rows(prefecture: str) -> int:
        return target_records(actor=NOBODY, metric="authorised_enterprises", until=TODAY, prefecture=prefecture).count()

    assert rows("5101") == rows("510100") == 1
    assert rows("5115") == 0
    with pytest.raises(InvalidInput):
        rows("Chengdu")


def test_an_unknown_metric_is_not_found() -> None:
    with pytest.raises(NotFound):
        target_records(actor=NOBODY, metric="happiness", until=TODAY)


def test_progress_takes_the_same_few_queries_however_much_there_is(
    officer_north: Actor, django_assert_num_queries: object
) -> None:
    for _number in range(5):
        make_authorisation()
        make_recognised(date(2024, 1, 1))

    with django_assert_num_queries(7):  # type: ignore[operator]
        target_progress(actor=officer_north, today=TODAY)


def test_loading_merges_and_says_what_changed() -> None:
    PolicyTarget.objects.all().delete()
    kept = PolicyTarget.objects.create(
        plan="旧规划", metric="new_indications", title="旧", title_en="Old", baseline=0, baseline_on=BEGIN, target=1,
        due_on=date(2020, 12, 31), source="",
    )  # fmt: skip
    load_targets(targets())
    PolicyTarget.objects.filter(metric="new_indications").exclude(pk=kept.pk).update(target=7)
    again = load_targets(targets())

    assert PolicyTarget.objects.get(metric="new_indications", plan="川府发〔2021〕48号").target == 100
    assert PolicyTarget.objects.filter(pk=kept.pk).exists()
    assert len(again.changed) == 1
    assert again.added == []


def test_anybody_reads_the_targets_and_their_records(client: object) -> None:
    make_authorisation()

    body = client.get("/api/v1/targets").json()  # type: ignore[attr-defined]
    records = client.get("/api/v1/targets/authorised_enterprises/records").json()  # type: ignore[attr-defined]

    assert [(one["metric"], one["value"], one["is_over"]) for one in body if one["value"]] == [
        ("authorised_enterprises", 1, True)
    ]
    assert [row["kind"] for row in records] == ["enterprise"]


def test_the_page_behind_a_number_lists_the_records_and_exports_them(province: Actor) -> None:
    make_recognised(date(2024, 1, 1), name="演示名")
    make_recognised(date(2026, 1, 1))
    browser = signed_in(province)

    page = browser.get("/regulator/targets/new_indications?prefecture=5101&until=2025-12-31")
    sheet = browser.get("/regulator/targets/new_indications?until=2025-12-31&format=csv")

    assert page.status_code == 200
    assert "演示名" in page.content.decode()
    assert page.context["page"].paginator.count == 1
    assert len(sheet.content.decode("utf-8-sig").splitlines()) == 2


def test_a_region_without_prefecture_code_is_never_guessed() -> None:
    make_zone(region_id="510000")

    assert progress("demonstration_zones").unplaced == 1
    assert progress("demonstration_zones").mapped == {}


def test_an_indication_that_was_never_dated_counts_nowhere() -> None:
    make_indication()

    assert progress("new_indications").value == 0
