"""Applying for the special mark."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from products.access import Actor
from products.errors import DomainError, Forbidden, NotFound
from products.registry.errors import AuthorisationExists, EvidenceMissing, OutsideArea, ProtectionCancelled
from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication
from products.registry.services.registrants import record_registrant_decision
from tests.factories import CUIPING, NOW, PIDU, TODAY, make_authorisation, make_enterprise, make_indication, uscc
from tests.registry.helpers import apply, entries, nothing_logged


def test_an_application_waits_for_the_county_and_is_logged_in_full(maker: Actor, indication: Indication) -> None:
    authorisation = apply(maker, indication, product_name=" 郫县豆瓣 ")

    assert authorisation.state == "submitted"
    assert list(authorisation.quotas.values_list("year", "quota_g")) == [(2027, 10_000_000), (2028, 10_000_000)]
    step = authorisation.decisions.get()
    assert (step.action, step.from_state, step.to_state, step.office) == (
        "submit",
        "",
        "submitted",
        f"uscc:{maker.uscc}",
    )
    (entry,) = entries(f"authorisation:{authorisation.code}")
    assert entry["kind"] == "registry.application_submitted"
    assert entry["actor"] == f"uscc:{maker.uscc}"
    assert entry["data"] == {
        "indication": indication.code,
        "indication_name": "郫县豆瓣",
        "uscc": maker.uscc,
        "enterprise_name": authorisation.enterprise.name,
        "product_name": "郫县豆瓣",
        "holder_kind": 1,
        "basis_no": "GB/T 20560-2006",
        "valid_from": "2027-01-01",
        "valid_until": "2029-12-31",
        "quotas_g": {"2027": 10_000_000, "2028": 10_000_000},
    }


def test_an_office_applies_for_an_enterprise_of_its_region(officer_north: Actor, indication: Indication) -> None:
    enterprise = make_enterprise()

    authorisation = apply(officer_north, indication, uscc=enterprise.uscc)

    assert authorisation.enterprise == enterprise
    assert authorisation.decisions.get().office == f"office:{PIDU}"


def test_an_office_elsewhere_does_not(officer_south: Actor, indication: Indication) -> None:
    with pytest.raises(Forbidden):
        apply(officer_south, indication, uscc=make_enterprise().uscc)


def test_nobody_applies_for_a_rival(maker: Actor, rival: Actor, indication: Indication) -> None:
    with pytest.raises(Forbidden):
        apply(maker, indication, uscc=rival.uscc)


def test_associations_and_auditors_do_not_apply(association: Actor, auditor: Actor, indication: Indication) -> None:
    enterprise = make_enterprise()
    for actor in (association, auditor):
        with pytest.raises(Forbidden):
            apply(actor, indication, uscc=enterprise.uscc)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"indication_code": "SC-9999"}, "not_found", "indication_code"),
        ({"indication_code": "SC\x00"}, "invalid_input", "indication_code"),
        ({"uscc": "9151\x00"}, "invalid_input", "uscc"),
        ({"product_name": "  "}, "invalid_input", "product_name"),
        ({"product_name": "豆" * 81}, "invalid_input", "product_name"),
        ({"product_name": "豆\x00瓣"}, "invalid_input", "product_name"),
        ({"holder_kind": 0}, "invalid_input", "holder_kind"),
        ({"holder_kind": 5}, "invalid_input", "holder_kind"),
        ({"basis_no": " "}, "evidence_missing", "basis_no"),
        ({"basis_no": "豆瓣"}, "basis_malformed", "basis_no"),
        ({"basis_no": "1234567"}, "basis_malformed", "basis_no"),
        ({"basis_no": "G" * 81}, "invalid_input", "basis_no"),
        ({"valid_until": date(2027, 1, 1)}, "invalid_input", "valid_until"),
        ({"valid_until": date(2038, 1, 1)}, "invalid_input", "valid_until"),
        ({"valid_from": date(1998, 1, 1), "valid_until": date(2026, 12, 31)}, "invalid_input", "valid_from"),
        ({"valid_from": date(2025, 1, 1), "valid_until": date(2026, 11, 22)}, "invalid_input", "valid_until"),
        ({"quotas": {}}, "quota_missing", "quotas"),
        ({"quotas": {2027: 0}}, "invalid_input", "quotas"),
        ({"quotas": {2027: -1}}, "invalid_input", "quotas"),
        ({"quotas": {2027: 10**13 + 1}}, "invalid_input", "quotas"),
        ({"quotas": {2030: 1}}, "invalid_input", "quotas"),
        ({"quotas": {10**12: 1}}, "invalid_input", "quotas"),
    ],
)
def test_what_is_refused_writes_nothing(
    maker: Actor, indication: Indication, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        apply(maker, indication, **changes)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Authorisation.objects.exists()
    assert nothing_logged()


@pytest.mark.parametrize(
    "basis_no",
    ["GB/T 20560-2006", "质检总局2005年第130号", "国家知识产权局公告第354号", "AGI2012-02-869", "郫县豆瓣管理规范"],
)
def test_each_way_to_name_the_standard_is_taken(maker: Actor, indication: Indication, basis_no: str) -> None:
    assert apply(maker, indication, basis_no=basis_no).basis_no == basis_no


def test_the_last_day_of_the_period_may_be_today(maker: Actor, indication: Indication) -> None:
    authorisation = apply(maker, indication, valid_from=date(2026, 1, 1), valid_until=TODAY, quotas={2026: 1_000})

    assert authorisation.valid_until == TODAY


def test_an_unregistered_enterprise_has_to_register_first(officer_north: Actor, indication: Indication) -> None:
    with pytest.raises(NotFound) as caught:
        apply(officer_north, indication, uscc=uscc(7777))

    assert caught.value.field == "uscc"


def test_an_enterprise_outside_the_area_is_refused(maker: Actor) -> None:
    elsewhere = make_indication(counties=(CUIPING,), prefecture_id="511500")

    with pytest.raises(OutsideArea) as caught:
        apply(maker, elsewhere)

    assert caught.value.code == "outside_area"


def test_an_area_without_named_counties_is_the_whole_prefecture(maker: Actor) -> None:
    assert apply(maker, make_indication(counties=())).state == "submitted"


def test_an_area_nobody_knows_is_never_anywhere(maker: Actor) -> None:
    with pytest.raises(OutsideArea):
        apply(maker, make_indication(counties=(), prefecture_id=None))


def test_a_cancelled_name_takes_no_applications(maker: Actor) -> None:
    with pytest.raises(ProtectionCancelled) as caught:
        apply(maker, make_indication(status="cancelled"))

    assert caught.value.code == "protection_cancelled"


def test_one_open_application_for_a_product(maker: Actor, indication: Indication) -> None:
    apply(maker, indication)

    with pytest.raises(AuthorisationExists) as caught:
        apply(maker, indication, product_name="郫县豆瓣 ")
    assert caught.value.code == "authorisation_exists"

    assert apply(maker, indication, product_name="郫县豆瓣（特级）").state == "submitted"


@pytest.mark.parametrize(("state", "may"), [("refused", True), ("withdrawn", True), ("suspended", False)])
def test_a_new_application_after_an_old_one_ended(maker: Actor, indication: Indication, state: str, may: bool) -> None:
    enterprise = make_enterprise(uscc=uscc(8001))
    make_authorisation(indication=indication, state=state, enterprise=enterprise)
    producer = Actor(role=maker.role, uscc=enterprise.uscc, username="m", scopes=maker.scopes)

    if may:
        assert apply(producer, indication).state == "submitted"
    else:
        with pytest.raises(AuthorisationExists):
            apply(producer, indication)


def _decide(association: Actor, indication: Indication, applicant: str, outcome: str, day: date) -> None:
    record_registrant_decision(
        actor=association,
        code=indication.code,
        applicant_uscc=applicant,
        applicant_name="郫都豆瓣厂",
        outcome=outcome,
        reason="不在会员名录",
        decided_on=day,
        now=NOW,
    )


@pytest.mark.parametrize("kind", [2, 3])
def test_members_and_licensees_need_the_registrants_consent(
    maker: Actor, association: Actor, registrants_indication: Indication, kind: int
) -> None:
    facts: dict[str, Any] = {"holder_kind": kind, "basis_no": "第1388982号"}
    with pytest.raises(EvidenceMissing):
        apply(maker, registrants_indication, **facts)

    _decide(association, registrants_indication, maker.uscc, "admitted", date(2026, 5, 1))
    assert apply(maker, registrants_indication, **facts).holder_kind == kind


def test_the_newest_decision_of_the_registrant_counts(
    maker: Actor, association: Actor, registrants_indication: Indication
) -> None:
    _decide(association, registrants_indication, maker.uscc, "refused", date(2026, 6, 1))
    _decide(association, registrants_indication, maker.uscc, "admitted", date(2026, 5, 1))

    with pytest.raises(EvidenceMissing):
        apply(maker, registrants_indication, holder_kind=3, basis_no="1388982")


def test_a_mark_user_names_a_trademark(maker: Actor, association: Actor, registrants_indication: Indication) -> None:
    _decide(association, registrants_indication, maker.uscc, "admitted", date(2026, 5, 1))

    with pytest.raises(DomainError) as caught:
        apply(maker, registrants_indication, holder_kind=2, basis_no="GB/T 20560-2006")

    assert caught.value.code == "basis_malformed"


@pytest.mark.parametrize("basis_no", ["GB/T 20560-2006", "1388982"])
def test_other_registered_users_show_either_number(maker: Actor, indication: Indication, basis_no: str) -> None:
    assert apply(maker, indication, holder_kind=4, basis_no=basis_no).holder_kind == 4
