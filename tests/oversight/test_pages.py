from __future__ import annotations

from datetime import date

import pytest

from products.access import Actor
from products.oversight.domain.chart import nice_ceiling, step_chart
from products.oversight.domain.progress import Point, month_ends, percent, year_ends
from products.registry.models.authorisation import Authorisation
from tests.conftest import signed_in
from tests.factories import make_authorisation, make_run
from tests.oversight.helpers import BEGIN, DUE, make_complaint, make_targets, make_zone, scan

LISTS = [
    "/regulator/",
    "/regulator/mark-use",
    "/regulator/findings",
    "/regulator/applications/",
    "/regulator/inspections/",
    "/regulator/cases/",
    "/regulator/complaints/",
]


@pytest.mark.django_db
@pytest.mark.parametrize("is_full", [False, True])
def test_the_pages_stand_empty_and_full(officer_north: Actor, auditor: Actor, *, is_full: bool) -> None:
    if is_full:
        make_targets()
        make_zone()
        make_complaint()
        scan(make_run(activated=False), 1)
    for actor in (officer_north, auditor):
        browser = signed_in(actor)
        for address in LISTS:
            response = browser.get(address)
            assert response.status_code == 200, address
            assert " style=" not in response.content.decode()


@pytest.mark.django_db
def test_who_may_open_the_workplace(maker: Actor, association: Actor, admin_actor: Actor) -> None:
    for actor in (maker, association):
        browser = signed_in(actor)
        assert {browser.get(address).status_code for address in LISTS} == {403}
    platform = signed_in(admin_actor)
    assert [platform.get(address).status_code for address in LISTS] == [200, 200, 200, 200, 403, 403, 403]


@pytest.mark.django_db
def test_a_plan_that_is_over_is_said_to_be_over(province: Actor) -> None:
    make_targets()
    make_authorisation()

    text = signed_in(province).get("/regulator/").content.decode()

    assert "规划期已于 2025年12月31日 结束" in text
    assert "/regulator/targets/authorised_enterprises?until=2025-12-31" in text


@pytest.mark.django_db
def test_an_application_walks_through_the_offices(
    officer_north: Actor, officer_city: Actor, province: Actor, officer_south: Actor, auditor: Actor
) -> None:
    application = make_authorisation(state="submitted", announced_on=None, announcement_no="")
    address = f"/regulator/applications/{application.code}"

    assert signed_in(officer_south).get(address).status_code == 404
    assert '<button class="btn' not in signed_in(auditor).get(address).content.decode()
    assert str(application.code) in signed_in(officer_north).get("/regulator/applications/").content.decode()
    for actor, action in (
        (officer_north, "check_county"),
        (officer_city, "check_city"),
        (province, "approve_province"),
        (province, "announce"),
    ):
        page = signed_in(actor).get(address).content.decode()
        assert f'value="{action}"' in page
        done = signed_in(actor).post(address, {"action": action, "document_no": "川知公告〔2026〕12号"})
        assert done.status_code == 302, done.content.decode()

    assert Authorisation.objects.get().state == "announced"


@pytest.mark.django_db
def test_only_legal_buttons_stand_there_and_no_other_action_is_taken(officer_city: Actor, province: Actor) -> None:
    application = make_authorisation()
    address = f"/regulator/applications/{application.code}"
    city = signed_in(officer_city)

    page = city.get(address).content.decode()
    assert 'value="suspend"' in page
    assert 'value="withdraw"' not in page
    assert city.post(address, {"action": "withdraw", "reason": "x", "document_no": "y"}).status_code == 422
    silent = city.post(address, {"action": "suspend", "reason": "", "document_no": "川市监〔2026〕1号"})
    assert silent.status_code == 422
    assert "请写明理由" in silent.content.decode()
    city.post(address, {"action": "suspend", "reason": "未按标准生产", "document_no": "川市监〔2026〕1号"})
    application.refresh_from_db()
    assert application.state == "suspended"
    province_page = signed_in(province)
    province_page.post(address, {"action": "resume", "reason": "整改合格", "document_no": "川市监〔2026〕2号"})
    province_page.post(address, {"action": "withdraw", "reason": "伪造记录", "document_no": "川市监〔2026〕3号"})
    application.refresh_from_db()
    assert application.state == "withdrawn"


def test_the_line_stays_level_and_then_steps_up() -> None:
    chart = step_chart([Point(date(2021, 12, 31), 50), Point(DUE, 100)], begin=BEGIN, goal=100, due_on=DUE)

    assert chart.path == "M34 138H97V75H350V12"
    assert chart.goal_y == 12
    assert chart.due_x == chart.last_x == 350
    assert [tick.label for tick in chart.values] == ["0", "50", "100"]


@pytest.mark.parametrize(("value", "ceiling"), [(0, 5), (5, 5), (6, 10), (300, 500), (501, 1000)])
def test_axes_end_at_round_numbers(value: int, ceiling: int) -> None:
    assert nice_ceiling(value) == ceiling


def test_periods_end_with_the_asked_day() -> None:
    assert month_ends(date(2024, 1, 15), date(2024, 3, 5)) == [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 5)]
    assert month_ends(date(2024, 1, 1), date(2024, 1, 31)) == [date(2024, 1, 31)]
    assert year_ends(date(2024, 1, 1), date(2026, 11, 23)) == [
        date(2024, 12, 31),
        date(2025, 12, 31),
        date(2026, 11, 23),
    ]


def test_a_target_almost_reached_is_not_reached() -> None:
    assert percent(299, 300) == 99
    assert percent(1, 0) == 0
