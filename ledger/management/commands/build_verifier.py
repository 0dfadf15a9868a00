"""Pack the verifier into one file that runs with any Python that has `cryptography`."""

from __future__ import annotations

import io
import zipapp
import zipfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

import ledger.verifier

_MAIN = b"import runpy\n\nrunpy.run_module('ledger.verifier', run_name='__main__')\n"
# One fixed date and mode, so that the same source gives the same file on every machine.
_DATE = (1980, 1, 1, 0, 0, 0)


def pack_verifier() -> bytes:
    """The archive's bytes; equal sources give equal bytes."""
    folder = Path(ledger.verifier.__path__[0])
    names = sorted(path for path in folder.rglob("*") if path.suffix in {".py", ".md"})
    members = [("__main__.py", _MAIN), ("ledger/__init__.py", b"")]
    members += [(f"ledger/verifier/{path.relative_to(folder).as_posix()}", path.read_bytes()) for path in names]
    plain, packed = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(plain, "w", zipfile.ZIP_STORED) as archive:
        for name, data in members:
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data)
    plain.seek(0)
    zipapp.create_archive(plain, packed, interpreter="/usr/bin/env python3")
    return packed.getvalue()


class Command(BaseCommand):
    help = "Write ledger-verifier.pyz, the one-file verifier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path, nargs="?", default=Path("ledger-verifier.pyz"))

    def handle(self, *args: Any, **options: Any) -> None:
        options["target"].write_bytes(pack_verifier())
        options["target"].chmod(0o755)
        self.stdout.write(f"wrote {options['target']}")
