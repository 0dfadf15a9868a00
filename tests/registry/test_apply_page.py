"""A producer applies for the mark on a page."""

from __future__ import annotations

from typing import Any

import pytest

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from tests import factories
from tests.conftest import signed_in
from tests.factories import CUIPING

WELL_FILLED: dict[str, Any] = {
    "product_name": "郫县豆瓣",
    "holder_kind": "1",
    "basis_no": "GB/T 20560-2006",
    "valid_until": "2029-12-31",
    "quota_this_year": "1200",
    "quota_next_year": "3000",
}


@pytest.fixture
def indication(regions: None) -> Indication:
    return factories.make_indication()


def test_a_filled_form_becomes_an_application(maker: Actor, makers: Enterprise, indication: Indication) -> None:
    response = signed_in(maker).post("/producer/apply", WELL_FILLED | {"indication_code": indication.code})

    assert response.status_code == 302
    application = Authorisation.objects.get(enterprise=makers)
    assert application.state == "submitted"
    assert list(application.quotas.values_list("year", "quota_g")) == [(2026, 1_200_000), (2027, 3_000_000)]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"basis_no": "随便写"}, "请填写标准号或公告号"),
        ({"valid_until": "2020-01-01"}, "请填写今天以后的日期"),
        ({"quota_this_year": "-5"}, "quota_this_year"),
        ({"holder_kind": "2", "basis_no": "1234567"}, "尚未同意"),
        ({"product_name": ""}, "product_name"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    maker: Actor, indication: Indication, changes: dict[str, str], words: str
) -> None:
    response = signed_in(maker).post("/producer/apply", WELL_FILLED | {"indication_code": indication.code} | changes)

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Authorisation.objects.exists()


def test_only_indications_of_the_county_are_offered(maker: Actor, indication: Indication) -> None:
    elsewhere = factories.make_indication(counties=(CUIPING,), prefecture_id="511500", name="别处的茶")

    page = signed_in(maker).get("/producer/apply").content.decode()

    assert indication.code in page
    assert elsewhere.code not in page


def test_a_second_application_for_the_same_product_is_refused(
    maker: Actor, makers: Enterprise, indication: Indication
) -> None:
    client = signed_in(maker)
    client.post("/producer/apply", WELL_FILLED | {"indication_code": indication.code})

    again = client.post("/producer/apply", WELL_FILLED | {"indication_code": indication.code})

    assert again.status_code == 422
    assert Authorisation.objects.filter(enterprise=makers).count() == 1


def test_officers_have_no_such_page(officer_north: Actor, regions: None) -> None:
    assert signed_in(officer_north).get("/producer/apply").status_code == 403
