"""The platform's main job, from the batch to the proof, as people do it."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

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
    producer.open("/producer/batches/new")
    producer.fill(lot="WALK-1", net_mass_g="1200", produced_on="2026-11-20")
    producer.press("main form button.big")
    assert "WALK-1" in producer.text
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
    officer.open(f"/regulator/complaints/{number}")
    officer.fill(state="accepted")
    officer.press("main form.card button")
    assert "已受理" in officer.text


def test_from_the_batch_to_the_proof(
    demo: Demo, facts: dict[str, Any], browser: webdriver.Chrome, tmp_path: Path
) -> None:
    phone = Walker(browser, facts["base_url"], PHONE)
    phone.sign_in(account(facts, "producer"))
    phone.open("/producer/")
    batch = register_batch(phone)
    run = take_labels(phone, batch)
    [address] = read_qr(Image.open(io.BytesIO(phone.download(f"{run}/label/1.png"))))
    sheet = print_sheet(phone, run)

    assert len(set(sheet)) == 21
    assert address in sheet

    phone.leave()
    phone.open(address.replace("HTTP://LOCALHOST", "http://localhost"))
    assert phone.find(".verdict strong").text == "真标签"
    assert phone.text.startswith("真标签")
    status = report_and_follow(phone, browser.current_url)

    desk = Walker(browser, facts["base_url"], DESK)
    desk.sign_in(account(facts, "inspector_county"))
    desk.open("/regulator/")
    accept_report(desk, status.rpartition("/")[2])
    desk.leave()
    desk.open(status)
    assert "已受理" in desk.text
    # Chromium asks for a favicon of its own at times; a page that answers 422 is an error to it as well.
    assert [line for line in desk.errors() if "favicon" not in line] == []

    check_the_proof(desk, demo, batch.rpartition("/")[2], tmp_path)


def check_the_proof(desk: Walker, demo: Demo, batch: str, folder: Path) -> None:
    """The batch's entry is proven on a machine that knows nothing of us; a changed byte is noticed."""

    def proof_links() -> list[str]:
        desk.open(f"/ledger/?q=batch:{batch}")
        links = desk.driver.find_elements("css selector", "a[href^='/ledger/proofs/']")
        return [str(link.get_attribute("href")) for link in links]

    [proof, *_rest] = wait_for(proof_links)
    (folder / "batch.tlog-proof").write_bytes(desk.download(proof))
    (folder / "policy").write_bytes(desk.download("/ledger/policy"))

    valid = verify(folder, "batch.tlog-proof", "--policy", "policy")
    assert valid.returncode == 0, valid.stdout + valid.stderr

    text = (folder / "batch.tlog-proof").read_text()
    lines = text.split("\n")
    position = next(number for number, line in enumerate(lines) if line.startswith("extra "))
    flipped = lines[position][:-8] + ("A" if lines[position][-8] != "A" else "B") + lines[position][-7:]
    (folder / "forged.tlog-proof").write_text("\n".join([*lines[:position], flipped, *lines[position + 1 :]]))
    assert verify(folder, "forged.tlog-proof", "--policy", "policy").returncode == 1
    (folder / "rubbish").write_bytes(b"\x00rubbish")
    assert verify(folder, "rubbish", "--policy", "policy").returncode in {1, 2}
    assert verify(folder, "absent", "--policy", "policy").returncode == 2

    checked = subprocess.run(
        [sys.executable, "manage.py", "ledger_check"], cwd=ROOT, env=demo.environment, capture_output=True, check=False
    )
    assert checked.returncode == 0, checked.stdout.decode() + checked.stderr.decode()
