"""Take the documents' pictures from a running demonstration: `python -m tests.e2e.screenshots var/demo.json`."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from tests.e2e.walking import Walker

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshots"
PAPER = (232, 227, 216)


def chromium() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--accept-lang=zh-CN"):
        options.add_argument(argument)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def picture(walker: Walker, path: str, width: int, height: int) -> Image.Image:
    walker.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    walker.driver.get(walker.base + path)
    return Image.open(io.BytesIO(walker.driver.get_screenshot_as_png())).convert("RGB")


def save(image: Image.Image, name: str, *, width: int) -> None:
    scaled = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    scaled.quantize(colors=256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
        FOLDER / name, optimize=True
    )


def beside(left: Image.Image, right: Image.Image) -> Image.Image:
    """Two pictures of one height on a calm ground."""
    gap = 32
    sheet = Image.new("RGB", (left.width + right.width + 3 * gap, left.height + 2 * gap), PAPER)
    sheet.paste(left, (gap, gap))
    sheet.paste(right, (left.width + 2 * gap, gap))
    return sheet


def main(facts_file: str) -> None:
    facts = json.loads(Path(facts_file).read_text(encoding="utf-8"))
    FOLDER.mkdir(parents=True, exist_ok=True)
    driver = chromium()
    walker = Walker(driver, facts["base_url"], (1280, 900))
    accounts = {row["username"]: row for row in facts["accounts"]}
    scan = picture(walker, f"/t/{facts['unit_codes'][0]}", 390, 860)
    walker.sign_in(accounts["producer-1"])
    producer = picture(walker, "/producer/", 390, 860)
    picture(walker, f"/producer/batches/{facts['batch_codes'][0]}", 1280, 900)
    run = walker.find("main a[href^='/producer/runs/']").get_attribute("href")
    label = Image.open(io.BytesIO(walker.download(f"{run}/label/1.png"))).convert("RGB")
    walker.sign_in(accounts["inspector-province"])
    regulator = picture(walker, "/regulator/", 1280, 860)
    driver.quit()
    save(beside(scan, regulator), "overview.png", width=1280)
    save(scan, "scan.png", width=390)
    save(producer, "producer.png", width=390)
    save(regulator, "regulator.png", width=960)
    save(label, "label.png", width=500)


if __name__ == "__main__":
    main(sys.argv[1])
