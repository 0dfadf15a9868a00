"""Take the documents' pictures from a running demonstration: `python -m tests.e2e.screenshots VAR_FOLDER`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import zxingcpp
from PIL import Image, ImageDraw

from tests.e2e.walking import Walker, chromium

FOLDER = Path(__file__).resolve().parent.parent.parent / "docs" / "screenshots"
GROUND, EDGE = (232, 227, 216), (205, 198, 184)
SMALL_PHONE, PHONE, DESK = (360, 800), (390, 844), (1280, 860)  # CSS pixels
SCALE = 2  # device pixels for one CSS pixel
KIB = 1024
LIMITS = {"overview.png": 250 * KIB}  # bytes
OTHERS_LIMIT = 120 * KIB


def picture(walker: Walker, path: str, size: tuple[int, int]) -> Image.Image:
    walker.driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": size[0], "height": size[1], "deviceScaleFactor": SCALE, "mobile": False},
    )
    walker.driver.get(walker.base + path)
    taken = walker.driver.get_screenshot_as_png()
    walker.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    return Image.open(io.BytesIO(taken)).convert("RGB")


def fit(image: Image.Image, *, height: int) -> Image.Image:
    return image.resize((round(image.width * height / image.height), height), Image.Resampling.LANCZOS)


def save(image: Image.Image, name: str) -> None:
    """With a palette. Raises ValueError when the file would be too heavy for a page that many people load."""
    few = image.quantize(colors=256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    drawn = io.BytesIO()
    few.save(drawn, "PNG", optimize=True)
    limit = LIMITS.get(name, OTHERS_LIMIT)
    if drawn.tell() > limit:
        raise ValueError(f"{name}: {drawn.tell()} bytes, at most {limit}")
    (FOLDER / name).write_bytes(drawn.getvalue())


def card(sheet: Image.Image, image: Image.Image, left: int, top: int, *, radius: int) -> None:
    """Lay a picture with round corners and a thin edge on the sheet."""
    corners = Image.new("L", image.size, 0)
    ImageDraw.Draw(corners).rounded_rectangle((0, 0, image.width - 1, image.height - 1), radius, fill=255)
    sheet.paste(image, (left, top), corners)
    frame = (left, top, left + image.width - 1, top + image.height - 1)
    ImageDraw.Draw(sheet).rounded_rectangle(frame, radius, outline=EDGE, width=2)


def beside(left: Image.Image, right: Image.Image, *, height: int, gap: int) -> Image.Image:
    """Two pictures of one height on a calm ground."""
    left, right = fit(left, height=height), fit(right, height=height)
    sheet = Image.new("RGB", (left.width + right.width + 3 * gap, height + 2 * gap), GROUND)
    card(sheet, left, gap, gap, radius=24)
    card(sheet, right, left.width + 2 * gap, gap, radius=12)
    return sheet


def main(folder: str) -> None:
    facts = json.loads((Path(folder) / "demo.json").read_text(encoding="utf-8"))
    accounts = {row["username"]: row for row in facts["accounts"]}
    FOLDER.mkdir(parents=True, exist_ok=True)
    driver = chromium()
    try:
        walker = Walker(driver, facts["base_url"], DESK)
        scan = picture(walker, f"/t/{facts['unit_codes'][0]}", SMALL_PHONE)
        walker.sign_in(accounts["producer-1"])
        producer = picture(walker, "/producer/", PHONE)
        driver.get(f"{walker.base}/producer/batches/{facts['batch_codes'][0]}")
        run = walker.find("main a[href^='/producer/runs/']").get_attribute("href")
        label = walker.download(f"{run}/label/1.png")
        walker.sign_in(accounts["inspector-province"])
        regulator = picture(walker, "/regulator/", DESK)
    finally:
        driver.quit()
    save(beside(scan, regulator, height=1000, gap=48), "overview.png")
    save(fit(scan, height=1280), "scan.png")
    save(fit(producer, height=1280), "producer.png")
    save(fit(regulator, height=860), "regulator.png")
    save(Image.open(io.BytesIO(label)).convert("RGB"), "label.png")
    with Image.open(FOLDER / "label.png") as printed:
        if not zxingcpp.read_barcodes(printed):
            raise ValueError("label.png: its code cannot be read")


if __name__ == "__main__":
    main(sys.argv[1])
