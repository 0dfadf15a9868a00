"""Taking a bundle apart and putting it together again, honestly or not."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import rfc8785

from ledger.verifier.errors import VerificationError
from ledger.verifier.evidence.bundle import VerifiedBundle, verify_bundle
from ledger.verifier.policy import parse_policy

Files = dict[str, bytes]
MANIFEST = "manifest.json"


def unpack(path: Path) -> Files:
    with ZipFile(path) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def pack(files: Files) -> bytes:
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(name, content)
    return stream.getvalue()


def relisted(files: Files, /, **changes: Any) -> Files:
    """The files with a manifest that fits them: what a forger would do first."""
    manifest = json.loads(files[MANIFEST])
    whats = {line["path"]: line["what"] for line in manifest["files"]}
    manifest |= changes
    if "files" not in changes:
        manifest["files"] = [
            {
                "path": name,
                "sha256": hashlib.sha256(content).hexdigest(),
                "bytes": len(content),
                "what": whats.get(name, "record"),
            }
            for name, content in files.items()
            if name != MANIFEST
        ]
    return files | {MANIFEST: rfc8785.dumps(manifest)}


def code_of(data: bytes, policy: str) -> str:
    """The code under which the bundle is refused."""
    with pytest.raises(VerificationError) as caught:
        verify(data, policy)
    return caught.value.code


def verify(data: bytes, policy: str) -> VerifiedBundle:
    return verify_bundle(io.BytesIO(data), policy=parse_policy(policy.encode()))
