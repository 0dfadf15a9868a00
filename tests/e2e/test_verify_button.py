"""One tap on the page of a scan or of an entry proves its records, in the visitor's own browser."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from selenium import webdriver

from ledger.verifier.note import COSIGNATURE
from tests.e2e.walking import DESK, Walker, wait_for
from tests.ledger.proofs import Key

pytestmark = [pytest.mark.browser, pytest.mark.same_everywhere, pytest.mark.xdist_group("e2e")]
PHONE = (360, 800)
PROVEN = "记录以来没有改动过"
# The network between page and server, in the hands of somebody else: `spoil` gets each proof's text.
SPOIL = """
const answer = window.fetch;
const spoil = new Function('text', arguments[0]);
window.fetch = async (address) => new Response(spoil(await (await answer(address)).text()));
"""
FLIP = "const flip = (one) => one === 'A' ? 'B' : 'A';"
SPOILED = {
    "entry": (r"return text.replace(/^extra (.{40})./m, (_, kept) => `extra ${kept}${'A'}`)", "root_mismatch"),
    "path": (
        FLIP + r"return text.replace(/(index \d+\n.{9})(.)/, (_, kept, one) => kept + flip(one))",
        "root_mismatch",
    ),
    "shorter path": (r"return text.replace(/(index \d+\n).*\n/, '$1')", "wrong_path_length"),
    "index": (r"return text.replace(/index \d+/, 'index 0')", ""),
    "size": (r"return text.replace(/(\n\n.*\n)\d+/, '$199999')", "bad_signature"),
    "signature": (
        FLIP + r"return text.replace(/(— \S+ .{40})(.)/, (_, kept, one) => kept + flip(one))",
        "bad_signature",
    ),
    "no signature": (r"return text.replace(/— (\S+) ....../, '— $1 AAAAAA')", "unsigned"),
    "another log": (r"return text.replace(/\n\n.*\n/, '\n\nother.example\n')", "unknown_log"),
    "not canonical": (r"return text.replace(/=\n\n/, ' =\n\n')", "bad_base64"),
    "not a proof": ("return '<html>'", "bad_proof"),
}


@pytest.fixture
def visitor(facts: dict[str, Any], browser: webdriver.Chrome) -> Iterator[Walker]:
    walker = Walker(browser, facts["base_url"], PHONE)
    walker.leave()
    walker.open("/?lang=zh-hans")
    walker.errors()
    yield walker
    walker.leave()


@pytest.fixture
def on_new_pages(browser: webdriver.Chrome) -> Iterator[Callable[[str], None]]:
    """Run a script before any of the page's own, until the end of the test."""
    added = []

    def add(source: str) -> None:
        answer = browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": source})
        added.append(answer["identifier"])

    yield add
    for identifier in added:
        browser.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", {"identifier": identifier})


def open_scan(visitor: Walker, facts: dict[str, Any], *, language: str = "zh-hans") -> None:
    visitor.open(f"/t/{facts['unit_codes'][0]}?lang={language}")


def tap(visitor: Walker) -> str:
    """Press the button and wait; returns what the band says."""
    button = visitor.find("[data-verify] button")
    visitor.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    wait_for(lambda: visitor.find("[data-verify]").get_attribute("aria-busy") == "false")
    return visitor.find("[data-verify] [role=status]").text


def notes(visitor: Walker) -> list[str]:
    return [note.text for note in visitor.driver.find_elements("css selector", "[data-note]")]


def test_every_record_of_a_scan_is_proven(visitor: Walker, facts: dict[str, Any]) -> None:
    open_scan(visitor, facts)
    listed = len(visitor.driver.find_elements("css selector", "[data-proof]"))

    said = tap(visitor)

    assert said == f"验证通过：{listed} 条记录自写入账本以来没有改动过。"
    assert listed >= 6
    for line in visitor.driver.find_elements("css selector", "#proofs [data-proof]"):
        shown = line.find_element("css selector", "time").text
        assert line.find_element("css selector", "[data-note]").text == f"✓ 自 {shown} {PROVEN}"
    section = visitor.find("[data-verify]").text
    assert "记录属于这枚标签" in section
    assert "没有证明的" in section
    assert "不可伪造" not in visitor.text
    fingerprint = hashlib.sha256(facts["vkey"].encode()).hexdigest()
    assert fingerprint in section.replace(" ", "")
    visitor.check()
    assert visitor.errors() == []


def test_an_entry_is_proven_on_its_own_page(visitor: Walker) -> None:
    for size in (PHONE, DESK):
        walker = Walker(visitor.driver, visitor.base, size)
        walker.open("/ledger/entry/3")
        assert "验证通过" in tap(walker)
        walker.check()


def test_nothing_is_loaded_before_the_tap(visitor: Walker, facts: dict[str, Any]) -> None:
    open_scan(visitor, facts)
    loaded = "return performance.getEntriesByType('resource').map((one) => one.name.split('/').pop().split('.')[0])"
    before = visitor.driver.execute_script(loaded)
    tap(visitor)
    after = visitor.driver.execute_script(loaded)
    assert not {"tlog", "verify"} & set(before)
    assert {"tlog", "verify"} <= set(after)


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_proof_is_refused_with_a_reason(visitor: Walker, facts: dict[str, Any], what: str) -> None:
    spoil, code = SPOILED[what]
    open_scan(visitor, facts)
    visitor.driver.execute_script(SPOIL, spoil)

    said = tap(visitor)

    assert said.startswith("验证不通过")
    assert all(note.startswith("✗") and code in note for note in notes(visitor)), notes(visitor)
    assert PROVEN not in visitor.text
    assert "✗" in visitor.find("[data-verify] ol").text


def test_another_key_in_the_page_is_noticed(visitor: Walker, facts: dict[str, Any]) -> None:
    other = str(Key(facts["vkey"].split("+")[0], seed="impostor").vkey)
    open_scan(visitor, facts)
    visitor.driver.execute_script(
        "document.querySelector('#tlog-policy').textContent = JSON.stringify(`log ${arguments[0]}\\nquorum none\\n`)",
        other,
    )

    assert tap(visitor).startswith("验证不通过")
    assert all("unsigned" in note for note in notes(visitor))


def cosigned(visitor: Walker, *, by: Key, trusted: Key) -> None:
    """The proofs of this page arrive with a cosignature, and the page asks for one."""
    address = visitor.find("[data-proof]").get_attribute("data-proof")
    proof = visitor.download(str(address)).decode()
    checkpoint = proof.partition("\n\n")[2].partition("\n\n")[0] + "\n"
    pinned = json.loads(visitor.find("#tlog-policy").get_attribute("textContent") or "")
    policy = pinned.replace("quorum none", f"witness w {trusted.vkey}\nquorum w")
    visitor.driver.execute_script(
        SPOIL + "document.querySelector('#tlog-policy').textContent = arguments[1];",
        f"return text + {json.dumps(str(by.sign(checkpoint, time=1_795_399_500)))}",
        json.dumps(policy),
    )


def test_a_witness_is_named_with_its_time(visitor: Walker) -> None:
    witness = Key("witness.example/university", kind=COSIGNATURE)
    visitor.open("/ledger/entry/3")
    cosigned(visitor, by=witness, trusted=witness)

    assert tap(visitor).startswith("验证通过")
    assert "核对见证方的会签：witness.example/university 2026年11月23日 10:05" in visitor.find("[data-verify] ol").text
    assert "没有见证方会签" not in visitor.text


def test_a_witness_that_is_asked_for_must_have_signed(visitor: Walker) -> None:
    visitor.open("/ledger/entry/3")
    cosigned(visitor, by=Key("stranger.example", kind=COSIGNATURE), trusted=Key("witness.example", kind=COSIGNATURE))

    assert tap(visitor).startswith("验证不通过")
    assert ["quorum_not_met" in note for note in notes(visitor)] == [True]
    assert "✗ 会签的见证方不够" in visitor.find("[data-verify] ol").text


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("line.dataset.subject = 'batch:another'", "wrong_subject"),
        ("line.dataset.kind = 'trace.batch_recalled'", "wrong_kind"),
        ("line.dataset.index = '0'", "wrong_index"),
        ("line.dataset.proof = '/ledger/proofs/0'", "wrong_index"),
    ],
)
def test_a_proof_of_something_else_is_refused(visitor: Walker, facts: dict[str, Any], script: str, code: str) -> None:
    open_scan(visitor, facts)
    visitor.driver.execute_script(f"const line = [...document.querySelectorAll('[data-proof]')].at(-1); {script}")

    assert "1 条对不上" in tap(visitor)
    assert [code in note for note in notes(visitor)][-1]
    assert sum(note.startswith("✗") for note in notes(visitor)) == 1


def test_records_of_another_label_are_refused(visitor: Walker, facts: dict[str, Any]) -> None:
    """Each is proven and as listed, but the code of the page belongs to another run."""
    open_scan(visitor, facts)
    visitor.driver.execute_script(f"document.querySelector('[data-verify]').dataset.code = '{facts['unit_codes'][1]}'")

    assert tap(visitor).startswith("验证不通过")
    assert any("wrong_subject" in note for note in notes(visitor))
    assert "记录属于这枚标签" not in visitor.find("[data-verify] ol").text


def test_a_proof_that_cannot_be_had_is_no_verdict(visitor: Walker, facts: dict[str, Any]) -> None:
    open_scan(visitor, facts)
    visitor.driver.execute_script("document.querySelector('[data-proof]').dataset.proof = '/ledger/proofs/999999999'")

    assert tap(visitor).startswith("没有验证完")
    assert notes(visitor)[0].startswith("–")
    visitor.errors()


def test_a_policy_that_cannot_be_read_is_no_verdict(visitor: Walker, facts: dict[str, Any]) -> None:
    open_scan(visitor, facts)
    visitor.driver.execute_script("document.querySelector('#tlog-policy').textContent = '\"nonsense\"'")

    assert tap(visitor) == "无法在这里验证：本页所带的公钥不可用（bad_policy）。"
    assert notes(visitor) == []


def test_scripts_that_do_not_load_are_no_verdict_and_are_asked_for_again(
    visitor: Walker, facts: dict[str, Any]
) -> None:
    open_scan(visitor, facts)
    visitor.driver.execute_cdp_cmd("Network.enable", {})
    visitor.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*tlog*"]})
    said = tap(visitor)
    visitor.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    visitor.errors()

    assert said.startswith("验证程序没有载入")
    assert tap(visitor).startswith("验证通过")
    assert tap(visitor).startswith("验证通过")
    assert len(notes(visitor)) == len(visitor.driver.find_elements("css selector", "[data-proof]"))


def test_records_that_still_wait_are_no_verdict(visitor: Walker, facts: dict[str, Any]) -> None:
    open_scan(visitor, facts)
    visitor.driver.execute_script(
        "for (const line of document.querySelectorAll('[data-proof]')) delete line.dataset.proof"
    )

    assert tap(visitor).startswith("还没有记录写入账本")


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "const reject = () => Promise.reject(new DOMException('', 'NotSupportedError'));"
            "for (const name of ['generateKey', 'importKey']) SubtleCrypto.prototype[name] = reject;",
            "不支持 Ed25519",
        ),
        ("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });", "https"),
    ],
)
def test_a_browser_that_cannot_check_says_so(
    visitor: Walker, facts: dict[str, Any], on_new_pages: Callable[[str], None], source: str, words: str
) -> None:
    on_new_pages(source)
    open_scan(visitor, facts)

    said = tap(visitor)

    assert said.startswith("无法在这里验证")
    assert words in said
    assert notes(visitor) == []


def test_english_is_english(visitor: Walker, facts: dict[str, Any]) -> None:
    open_scan(visitor, facts, language="en")
    tap(visitor)

    said = [visitor.find("[data-verify]").text, *notes(visitor)]
    assert len(said) > 6
    assert [text for text in said if re.search("[\u4e00-\u9fff]", text)] == []
    visitor.check()


def test_without_script_nothing_is_shown_and_everything_else_works(visitor: Walker, facts: dict[str, Any]) -> None:
    visitor.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        visitor.driver.get(f"{visitor.base}/t/{facts['unit_codes'][0]}")
        assert not visitor.find("[data-verify]").is_displayed()
        assert visitor.find("#proofs summary").is_displayed()
    finally:
        visitor.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
