"""Answering a scan: look up, record, judge; the record is durable before the answer is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.labels.domain.unit_code import MalformedCode, UnitCode, format_unit_code, is_authentic, parse_unit_code
from products.labels.models.label_run import LabelRun
from products.labels.queries.runs import UnitState, run_for_scan, unit_state
from products.labels.services.keys import open_key
from products.registry.queries.authorisations import standing
from products.scans.domain.verdict import Reason, UnitFacts, Verdict, judge
from products.scans.errors import NotACode
from products.scans.models.scan import Scan, UnitSeen
from products.scans.services.visitors import Visitor, visitor_hash

# The same phone looking again within this time is one scan.
REPEAT_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Seen:
    """How often one unit was scanned, this time included."""

    count: int
    first_at: datetime
    first_region: str


@dataclass(frozen=True)
class ScanAnswer:
    """What the page and the JSON say. `run` and `seen` are None for a code that is not ours."""

    code: str
    serial: int
    verdict: Verdict
    reasons: tuple[Reason, ...]
    run: LabelRun | None = None
    seen: Seen | None = None
    unit: UnitState | None = None

    @property
    def status(self) -> int:
        """HTTP status: 200 for a code of ours, whatever its verdict."""
        return 200 if self.run else 404


def read_code(text: str) -> UnitCode:
    """A typed or scanned code, forgiving case, spaces and look-alikes. Raises NotACode, which says what to check."""
    try:
        return parse_unit_code(text)
    except MalformedCode as error:
        raise NotACode(_what_is_wrong(error), field="code") from error


def _what_is_wrong(error: MalformedCode) -> str:
    if error.reason == "wrong_length":
        return _("编码应为 20 位，这里有 %(length)s 位。请对照标签补全或删去多余的字符。") % {"length": error.length}
    if error.reason == "wrong_alphabet":
        return _("编码中不会有“%(character)s”。请对照标签改正。") % {"character": error.character}
    if error.reason == "wrong_first_letter":
        return _("本平台的编码以 G 开头。这可能是其他系统的码，请看包装上另有没有本平台的标签。")
    return _("编码有误。请对照标签逐位核对。")


def answer_scan(*, text: str, visitor: Visitor, now: datetime, is_counted: bool = True) -> ScanAnswer:
    """The answer to a code; counted unless the request was only a preview. Raises NotACode."""
    code = read_code(text)
    plain = format_unit_code(code)
    run = run_for_scan(code.run)
    if run is None:
        return ScanAnswer(plain, code.serial, Verdict.UNKNOWN_CODE, (Reason.UNKNOWN_RUN,))
    # A tag that fits belongs to a serial we issued only if the serial is within the run.
    if not is_authentic(open_key(run), code) or not 1 <= code.serial <= run.quantity:
        return ScanAnswer(plain, code.serial, Verdict.NOT_GENUINE, (Reason.WRONG_TAG,))
    unit = unit_state(run, code.serial)
    # Before the transaction: a salt that a rollback took away again would stay behind in this process.
    mark = visitor_hash(visitor, now=now) if is_counted else b""
    if not is_counted or _is_repeated(run, code.serial, mark=mark, now=now):
        seen = _look(run, code.serial)
        verdict, reasons = _judge(run, unit, scan_count=seen.count if seen else 0, now=now)
    else:
        seen, verdict, reasons = _record(run, code.serial, unit, region=visitor.region, mark=mark, now=now)
    return ScanAnswer(plain, code.serial, verdict, reasons, run, seen, unit)


def _is_repeated(run: LabelRun, serial: int, *, mark: bytes, now: datetime) -> bool:
    recent = Scan.objects.filter(run=run, serial=serial, at__gt=now - REPEAT_WITHIN, visitor=mark)
    return recent.exists()


@transaction.atomic
def _record(
    run: LabelRun, serial: int, unit: UnitState, *, region: str, mark: bytes, now: datetime
) -> tuple[Seen, Verdict, tuple[Reason, ...]]:
    seen = _count(run, serial, region=region, now=now)
    verdict, reasons = _judge(run, unit, scan_count=seen.count, now=now)
    Scan.objects.create(run=run, serial=serial, at=now, verdict=verdict.value, region=region, visitor=mark)
    return seen, verdict, reasons


def _look(run: LabelRun, serial: int) -> Seen | None:
    row = UnitSeen.objects.filter(run=run, serial=serial).first()
    return Seen(row.scan_count, row.first_at, row.first_region) if row else None


def _count(run: LabelRun, serial: int, *, region: str, now: datetime) -> Seen:
    # One statement: the first scan inserts, later ones add, and no two of them can count the same number.
    table = connection.ops.quote_name(UnitSeen._meta.db_table)
    (row,) = UnitSeen.objects.raw(
        f"INSERT INTO {table} (run_id, serial, scan_count, first_at, first_region) VALUES (%s, %s, 1, %s, %s) "  # noqa: S608
        f"ON CONFLICT (run_id, serial) DO UPDATE SET scan_count = {table}.scan_count + 1 RETURNING *",
        [run.pk, serial, connection.ops.adapt_datetimefield_value(now), region],
    )
    return Seen(row.scan_count, row.first_at, row.first_region)


def _judge(run: LabelRun, unit: UnitState, *, scan_count: int, now: datetime) -> tuple[Verdict, tuple[Reason, ...]]:
    batch = run.batch
    authorisation = batch.authorisation
    today = timezone.localdate(now)
    return judge(
        UnitFacts(
            is_voided=unit.voided_at is not None,
            is_activated=unit.activated_at is not None,
            batch_state=batch.state,
            standing=standing(authorisation, on=today),
            was_authorised=authorisation.valid_from <= batch.produced_on <= authorisation.valid_until,
            best_before=batch.best_before,
            scan_count=scan_count,
        ),
        on=today,
    )
