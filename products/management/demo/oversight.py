"""Reports by consumers, inspections and cases, in every state."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from products.labels.domain.unit_code import UnitCode, format_unit_code, tag_for
from products.labels.services.keys import open_key
from products.management.demo.cast import office
from products.management.demo.making import Made
from products.management.demo.register import Progress, at_office_hours
from products.oversight.services.cases import advance_case, open_case
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from products.registry.models.authorisation import Authorisation
from products.scans.services.complaints import answer_complaint, file_complaint
from products.scans.services.visitors import Visitor

REPORTS, INSPECTIONS, CASES = 40, 30, 15
_WORDS = (
    "演示：包装上的批号和查询结果不一样。",
    "演示：味道和以前买的差别很大，怀疑不是正品。",
    "演示：网店图片上的码被扫了很多次。",
    "演示：标签可以整张揭下来重贴。",
)
_ACTS = ("unauthorised_use", "below_standard", "similar_mark", "misleading_origin", "selling")
_PATHS: tuple[tuple[str, ...], ...] = (
    (),
    ("investigating",),
    ("investigating", "decided"),
    ("investigating", "referred"),
    ("investigating", "decided", "closed"),
)


def add_reports_and_cases(rng: random.Random, made: Sequence[Made], *, now: datetime, progress: Progress) -> None:
    """Reports in all four states, cases in all five, inspections in all four."""
    chosen = rng.sample(list(made), REPORTS)
    for number, one in enumerate(chosen):
        _report(rng, one, number=number, now=now)
    for number in range(CASES):
        _case_without_report(rng, chosen[number], number=number, now=now)
    for number, one in enumerate(rng.sample(list(made), INSPECTIONS)):
        _inspect(rng, one, number=number, now=now)
    progress("reports and cases", REPORTS, REPORTS)


def _report(rng: random.Random, one: Made, *, number: int, now: datetime) -> None:
    serial = rng.randrange(30, one.run.quantity)
    code = UnitCode(one.run.code, serial, tag_for(open_key(one.run), one.run.code, serial))
    received = now - timedelta(days=rng.randrange(2, 200))
    complaint = file_complaint(
        code_text=format_unit_code(code),
        text=_WORDS[number % len(_WORDS)],
        bought_at="演示超市",
        visitor=Visitor(f"demo-{number}", "demo"),
        is_demo=True,
        now=received,
    )
    actor = office(one.licensed.county)
    later = received + timedelta(days=1)
    if number % 4 == 1:
        answer_complaint(
            actor=actor, number=complaint.number, state="rejected", outcome="演示：编码属于其他系统。", now=later
        )
    elif number % 4 >= 2:
        answer_complaint(actor=actor, number=complaint.number, state="accepted", now=later)
        if number % 8 == 2:
            case = open_case(
                actor=actor,
                act=_ACTS[number % len(_ACTS)],
                summary="演示：由举报转来。",
                complaint_number=complaint.number,
                is_demo=True,
                now=later,
            )
            advance_case(actor=actor, number=case.number, state="investigating", note="演示：已到现场。", now=later)
        if number % 4 == 3:
            answer_complaint(
                actor=actor,
                number=complaint.number,
                state="closed",
                outcome="演示：核查属实，已责令改正。",
                now=later + timedelta(days=12 if later + timedelta(days=12) < now else 0),
            )


def _case_without_report(rng: random.Random, one: Made, *, number: int, now: datetime) -> None:
    actor = office(one.licensed.county[:4] + "00")
    opened = now - timedelta(days=rng.randrange(40, 300))
    case = open_case(
        actor=actor,
        act=_ACTS[number % len(_ACTS)],
        summary="演示：市场巡查发现线索。",
        uscc=one.licensed.uscc if number % 2 else "",
        region=one.licensed.county,
        is_demo=True,
        now=opened,
    )
    for step, state in enumerate(_PATHS[number % len(_PATHS)], start=1):
        advance_case(
            actor=actor,
            number=case.number,
            state=state,
            note="演示：按程序办理。",
            now=opened + timedelta(days=7 * step),
        )


def _inspect(rng: random.Random, one: Made, *, number: int, now: datetime) -> None:
    actor = office(one.licensed.county)
    authorisation = Authorisation.objects.get(code=one.licensed.code)
    if authorisation.state not in {"announced", "suspended"}:
        return
    planned = (
        timezone.localdate(now) - timedelta(days=rng.randrange(20, 200))
        if number % 4
        else timezone.localdate(now) + timedelta(days=14)
    )
    at = at_office_hours(min(planned, timezone.localdate(now)) - timedelta(days=5), rng)
    inspection = plan_inspection(
        actor=actor, authorisation_code=one.licensed.code, planned_on=planned, is_demo=True, now=at
    )
    if number % 4 == 0:
        return
    done_at = at_office_hours(planned + timedelta(days=1), rng)
    has_problems = number % 4 == 2
    record_result(
        actor=actor,
        number=inspection.number,
        result="problems" if has_problems else "passed",
        findings="演示：台账缺少两天的入库记录。" if has_problems else "",
        done_on=planned,
        now=done_at,
    )
    if number % 4 == 3:
        publish_result(actor=actor, number=inspection.number, now=done_at + timedelta(days=7))
