"""Codes, symbols and sheets: no database, no server."""

from __future__ import annotations

import hmac
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from bench.figures import Figure, Result, Size, in_turn
from bench.machine import peak_memory_mib
from products.labels.domain.digital_link import scan_prefix
from products.labels.domain.mark_rules import HolderKind, IndicationType, LabelFacts
from products.labels.domain.unit_code import unit_codes
from products.labels.rendering.code_list import codes_csv
from products.labels.rendering.sheets import sheet_pdf
from products.rendering import qr
from products.rendering.layouts import A4_45

KEY: Final = bytes(range(32))
RUN: Final = "ABCDEF"
BASE_URL: Final = "https://gi.example.cn"
FACTS: Final = LabelFacts(
    name_zh="郫县豆瓣",
    name_en="Pixian Douban",
    indication_types=(IndicationType.GI_PRODUCT, IndicationType.CERTIFICATION_MARK),
    holder_kind=HolderKind.APPROVED_PRODUCER,
    producer_name="演示豆瓣酿造有限公司",
    uscc="91510500204706718H",
    lot="L20261101-03",
    produced_on=date(2026, 11, 23),
    net_mass_g=500,
    unit_code=next(unit_codes(KEY, RUN, 1, 1)),
    standard_or_announcement="GB/T 20560-2006",
    trademark_registration_no="第1388982号",
)


def measure(size: Size) -> Result:
    with TemporaryDirectory() as folder:
        figures = (
            *_codes(size, Path(folder) / "codes.csv"),
            _symbols(size),
            _sheets(size, Path(folder) / "labels.pdf"),
            _memory("codes", size.unit_codes, f"peak memory of {size.unit_codes:,} unit codes to CSV"),
            _memory("sheets", size.labels, f"peak memory of {size.labels:,} labels as PDF"),
        )
    return Result("labels", "", figures)


def write_codes(count: int, path: Path) -> int:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(codes_csv(KEY, RUN, 1, count, base_url=BASE_URL))
    return count


def write_sheets(count: int, path: Path) -> int:
    labels = (replace(FACTS, unit_code=code) for code in unit_codes(KEY, RUN, 1, count))
    with path.open("wb") as file:
        return sheet_pdf(labels, A4_45, file, base_url=BASE_URL)


def _bare_tags(count: int) -> int:
    """The arithmetic alone: one HMAC a code, in the standard library's fastest form (a copied state)."""
    state = hmac.new(KEY, RUN.encode(), "sha256")
    for serial in range(1, count + 1):
        tag = state.copy()
        tag.update(serial.to_bytes(4, "big"))
        tag.digest()
    return count


def _codes(size: Size, path: Path) -> Iterator[Figure]:
    count = size.unit_codes
    rounds = in_turn(lambda: write_codes(count, path), lambda: _bare_tags(count), rounds=size.rounds)
    yield rounds.times(
        f"{count:,} unit codes to a CSV file of {path_size(path)}",
        peer="a bare loop of HMAC-SHA-256 over the same count",
        count=count,
    ).wanting("under 15 s", count / rounds.our_rate < 15)


def path_size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:,.1f} MB"


def _addresses(count: int) -> list[str]:
    prefix = scan_prefix(BASE_URL)
    return [prefix + code for code in unit_codes(KEY, RUN, 1, count)]


def _encode_with_qrcode(addresses: list[str]) -> int:
    """The same symbols (version, level) with the package `qrcode`, as matrices of modules; it picks its own mask."""
    version = qr.symbol_version(len(addresses[0]))
    is_q = len(addresses[0]) <= qr._CAPACITY_Q[version]
    for address in addresses:
        code = qrcode.QRCode(version, ERROR_CORRECT_Q if is_q else ERROR_CORRECT_M, border=0)
        # One segment, as in our symbol: searching for a better split would only cost it time.
        code.add_data(address, optimize=0)
        code.make(fit=False)
        code.get_matrix()
    return len(addresses)


def _encode_with_ours(addresses: list[str]) -> int:
    for address in addresses:
        qr.encode(address)
    return len(addresses)


def _symbols(size: Size) -> Figure:
    few = _addresses(size.peer_labels)
    many = _addresses(size.peer_labels * 10)
    rounds = in_turn(lambda: _encode_with_ours(many), lambda: _encode_with_qrcode(few), rounds=size.rounds)
    return rounds.rates("QR symbols, one for each label", unit="symbols", peer="`qrcode`").wanting_ratio(least=20)


def _sheets(size: Size, path: Path) -> Figure:
    few = _addresses(size.peer_labels)
    rounds = in_turn(lambda: write_sheets(size.labels, path), lambda: _encode_with_qrcode(few), rounds=size.rounds)
    return rounds.times(
        f"{size.labels:,} whole labels on A4 sheets, a vector PDF of {path_size(path)}",
        peer="`qrcode` making the matrices alone",
        count=size.labels,
    ).wanting("under 20 s", size.labels / rounds.our_rate < 20)


def _memory(work: str, count: int, what: str) -> Figure:
    """A process of its own does the work and says how much memory it held; beside it one that does next to none."""
    peak, idle = _peak(work, count), _peak(work, 1)
    return Figure(
        what, ours=f"{peak:.0f} MiB", peer=f"the same process for 1: {idle:.0f} MiB", ratio=peak / idle
    ).wanting("under 300 MB", peak < 300)


def _peak(work: str, count: int) -> float:
    command = [sys.executable, "-m", "bench.labels", work, str(count)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main(work: str, count: str) -> None:
    write = {"codes": write_codes, "sheets": write_sheets}[work]
    with TemporaryDirectory() as folder:
        write(int(count), Path(folder) / "out")
    print(peak_memory_mib())


if __name__ == "__main__":
    main(*sys.argv[1:])
