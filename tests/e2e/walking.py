"""What a person does in the browser, and what every page owes them."""

from __future__ import annotations

import shutil
import time
import urllib.request
from collections.abc import Callable
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

PHONE, DESK = (390, 844), (1280, 900)
# What every page owes to people who cannot see it or use a mouse (WCAG 2.2).
FAULTS = """
const faults = [];
const spoken = (element) => (element.getAttribute('aria-label') || element.textContent
  || element.querySelector('img')?.alt || '').trim();
if (document.querySelectorAll('h1').length !== 1) faults.push('h1: ' + document.querySelectorAll('h1').length);
if (document.querySelectorAll('main').length !== 1) faults.push('main: ' + document.querySelectorAll('main').length);
if (!document.documentElement.lang) faults.push('no lang');
if (!document.title.trim()) faults.push('no title');
for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
  if (!field.labels.length && !field.getAttribute('aria-label')) faults.push('unlabelled ' + field.name);
for (const image of document.images) if (!image.hasAttribute('alt')) faults.push('no alt ' + image.src);
for (const element of document.querySelectorAll('a[href], button'))
  if (!spoken(element)) faults.push('nothing to read out: ' + element.outerHTML.slice(0, 80));
const seen = new Set();
for (const {id} of document.querySelectorAll('[id]')) {
  if (seen.has(id)) faults.push('two elements are #' + id);
  seen.add(id);
}
for (const name of ['aria-labelledby', 'aria-describedby', 'for'])
  for (const element of document.querySelectorAll('[' + name + ']'))
    for (const id of element.getAttribute(name).split(' '))
      if (id && !seen.has(id)) faults.push(name + ' points to no #' + id);
const wide = document.documentElement.scrollWidth;
if (wide > arguments[0]) faults.push('scrolls sideways: ' + wide + ' of ' + arguments[0]);
if (window.innerWidth !== arguments[0]) faults.push('the window is ' + window.innerWidth + ' wide');
return faults;
"""


def chromium() -> webdriver.Chrome:
    """A browser without a window, in Chinese, that keeps what its console says."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--accept-lang=zh-CN",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    driver.set_page_load_timeout(60)
    return driver


class Walker:
    """A browser at one width, on one site."""

    def __init__(self, driver: webdriver.Chrome, base: str, size: tuple[int, int]) -> None:
        self.driver = driver
        self.base = base
        self.width = size[0]
        driver.set_window_size(*size)

    def open(self, path: str) -> None:
        self.driver.get(path if path.lower().startswith("http") else self.base + path)
        self.check()

    def check(self) -> None:
        faults = self.driver.execute_script(FAULTS, self.width)
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
            path if path.lower().startswith("http") else self.base + path, headers={"Cookie": cookies}
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
