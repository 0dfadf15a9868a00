"""What a person does in the browser, and what every page owes them."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from typing import Any

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

PHONE, DESK = (390, 844), (1280, 900)
# What every page owes to people who cannot see it or use a mouse (WCAG 2.2).
FAULTS = """
const faults = [];
if (document.querySelectorAll('h1').length !== 1) faults.push('h1: ' + document.querySelectorAll('h1').length);
if (!document.documentElement.lang) faults.push('no lang');
for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
  if (!field.labels.length && !field.getAttribute('aria-label')) faults.push('unlabelled ' + field.name);
for (const image of document.images) if (!image.hasAttribute('alt')) faults.push('no alt ' + image.src);
const wide = document.documentElement.scrollWidth;
if (wide > window.innerWidth + 1) faults.push('scrolls sideways: ' + wide + ' of ' + window.innerWidth);
return faults;
"""


class Walker:
    """A browser at one width, on one site."""

    def __init__(self, driver: webdriver.Chrome, base: str, size: tuple[int, int]) -> None:
        self.driver = driver
        self.base = base
        driver.set_window_size(*size)

    def open(self, path: str) -> None:
        self.driver.get(path if path.startswith("http") else self.base + path)
        self.check()

    def check(self) -> None:
        faults = self.driver.execute_script(FAULTS)
        assert faults == [], f"{self.driver.current_url}: {faults}"

    def find(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    @property
    def text(self) -> str:
        return self.find("main").text

    def fill(self, **values: str) -> None:
        for name, value in values.items():
            field = self.find(f"main [name={name}]")
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            elif field.get_attribute("type") == "date":
                self.driver.execute_script("arguments[0].value = arguments[1]", field, value)
            else:
                field.clear()
                field.send_keys(value)

    def press(self, selector: str) -> None:
        """Press a button and wait for the page that answers."""
        before = self.find("html")
        button = self.find(selector)
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()
        wait_for(lambda: _is_stale(before))
        wait_for(lambda: self.driver.execute_script("return document.readyState") == "complete")
        self.check()

    def sign_in(self, account: dict[str, Any]) -> None:
        self.driver.get(self.base + "/login")
        self.driver.delete_all_cookies()
        self.open("/login")
        self.fill(username=account["username"], password=account["password"])
        self.press("main form button")

    def leave(self) -> None:
        self.driver.delete_all_cookies()

    def download(self, path: str) -> bytes:
        """Fetch with the browser's own session."""
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in self.driver.get_cookies())
        request = urllib.request.Request(
            path if path.startswith("http") else self.base + path, headers={"Cookie": cookies}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            content: bytes = answer.read()
            return content

    def errors(self) -> list[str]:
        """What the browser's console complained of."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == "SEVERE"]  # type: ignore[no-untyped-call]


def _is_stale(element: WebElement) -> bool:
    from selenium.common.exceptions import StaleElementReferenceException, WebDriverException

    try:
        element.is_enabled()
    except (StaleElementReferenceException, WebDriverException):
        return True
    return False


def wait_for(condition: Callable[[], Any], *, seconds: float = 30) -> Any:
    """Poll a condition of another process until it holds."""
    deadline = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
