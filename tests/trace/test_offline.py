"""What a phone may keep, and what it may not."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from products.access import Actor
from products.trace.views.offline import FORMS
from tests.conftest import signed_in

pytestmark = pytest.mark.django_db


def test_the_worker_stands_at_the_root_and_is_asked_for_anew() -> None:
    answer = Client().get("/sw.js")

    assert answer["Content-Type"] == "text/javascript"
    assert "no-store" in answer["Cache-Control"]
    assert all(form in answer.content.decode() for form in FORMS)


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [
        (reverse("batch-new"), True),
        (reverse("lab-new", args=["11111111-2222-3333-4444-555555555555"]), True),
        (reverse("lot-operation-new", args=["harvest"]), True),
        (reverse("lot-operation-new", args=["dispatch"]), False),
        (reverse("producer"), False),
        (reverse("batch-list"), False),
        (reverse("batch", args=["11111111-2222-3333-4444-555555555555"]), False),
    ],
)
def test_forms_are_kept_and_pages_of_records_are_not(path: str, is_kept: bool) -> None:
    assert any(re.search(form.replace(r"\/", "/"), path) for form in FORMS) is is_kept


def test_the_page_without_a_network_is_nobodys(maker: Actor) -> None:
    client = signed_in(maker)

    page = client.get("/producer/offline").content.decode()

    assert maker.username not in page
    assert "登记批次" in page
