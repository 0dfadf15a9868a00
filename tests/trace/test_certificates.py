"""Conformity certificates: one a batch, issued again with a reason, standing in for those of what went in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from ledger.models import Entry
from products.access import Actor
from products.audit import commitment
from products.errors import DomainError, Forbidden, NotFound
from products.oversight.evidence.scope import find_scope
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.certificate import CollectedCertificate, ConformityCertificate, MixedCertificate
from products.trace.queries.certificates import certificates_of, mixed_lots, standing_certificate
from products.trace.services.batches import correct_batch, hold_batch
from products.trace.services.certificates import collect_certificate
from tests.factories import NOW, TODAY, make_authorisation, make_batch
from tests.trace.certificate_helpers import PHONE, issue, statements
from tests.trace.lab_helpers import changed, enter, lab_batch
from tests.trace.lineage_helpers import dispatch, lot_of, make_lot, operate
from tests.trace.test_at_once import AT_ONCE, together


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    """Code and field of a refusal that wrote nothing."""
    before = ConformityCertificate.objects.count(), CollectedCertificate.objects.count()
    with pytest.raises(DomainError) as caught:
        act()
    assert (ConformityCertificate.objects.count(), CollectedCertificate.objects.count()) == before
    assert caught.value.text
    return caught.value.code, caught.value.field


def test_a_certificate_says_what_the_batch_says(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="registered")

    row = issue(maker, batch, basis=["own_test", "quality_control", "own_test"], contact=f" {PHONE} ")

    assert (row.product_name, row.quantity_g, row.origin) == ("郫县豆瓣", 100_000, "成都市郫都区")
    assert (row.promiser, row.uscc) == (authorisation.enterprise.name, authorisation.enterprise.uscc)
    assert (row.basis, row.issued_on, row.contact) == (["own_test", "quality_control"], TODAY, PHONE)
    (said,) = statements(f"certificate:{row.code}")
    assert said["kind"] == "trace.certificate_issued"
    assert said["data"]["batch"] == str(batch.code)
    assert said["data"]["number"] == row.number
    assert said["commitments"] == {"contact": commitment(PHONE, salt=bytes(row.contact_salt))}
    assert PHONE not in str(said)


def test_a_batch_has_one_and_another_only_with_a_reason(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    first = issue(maker, batch)

    assert refusal(lambda: issue(maker, batch)) == ("certificate_exists", "reason")
    second = issue(maker, batch, reason="电话填错", contact="13900001111")

    views = certificates_of(batch)
    assert [(view.row, view.is_standing) for view in views] == [(second, True), (first, False)]
    assert second.replaces == first
    last = statements(f"certificate:{first.code}")[-1]
    assert last["kind"] == "trace.certificate_replaced"
    assert last["data"] == {"replaced_by": str(second.code), "reason": "电话填错"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"product_kind": "sauce"}, ("certificate_kind_unknown", "product_kind")),
        ({"product_kind": ""}, ("certificate_kind_unknown", "product_kind")),
        ({"basis": []}, ("certificate_basis_missing", "basis")),
        ({"basis": ["a promise"]}, ("certificate_basis_missing", "basis")),
        ({"contact": "  "}, ("certificate_contact_invalid", "contact")),
        ({"contact": "张经理"}, ("certificate_contact_invalid", "contact")),
        ({"contact": "12345"}, ("certificate_contact_invalid", "contact")),
        ({"contact": "028-87654321\n"  "假"}, ("invalid_text", "contact")),
        ({"contact": "0" * 41}, ("text_too_long", "contact")),
    ],
)  # fmt: skip
def test_bad_input_is_refused_at_its_field(
    maker: Actor, authorisation: Authorisation, given: dict[str, Any], expected: tuple[str, str]
) -> None:
    assert refusal(lambda: issue(maker, make_batch(authorisation=authorisation), **given)) == expected


@pytest.mark.parametrize(
    ("state", "code"),
    [
        ("draft", "wrong_batch_state"),
        ("held", "certificate_batch_stopped"),
        ("recalled", "certificate_batch_stopped"),
    ],
)
def test_nothing_is_promised_of_a_batch_that_is_stopped(
    maker: Actor, authorisation: Authorisation, state: str, code: str
) -> None:
    assert refusal(lambda: issue(maker, make_batch(authorisation=authorisation, state=state)))[0] == code


@pytest.mark.usefixtures("reports_folder")
def test_nothing_is_promised_against_a_laboratory(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    enter(maker, batch, results=changed("moisture", "60"))

    assert refusal(lambda: issue(maker, batch))[0] == "certificate_lab_failed"


def test_only_its_maker_issues(maker: Actor, rival: Actor, officer_north: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    assert refusal(lambda: issue(rival, batch))[0] == NotFound.code
    assert refusal(lambda: issue(officer_north, batch))[0] == Forbidden.code


def test_a_correction_of_its_facts_asks_for_another(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    first = issue(maker, batch)
    correct_batch(actor=maker, code=batch.code, changes={"net_mass_g": 90_000}, reason="复秤", now=NOW)
    batch.refresh_from_db()

    standing = standing_certificate(batch)
    assert standing is not None
    assert (standing.row, standing.changed) == (first, ("数量",))

    second = issue(maker, batch, reason="净重更正")
    standing = standing_certificate(batch)
    assert standing is not None
    assert (standing.row, standing.changed, second.quantity_g) == (second, (), 90_000)
    first.refresh_from_db()
    assert first.quantity_g == 100_000


def bought(authorisation: Authorisation, number: str) -> Any:
    return make_lot(authorisation.enterprise, kind="purchase", lot=number, seller_name="某户")


def test_after_mixing_it_names_what_it_stands_in_for(maker: Actor, authorisation: Authorisation) -> None:
    enterprise = authorisation.enterprise
    ours = make_batch(authorisation=authorisation)
    old = issue(maker, ours)
    earlier = issue(maker, ours, reason="重开")
    with_paper, without, grown = bought(authorisation, "P-1"), bought(authorisation, "P-2"), make_lot(enterprise)
    collect_certificate(actor=maker, lot_code=with_paper.code, number=" 川-0001 ", issued_on=TODAY, now=NOW)
    batch = make_batch(authorisation=authorisation)
    work = make_lot(enterprise)
    operate(enterprise, "merge", taken={with_paper: 10, without: 10, grown: 10}, given={work: 30})
    operate(enterprise, "merge", taken={work: 30, lot_of(ours): 5}, given={lot_of(batch): 35})

    assert [(each.lot, each.number) for each in mixed_lots(batch)] == sorted(
        [("P-1", "川-0001"), ("P-2", ""), (ours.lot, earlier.number)]
    )
    row = issue(maker, batch)
    named = set(MixedCertificate.objects.filter(certificate=row).values_list("number", flat=True))
    assert named == {"川-0001", earlier.number}
    assert old.number not in named
    (said,) = statements(f"certificate:{row.code}")
    assert {each["number"] for each in said["data"]["mixed_from"]} == named
    # What was sold on stays under its own certificate.
    assert mixed_lots(ours) == []


def test_the_walk_upwards_stops_at_the_first_certificate_and_in_a_circle(
    maker: Actor, authorisation: Authorisation
) -> None:
    enterprise = authorisation.enterprise
    first, middle, last = (make_batch(authorisation=authorisation) for _each in range(3))
    rows = {each: issue(maker, each) for each in (first, middle)}
    lots = {each: lot_of(each) for each in (first, middle, last)}
    operate(enterprise, "merge", taken={lots[first]: 5}, given={lots[middle]: 5})
    operate(enterprise, "split", taken={lots[middle]: 5}, given={lots[last]: 5})
    operate(enterprise, "merge", taken={lots[last]: 1}, given={lots[first]: 1})

    assert [each.number for each in mixed_lots(last)] == [rows[middle].number]


def test_a_purchase_dispatched_on_the_platform_brings_the_sellers_certificate(
    maker: Actor, rival: Actor, authorisation: Authorisation
) -> None:
    theirs = make_batch(authorisation=make_authorisation(enterprise=Enterprise.objects.get(uscc=rival.uscc)))
    sold = issue(rival, theirs)
    sent = dispatch(lot_of(theirs), grams=10)
    lot, batch = bought(authorisation, "P-1"), make_batch(authorisation=authorisation)
    operate(authorisation.enterprise, "purchase", taken={}, given={lot: 10}, dispatch=sent)
    operate(authorisation.enterprise, "split", taken={lot: 10}, given={lot_of(batch): 10})

    assert [(each.lot, each.number) for each in mixed_lots(batch)] == [("P-1", sold.number)]


def test_a_sellers_certificate_is_kept_once_with_what_was_bought(
    maker: Actor, rival: Actor, authorisation: Authorisation
) -> None:
    lot = bought(authorisation, "P-1")
    facts: dict[str, Any] = {"actor": maker, "lot_code": lot.code, "number": "川-0001", "issued_on": TODAY, "now": NOW}

    row = collect_certificate(**facts)

    assert statements(f"collected-certificate:{row.code}")[0]["data"] == {
        "lot": str(lot.code), "number": "川-0001", "issued_on": "2026-11-23",
    }  # fmt: skip
    for changes, expected in (
        ({}, ("certificate_collected_twice", "number")),
        ({"number": " "}, ("invalid_text", "number")),
        ({"number": "1" * 61}, ("text_too_long", "number")),
        ({"number": "2", "issued_on": TODAY + timedelta(days=1)}, ("produced_in_future", "issued_on")),
        ({"actor": rival, "number": "2"}, ("not_found", "")),
        (
            {"lot_code": make_lot(authorisation.enterprise).code, "number": "2"},
            ("certificate_not_of_purchase", ""),
        ),
    ):
        assert refusal(lambda given=facts | changes: collect_certificate(**given)) == expected  # type: ignore[misc]


@pytest.mark.django_db(transaction=True)
def test_two_taps_at_once_issue_one(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)

    results = together(lambda: issue(maker, batch))

    assert results == sorted(["done"] + ["certificate_exists"] * (AT_ONCE - 1))
    row = ConformityCertificate.objects.get()
    assert len(statements(f"certificate:{row.code}")) == 1


@pytest.mark.django_db(transaction=True)
def test_a_hold_and_a_certificate_at_once_never_leave_a_promise_made_after_the_hold(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation)
    pair: list[Callable[[], object]] = [
        lambda: hold_batch(actor=maker, code=batch.code, reason="复检", now=NOW),
        lambda: issue(maker, batch),
    ]
    acts = iter(pair * AT_ONCE)

    together(lambda: next(acts)())

    kinds = list(Entry.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds.count("trace.batch_held") == 1
    assert kinds[-1] == "trace.batch_held"


@pytest.mark.django_db
def test_the_database_keeps_certificates_as_they_are(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    row = ConformityCertificate.objects.filter(pk=issue(maker, batch).pk)
    for act in (row.delete, lambda: row.update(number="X"), lambda: row.update(contact="13900001111")):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    row.update(contact="", contact_salt=b"")


def test_a_bundle_of_evidence_has_every_certificate_of_the_batch(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation)
    rows = [issue(maker, batch), issue(maker, batch, reason="重开")]

    for actor in (maker, officer_north):
        subjects = set(find_scope(actor=actor, kind="batch", code=str(batch.code)).subjects())
        assert {f"certificate:{row.code}" for row in rows} <= subjects
