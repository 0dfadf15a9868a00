"""What the scan page asks of a cheap phone and of the person who holds it."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.test import Client
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from products.access import NOBODY
from products.audit import record
from products.labels.domain.unit_code import ALPHABET
from products.labels.models.label_run import LabelRun
from products.scans.domain.verdict import Verdict
from products.scans.wording import VERDICTS
from tests.factories import NOW, make_batch, make_run
from tests.scans.helpers import code_of, get_json, get_page, with_wrong_tag

pytestmark = pytest.mark.usefixtures("regions")
MOST_BYTES = 50_000


def soup(code: str) -> BeautifulSoup:
    return BeautifulSoup(get_page(code).content, "html.parser")


def addresses(page: BeautifulSoup) -> list[str]:
    """Everything the page links to or loads."""
    found = [str(tag[name]) for name in ("href", "src", "action", "srcset") for tag in page.select(f"[{name}]")]
    return found + re.findall(r"url\(([^)]*)\)", str(page))


def pages_of(run: LabelRun) -> list[str]:
    return [code_of(run), with_wrong_tag(code_of(run)), "GZZZZZZ0000100000000", "nonsense"]


def test_page_and_stylesheet_are_small() -> None:
    css = finders.find("products/site.css")
    assert isinstance(css, str)
    page = get_page(code_of(make_run())).content

    assert len(page) + Path(css).stat().st_size < MOST_BYTES


def test_the_answer_keeps_its_size_however_a_run_was_handled() -> None:
    run = make_run()

    def state(kind: str) -> None:
        record(actor=NOBODY, kind=f"labels.{kind}", subject=f"run:{run.code}", data={}, now=NOW)

    state("run_issued")
    for _label in range(200):
        state("codes_derived")
        state("range_activated")
    state("range_voided")

    kinds = [proof["kind"] for proof in get_json(code_of(run)).json()["proofs"]]
    assert Counter(kinds) == {"labels.run_issued": 1, "labels.range_activated": 19, "labels.range_voided": 1}
    assert (kinds[0], kinds[-1]) == ("labels.run_issued", "labels.range_voided")
    assert len(get_page(code_of(run)).content) < MOST_BYTES / 2


def test_no_page_reaches_for_another_host() -> None:
    run = make_run()
    own = urlsplit(settings.BASE_URL).hostname
    css = finders.find("products/site.css")
    assert isinstance(css, str)

    for code in pages_of(run):
        for address in addresses(soup(code)):
            assert urlsplit(address).hostname in {None, own}, address
    assert "http" not in Path(css).read_text()
    assert "@import" not in Path(css).read_text()


def test_the_page_needs_no_script_and_one_stylesheet() -> None:
    run = make_run()

    for code in pages_of(run):
        page = soup(code)
        assert not page.find_all("script")
        assert not [tag for tag in page.find_all(True) if any(name.startswith("on") for name in tag.attrs)]
        assert not page.find_all(style=True)
        assert not page.find_all("style")
        assert len(page.find_all("link", rel="stylesheet")) == 1


def test_no_cookie_on_a_first_visit() -> None:
    run = make_run()

    for path in [f"/t/{code}" for code in pages_of(run)] + ["/t/"]:
        response = Client().get(path)
        assert not response.cookies, path
    assert "no-store" in get_page(code_of(run))["Cache-Control"]


def test_the_page_says_which_address_is_ours_and_gives_the_proofs() -> None:
    text = get_page(code_of(make_run())).content.decode()

    assert settings.BASE_URL in text
    assert "账本中的记录" in text


def test_every_verdict_has_its_own_word_tone_and_icon() -> None:
    run = make_run()
    bands = {}
    for code in (code_of(run), code_of(make_run(batch=make_batch(state="held"))), *pages_of(run)[1:3]):
        band = soup(code).find("section", class_="verdict")
        assert band is not None
        word, icon = band.find("strong"), band.find("svg")
        assert word is not None
        assert icon is not None
        bands[word.text] = (tuple(band["class"]), str(icon))

    assert set(bands) == {str(VERDICTS[verdict].title) for verdict in Verdict}
    assert len(set(bands.values())) == len(Verdict)


def test_one_heading_and_named_parts() -> None:
    page = soup(code_of(make_run()))

    assert [heading.text for heading in page.find_all("h1")] == ["郫县豆瓣"]
    html = page.find("html")
    assert html is not None
    assert html["lang"] == "zh-hans"
    assert page.find("meta", attrs={"name": "viewport"})
    identifiers = [tag["id"] for tag in page.find_all(id=True)]
    assert len(identifiers) == len(set(identifiers))
    for image in page.find_all("img"):
        assert image.get("alt")


@pytest.mark.parametrize("code", ["GZZZZZZ0000100000000", "nonsense"])
def test_pages_without_a_product_have_a_heading_too(code: str) -> None:
    assert len(soup(code).find_all("h1")) == 1


# Whatever a scanner, a typing hand or an attacker puts behind /t/.
texts = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=ALPHABET + ALPHABET.lower() + "OILoil -", min_size=18, max_size=24),
    st.text(alphabet=ALPHABET, min_size=19, max_size=19).map(lambda tail: "G" + tail),
    st.binary(max_size=40),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Co", "Zs", "Nd", "Lu"]), max_size=30),
)


@hypothesis_settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=texts, is_json=st.booleans())
@example(text="\0", is_json=False)
@example(text=b"\xed\xa0\x80", is_json=True)
@example(text=b"\xff\xfe\x00", is_json=False)
@example(text="G" * 20_000, is_json=True)
@example(text="../../etc/passwd", is_json=False)
@example(text="G000001000010000000%00", is_json=False)
@example(text="{{ 7*7 }}{% csrf_token %}", is_json=False)
@example(text="Ｇ" * 20, is_json=False)
@example(text="𝐆" * 20, is_json=True)
def test_whatever_is_asked_is_answered(text: str | bytes, is_json: bool) -> None:
    headers = {"accept": "application/json"} if is_json else {}
    path = quote(text, safe="", errors="surrogatepass") if isinstance(text, str) else quote(text, safe="")

    response = Client().get(f"/t/{path}", headers=headers)

    # 302: "/t/" and a line break is the form's own address with a slash to add.
    assert response.status_code in {200, 302, 400, 404}
    cache.clear()  # the API's limit would answer instead
    for address in (f"/t/{path}/report", f"/api/v1/scans/{path}"):
        assert Client().get(address, headers=headers).status_code in {200, 302, 400, 404}
    assert Client().get("/t/", {"code": text}).status_code in {200, 302, 400}
