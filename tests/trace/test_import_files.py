"""What is refused of a file, in words, within bounds; and what is read all the same."""

from __future__ import annotations

import io
import struct
import zipfile
from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from products.errors import DomainError
from products.trace.domain.import_values import read_day
from products.trace.errors import FileTooLarge, FileUnreadable, NothingToImport
from products.trace.spreadsheets.grid import MAX_BYTES, Grid, address, place_of
from products.trace.spreadsheets.opening import read_upload
from products.trace.spreadsheets.parts import MAX_UNPACKED
from tests.trace.import_files import csv_text, parts_of, row_of, workbook, zipped

SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def read(content: bytes, name: str = "") -> Grid:
    return read_upload(content, name=name, is_ours=lambda _rows: True)


def refusal(content: bytes, name: str = "") -> str:
    with pytest.raises(DomainError) as caught:
        read(content, name)
    return caught.value.text


def changed(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    parts = parts_of(content)
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new)})


GOOD = workbook([row_of()])


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "", "空的"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "空的"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls", "旧版 .xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "a.xlsx", "打开密码"),
        (b"%PDF-1.7 ...", "", "也不是"),
        (b"<html><table></table></html>", "a.xlsx", "内容却不是"),
        (b"<html><table></table></html>", "", "也不是"),
        (GOOD, "a.csv", "改成 .xlsx"),
        (GOOD, "a.xls", "只收"),
        (GOOD[:-40], "a.xlsx", "已损坏"),
        (GOOD[:200] + bytes(200) + GOOD[400:], "a.xlsx", "已损坏"),
        (zipped({"word/document.xml": b"<a/>"}), "a.xlsx", "已损坏"),
        (zipped({"content.xml": b"<a/>"}), "a.xlsx", "OpenDocument"),
        (zipped({"xl/workbook.bin": b"x"}), "a.xlsx", ".xlsb"),
        (b"a,b\r\n\x00\x01\x02", "a.csv", "也不是"),
        (b"a,b\r\n\xff\xfe\xff", "a.csv", "也不是"),
        (b'a,b\r\n"x"y,2\r\n', "a.csv", "第 2 行"),
    ],
)
def test_each_wrong_file_is_told_what_is_wrong(content: bytes, name: str, words: str) -> None:
    assert words in refusal(content, name)


def test_entities_are_refused_before_they_grow() -> None:
    bomb = (
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><sst><si><t>&b;</t></si></sst>'
    )

    for part in (SHEET, STRINGS, "xl/workbook.xml", "xl/styles.xml", "[Content_Types].xml", "_rels/.rels"):
        assert "DOCTYPE" in refusal(zipped(parts_of(GOOD) | {part: bomb}))


def test_a_bomb_is_not_unpacked() -> None:
    flat = parts_of(GOOD) | {SHEET: b"<worksheet><!--" + b" " * (MAX_UNPACKED + 1) + b"--></worksheet>"}
    bomb = zipped(flat)
    assert len(bomb) < 200_000

    assert "展开后的内容过大" in refusal(bomb)
    # The archive says that the part is small: what counts is what comes out.
    at = bomb.rindex(b"PK\x01\x02", 0, bomb.rindex(SHEET.encode()))
    liar = bomb[: at + 24] + struct.pack("<I", 100) + bomb[at + 28 :]
    assert isinstance(_refused(liar), FileUnreadable | FileTooLarge)


def _refused(content: bytes) -> DomainError:
    with pytest.raises(DomainError) as caught:
        read(content)
    return caught.value


@pytest.mark.parametrize("cell", ["XFD1048576", "CW2", "A10001"])
def test_a_cell_far_away_is_refused_and_not_made_room_for(cell: str) -> None:
    far = changed(GOOD, SHEET, b'r="A2"', f'r="{cell}"'.encode())

    assert isinstance(_refused(far), FileTooLarge)


def test_cells_without_content_count_for_nothing() -> None:
    styled = changed(GOOD, SHEET, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')

    assert len(read(styled).rows) == 2


def test_one_long_text_named_by_every_cell_is_refused() -> None:
    parts = parts_of(GOOD)
    strings = b"<sst><si><t>" + b"x" * 300_000 + b"</t></si></sst>"
    cells = b"".join(b'<c r="A%d" t="s"><v>0</v></c>' % number for number in range(1, 100))
    sheet = b"<worksheet><sheetData><row>" + cells + b"</row></sheetData></worksheet>"

    assert isinstance(_refused(zipped(parts | {STRINGS: strings, SHEET: sheet})), FileTooLarge)


def test_too_many_columns_rows_and_bytes() -> None:
    assert "100 列" in refusal(csv_text([["x"] * 100_000], head=["a"]).encode())
    assert "行" in refusal(("a,b\n" + "1,2\n" * 10_001).encode())
    assert "10 MB" in refusal(b"x" * (MAX_BYTES + 1))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_in_every_usual_shape(encoding: str, delimiter: str) -> None:
    grid = read(csv_text([row_of(plot_name="龘地")], delimiter=delimiter).encode(encoding), "a.csv")

    assert grid.rows[1][:3] == ["郫县豆瓣", "261120-01", "100"]
    assert "龘地" in grid.rows[1]


def test_formulas_merges_and_hidden_things_are_seen() -> None:
    def touch(book: Any, sheet: Any) -> None:
        sheet.write_formula("C3", "=50+50", None, 100)
        sheet.write_formula("C4", "=50+50", None, "")
        sheet.write_formula("C5", "=NA()", None, "#N/A")
        sheet.merge_range("A7:A8", "郫县豆瓣")
        sheet.set_row(2, None, None, {"hidden": True})
        book.add_worksheet("草稿").hide()

    grid = read(workbook([row_of(), row_of()], touch=touch))

    assert grid.formulas == [(2, 2)]
    assert grid.rows[2][2] == 100
    assert grid.broken == {(3, 2): "formula_without_value", (4, 2): "excel_error"}
    assert grid.merged == [((6, 0), (7, 0))]
    assert (grid.hidden_rows, grid.hidden_sheets) == ([2], ["草稿"])


def test_numbers_shown_in_a_form_of_their_own_are_marked() -> None:
    def touch(book: Any, sheet: Any) -> None:
        for row, shown in enumerate(["000000", '"L-"0', "0", "#,##0.00", "0_ ;[Red]\\-0\\ "]):
            sheet.write_number(row + 1, 1, 123, book.add_format({"num_format": shown}))

    assert read(workbook([], touch=touch)).reshaped == {(1, 1), (2, 1)}


def test_days_of_both_calendars_of_excel() -> None:
    calendars: list[dict[str, Any]] = [{}, {"date_1904": True}]
    for options in calendars:
        grid = read(workbook([row_of()], **options))
        assert read_day(grid.rows[1][3], is_1904=grid.is_1904) == date(2026, 11, 20)
    bare = read(workbook([[46346]]))
    assert read_day(bare.rows[1][0]) == date(2026, 11, 20)


def test_addresses() -> None:
    assert [address(16, 1), address(0, 26), address(4, 701)] == ["B17", "AA1", "ZZ5"]
    assert [place_of("B17"), place_of("AA1"), place_of("17"), place_of("AAAA1")] == [(16, 1), (0, 26), None, None]


@given(
    content=st.binary(max_size=400), start=st.sampled_from([b"", b"PK\x03\x04", b"\xef\xbb\xbf", b"\xff\xfe", b"a,b\n"])
)
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_read_or_refused(content: bytes, start: bytes) -> None:
    _read_or_refuse(start + content)


@given(data=st.data())
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_workbook_is_read_or_refused(data: st.DataObject) -> None:
    parts = parts_of(GOOD)
    name = data.draw(st.sampled_from(sorted(parts)))
    part = bytearray(parts[name])
    for _each in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(part) - 1))
        piece = data.draw(st.sampled_from([b"", b"<", b">", b'"', b"9", b"-1", b"\xff", b"XFD99", b"</c>", b't="s"']))
        part[at : at + data.draw(st.integers(0, 12))] = piece
        part = part or bytearray(b"x")
    _read_or_refuse(zipped(parts | {name: bytes(part)}))


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_to_the_archive_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(GOOD)
    for _each in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    _read_or_refuse(bytes(content))


def _read_or_refuse(content: bytes) -> None:
    with suppress(FileUnreadable, FileTooLarge, NothingToImport):
        assert all(len(row) <= 100 for row in read(content).rows)


def test_nothing_of_the_file_but_its_sheet_reaches_the_native_reader() -> None:
    parts = parts_of(GOOD) | {"xl/media/image1.png": b"x" * 1000, "xl/vbaProject.bin": b"y" * 1000}

    assert len(read(zipped(parts)).rows) == 2
    with zipfile.ZipFile(io.BytesIO(zipped(parts))) as archive:
        assert "xl/vbaProject.bin" in archive.namelist()
