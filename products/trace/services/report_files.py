"""Files of laboratory reports: beside the database under their SHA-256, whole, and checked when they are read."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.trace.domain.lab_values import MAX_FILE_BYTES, file_type
from products.trace.errors import LabFileRefused, LabFileTooLarge
from products.trace.models.lab_report import LabReport
from products.trace.queries.lab import find_report_file
from products.trace.services.import_files import write_file

SUFFIXES: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}
_MAX_NAME: Final = 120


@dataclass(frozen=True)
class CheckedFile:
    """A report's file that may be kept; all is empty where none was given."""

    content: bytes = b""
    sha256: str = ""
    name: str = ""
    type: str = ""


def check_file(content: bytes, name: str) -> CheckedFile:
    """Raises LabFileTooLarge, LabFileRefused. No content is no file."""
    if not content:
        return CheckedFile()
    if len(content) > MAX_FILE_BYTES:
        raise LabFileTooLarge(_("文件超过 10 MB。请压缩，或降低扫描分辨率后再上传。"), field="file")
    kind = file_type(content)
    if kind is None:
        raise LabFileRefused(_("文件内容不是 PDF、JPEG 或 PNG。请上传报告的 PDF，或清楚的照片。"), field="file")
    return CheckedFile(content, hashlib.sha256(content).hexdigest(), tidy_name(name), kind)


def tidy_name(name: str) -> str:
    """The last part of a name without what could harm a header, a page or a shell; '' where nothing is left."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(char for char in last if char.isprintable() and char not in '<>:"|?*')
    return kept.strip()[-_MAX_NAME:]


def path_of(sha256: str) -> Path:
    return Path(settings.VAR_DIR) / "reports" / sha256


def keep(file: CheckedFile) -> None:
    """Write the file before its row commits: a row never names a file that is not there.

    A rollback leaves a file that no row names; the same report given again finds it.
    """
    if file.content and not path_of(file.sha256).exists():
        write_file(path_of(file.sha256), file.content)


def read_report_file(*, actor: Actor, batch_code: UUID, code: UUID) -> tuple[LabReport, bytes]:
    """The file as it was entered. Raises Forbidden, NotFound; also where it is gone or no longer what was entered."""
    report = find_report_file(actor=actor, batch_code=batch_code, code=code)
    try:
        content = path_of(report.file_sha256).read_bytes()
    except FileNotFoundError as error:
        raise NotFound(_("报告文件已不在存储中。请联系平台管理员从备份恢复。")) from error
    if hashlib.sha256(content).hexdigest() != report.file_sha256:
        raise NotFound(_("存储中的报告文件与账本记录的摘要不符，不能提供。请联系平台管理员。"))
    return report, content


def download_name(report: LabReport) -> str:
    """An ASCII name made here: what a person named the file decides nothing."""
    return f"lab-report-{report.code}.{SUFFIXES[report.file_type]}"
