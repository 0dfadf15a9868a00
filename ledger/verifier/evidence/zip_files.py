"""A zip from a stranger: opened only when nothing about it could harm the machine or be read in two ways."""

from __future__ import annotations

import re
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from ledger.verifier.errors import VerificationError

MAX_ZIP_BYTES, MAX_TOTAL_BYTES, MAX_FILE_BYTES = 400_000_000, 1_000_000_000, 32_000_000
# Fewer files than would need ZIP64, which nothing here reads.
MAX_FILES, MAX_DIRECTORY_BYTES = 60_000, 8_000_000
MAX_RATIO, _SMALL = 200, 100_000
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


@contextmanager
def open_zip(file: BinaryIO) -> Iterator[ZipFiles]:
    """The files of a zip. Raises VerificationError, from inside the block as well."""
    count = _require_plain_end(file)
    try:
        with ZipFile(file) as opened:
            yield ZipFiles(opened, count)
    except _BROKEN as error:
        raise VerificationError("bad_zip", f"the zip cannot be read ({type(error).__name__})") from error


class ZipFiles:
    """The files of the zip, none of them read before its name, kind and sizes were found harmless."""

    def __init__(self, opened: ZipFile, count: int) -> None:
        self._zip, self._known, folded = opened, dict[str, ZipInfo](), set[str]()
        for info in opened.infolist():
            _require_harmless(info)
            # Two names that one disk takes for the same would let what was checked be replaced on unpacking.
            if info.filename.lower() in folded:
                raise VerificationError("duplicate_file", f"{info.filename} is there twice")
            folded.add(info.filename.lower())
            self._known[info.filename] = info
        if len(self._known) != count:
            raise VerificationError("bad_zip", "the number of files is not the one stated")
        if (total := sum(info.file_size for info in self._known.values())) > MAX_TOTAL_BYTES:
            raise VerificationError("bundle_too_large", f"{total} bytes unpacked, at most {MAX_TOTAL_BYTES}")
        self.names = set(self._known)

    def read(self, name: str, *, most: int = MAX_FILE_BYTES) -> bytes:
        info = self._known.get(name)
        if info is None:
            # The name may come from inside the bundle: on a terminal it must not act.
            raise VerificationError("missing_file", f"{name[:200]!r} is not in the bundle")
        if info.file_size > most:
            raise VerificationError("file_too_large", f"{name}: {info.file_size} bytes, at most {most}")
        return self._zip.read(info)


def _require_plain_end(file: BinaryIO) -> int:
    """The number of files stated at the very end. Looked at first: opening a zip reads its whole directory."""
    size = file.seek(0, 2)
    if size > MAX_ZIP_BYTES:
        raise VerificationError("bundle_too_large", f"{size} bytes, at most {MAX_ZIP_BYTES}")
    file.seek(max(0, size - 42))
    tail = file.read()
    end = tail[-22:]
    count, length, start = (int.from_bytes(end[a:b], "little") for a, b in ((10, 12), (12, 16), (16, 20)))
    # Nothing before the first file, no comment, no second directory: one way only to read the bytes.
    if len(end) != 22 or end[:4] != b"PK\5\6" or start + length + 22 != size or tail[:4] == b"PK\6\7":
        raise VerificationError("bad_zip", "it is not a plain zip, or there is something before or after it")
    if count > MAX_FILES or length > MAX_DIRECTORY_BYTES:
        raise VerificationError("too_many_files", f"{count} files, at most {MAX_FILES}")
    return count


def _require_harmless(info: ZipInfo) -> None:
    name, mode = info.filename, info.external_attr >> 16
    if name != info.orig_filename or len(name) > 200 or not _NAME.fullmatch(name):
        raise VerificationError("bad_file_name", f"{name[:200]!r} is no name of a file in a bundle")
    if info.flag_bits & 0x2041:
        raise VerificationError("encrypted_file", f"{name} is encrypted")
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG) or info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        raise VerificationError("not_a_plain_file", f"{name} is a link, a folder, or packed in another way")
    if info.file_size > MAX_FILE_BYTES:
        raise VerificationError("file_too_large", f"{name}: {info.file_size} bytes, at most {MAX_FILE_BYTES}")
    if info.file_size > max(_SMALL, MAX_RATIO * info.compress_size):
        raise VerificationError("packed_too_well", f"{name}: more than {MAX_RATIO} times its packed size")
