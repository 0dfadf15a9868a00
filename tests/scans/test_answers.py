"""Each state of a label has an answer of its own, the same on the page and in the JSON."""

from __future__ import annotations

import html
import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from products.access import NOBODY
from products.audit import record
from products.labels.models.label_run import LabelRange, LabelRun
from products.scans.domain.verdict import OFTEN, Reason, Verdict
from products.scans.models.scan import Scan, UnitSeen
from products.scans.wording import REASONS, VERDICTS
from tests.factories import NOW, make_authorisation, make_batch, make_indication, make_run, make_version
from tests.scans.helpers import code_of, get_json, get_page, with_wrong_tag

pytestmark = pytest.mark.usefixtures("regions")


def void(run: LabelRun) -> LabelRun:
    LabelRange.objects.create(
        run=run, kind="voided", first_serial=1, last_serial=1, reason="打印机卡纸", by="uscc:test", at=NOW
    )
    return run


def scanned(run: LabelRun, count: int) -> LabelRun:
    UnitSeen.objects.create(run=run, serial=1, scan_count=count, first_at=NOW, first_region="510100")
    return run


def yesterday() -> date:
    return timezone.localdate() - timedelta(days=1)


STATES: dict[str, tuple[Any, list[Reason]]] = {
    "genuine": (make_run, [Reason.LABEL_VALID]),
    "not activated": (lambda: make_run(activated=False), [Reason.NOT_ACTIVATED]),
    "voided": (lambda: void(make_run()), [Reason.LABEL_VOIDED]),
    "voided and recalled": (lambda: void(make_run(batch=make_batch(state="recalled"))), [Reason.LABEL_VOIDED]),
    "recalled": (lambda: make_run(batch=make_batch(state="recalled")), [Reason.BATCH_RECALLED]),
    "held": (lambda: make_run(batch=make_batch(state="held")), [Reason.BATCH_HELD]),
    "not released": (lambda: make_run(batch=make_batch(state="registered")), [Reason.BATCH_NOT_RELEASED]),
    "suspended after sale": (
        lambda: make_run(batch=make_batch(authorisation=make_authorisation(state="suspended"))),
        [Reason.SUSPENDED_AFTER_SALE],
    ),
    "withdrawn after sale": (
        lambda: make_run(batch=make_batch(authorisation=make_authorisation(state="withdrawn"))),
        [Reason.WITHDRAWN_AFTER_SALE],
    ),
    "protection cancelled": (
        lambda: make_run(
            batch=make_batch(authorisation=make_authorisation(indication=make_indication(status="cancelled")))
        ),
        [Reason.PROTECTION_CANCELLED],
    ),
    "not authorised then": (
        lambda: make_run(batch=make_batch(produced_on=date(2024, 12, 31))),
        [Reason.NOT_AUTHORISED_THEN],
    ),
    "authorisation ran out since": (
        lambda: make_run(
            batch=make_batch(authorisation=make_authorisation(valid_until=date(2026, 11, 2))),
        ),
        [Reason.LABEL_VALID],
    ),
    "past best before": (lambda: make_run(batch=make_batch(best_before=yesterday())), [Reason.PAST_BEST_BEFORE]),
    "best before today": (
        lambda: make_run(batch=make_batch(best_before=timezone.localdate())),
        [Reason.LABEL_VALID],
    ),
    "scanned often": (lambda: scanned(make_run(), OFTEN), [Reason.SCANNED_OFTEN]),
    "scanned below often": (lambda: scanned(make_run(), OFTEN - 2), [Reason.LABEL_VALID]),
    "recalled and not activated": (
        lambda: make_run(batch=make_batch(state="recalled"), activated=False),
        [Reason.BATCH_RECALLED, Reason.NOT_ACTIVATED],
    ),
}


def verdict_of(reasons: list[Reason]) -> Verdict:
    if reasons == [Reason.LABEL_VALID]:
        return Verdict.GENUINE
    return Verdict.NOT_GENUINE if reasons == [Reason.LABEL_VOIDED] else Verdict.ATTENTION


@pytest.mark.parametrize("state", STATES)
def test_each_state_has_its_answer_as_page_and_as_json(state: str) -> None:
    make, reasons = STATES[state]
    run = make()
    answer = get_json(code_of(run))
    page = get_page(code_of(run))

    assert (answer.status_code, page.status_code) == (200, 200)
    body = answer.json()
    assert body["verdict"] == verdict_of(reasons)
    assert [reason["code"] for reason in body["reasons"]] == [reason.value for reason in reasons]
    assert body["enterprise"] == {
        "name": run.batch.authorisation.enterprise.name,
        "uscc": run.batch.authorisation.enterprise.uscc,
    }
    text = html.unescape(page.content.decode())
    assert f"<strong>{VERDICTS[verdict_of(reasons)].title}</strong>" in text
    for reason in reasons:
        assert str(REASONS[reason][0]) in text
        assert str(REASONS[reason][1]) in text
    for other in set(Reason) - set(reasons):
        assert str(REASONS[other][0]) not in text


def test_a_scan_is_kept_with_the_verdict_that_was_given() -> None:
    run = make_run(batch=make_batch(state="recalled"))

    get_page(code_of(run, 3))

    scan = Scan.objects.get()
    assert (scan.run, scan.serial, scan.verdict, scan.region) == (run, 3, "attention", "")


def test_the_json_has_exactly_the_promised_keys() -> None:
    indication = make_indication(types=["gi_product", "gi_mark"])
    run = make_run(
        batch=make_batch(
            authorisation=make_authorisation(indication=indication),
            standard_version=make_version(indication),
            best_before=date(2099, 1, 31),
        )
    )
    record(actor=NOBODY, kind="labels.run_issued", subject=f"run:{run.code}", data={}, now=NOW)
    record(actor=NOBODY, kind="labels.run_issued", subject="run:OTHERS", data={}, now=NOW)

    body = get_json(code_of(run, 7)).json()

    assert list(body) == ["code", "verdict", "reasons", "gi", "enterprise", "batch", "checks", "scans", "proofs"]
    assert body["code"] == code_of(run, 7)
    assert body["reasons"] == [{"code": "label_valid", "text": str(REASONS[Reason.LABEL_VALID][0])}]
    assert body["gi"] == {
        "code": indication.code,
        "name": "郫县豆瓣",
        "name_en": "Pixian Douban",
        "types": ["gi_product", "gi_mark"],
    }
    assert body["batch"] == {
        "code": str(run.batch.code),
        "lot": run.batch.lot,
        "produced_on": "2026-11-01",
        "best_before": "2099-01-31",
        "origin": "510117",
        "net_content_g": 500,
    }
    assert set(body["scans"]) == {"count", "first_at", "first_region"}
    assert (body["scans"]["count"], body["scans"]["first_region"]) == (1, "")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["scans"]["first_at"])
    assert body["proofs"] == [{"kind": "labels.run_issued", "subject": f"run:{run.code}", "index": None, "address": ""}]
    assert {check["code"]: (check["value"], check["by"]) for check in body["checks"]} == {
        "indication": ("郫县豆瓣", "office"),
        "kind": ("地理标志产品、地理标志证明商标或集体商标", "office"),
        "producer": (run.batch.authorisation.enterprise.name, "office"),
        "uscc": (run.batch.authorisation.enterprise.uscc, "office"),
        "basis_no": ("GB/T 20560-2006", "office"),
        "net_content": ("500 克", "maker"),
        "lot": (run.batch.lot, "maker"),
        "produced_on": ("2026年11月1日", "maker"),
        "best_before": ("2099年1月31日", "maker"),
        "origin": ("成都市郫都区", "maker"),
        "serial": ("7 / 10", "office"),
    }


def test_the_api_gives_the_same_facts() -> None:
    code = code_of(make_run())
    headers = {"User-Agent": "one phone"}

    by_api = Client().get(f"/api/v1/scans/{code}", headers=headers)
    by_page = get_json(code, **headers)

    assert (by_api.status_code, by_page.status_code) == (200, 200)
    assert by_api.json() == by_page.json()


def test_a_wrong_tag_is_not_genuine_and_tells_nothing_of_the_run() -> None:
    run = make_run()
    code = with_wrong_tag(code_of(run))
    answer, page = get_json(code), get_page(code)

    assert (answer.status_code, page.status_code) == (404, 404)
    body = answer.json()
    assert (body["verdict"], body["reasons"][0]["code"]) == ("not_genuine", "wrong_tag")
    assert (body["gi"], body["enterprise"], body["batch"], body["checks"], body["proofs"]) == (None, None, None, [], [])
    assert str(REASONS[Reason.WRONG_TAG][0]) in page.content.decode()
    for secret in (run.batch.authorisation.enterprise.name, run.batch.lot):
        assert secret not in page.content.decode()
    assert not Scan.objects.exists()


def test_a_serial_beyond_the_run_is_not_genuine_even_with_a_tag_that_fits() -> None:
    run = make_run(quantity=10)

    assert get_json(code_of(run, 10)).status_code == 200
    beyond = get_json(code_of(run, 11))
    assert (beyond.status_code, beyond.json()["verdict"]) == (404, "not_genuine")
    assert not Scan.objects.filter(serial=11).exists()


def test_an_unknown_run_is_an_unknown_code() -> None:
    code = "GZZZZZZ0000100000000"
    answer, page = get_json(code), get_page(code)

    assert (answer.status_code, page.status_code) == (404, 404)
    assert (answer.json()["verdict"], answer.json()["reasons"][0]["code"]) == ("unknown_code", "unknown_run")
    assert "查无此码" in page.content.decode()
    assert f'value="{code}"' in page.content.decode()  # to be mended by hand


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("GZZZZZZ000010000000", "这里有 19 位"),
        ("GZZZZZZ00001000000000", "这里有 21 位"),
        ("GZZZZZZ0000100000U00", "“U”"),
        ("HZZZZZZ0000100000000", "以 G 开头"),
        ("GZZZZZZ0000000000000", "逐位核对"),
        ("%E4%BD%A0%E5%A5%BD", "“你”"),
        ("x" * 500, "这里有 500 位"),
    ],
)
def test_what_cannot_be_a_code_says_what_to_check(text: str, hint: str) -> None:
    answer, page = get_json(text), get_page(text)

    assert (answer.status_code, page.status_code) == (400, 400)
    assert answer.json()["error"]["code"] == "not_a_code"
    assert hint in answer.json()["error"]["text"]
    assert hint in page.content.decode()
    assert "verdict" not in answer.json()
    by_api = Client().get(f"/api/v1/scans/{text}")
    assert (by_api.status_code, by_api.json()["code"]) == (400, "not_a_code")


def test_the_code_is_read_forgivingly() -> None:
    run = make_run()
    code = code_of(run)
    look_alike = code.replace("0", "O").replace("1", "I")

    for text in (code.lower(), " ".join(code), look_alike, look_alike.lower().replace("i", "l"), f" {code} "):
        assert get_json(text).json()["code"] == code
    assert Client().get(f"/T/{code}", headers={"accept": "application/json"}).json()["verdict"] == "genuine"


def test_a_typed_code_leads_to_its_page() -> None:
    code = code_of(make_run())

    assert Client().get("/t/").status_code == 200
    assert Client().get("/t/", {"code": code.lower()})["Location"] == f"/t/{code}"
    wrong = Client().get("/t/", {"code": code[:-1]})
    assert wrong.status_code == 400
    assert "这里有 19 位" in wrong.content.decode()
    assert code[:-1] in wrong.content.decode()
    assert Client().get("/", {"q": code})["Location"] == f"/t/{code}"


def test_the_page_in_english() -> None:
    run = make_run()
    page = Client().get(f"/t/{code_of(run)}", {"lang": "en"})

    text = page.content.decode()
    assert '<html lang="en">' in text
    assert "Pixian Douban" in text
    assert "1 Nov 2026" in text
    assert "Pidu District, Chengdu" in text


def test_what_a_maker_typed_is_never_markup() -> None:
    run = make_run(batch=make_batch(lot="<b>&\"'"))

    text = get_page(code_of(run)).content.decode()

    assert "<b>&" not in text
    assert "&lt;b&gt;&amp;" in text


def test_a_demonstration_batch_says_so() -> None:
    assert "演示数据" in get_page(code_of(make_run(batch=make_batch(is_demo=True)))).content.decode()
    assert "演示数据" not in get_page(code_of(make_run())).content.decode()


def test_no_verdict_leaks_into_a_json_that_failed() -> None:
    assert "verdict" not in json.dumps(get_json("-").json())
