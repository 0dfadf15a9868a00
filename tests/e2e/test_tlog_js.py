"""The verifier in the page and the verifier of the auditor's folder say the same of everything."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from ledger.verifier.errors import VerificationError
from ledger.verifier.policy import parse_policy
from ledger.verifier.verify import verify_proof
from tests.e2e.conftest import ROOT
from tests.e2e.mutating import Case, cases
from tests.e2e.static_server import SCRIPTS, served

pytestmark = [pytest.mark.browser, pytest.mark.same_everywhere, pytest.mark.xdist_group("e2e")]
AT_ONCE = 100
RUN = """
const [cases, done] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
(async () => {
  const { parsePolicy, verifyProof, Refused } = await import('/tlog.js');
  const answers = [];
  for (const [proof, policy] of cases) {
    try {
      const { index, checkpoint } = await verifyProof(bytes(proof), await parsePolicy(bytes(policy)));
      const witnesses = Array.from(checkpoint.witnesses, ([key, time]) => `${key.name} ${time}`).sort();
      answers.push(['valid', String(index), String(checkpoint.size), checkpoint.log.text, ...witnesses].join(' '));
    } catch (error) {
      answers.push(error instanceof Refused ? error.code : `${error}`);
    }
  }
  done(answers);
})().catch((error) => done([`${error}`]));
"""


@pytest.fixture
def page(browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """A browser on a page that has nothing but our scripts beside it."""
    browser.set_script_timeout(120)
    with served(SCRIPTS) as address:
        browser.get(f"{address}/tap.js")
        yield browser


def in_python(case: Case) -> str:
    proof, policy = case
    try:
        verified = verify_proof(proof, policy=parse_policy(policy))
    except VerificationError as error:
        return error.code
    checkpoint = verified.checkpoint
    witnesses = sorted(f"{key.name} {time}" for key, time in checkpoint.witnesses)
    return " ".join(["valid", str(verified.index), str(checkpoint.text.size), str(checkpoint.log), *witnesses])


def in_the_browser(page: webdriver.Chrome, found: list[Case]) -> list[str]:
    answers: list[str] = []
    for start in range(0, len(found), AT_ONCE):
        encoded = [[base64.b64encode(part).decode() for part in case] for case in found[start : start + AT_ONCE]]
        answers += page.execute_async_script(RUN, encoded)
    return answers


def test_both_verifiers_agree(page: webdriver.Chrome) -> None:
    found = cases()
    expected = [in_python(case) for case in found]
    answers = in_the_browser(page, found)

    differing = [(one, other, case) for one, other, case in zip(expected, answers, found, strict=True) if one != other]
    assert differing[:5] == []
    # That they agree means something only where every answer was asked for.
    kinds = Counter(answer.split(" ")[0] for answer in expected)
    codes = {
        *("bad_base64", "bad_checkpoint", "bad_note", "bad_number", "bad_policy", "bad_proof", "bad_signature"),
        *("bad_utf8", "bad_vkey", "entry_missing", "index_out_of_range", "note_too_long", "proof_too_long"),
        *("quorum_not_met", "root_mismatch", "too_many_signatures", "unknown_log", "unsigned"),
        *("wrong_hash_length", "wrong_path_length"),
    }
    assert set(kinds) == codes | {"valid"}
    assert kinds["valid"] > 100
    assert len(found) - kinds["valid"] > 500


GOOD = {"at": "2026-11-23T02:05:00.000Z", "kind": "k", "subject": "s", "data": {}}
CLAIM = {"index": "7", "kind": "k", "subject": "s"}
READ = """
const [entry, claim, done] = arguments;
const bytes = Uint8Array.from(atob(entry), (one) => one.charCodeAt(0));
import('/tlog.js').then(({ readStatement }) => {
  try { done(readStatement({ entry: bytes, index: 7n }, claim).subject); } catch (error) { done(`${error.code}`); }
});
"""


@pytest.mark.parametrize(
    ("entry", "claim", "answer"),
    [
        (GOOD, CLAIM, "s"),
        (GOOD, CLAIM | {"index": "8"}, "wrong_index"),
        (GOOD, CLAIM | {"index": "07"}, "wrong_index"),
        (GOOD, CLAIM | {"kind": "K"}, "wrong_kind"),
        (GOOD, CLAIM | {"subject": "s "}, "wrong_subject"),
        (GOOD | {"subject": ["s"]}, CLAIM, "wrong_subject"),
        (GOOD | {"at": "2026-11-23"}, CLAIM, "not_a_statement"),
        (GOOD | {"at": "2026-13-45T99:99:99Z"}, CLAIM, "not_a_statement"),
        (GOOD | {"at": 5}, CLAIM, "not_a_statement"),
        ({}, CLAIM, "not_a_statement"),
        ([], CLAIM, "not_a_statement"),
        (None, CLAIM, "not_a_statement"),
        (b"not json", CLAIM, "not_a_statement"),
        (b'{"at":"\xff"}', CLAIM, "not_a_statement"),
    ],
)
def test_an_entry_is_the_statement_asked_for(
    page: webdriver.Chrome, entry: Any, claim: dict[str, str], answer: str
) -> None:
    body = entry if isinstance(entry, bytes) else json.dumps(entry).encode()

    assert page.execute_async_script(READ, base64.b64encode(body).decode(), claim) == answer


def test_the_words_of_the_page_know_every_code() -> None:
    words = Path(ROOT, "templates", "components", "_verify.html").read_text(encoding="utf-8")
    known = {code for line in words.splitlines() if "data-codes=" in line for code in line.split('"')[1].split()}
    script = (SCRIPTS / "tlog.js").read_text(encoding="utf-8")
    given = {
        word for word in script.replace("`", '"').split('"')[1::2] if "_" in word and word.replace("_", "").islower()
    }

    assert {"root_mismatch", "bad_signature", "not_a_statement"} <= given
    assert given - {"bad_policy", "bad_vkey"} <= known | {"wrong_${part}"}
