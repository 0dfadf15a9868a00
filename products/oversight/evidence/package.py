"""The zip itself: written file by file, every file hashed as it goes in, the manifest last."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO, Any, BinaryIO, Final, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import rfc8785

FORMAT: Final = "gi-trace-evidence@v1"
MANIFEST: Final = "manifest.json"
# A plain file that everybody may read: an unpacked bundle is no place for rights of its own.
_ATTRIBUTES: Final = 0o100644 << 16


class _Hashing:
    """A stream that counts and hashes what passes through it."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target, self._digest, self.count = target, hashlib.sha256(), 0

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self.count += len(data)
        return self._target.write(data)

    def hexdigest(self) -> str:
        return self._digest.hexdigest()


class Package:
    """Writes to a seekable file. Memory grows with the number of files by a line each, never with their size."""

    def __init__(self, file: BinaryIO, *, now: datetime) -> None:
        self._zip = ZipFile(file, "w", ZIP_DEFLATED, allowZip64=False)
        self._moment = now.astimezone(UTC).timetuple()[:6]
        self._files: list[dict[str, Any]] = []

    @property
    def count(self) -> int:
        return len(self._files)

    def add(self, path: str, content: bytes, *, what: str) -> None:
        with self.stream(path, what=what) as target:
            target.write(content)

    @contextmanager
    def stream(self, path: str, *, what: str) -> Iterator[BinaryIO]:
        """A file that is written piece by piece; no other may be written meanwhile."""
        with self._zip.open(self._info(path), "w") as target:
            hashing = _Hashing(target)
            yield cast(BinaryIO, hashing)
        self._files.append({"path": path, "sha256": hashing.hexdigest(), "bytes": hashing.count, "what": what})

    def finish(self, manifest: Mapping[str, Any]) -> None:
        """Add the manifest, which lists all files but itself, and close the zip."""
        body = rfc8785.dumps({"format": FORMAT, **manifest, "files": self._files})
        self._zip.writestr(self._info(MANIFEST), body)
        self._zip.close()

    def _info(self, path: str) -> ZipInfo:
        year, month, day, hour, minute, second = self._moment
        info = ZipInfo(path, date_time=(year, month, day, hour, minute, second))
        info.compress_type, info.external_attr, info.create_system = ZIP_DEFLATED, _ATTRIBUTES, 3
        return info
