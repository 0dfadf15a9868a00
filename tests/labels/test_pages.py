"""The producer's label pages."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import Tag
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from products.access import Actor
from products.labels.models.label_run import LabelRun, PrintFile
from products.labels.services.artefacts import mark_image
from products.trace.models.batch import Batch
from tests.conftest import signed_in
from tests.labels.helpers import ask_for_file, entries_about, genuine_serials, issue, kinds_about, streamed
from tests.labels.reading import address, new_run, soup_of
from tests.labels.rendering.reading import open_image, read_all
from tests.trace.reading import errors_at, field, page, send, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(maker: Actor, batch: Batch) -> LabelRun:
    return issue(maker, batch, quantity=100)


def test_a_run_shows_its_numbers_and_its_first_label(browser: Client, run: LabelRun) -> None:
    soup = page(browser, address(run))

    assert [tile.text for tile in soup.select(".stat b")] == ["100", "0", "100", "0"]
    picture = soup.select_one("aside img")
    assert picture is not None
    answer = browser.get(str(picture["src"]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert answer["Cache-Control"] == "private, max-age=3600"
    png = soup.select_one("aside a[href$='.png']")
    assert png is not None
    assert genuine_serials(run, read_all(open_image(browser.get(str(png["href"])).content))) == [1]


def test_any_label_of_the_run_can_be_looked_at(browser: Client, run: LabelRun) -> None:
    assert page(browser, address(run, "?serial=42")).select("aside img[src$='/label/42.svg']")
    assert page(browser, address(run, "?serial=4200")).select("aside img[src$='/label/100.svg']")
    soup = page(browser, address(run, "?serial=-1"))
    assert soup.select("aside img[src$='/label/1.svg']")
    assert soup.select("aside .error")


def test_a_page_has_no_name_twice(browser: Client, run: LabelRun) -> None:
    soup = page(browser, address(run))

    ids = Counter(str(tag["id"]) for tag in soup.select("[id]"))
    assert [name for name, count in ids.items() if count > 1] == []
    labels = {str(tag["for"]) for tag in soup.select("label[for]")}
    assert labels <= set(ids)


def test_labels_are_activated_from_what_is_waiting(browser: Client, run: LabelRun) -> None:
    content = {"first_serial": "1", "last_serial": "60"}
    assert send(browser, address(run, "/activate"), content).status_code == 302

    soup = page(browser, address(run))

    form = soup.select_one(f"form[action='{address(run, '/activate')}']")
    assert isinstance(form, Tag)
    assert [field(form, name)["value"] for name in ("first_serial", "last_serial")] == ["61", "100"]
    again = send(browser, address(run, "/activate"), content)
    assert again.status_code == 422
    assert "已启用" in errors_at(soup_of(again))["first_serial"]


def test_voiding_asks_for_a_reason(browser: Client, run: LabelRun) -> None:
    serials = {"first_serial": "1", "last_serial": "5"}
    refused = send(browser, address(run, "/void"), {**serials, "reason": " "})
    assert (refused.status_code, set(errors_at(soup_of(refused)))) == (422, {"reason"})
    assert soup_of(refused).select("details[open] [name=reason]")

    send(browser, address(run, "/void"), {**serials, "reason": "卷筒受潮"})

    text = text_of(page(browser, address(run)))
    assert "作废 1–5" in text
    assert "卷筒受潮" in text
    assert kinds_about(run) == ["labels.run_issued", "labels.range_voided"]


@pytest.mark.parametrize("state", ["held", "recalled"])
def test_a_stopped_batch_leaves_voiding_only(browser: Client, run: LabelRun, state: str) -> None:
    Batch.objects.filter(pk=run.batch_id).update(state=state)

    soup = page(browser, address(run))

    forms = [str(form["action"]) for form in soup.select("main form[method=post]")]
    assert forms == [address(run, "/void")]
    assert soup.select("main img") == []
    assert browser.get(address(run, "/label/1.png")).status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_print_file_from_request_to_download(browser: Client, run: LabelRun) -> None:
    content = {"kind": "pdf", "layout": "a4_21", "first_serial": "1", "last_serial": "30"}
    answer = send(browser, address(run, "/print"), content)
    row = PrintFile.objects.get()
    assert answer["Location"] == f"/producer/print-files/{row.code}"
    waiting = page(browser, answer["Location"])
    assert waiting.select("progress[max='30']")
    assert waiting.select("meta[http-equiv=refresh]")

    call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0)

    ready = page(browser, answer["Location"])
    assert not ready.select("meta[http-equiv=refresh]")
    (link,) = ready.select("main a.btn")
    download = browser.get(str(link["href"]))
    assert download["Content-Disposition"] == f'attachment; filename="{run.code}-1-30.pdf"'
    assert b"".join(streamed(download)).startswith(b"%PDF-")
    PrintFile.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "已过期" in text_of(page(browser, answer["Location"]))
    assert browser.get(str(link["href"])).status_code == 410


def test_codes_are_downloaded_as_a_file(browser: Client, run: LabelRun) -> None:
    answer = browser.get(address(run, "/codes.csv"))

    assert answer["Content-Disposition"] == f'attachment; filename="{run.code}.csv"'
    lines = io.StringIO(b"".join(streamed(answer)).decode("utf-8-sig")).readlines()
    assert genuine_serials(run, [line.split(",")[0] for line in lines[1:]]) == list(range(1, 101))
    assert entries_about(run)[-1]["data"]["purpose"] == "codes_csv"


def test_a_mark_is_uploaded_and_shown(browser: Client, maker: Actor, run: LabelRun) -> None:
    before = page(browser, address(run)).select("aside img")[0]["src"]
    out = BytesIO()
    Image.new("RGB", (400, 400), "red").save(out, "PNG")

    refused = browser.post(address(run, "/mark"), {"mark": SimpleUploadedFile("mark.png", b"not a picture")})
    assert (refused.status_code, set(errors_at(soup_of(refused)))) == (422, {"mark"})
    sent = browser.post(address(run, "/mark"), {"mark": SimpleUploadedFile("mark.png", out.getvalue())})

    assert sent.status_code == 302
    assert mark_image(maker.uscc)
    assert page(browser, address(run)).select("aside img")[0]["src"] != before


def test_the_list_shows_own_runs_only(browser: Client, rival: Actor, run: LabelRun) -> None:
    assert run.code in text_of(page(browser, "/producer/runs/"))
    assert "还没有领取标签" in text_of(page(signed_in(rival), "/producer/runs/"))


def test_anothers_pages_are_not_found(maker: Actor, rival: Actor, run: LabelRun) -> None:
    row = ask_for_file(maker, run)
    browser = signed_in(rival)
    paths = [
        new_run(run.batch),
        address(run),
        address(run, "/codes.csv"),
        address(run, "/label/1.png"),
        f"/producer/print-files/{row.code}",
        f"/producer/print-files/{row.code}/file",
    ]

    assert [browser.get(path).status_code for path in paths] == [404] * len(paths)
    forms = [
        ("/activate", {"first_serial": "1", "last_serial": "1"}),
        ("/void", {"first_serial": "1", "last_serial": "1", "reason": "卡纸"}),
        ("/print", {"kind": "csv", "layout": "a4_21", "first_serial": "1", "last_serial": "1"}),
    ]
    assert [send(browser, address(run, rest), content).status_code for rest, content in forms] == [404] * 3


def test_an_association_sees_runs_of_its_name_without_codes(maker: Actor, association: Actor, run: LabelRun) -> None:
    indication = run.batch.authorisation.indication
    indication.registrant_uscc = association.uscc
    indication.save()
    browser = signed_in(association)

    soup = page(browser, address(run))

    assert soup.select("main form, main img") == []
    assert browser.get(address(run, "/codes.csv")).status_code == 403
    assert browser.get(new_run(run.batch)).status_code == 403


def test_the_office_has_no_business_on_these_pages(officer_north: Actor, run: LabelRun) -> None:
    assert signed_in(officer_north).get(address(run)).status_code == 403
    assert Client().get(address(run)).status_code == 302
