"""What is entered without a network is kept on the phone, and sent once when the network is back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver

from tests.e2e.cable import Cable, cable_to
from tests.e2e.walking import PHONE, Walker, chromium, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.same_everywhere, pytest.mark.xdist_group("e2e")]
NEW = "/producer/batches/new"
IS_KEPT = "const done = arguments[0]; caches.match(location.pathname).then((kept) => done(!!kept))"
COUNT = """
const done = arguments[0], asked = indexedDB.open("drafts", 1);
asked.onupgradeneeded = () => asked.result.createObjectStore("drafts", { keyPath: "key" });
asked.onsuccess = () => {
  const found = asked.result.transaction("drafts").objectStore("drafts").count();
  found.onsuccess = () => { asked.result.close(); done(found.result); };
};
"""
LINES = "return [...document.querySelectorAll('[data-drafts] li')].map((item) => item.innerText)"
_numbers = count(1)


@pytest.fixture
def cable(facts: dict[str, Any]) -> Iterator[Cable]:
    with cable_to(urlsplit(facts["base_url"]).port or 80) as cable:
        yield cable


@pytest.fixture
def phone(browser: webdriver.Chrome, cable: Cable) -> Iterator[Walker]:
    """A phone of its own: nothing of another test is kept on it. The fixture `browser` says when Chromium is missing."""
    driver = chromium()
    yield Walker(driver, cable.address, PHONE)
    driver.quit()


@pytest.fixture
def producers(facts: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in facts["accounts"] if row["role"] == "producer"]


def ready(phone: Walker, account: dict[str, Any]) -> None:
    """Signed in, with the form opened once so that it is kept."""
    phone.sign_in(account)
    phone.open(NEW)
    phone.driver.execute_async_script("const done = arguments[0]; navigator.serviceWorker.ready.then(() => done())")
    phone.open(NEW)
    wait_for(lambda: phone.driver.execute_async_script(IS_KEPT))


def enter(phone: Walker, **changes: str) -> str:
    """Fill the form in and press the button; returns the lot's number."""
    lot = f"OFF-{next(_numbers)}"
    phone.fill(**({"lot": lot, "net_mass_g": "12.5"} | changes))
    phone.press("main form.card button.big")
    return lot


def waiting(phone: Walker) -> list[str]:
    """The lines of the list, which is drawn anew while drafts are sent."""
    lines: list[str] = phone.driver.execute_script(LINES)
    return lines


def has_settled(phone: Walker) -> bool:
    return not waiting(phone) and "已发送" in phone.text


def kept(phone: Walker) -> int:
    """How many drafts are on the device, whosever they are."""
    number: int = phone.driver.execute_async_script(COUNT)
    return number


def rows_of(phone: Walker, lot: str) -> int:
    phone.open(f"/producer/batches/?q={lot}")
    return len(phone.driver.find_elements("css selector", "main a[href*='/producer/batches/'][href*='-']"))


def test_a_form_filled_in_without_network_is_sent_once_when_it_is_back(
    phone: Walker, cable: Cable, producers: list[dict[str, Any]]
) -> None:
    ready(phone, producers[0])
    cable.cut()
    phone.driver.get(phone.base + NEW)
    assert phone.find("h1").text == "登记批次", "the form was kept"

    lot = enter(phone)

    assert phone.find("h1").text == "没有网络"
    cable.mend()
    phone.open("/producer/")
    wait_for(lambda: has_settled(phone))
    assert rows_of(phone, lot) == 1
    phone.open("/producer/")
    assert waiting(phone) == []


def test_an_answer_that_was_lost_is_no_second_batch(
    phone: Walker, cable: Cable, producers: list[dict[str, Any]]
) -> None:
    ready(phone, producers[0])
    cable.lose_answers()

    lot = enter(phone)

    assert phone.find("h1").text == "没有网络"
    cable.mend()
    assert rows_of(phone, lot) == 1, "it had arrived"
    phone.open("/producer/")
    wait_for(lambda: has_settled(phone))
    assert rows_of(phone, lot) == 1


def test_nobody_else_on_the_phone_sees_or_sends_it(
    phone: Walker, cable: Cable, producers: list[dict[str, Any]]
) -> None:
    ready(phone, producers[0])
    cable.cut()
    phone.driver.get(phone.base + NEW)
    lot = enter(phone)
    cable.mend()

    phone.sign_in(producers[1])
    phone.open("/producer/")
    assert lot not in phone.text
    cable.cut()
    phone.driver.get(phone.base + NEW)
    assert phone.find("h1").text == "没有网络", "the first one's form is gone"
    cable.mend()
    assert rows_of(phone, lot) == 0
    assert kept(phone) == 1

    phone.sign_in(producers[0])
    wait_for(lambda: kept(phone) == 0)
    assert rows_of(phone, lot) == 1


def test_what_the_platform_refuses_says_why_and_is_opened_to_be_mended(
    phone: Walker, cable: Cable, producers: list[dict[str, Any]]
) -> None:
    ready(phone, producers[0])
    cable.cut()
    phone.driver.get(phone.base + NEW)
    lot = enter(phone, net_mass_g="很多")
    cable.mend()
    phone.open("/producer/")
    wait_for(lambda: any("请只填数字" in line for line in waiting(phone)))

    phone.press("[data-drafts] li a")
    wait_for(lambda: phone.find("[name=lot]").get_attribute("value") == lot)
    phone.fill(net_mass_g="12.5")
    phone.press("main form.card button.big")

    assert rows_of(phone, lot) == 1
    phone.open("/producer/")
    wait_for(lambda: waiting(phone) == [])


def test_a_session_that_ended_loses_nothing(phone: Walker, cable: Cable, producers: list[dict[str, Any]]) -> None:
    ready(phone, producers[0])
    phone.driver.delete_cookie("sessionid")
    lot = enter(phone)
    assert phone.find("h1").text != "登记批次"

    phone.sign_in(producers[0])

    wait_for(lambda: kept(phone) == 0)
    assert rows_of(phone, lot) == 1


def test_a_refusal_at_the_fields_leaves_nothing_waiting(
    phone: Walker, cable: Cable, producers: list[dict[str, Any]]
) -> None:
    ready(phone, producers[0])

    enter(phone, net_mass_g="很多")

    assert "请只填数字" in phone.text
    phone.open("/producer/")
    assert waiting(phone) == []
