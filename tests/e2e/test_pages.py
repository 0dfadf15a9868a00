"""Every page of every person, on a phone and in both languages, keeps what pages owe to people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from selenium import webdriver

from tests.e2e.walking import DESK, PHONE, Walker

pytestmark = [pytest.mark.browser, pytest.mark.same_everywhere, pytest.mark.xdist_group("e2e")]
VISITORS = ["", "producer", "association", "inspector_county", "inspector_province", "auditor", "admin"]
# How many pages each visitor can reach at the least: a crawl that finds nothing proves nothing.
AT_LEAST = {"": 14, "producer": 18, "association": 12, "inspector_county": 24, "inspector_province": 24}
# Answers that are no pages: files, images, raw records. The API's own documentation is not ours to lay out.
NO_PAGES = {"api-1:openapi-view", "ledger:checkpoint", "ledger:policy", "ledger:vkey", "ledger:proof"}
LINKS = """
return Array.from(document.querySelectorAll('a[href]'), link => new URL(link.getAttribute('href'), document.baseURI))
  .filter(url => url.origin === location.origin && !url.hash)
  .map(url => url.pathname + url.search);
"""


def kind_of(path: str) -> str:
    """Pages of one kind differ in their rows only: one of each is looked at."""
    address = urlsplit(path)
    try:
        match = resolve(address.path)
    except Resolver404:
        return ""
    name = match.view_name or ""
    return "" if name in NO_PAGES else name


def is_page(walker: Walker, path: str) -> bool:
    """Asked for by its head alone, so that no file lands in the browser."""
    found: str = walker.driver.execute_async_script(
        "const done = arguments[1]; fetch(arguments[0], {method: 'HEAD', redirect: 'follow'})"
        ".then(answer => done(answer.headers.get('content-type') || ''), () => done(''));",
        path,
    )
    return found.startswith("text/html")


def pages_from(walker: Walker, starts: list[str]) -> Iterator[str]:
    """Open one page of every kind that links lead to, and check it; yields the address of each."""
    waiting, seen = list(starts), set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if not kind or kind in seen:
            continue
        seen.add(kind)
        if path not in starts and not is_page(walker, path):
            continue
        walker.open(path)
        yield path
        waiting += walker.driver.execute_script(LINKS)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("visitor", VISITORS)
def test_every_page_that_links_lead_to(
    facts: dict[str, Any], browser: webdriver.Chrome, visitor: str, language: str
) -> None:
    walker = Walker(browser, facts["base_url"], PHONE)
    if visitor:
        walker.sign_in(next(row for row in facts["accounts"] if row["role"] == visitor))
        starts = ["/producer/" if visitor in {"producer", "association"} else "/regulator/", "/account/tokens"]
    else:
        walker.leave()
        starts = ["/", f"/t/{facts['unit_codes'][0]}", "/t/", "/login", "/inspections/"]
    if visitor == "producer":
        batch = f"/producer/batches/{facts['batch_codes'][0]}"
        starts += [batch, f"{batch}/correct", f"{batch}/labels"]
    walker.open(f"{starts[0]}?lang={language}")
    walker.errors()

    visited = list(pages_from(walker, starts))

    assert len(visited) >= AT_LEAST.get(visitor, 18), visited
    assert walker.errors() == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_verdict(facts: dict[str, Any], browser: webdriver.Chrome, language: str) -> None:
    good = facts["unit_codes"][0]
    codes = [good, *(facts[f"{name}_code"] for name in ("suspended", "recalled", "voided"))]
    forged = good[:-1] + ("0" if good[-1] != "0" else "1")
    unknown = "G000000" + good[7:]
    for size in (PHONE, DESK):
        walker = Walker(browser, facts["base_url"], size)
        walker.leave()
        walker.open(f"/?lang={language}")
        for code in [*codes, forged, unknown, "G123", "不是编码"]:
            walker.open(f"/t/{code}")
            assert walker.find("h1").text
