"""Exporting a bundle of evidence: an act that is itself logged."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, require_scope
from products.access import Scope as TokenScope
from products.audit import record
from products.errors import NotFound
from products.oversight.errors import EvidenceTooLarge, NothingLogged
from products.oversight.evidence.bundle import Request, write_bundle
from products.oversight.evidence.scope import find_scope
from products.proofs import evidence_seals, proofs_of

# Two files for an entry and one for a row: below the 60,000 files the verifier opens.
MAX_ENTRIES: Final = 15_000
MAX_SUBJECTS: Final = 25_000
KEEP_FOR: Final = timedelta(days=1)
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UNSHOWN: Final = re.compile(r"[^ -~]")


@dataclass(frozen=True)
class Exported:
    """A finished bundle. Its file is its exporter's alone and stays for KEEP_FOR."""

    subject: str
    sha256: str
    byte_count: int
    entry_count: int
    waiting_count: int


def export_evidence(*, actor: Actor, kind: str, code: str, client: str, now: datetime) -> Exported:
    """Make the bundle of a `batch`, `case` or `enterprise`, and log its SHA-256. `client` is what the request told.

    Raises NotFound (see `find_scope`), NothingLogged, EvidenceTooLarge.
    """
    require_scope(actor, TokenScope.READ)
    scope = find_scope(actor=actor, kind=kind, code=code)
    subjects = list(scope.subjects())
    if len(subjects) > MAX_SUBJECTS:
        raise _too_large(len(subjects))
    links = proofs_of(subjects)
    if len(links) > MAX_ENTRIES:
        raise _too_large(len(links))
    seals = evidence_seals(links)
    if not seals:
        raise NothingLogged(_("账本中还没有相关记录，无从证明。刚登记的请等几秒钟再试；草稿须先登记。"))
    request = Request(
        actor=actor,
        scope=scope,
        subjects=subjects,
        links=links,
        seals=seals,
        client=_UNSHOWN.sub("?", client)[:300],
        now=now,
    )
    # Outside of a transaction: a large bundle takes seconds, which no other writer should wait for.
    path, entry_count = _write(request)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    byte_count = path.stat().st_size
    with transaction.atomic():
        record(
            actor=actor,
            kind="oversight.evidence_exported",
            subject=scope.subject,
            data={"sha256": digest, "bytes": byte_count, "entries": entry_count},
            now=now,
        )
        # Inside: what cannot be put in its place is not said to have been exported.
        path.rename(_path(actor, digest))
    return Exported(
        subject=scope.subject,
        sha256=digest,
        byte_count=byte_count,
        entry_count=entry_count,
        waiting_count=sum(link.index is None for link in links),
    )


def open_evidence(*, actor: Actor, sha256: str) -> tuple[BinaryIO, int]:
    """The file of a bundle this person has exported, and its size. Raises NotFound, also once it has expired."""
    require_scope(actor, TokenScope.READ)
    if actor.user_id is None or not _SHA256.fullmatch(sha256):
        raise _gone()
    try:
        file = _path(actor, sha256).open("rb")
    except FileNotFoundError as error:
        raise _gone() from error
    return file, os.fstat(file.fileno()).st_size


def purge_evidence(*, now: datetime) -> int:
    """Delete bundles older than KEEP_FOR, and what a crash left half written; returns how many."""
    count = 0
    for path in _folder().glob("*/*"):
        if path.stat().st_mtime < (now - KEEP_FOR).timestamp():
            path.unlink(missing_ok=True)
            count += 1
    return count


def _write(request: Request) -> tuple[Path, int]:
    folder = _folder() / str(request.actor.user_id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(8)}.part"
    try:
        with path.open("xb") as file:
            entry_count = write_bundle(file, request)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path, entry_count


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "files" / "evidence"


def _path(actor: Actor, sha256: str) -> Path:
    # By the person's own folder: whoever has seen a hash in the log cannot fetch the file with it.
    return _folder() / str(actor.user_id) / f"{sha256}.zip"


def _gone() -> NotFound:
    return NotFound(_("没有这个证据包，或已过期。证据包保留一天，请重新导出。"))


def _too_large(count: int) -> EvidenceTooLarge:
    return EvidenceTooLarge(
        _("涉及 %(count)s 条记录，一个证据包最多 %(most)s 条。请按批次分别导出。")
        % {"count": f"{count:,}", "most": f"{MAX_ENTRIES:,}"}
    )
