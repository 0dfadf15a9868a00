"""Each step of an authorisation: who may take it, where, with what."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from products.access import NOBODY, Actor
from products.errors import DomainError, Forbidden, NotFound
from products.registry.errors import DocumentMissing, IllegalStep, ProtectionCancelled, ReasonMissing
from products.registry.models.indication import Indication
from products.registry.services.authorisations import decide
from tests.factories import NOW, PIDU, make_authorisation, make_indication
from tests.registry.helpers import apply, entries, kinds, nothing_logged, take

# State, action, what follows, and the one actor of the cast whose turn it is.
STEPS = [
    ("submitted", "check_county", "county_checked", {"officer_north"}),
    ("county_checked", "check_city", "city_checked", {"officer_city"}),
    ("city_checked", "approve_province", "province_approved", {"province"}),
    ("province_approved", "announce", "announced", {"province"}),
    ("submitted", "refuse", "refused", {"officer_north"}),
    ("county_checked", "refuse", "refused", {"officer_city"}),
    ("city_checked", "refuse", "refused", {"province"}),
    ("province_approved", "refuse", "refused", {"province"}),
    ("announced", "suspend", "suspended", {"officer_city", "province"}),
    ("suspended", "resume", "announced", {"officer_city", "province"}),
    ("announced", "withdraw", "withdrawn", {"province"}),
    ("suspended", "withdraw", "withdrawn", {"province"}),
]
INSIDE = ("officer_north", "officer_city", "province")
OUTSIDE = ("officer_south", "officer_yibin")
NO_OFFICE = ("maker", "rival", "association", "auditor", "admin_actor")


def test_from_application_to_announcement(
    maker: Actor, officer_north: Actor, officer_city: Actor, province: Actor, indication: Indication
) -> None:
    authorisation = apply(maker, indication)
    take(officer_north, authorisation, "check_county", reason="", document_no="")
    take(officer_city, authorisation, "check_city", reason="", document_no="")
    take(province, authorisation, "approve_province", reason="", document_no="川知核〔2026〕3号")
    done = take(province, authorisation, "announce", reason="", document_no="川知公告2026年第9号")

    assert (done.state, done.announcement_no, done.announced_on) == (
        "announced",
        "川知公告2026年第9号",
        date(2026, 11, 23),
    )
    assert list(done.decisions.values_list("action", "from_state", "to_state", "office")) == [
        ("submit", "", "submitted", f"uscc:{maker.uscc}"),
        ("check_county", "submitted", "county_checked", f"office:{PIDU}"),
        ("check_city", "county_checked", "city_checked", "office:510100"),
        ("approve_province", "city_checked", "province_approved", "office:510000"),
        ("announce", "province_approved", "announced", "office:510000"),
    ]
    assert kinds(f"authorisation:{authorisation.code}") == [
        "registry.application_submitted",
        "registry.authorisation_checked",
        "registry.authorisation_checked",
        "registry.authorisation_approved",
        "registry.authorisation_announced",
    ]
    assert entries(f"authorisation:{authorisation.code}")[-1]["data"] == {
        "action": "announce",
        "from_state": "province_approved",
        "to_state": "announced",
        "reason": "",
        "document_no": "川知公告2026年第9号",
        "indication": indication.code,
        "indication_name": "郫县豆瓣",
        "uscc": maker.uscc,
        "enterprise_name": authorisation.enterprise.name,
        "product_name": "郫县豆瓣",
        "valid_from": "2027-01-01",
        "valid_until": "2029-12-31",
        "announcement_no": "川知公告2026年第9号",
        "announced_on": "2026-11-23",
        "quotas_g": {"2027": 10_000_000, "2028": 10_000_000},
    }


@pytest.mark.parametrize("who", INSIDE)
@pytest.mark.parametrize(("state", "action", "after", "whose"), STEPS)
def test_each_step_is_for_one_level(
    request: pytest.FixtureRequest, regions: None, state: str, action: str, after: str, whose: set[str], who: str
) -> None:
    actor: Actor = request.getfixturevalue(who)
    authorisation = make_authorisation(state=state)

    if who in whose:
        assert take(actor, authorisation, action).state == after
    else:
        with pytest.raises(Forbidden) as caught:
            take(actor, authorisation, action)
        assert caught.value.code == "forbidden"
        assert nothing_logged()


@pytest.mark.parametrize("who", OUTSIDE)
@pytest.mark.parametrize(("state", "action", "after", "whose"), STEPS)
def test_offices_elsewhere_do_not_even_see_it(
    request: pytest.FixtureRequest, regions: None, state: str, action: str, after: str, whose: set[str], who: str
) -> None:
    actor: Actor = request.getfixturevalue(who)
    authorisation = make_authorisation(state=state)

    with pytest.raises(NotFound):
        take(actor, authorisation, action)

    authorisation.refresh_from_db()
    assert authorisation.state == state
    assert nothing_logged()


@pytest.mark.parametrize("who", NO_OFFICE)
def test_only_offices_decide(request: pytest.FixtureRequest, regions: None, who: str) -> None:
    authorisation = make_authorisation(state="submitted")

    with pytest.raises(Forbidden):
        take(request.getfixturevalue(who), authorisation, "check_county")
    with pytest.raises(Forbidden):
        take(NOBODY, authorisation, "check_county")


def test_a_state_has_its_steps_and_no_others(province: Actor) -> None:
    lawful = {(state, action) for state, action, _after, _whose in STEPS}
    states = {row[0] for row in STEPS} | {"refused", "withdrawn"}
    actions = {row[1] for row in STEPS}
    illegal = [(state, action) for state in sorted(states) for action in sorted(actions)]
    illegal = [pair for pair in illegal if pair not in lawful]

    assert len(illegal) == 8 * 8 - len(STEPS)
    for state, action in illegal:
        authorisation = make_authorisation(state=state)
        with pytest.raises(IllegalStep) as caught:
            take(province, authorisation, action)
        assert caught.value.code == "illegal_step"
    assert nothing_logged()


def test_a_step_that_does_not_exist(province: Actor) -> None:
    authorisation = make_authorisation(state="submitted")

    for action in ("submit", "delete", ""):
        with pytest.raises(DomainError) as caught:
            take(province, authorisation, action)
        assert (caught.value.code, caught.value.field) == ("invalid_input", "action")


def test_an_unknown_code_is_not_found(province: Actor) -> None:
    with pytest.raises(NotFound):
        decide(actor=province, code=uuid4(), action="announce", document_no="1", now=NOW)


@pytest.mark.parametrize(
    ("state", "action"), [("city_checked", "refuse"), ("announced", "suspend"), ("announced", "withdraw")]
)
@pytest.mark.parametrize("reason", ["", " \n "])
def test_what_takes_a_right_away_says_why(province: Actor, state: str, action: str, reason: str) -> None:
    authorisation = make_authorisation(state=state)

    with pytest.raises(ReasonMissing) as caught:
        take(province, authorisation, action, reason=reason)

    assert caught.value.code == "reason_missing"
    authorisation.refresh_from_db()
    assert authorisation.state == state
    assert nothing_logged()


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("city_checked", "approve_province"),
        ("province_approved", "announce"),
        ("announced", "suspend"),
        ("suspended", "withdraw"),
    ],
)
def test_what_is_done_by_paper_names_it(province: Actor, state: str, action: str) -> None:
    authorisation = make_authorisation(state=state)

    with pytest.raises(DocumentMissing) as caught:
        take(province, authorisation, action, document_no=" ")

    assert caught.value.code == "document_missing"
    assert nothing_logged()


@pytest.mark.parametrize(("field", "text"), [("reason", "因" * 2001), ("document_no", "号" * 81), ("reason", "a\x00")])
def test_texts_that_cannot_be_kept_are_refused(province: Actor, field: str, text: str) -> None:
    authorisation = make_authorisation(state="announced")

    with pytest.raises(DomainError) as caught:
        take(province, authorisation, "suspend", **{field: text})

    assert (caught.value.code, caught.value.field) == ("invalid_input", field)


@pytest.mark.parametrize(
    ("state", "action", "who"),
    [
        ("submitted", "check_county", "officer_north"),
        ("county_checked", "check_city", "officer_city"),
        ("city_checked", "approve_province", "province"),
        ("province_approved", "announce", "province"),
        ("suspended", "resume", "province"),
    ],
)
def test_no_right_comes_about_after_the_protection_ended(
    request: pytest.FixtureRequest, regions: None, state: str, action: str, who: str
) -> None:
    authorisation = make_authorisation(state=state, indication=make_indication(status="cancelled"))

    with pytest.raises(ProtectionCancelled):
        take(request.getfixturevalue(who), authorisation, action)
    assert nothing_logged()


def test_a_right_may_still_be_taken_away_after_the_protection_ended(province: Actor) -> None:
    authorisation = make_authorisation(indication=make_indication(status="cancelled"))

    assert take(province, authorisation, "withdraw").state == "withdrawn"


def test_the_day_of_announcement_is_chinas(province: Actor) -> None:
    # Half past midnight in Chengdu; the day before in UTC.
    early = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)
    authorisation = make_authorisation(state="province_approved")

    assert take(province, authorisation, "announce", now=early).announced_on == date(2026, 11, 23)


def test_a_suspension_keeps_the_announcement(province: Actor) -> None:
    authorisation = make_authorisation()

    after = take(province, take(province, authorisation, "suspend"), "resume")

    assert (after.state, after.announcement_no) == ("announced", "国知局公告第400号")
    assert kinds(f"authorisation:{authorisation.code}") == [
        "registry.authorisation_suspended",
        "registry.authorisation_resumed",
    ]
