"""How enterprises enter the register."""

from __future__ import annotations

from typing import Any

import pytest

from products.access import NOBODY, Actor, Role
from products.errors import DomainError, Forbidden
from products.registry.errors import (
    AlreadyRegistered,
    EvidenceMissing,
    InvalidUscc,
    UsccNeedsReview,
)
from products.registry.models.enterprise import Enterprise
from products.registry.services.enterprises import accept_legacy_uscc, register_enterprise
from tests.factories import CUIPING, NOW, PIDU, make_user, uscc
from tests.registry.helpers import entries, nothing_logged

# A pilot code of Fujian: lawful, and its last character does not fit (rules of the register, GB 32100-2015).
LEGACY = "91350203M0001FUE2P"
PROOF = "a1" * 32


def register(actor: Actor, **changes: Any) -> Enterprise:
    facts: dict[str, Any] = {
        "uscc": uscc(500),
        "name": "郫都区演示豆瓣厂",
        "name_en": "Pidu Demonstration Sauce",
        "region_code": PIDU,
        "address": "安德街道1号",
        "now": NOW,
    }
    return register_enterprise(actor=actor, **(facts | changes))


def accept(actor: Actor, **changes: Any) -> Enterprise:
    facts: dict[str, Any] = {
        "uscc": LEGACY,
        "name": "早期代码企业",
        "region_code": PIDU,
        "proof_sha256": PROOF,
        "now": NOW,
    }
    return accept_legacy_uscc(actor=actor, **(facts | changes))


def test_a_county_office_registers_and_the_log_holds_every_field(officer_north: Actor) -> None:
    enterprise = register(officer_north, uscc=f" {uscc(500).lower()} ")

    assert (enterprise.uscc, enterprise.uscc_verdict, enterprise.region_id) == (uscc(500), "valid", PIDU)
    (entry,) = entries(f"enterprise:{enterprise.uscc}")
    assert entry["kind"] == "registry.enterprise_registered"
    assert entry["actor"] == f"office:{PIDU}"
    assert entry["data"] == {
        "uscc": enterprise.uscc,
        "name": "郫都区演示豆瓣厂",
        "name_en": "Pidu Demonstration Sauce",
        "region": PIDU,
        "address": "安德街道1号",
        "uscc_verdict": "valid",
        "uscc_proof_sha256": "",
        "uscc_reviewed_by": "",
    }


def test_a_producer_registers_its_own_code_and_no_other(regions: None) -> None:
    producer = make_user(Role.PRODUCER, organisation=uscc(501))

    assert register(producer, uscc=uscc(501)).uscc == producer.uscc
    with pytest.raises(Forbidden):
        register(producer, uscc=uscc(502))


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"uscc": "91510117MADEM050"}, "invalid_uscc", "uscc"),
        ({"uscc": "9151011IMADEM05001"}, "invalid_uscc", "uscc"),
        ({"uscc": ""}, "invalid_uscc", "uscc"),
        ({"uscc": LEGACY}, "uscc_needs_review", "uscc"),
        ({"region_code": "510199"}, "unknown_county", "region_code"),
        ({"region_code": "51\x00"}, "unknown_county", "region_code"),
        ({"region_code": "510100"}, "unknown_county", "region_code"),
        ({"name": " "}, "invalid_input", "name"),
        ({"name": "厂" * 121}, "invalid_input", "name"),
        ({"name": "豆瓣\x00厂"}, "invalid_input", "name"),
        ({"address": "路" * 201}, "invalid_input", "address"),
    ],
)
def test_what_is_refused_writes_nothing(officer_city: Actor, changes: dict[str, str], code: str, field: str) -> None:
    with pytest.raises(DomainError) as caught:
        register(officer_city, **changes)

    assert (caught.value.code, caught.value.field) == (code, field)
    assert not Enterprise.objects.exists()
    assert nothing_logged()


def test_the_same_code_is_registered_once(officer_north: Actor) -> None:
    register(officer_north)

    with pytest.raises(AlreadyRegistered) as caught:
        register(officer_north, name="另一家")

    assert caught.value.code == "already_registered"
    assert Enterprise.objects.count() == 1


def test_an_office_registers_in_its_own_region_only(officer_south: Actor, officer_north: Actor) -> None:
    with pytest.raises(Forbidden):
        register(officer_south)

    with pytest.raises(Forbidden):
        register(officer_north, region_code=CUIPING)


def test_auditors_admins_and_nobody_register_nothing(auditor: Actor, admin_actor: Actor, association: Actor) -> None:
    for actor in (auditor, admin_actor, association, NOBODY):
        with pytest.raises(Forbidden):
            register(actor)


def test_an_early_code_is_accepted_with_proof_and_reviewer(officer_north: Actor) -> None:
    enterprise = accept(officer_north)

    assert (enterprise.uscc_verdict, enterprise.uscc_proof_sha256) == ("accepted", PROOF)
    assert enterprise.uscc_reviewed_by == f"office:{PIDU}"
    (entry,) = entries(f"enterprise:{LEGACY}")
    assert entry["data"]["uscc_proof_sha256"] == PROOF
    assert entry["data"]["uscc_verdict"] == "accepted"


@pytest.mark.parametrize("proof", ["", "abc", "A1" * 32, "g1" * 32, PROOF + "\n"])
def test_an_early_code_without_a_sound_proof_is_refused(officer_north: Actor, proof: str) -> None:
    with pytest.raises(EvidenceMissing) as caught:
        accept(officer_north, proof_sha256=proof)

    assert caught.value.code == "evidence_missing"
    assert nothing_logged()


def test_proof_does_not_make_up_for_a_code_that_can_be_none(officer_north: Actor) -> None:
    with pytest.raises(InvalidUscc):
        accept(officer_north, uscc="91350203M0001FUE2")
    with pytest.raises(InvalidUscc):
        accept(officer_north, uscc="91350203M0001FUEOP")


def test_a_producer_cannot_review_its_own_code(regions: None) -> None:
    producer = make_user(Role.PRODUCER, organisation=LEGACY)

    with pytest.raises(Forbidden):
        accept(producer)
    with pytest.raises(UsccNeedsReview):
        register(producer, uscc=LEGACY)


def test_a_sound_code_that_came_with_a_proof_is_simply_valid(officer_north: Actor) -> None:
    enterprise = accept(officer_north, uscc=uscc(503))

    assert (enterprise.uscc_verdict, enterprise.uscc_proof_sha256, enterprise.uscc_reviewed_by) == ("valid", "", "")


def test_an_early_code_elsewhere_is_for_the_office_there(officer_south: Actor) -> None:
    with pytest.raises(Forbidden):
        accept(officer_south)
