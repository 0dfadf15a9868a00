"""The platform's main job, from the batch to the proof, as people do it."""

from __future__ import annotations

import io
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from selenium import webdriver

from tests.e2e.auditor import verify
from tests.e2e.conftest import ROOT, Demo
from tests.e2e.walking import DESK, PHONE, Walker, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("e2e")]


def account(facts: dict[str, Any], role: str) -> dict[str, Any]:
    return next(row for row in facts["accounts"] if row["role"] == role)


def read_qr(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image)]


def register_batch(producer: Walker) -> str:
    """Returns the batch's address."""
    producer.open("/producer/")
    producer.press("main a[href='/producer/batches/new']")
    produced_on = datetime.now(UTC).date() - timedelta(days=3)
    producer.fill(lot="WALK-1", net_mass_g="12.5 吨", produced_on=produced_on.isoformat())
    producer.press("main form button.big")
    assert "WALK-1" in producer.text
    assert "12.5 吨" in producer.text
    producer.press("form[action$='/release'] button")
    assert "已放行" in producer.text
    return producer.driver.current_url


def take_labels(producer: Walker, batch: str) -> str:
    """Returns the run's address."""
    producer.open(f"{batch}/labels")
    producer.fill(quantity="100", unit_mass="500")
    producer.press("main form button.big")
    run = producer.driver.current_url
    producer.press("form[action$='/activate'] button")
    assert "已启用" in producer.text
    return run


def print_sheet(producer: Walker, run: str) -> list[str]:
    """Has a page of stickers made by the worker and reads its codes back."""
    producer.open(run)
    producer.fill(kind="pdf", layout="a4_21", first_serial="1", last_serial="21")
    producer.press("form[action$='/print'] button")
    page = producer.driver.current_url
    # The page reloads itself until the worker is done.
    wait_for(lambda: producer.driver.find_elements("css selector", "a.big[href$='/file']"), seconds=60)
    pdf = pypdfium2.PdfDocument(producer.download(f"{page}/file"))
    return read_qr(pdf[0].render(scale=4).to_pil())


def report_and_follow(buyer: Walker, address: str) -> str:
    """Returns the address under which the reporter follows the report."""
    buyer.open(address)
    buyer.press("main a.big")
    buyer.fill(text="包装上的批号和这里不一样")
    buyer.press("main form button.big")
    assert "已收到" in buyer.text
    return buyer.driver.current_url


def accept_report(officer: Walker, number: str) -> None:
    """Found in the list of the county's reports, as the officer finds it."""
    officer.open("/regulator/")
    officer.press("main nav a[href='/regulator/complaints/']")
    officer.press(f"main table a[href='/regulator/complaints/{number}']")
    assert "包装上的批号和这里不一样" in officer.text
    officer.fill(state="accepted")
    officer.press("main form.card button")
    assert "已受理" in officer.text


def open_case(officer: Walker, number: str) -> None:
    officer.open(f"/regulator/complaints/{number}")
    officer.press(f"main a[href$='?complaint={number}']")
    officer.fill(summary="举报人称包装上的批号与查验页不符。")
    officer.press("main form.card button")
    case = urlsplit(officer.driver.current_url).path.rpartition("/")[2]
    assert f"已立案 {case}" in officer.text
    officer.open(f"/regulator/complaints/{number}")
    assert case in officer.text


def test_from_the_batch_to_the_proof(
    demo: Demo, facts: dict[str, Any], browser: webdriver.Chrome, tmp_path: Path
) -> None:
    phone = Walker(browser, facts["base_url"], PHONE)
    phone.errors()  # what earlier tests left
    phone.sign_in(account(facts, "producer"))
    batch = register_batch(phone)
    run = take_labels(phone, batch)
    [address] = read_qr(Image.open(io.BytesIO(phone.download(f"{run}/label/1.png"))))
    sheet = print_sheet(phone, run)

    assert len(set(sheet)) == 21
    assert address in sheet
    # Upper case throughout keeps the QR code in its alphanumeric mode.
    assert address == address.upper()
    assert address.startswith(facts["base_url"].upper() + "/T/")

    phone.leave()
    phone.open(address)
    assert phone.find(".verdict strong").text == "真标签"
    assert phone.text.startswith("真标签")
    status = report_and_follow(phone, address)
    assert phone.errors() == []

    number = status.rpartition("/")[2]
    desk = Walker(browser, facts["base_url"], DESK)
    desk.sign_in(account(facts, "inspector_county"))
    accept_report(desk, number)
    open_case(desk, number)
    assert desk.errors() == []

    phone = Walker(browser, facts["base_url"], PHONE)
    phone.leave()
    phone.open(status)
    assert "已受理" in phone.text
    assert phone.errors() == []

    check_the_proof(phone, batch.rpartition("/")[2], tmp_path)
    checked = subprocess.run(
        [sys.executable, "manage.py", "ledger_check"], cwd=ROOT, env=demo.environment, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout.decode() + checked.stderr.decode()


def check_the_proof(buyer: Walker, batch: str, folder: Path) -> None:
    """The batch's entry is proven on a machine that knows nothing of us; a changed byte is noticed."""

    def proof_links() -> list[str]:
        buyer.open(f"/ledger/?q=batch:{batch}")
        links = buyer.driver.find_elements("css selector", "a[href^='/ledger/proofs/']")
        return [str(link.get_attribute("href")) for link in links]

    [proof, *_rest] = wait_for(proof_links)
    good = buyer.download(proof)
    (folder / "batch.tlog-proof").write_bytes(good)
    (folder / "policy").write_bytes(buyer.download("/ledger/policy"))

    valid = verify(folder, "batch.tlog-proof", "--policy", "policy")
    assert valid.returncode == 0, valid.stdout + valid.stderr
    assert "VALID" in valid.stdout

    # In the entry itself, in the middle of the file, and in the log's signature at its end.
    for position in (good.index(b"\nextra ") + 20, len(good) // 2, len(good) - 10):
        forged = bytearray(good)
        forged[position] = ord("A") if forged[position] != ord("A") else ord("B")
        (folder / "forged.tlog-proof").write_bytes(forged)
        assert verify(folder, "forged.tlog-proof", "--policy", "policy").returncode == 1
    # What is no proof proves nothing; what is not there could not be checked.
    (folder / "rubbish").write_bytes(b"\x00rubbish")
    assert verify(folder, "rubbish", "--policy", "policy").returncode == 1
    assert verify(folder, "batch.tlog-proof", "--policy", "rubbish").returncode == 2
    assert verify(folder, "absent", "--policy", "policy").returncode == 2
