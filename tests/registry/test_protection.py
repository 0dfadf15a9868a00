"""Recognition, change and cancellation of protection, and what registrants decide."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.utils import translation

from products.access import Actor
from products.errors import DomainError, Forbidden, NotFound
from products.registry.errors import DocumentMissing, InvalidUscc, ProtectionCancelled, ReasonMissing
from products.registry.models.authorisation import Authorisation
from products.registry.models.indication import Indication, IndicationChange, RegistrantDecision
from products.registry.services.indications import record_change
from products.registry.services.registrants import record_registrant_decision
from tests.factories import NOW, make_authorisation, make_indication, uscc
from tests.registry.helpers import entries, kinds, nothing_logged


def change(actor: Actor, indication: Indication, **changes: Any) -> IndicationChange:
    facts: dict[str, Any] = {
        "kind": "cancelled",
        "document_no": "国知局公告第600号",
        "reason": "不再具有地域性",
        "effective_on": date(2026, 11, 1),
        "now": NOW,
    }
    return record_change(actor=actor, code=indication.code, **(facts | changes))


def test_recognition_sets_the_day_that_counts_for_the_target(province: Actor, indication: Indication) -> None:
    change(province, indication, kind="recognised", reason="")

    indication.refresh_from_db()
    assert (indication.recognised_on, indication.status) == (date(2026, 11, 1), "protected")
    (entry,) = entries(f"indication:{indication.code}")
    assert (entry["kind"], entry["data"]) == (
        "registry.indication_changed",
        {
            "name": "郫县豆瓣",
            "kind": "recognised",
            "document_no": "国知局公告第600号",
            "reason": "",
            "effective_on": "2026-11-01",
        },
    )


def test_cancellation_ends_every_right_under_the_name_and_no_other(province: Actor, indication: Indication) -> None:
    after = {
        "submitted": "refused",
        "county_checked": "refused",
        "city_checked": "refused",
        "province_approved": "refused",
        "announced": "withdrawn",
        "suspended": "withdrawn",
        "refused": "refused",
        "withdrawn": "withdrawn",
    }
    rows = {state: make_authorisation(indication=indication, state=state) for state in after}
    other = make_authorisation()

    change(province, indication)

    for state, expected in after.items():
        row = rows[state]
        row.refresh_from_db()
        assert row.state == expected
        assert row.decisions.count() == (0 if state == expected else 1)
    other.refresh_from_db()
    assert other.state == "announced"
    decision = rows["announced"].decisions.get()
    assert (decision.action, decision.office, decision.document_no) == (
        "withdraw",
        "office:510000",
        "国知局公告第600号",
    )
    assert decision.reason == "地理标志保护已撤销：不再具有地域性"
    assert kinds(f"authorisation:{rows['announced'].code}") == ["registry.authorisation_withdrawn"]
    assert kinds(f"authorisation:{rows['submitted'].code}") == ["registry.authorisation_refused"]


def test_a_stored_reason_does_not_depend_on_the_readers_language(province: Actor, indication: Indication) -> None:
    row = make_authorisation(indication=indication)

    with translation.override("en"):
        change(province, indication, reason="因" * 2000)

    assert row.decisions.get().reason == "地理标志保护已撤销：" + "因" * 2000


def test_a_name_is_cancelled_once(province: Actor, indication: Indication) -> None:
    change(province, indication)

    with pytest.raises(ProtectionCancelled):
        change(province, indication, kind="changed")


@pytest.mark.parametrize("who", ["officer_north", "officer_city", "maker", "association", "auditor", "admin_actor"])
def test_only_the_province_records_protection(request: pytest.FixtureRequest, indication: Indication, who: str) -> None:
    with pytest.raises(Forbidden):
        change(request.getfixturevalue(who), indication)

    assert nothing_logged()


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"kind": "renamed"}, "invalid_input", "kind"),
        ({"document_no": " "}, "document_missing", "document_no"),
        ({"reason": " "}, "reason_missing", "reason"),
        ({"effective_on": date(2026, 11, 24)}, "invalid_input", "effective_on"),
        ({"document_no": "号" * 81}, "invalid_input", "document_no"),
    ],
)
def test_what_is_refused_changes_nothing(
    province: Actor, indication: Indication, changes: dict[str, Any], code: str, field: str
) -> None:
    row = make_authorisation(indication=indication)

    with pytest.raises(DomainError) as caught:
        change(province, indication, **changes)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert Authorisation.objects.get(pk=row.pk).state == "announced"
    assert not IndicationChange.objects.exists()
    assert nothing_logged()


def test_an_unknown_name(province: Actor) -> None:
    with pytest.raises(NotFound):
        change(province, Indication(code="SC-9999"))


def settle(actor: Actor, indication: Indication, **changes: Any) -> RegistrantDecision:
    facts: dict[str, Any] = {
        "applicant_uscc": uscc(42).lower(),
        "applicant_name": "郫都豆瓣厂",
        "outcome": "admitted",
        "document_no": "协字〔2026〕1号",
        "decided_on": date(2026, 11, 2),
        "now": NOW,
    }
    return record_registrant_decision(actor=actor, code=indication.code, **(facts | changes))


def test_a_registrant_admits(association: Actor, registrants_indication: Indication) -> None:
    decision = settle(association, registrants_indication)

    assert (decision.applicant_uscc, decision.outcome) == (uscc(42), "admitted")
    (entry,) = entries(f"indication:{registrants_indication.code}")
    assert (entry["kind"], entry["actor"]) == ("registry.registrant_decided", f"uscc:{association.uscc}")
    assert entry["data"] == {
        "name": "郫县豆瓣",
        "applicant_uscc": uscc(42),
        "applicant_name": "郫都豆瓣厂",
        "outcome": "admitted",
        "reason": "",
        "document_no": "协字〔2026〕1号",
        "decided_on": "2026-11-02",
    }


def test_a_refusal_has_its_reason(association: Actor, registrants_indication: Indication) -> None:
    with pytest.raises(ReasonMissing):
        settle(association, registrants_indication, outcome="refused", reason=" ")

    assert settle(association, registrants_indication, outcome="refused", reason="不在产区").reason == "不在产区"


def test_a_registrant_decides_for_its_own_name_only(association: Actor, indication: Indication) -> None:
    with pytest.raises(NotFound):
        settle(association, indication)

    assert nothing_logged()


@pytest.mark.parametrize("who", ["maker", "province", "officer_city", "auditor", "admin_actor"])
def test_only_registrants_decide(request: pytest.FixtureRequest, registrants_indication: Indication, who: str) -> None:
    with pytest.raises(Forbidden):
        settle(request.getfixturevalue(who), registrants_indication)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"outcome": "maybe"}, "invalid_input", "outcome"),
        ({"applicant_uscc": "123"}, "invalid_uscc", "applicant_uscc"),
        ({"applicant_uscc": ""}, "invalid_uscc", "applicant_uscc"),
        ({"applicant_name": " "}, "invalid_input", "applicant_name"),
        ({"applicant_name": "厂" * 121}, "invalid_input", "applicant_name"),
        ({"decided_on": date(2026, 11, 24)}, "invalid_input", "decided_on"),
    ],
)
def test_decisions_that_cannot_be(
    association: Actor, registrants_indication: Indication, changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(DomainError) as caught:
        settle(association, registrants_indication, **changes)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert not RegistrantDecision.objects.exists()


def test_nobody_joins_a_cancelled_name(association: Actor, registrants_indication: Indication) -> None:
    Indication.objects.filter(pk=registrants_indication.pk).update(status="cancelled")

    with pytest.raises(ProtectionCancelled):
        settle(association, registrants_indication)


def test_a_pilot_code_of_an_applicant_is_no_obstacle(association: Actor, registrants_indication: Indication) -> None:
    assert settle(association, registrants_indication, applicant_uscc="91350203M0001FUE2P").pk
    with pytest.raises(InvalidUscc):
        settle(association, registrants_indication, applicant_uscc="91350203M0001FUE2")


def test_change_without_a_paper_is_no_change(province: Actor) -> None:
    with pytest.raises(DocumentMissing):
        change(province, make_indication(), kind="changed", document_no="", reason="")
