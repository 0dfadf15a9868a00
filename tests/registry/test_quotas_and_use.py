"""The year's quota, and the user's yearly statement."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import transaction

from products.access import Actor
from products.errors import DomainError, Forbidden, NotFound
from products.registry.errors import AuthorisationInactive, IllegalStep, QuotaLowered, QuotaMissing
from products.registry.models.authorisation import Authorisation, UseStatement
from products.registry.models.enterprise import Enterprise
from products.registry.services.authorisations import lock_quota, set_quota
from products.registry.services.use_statements import state_use
from tests.factories import NOW, make_authorisation
from tests.registry.helpers import entries, nothing_logged


def raise_to(actor: Actor, authorisation: Authorisation, **changes: Any) -> int:
    facts: dict[str, Any] = {"year": 2026, "quota_g": 2_000_000, "document_no": "成市监〔2026〕8号", "now": NOW}
    return set_quota(actor=actor, code=authorisation.code, **(facts | changes)).quota_g


def use(actor: Actor, authorisation: Authorisation, **changes: Any) -> UseStatement:
    facts: dict[str, Any] = {"year": 2026, "mass_g": 900_000, "label_count": 1800, "output_fen": 5_000_000, "now": NOW}
    return state_use(actor=actor, code=authorisation.code, **(facts | changes))


@pytest.mark.parametrize("who", ["officer_city", "province"])
def test_city_and_province_raise_a_quota(request: pytest.FixtureRequest, regions: None, who: str) -> None:
    authorisation = make_authorisation()

    assert raise_to(request.getfixturevalue(who), authorisation) == 2_000_000

    assert authorisation.quotas.get(year=2026).quota_g == 2_000_000
    (entry,) = entries(f"authorisation:{authorisation.code}")
    assert (entry["kind"], entry["data"]) == (
        "registry.quota_set",
        {
            "indication": authorisation.indication.code,
            "uscc": authorisation.enterprise.uscc,
            "product_name": "郫县豆瓣",
            "year": 2026,
            "quota_g": 2_000_000,
            "document_no": "成市监〔2026〕8号",
        },
    )


def test_a_quota_for_a_new_year(province: Actor) -> None:
    authorisation = make_authorisation(valid_until=date(2028, 12, 31))

    assert raise_to(province, authorisation, year=2028, quota_g=1) == 1


def test_a_quota_is_never_lowered(province: Actor) -> None:
    authorisation = make_authorisation(quota_g=1_000_000)

    with pytest.raises(QuotaLowered) as caught:
        raise_to(province, authorisation, quota_g=999_999)

    assert caught.value.code == "quota_lowered"
    assert authorisation.quotas.get(year=2026).quota_g == 1_000_000
    assert nothing_logged()


@pytest.mark.parametrize("who", ["officer_north", "maker", "association", "auditor", "admin_actor"])
def test_who_may_not_set_a_quota(request: pytest.FixtureRequest, regions: None, who: str) -> None:
    with pytest.raises(Forbidden):
        raise_to(request.getfixturevalue(who), make_authorisation())


def test_another_city_does_not_find_it(officer_yibin: Actor) -> None:
    with pytest.raises(NotFound):
        raise_to(officer_yibin, make_authorisation())


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 2024}, "year"),
        ({"year": 2028}, "year"),
        ({"quota_g": 0}, "quota_g"),
        ({"quota_g": -5}, "quota_g"),
        ({"quota_g": 10**40}, "quota_g"),
        ({"document_no": "号" * 81}, "document_no"),
    ],
)
def test_absurd_quotas(province: Actor, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        raise_to(province, make_authorisation(), **changes)

    assert (caught.value.code, caught.value.field) == ("invalid_input", field)
    assert nothing_logged()


@pytest.mark.parametrize("state", ["refused", "withdrawn"])
def test_what_has_ended_has_no_quota(province: Actor, state: str) -> None:
    with pytest.raises(IllegalStep):
        raise_to(province, make_authorisation(state=state))


def test_labels_lock_the_quota_of_their_year(regions: None) -> None:
    authorisation = make_authorisation()

    with transaction.atomic():
        assert lock_quota(authorisation_id=authorisation.pk, year=2026).quota_g == 1_000_000
        with pytest.raises(QuotaMissing) as caught:
            lock_quota(authorisation_id=authorisation.pk, year=2031)

    assert (caught.value.code, caught.value.status) == ("quota_missing", 409)


def test_a_user_states_its_use_and_may_do_so_again(maker: Actor, makers: Enterprise) -> None:
    authorisation = make_authorisation(enterprise=makers)

    use(maker, authorisation)
    use(maker, authorisation, mass_g=950_000)

    assert list(authorisation.use_statements.values_list("year", "mass_g")) == [(2026, 900_000), (2026, 950_000)]
    first, second = entries(f"authorisation:{authorisation.code}")
    assert first["kind"] == second["kind"] == "registry.use_stated"
    assert second["data"] == {
        "indication": authorisation.indication.code,
        "uscc": maker.uscc,
        "product_name": "郫县豆瓣",
        "year": 2026,
        "mass_g": 950_000,
        "label_count": 1800,
        "output_fen": 5_000_000,
    }


def test_use_is_stated_by_the_user_alone(maker: Actor, rival: Actor, province: Actor, makers: Enterprise) -> None:
    authorisation = make_authorisation(enterprise=makers)

    with pytest.raises(NotFound):
        use(rival, authorisation)
    with pytest.raises(Forbidden):
        use(province, authorisation)
    assert nothing_logged()


@pytest.mark.parametrize("state", ["submitted", "province_approved", "refused"])
def test_no_use_before_the_announcement(maker: Actor, makers: Enterprise, state: str) -> None:
    with pytest.raises(AuthorisationInactive):
        use(maker, make_authorisation(enterprise=makers, state=state))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": 2024}, "year"),
        ({"year": 2027}, "year"),
        ({"mass_g": -1}, "mass_g"),
        ({"label_count": -1}, "label_count"),
        ({"output_fen": 2**53}, "output_fen"),
    ],
)
def test_absurd_statements(maker: Actor, makers: Enterprise, changes: dict[str, int], field: str) -> None:
    with pytest.raises(DomainError) as caught:
        use(maker, make_authorisation(enterprise=makers), **changes)

    assert (caught.value.code, caught.value.field) == ("invalid_input", field)
    assert not UseStatement.objects.exists()
    assert nothing_logged()
