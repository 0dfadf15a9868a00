"""Zips that are more, less or other than a plain zip: refused before anything in them is read."""

from __future__ import annotations

import io
import time
from typing import Any
from zipfile import ZIP_BZIP2, ZipFile, ZipInfo

import pytest

from ledger.verifier.evidence import bundle as verifier
from ledger.verifier.evidence import zip_files
from tests.evidence.zips import Files, code_of, pack, relisted


def with_info(files: Files, name: str, content: bytes = b"x", **facts: Any) -> bytes:
    """The bundle and one more file whose directory entry says `facts`."""
    info = ZipInfo(name)
    for fact, value in facts.items():
        setattr(info, fact, value)
    stream = io.BytesIO(pack(relisted(files | {"records/more.json": content})))
    with ZipFile(stream, "a") as opened:
        opened.writestr(info, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    "name",
    ["/etc/passwd", "../x", "a/../../x", "a/./b", "C:/x", "a\\b", "a//b", "a/", ".hidden", "账本", "a b", "x" * 201],
)
def test_names_that_lead_elsewhere(files: Files, policy: str, name: str) -> None:
    assert code_of(pack(files | {name: b"x"}), policy) in {"bad_file_name", "not_a_plain_file"}


def test_a_name_cut_off_by_a_nul(files: Files, policy: str) -> None:
    data = pack(files | {"records/aXb": b"x"}).replace(b"records/aXb", b"records/a\0b")

    assert code_of(data, policy) == "bad_file_name"


@pytest.mark.parametrize("mode", [0o120777, 0o040755, 0o010644, 0o020644])
def test_links_folders_pipes_and_devices(files: Files, policy: str, mode: int) -> None:
    data = with_info(files, "records/link", b"/etc/passwd", create_system=3, external_attr=mode << 16)

    assert code_of(data, policy) == "not_a_plain_file"


def test_packed_in_a_way_not_understood(files: Files, policy: str) -> None:
    assert code_of(with_info(files, "records/x", compress_type=ZIP_BZIP2), policy) == "not_a_plain_file"


def test_encrypted(files: Files, policy: str) -> None:
    data = bytearray(pack(files))
    directory = data.rindex(b"PK\1\2")
    data[directory + 8] |= 1

    assert code_of(bytes(data), policy) == "encrypted_file"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ["records/more.json", "Records/MORE.json"])
def test_a_name_twice(files: Files, policy: str, name: str) -> None:
    assert code_of(with_info(files, name), policy) == "duplicate_file"


def test_a_bomb(files: Files, policy: str) -> None:
    assert code_of(pack(files | {"records/bomb": bytes(20_000_000)}), policy) == "packed_too_well"


def test_too_large_a_file(files: Files, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zip_files, "MAX_FILE_BYTES", 60_000)
    assert code_of(pack(files), policy) == "file_too_large"


def test_too_much_in_all(files: Files, policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("MAX_TOTAL_BYTES", "MAX_ZIP_BYTES"):
        with monkeypatch.context() as patched:
            patched.setattr(zip_files, limit, 10_000)
            assert code_of(pack(files), policy) == "bundle_too_large"


def test_too_many_files(policy: str) -> None:
    stream = io.BytesIO()
    with ZipFile(stream, "w") as opened:
        for number in range(zip_files.MAX_FILES + 1):
            opened.writestr(ZipInfo(f"{number}"), b"")
    start = time.monotonic()

    assert code_of(stream.getvalue(), policy) == "too_many_files"
    # Refused before the directory is read.
    assert time.monotonic() - start < 1


def test_sizes_that_lie(files: Files, policy: str) -> None:
    data = bytearray(pack(files))
    directory = data.index(b"PK\1\2")
    for size in (1, 10**6):
        data[directory + 24 : directory + 28] = size.to_bytes(4, "little")
        assert code_of(bytes(data), policy) in {"bad_zip", "file_changed", "packed_too_well", "file_too_large"}


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\5\6" + bytes(18), b"PK\3\4" * 100, bytes(100)])
def test_what_is_no_zip(policy: str, data: bytes) -> None:
    assert code_of(data, policy) in {"bad_zip", "missing_file"}


def test_something_before_after_or_instead(files: Files, policy: str) -> None:
    data = pack(files)
    other = pack(relisted(files, subject="batch:other"))

    for forged in (b"#!/bin/sh\n" + data, data + b"x", data + other, data[:-2] + b"\1\0x"):
        assert code_of(forged, policy) in {"bad_zip"}


def test_a_second_directory_is_not_followed(files: Files, policy: str) -> None:
    data = pack(files)
    assert code_of(data[:-22] + b"PK\6\7" + bytes(16) + data[-22:], policy) == "bad_zip"


def test_limits_leave_room_for_what_is_exported() -> None:
    assert zip_files.MAX_FILES > 2 * 15_000 + 25_000 + 10
    assert verifier.MAX_OPENINGS >= 15_000
