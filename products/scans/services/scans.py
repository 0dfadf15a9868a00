"""Answering a scan: look up, record, judge; the record is durable before the answer is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from products.labels.domain.unit_code import MalformedCode, UnitCode, format_unit_code, is_authentic, parse_unit_code
from products.labels.models.label_run import LabelRun
from products.labels.queries.runs import UnitState
from products.registry.queries.authorisations import standing
from products.scans.domain.verdict import OFTEN, Reason, UnitFacts, Verdict, judge
from products.scans.errors import NotACode
from products.scans.services.recording import Look, Seen, look_up, record_look
from products.scans.services.visitors import Visitor, visitor_hash
from products.scans.story import STORIES, Story


@dataclass(frozen=True)
class ScanAnswer:
    """What the page and the JSON say. `story` and `seen` are None for a code that is not ours."""

    code: str
    serial: int
    verdict: Verdict
    reasons: tuple[Reason, ...]
    story: Story | None = None
    seen: Seen | None = None
    unit: UnitState | None = None

    @property
    def run(self) -> LabelRun | None:
        return self.story.run if self.story else None

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
    story = STORIES.of(code.run)
    if story is None:
        return ScanAnswer(plain, code.serial, Verdict.UNKNOWN_CODE, (Reason.UNKNOWN_RUN,))
    # A tag that fits belongs to a serial we issued only if the serial is within the run.
    if not is_authentic(story.key, code) or not 1 <= code.serial <= story.run.quantity:
        return ScanAnswer(plain, code.serial, Verdict.NOT_GENUINE, (Reason.WRONG_TAG,))
    run, unit = story.run, story.unit(code.serial)
    seen = None
    if is_counted:
        # The verdict is kept with the scan; it depends on a count that only the database knows.
        rarely, often = (_judge(run, unit, scan_count=count, now=now)[0] for count in (1, OFTEN))
        mark = visitor_hash(visitor, now=now)
        seen = record_look(Look(run.pk, code.serial, now, visitor.region, mark), rarely=rarely, often=often)
    seen = seen or look_up(run.pk, code.serial)
    verdict, reasons = _judge(run, unit, scan_count=seen.count if seen else 0, now=now)
    return ScanAnswer(plain, code.serial, verdict, reasons, story, seen, unit)


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
