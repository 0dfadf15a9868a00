"""The form that takes labels for a batch."""

from __future__ import annotations

import pytest
from django.test import Client

from products.access import Actor
from products.labels.models.label_run import LabelRun
from products.registry.models.authorisation import Authorisation, YearQuota
from products.trace.models.batch import Batch
from tests.factories import make_batch
from tests.labels.helpers import issue
from tests.labels.reading import address, new_run, soup_of
from tests.trace.reading import errors_at, field, page, send, text_of

pytestmark = pytest.mark.django_db


def test_the_form_says_what_is_left_by_mass_and_by_quota(browser: Client, maker: Actor, batch: Batch) -> None:
    YearQuota.objects.filter(authorisation=batch.authorisation, year=2026).update(quota_g=60_000)
    issue(maker, batch, quantity=80)

    text = text_of(page(browser, new_run(batch)))

    assert "该批次还可贴标 60 公斤" in text
    assert "2026年度还可贴标 20 公斤" in text
    assert "40 枚（每件 500 克）" in text


def test_labels_are_taken_in_the_unit_chosen(browser: Client, batch: Batch) -> None:
    answer = send(browser, new_run(batch), {"quantity": "30", "unit_mass": "2.5", "unit": "公斤"})

    run = LabelRun.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, address(run))
    assert (run.quantity, run.unit_mass_g) == (30, 2_500)
    assert "已领取 30 枚标签，每件 2.5 公斤，共占用 75 公斤。" in text_of(page(browser, address(run)))


@pytest.mark.parametrize(
    ("mass", "unit", "grams"),
    [("500", "克", 500), ("５００", "克", 500), ("0.5", "公斤", 500), ("500克", "公斤", 500), ("1斤", "克", 500)],
)
def test_a_plain_number_is_never_taken_for_another_unit(
    browser: Client, batch: Batch, mass: str, unit: str, grams: int
) -> None:
    send(browser, new_run(batch), {"quantity": "1", "unit_mass": mass, "unit": unit})

    assert LabelRun.objects.get().unit_mass_g == grams


def test_the_form_starts_as_the_last_run_was(browser: Client, maker: Actor, batch: Batch) -> None:
    issue(maker, batch, quantity=1, unit_mass_g=2_500)

    soup = page(browser, new_run(batch))

    assert field(soup, "unit_mass")["value"] == "2.5"
    chosen = soup.select_one("select[name=unit] option[selected]")
    assert chosen is not None
    assert chosen["value"] == "公斤"


@pytest.mark.parametrize(
    ("changes", "name", "words"),
    [
        ({"quantity": "201"}, "quantity", "只够再领 200 枚"),
        ({"quantity": "0"}, "quantity", "1"),
        ({"quantity": ""}, "quantity", "必填"),
        ({"quantity": "一百"}, "quantity", "整数"),
        ({"unit_mass": "0.5"}, "unit_mass", "最小到 1 克"),
        ({"unit_mass": "-5"}, "unit_mass", "大于 0"),
        ({"unit_mass": "0"}, "unit_mass", "大于 0"),
        ({"unit_mass": "五百"}, "unit_mass", "数字"),
        ({"unit": "担"}, "unit", "担"),
    ],
)
def test_errors_stand_at_their_field(
    browser: Client, batch: Batch, changes: dict[str, str], name: str, words: str
) -> None:
    answer = send(browser, new_run(batch), {"quantity": "200", "unit_mass": "500", "unit": "克", **changes})

    assert answer.status_code == 422
    assert words in errors_at(soup_of(answer))[name]
    assert not LabelRun.objects.exists()


def test_a_refusal_shows_the_arithmetic(browser: Client, batch: Batch) -> None:
    answer = send(browser, new_run(batch), {"quantity": "1000", "unit_mass": "500", "unit": "克"})

    assert "1,000 枚 × 500 克 = 500 公斤" in text_of(soup_of(answer))


def test_a_form_sent_twice_is_one_run(browser: Client, batch: Batch) -> None:
    key = str(field(page(browser, new_run(batch)), "idempotency_key")["value"])
    content = {"quantity": "10", "unit_mass": "500", "unit": "克", "idempotency_key": key}

    answers = [send(browser, new_run(batch), content) for _ in range(2)]

    assert answers[0]["Location"] == answers[1]["Location"]
    assert LabelRun.objects.count() == 1


@pytest.mark.parametrize(("state", "words"), [("held", "暂停销售"), ("recalled", "已召回"), ("draft", "草稿")])
def test_without_hope_there_is_no_form(browser: Client, authorisation: Authorisation, state: str, words: str) -> None:
    soup = page(browser, new_run(make_batch(authorisation=authorisation, state=state)))

    assert words in text_of(soup.select_one("main") or soup)
    assert soup.select("main form") == []
