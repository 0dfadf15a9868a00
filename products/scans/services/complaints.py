"""Reports by consumers: received by anybody, answered by the office of the region."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from products.access import NOBODY, Actor, Role, Scope, require_scope
from products.audit import commitment, new_salt, record
from products.crypto import decrypt, encrypt
from products.errors import InvalidInput, NotFound
from products.labels.domain.unit_code import format_unit_code
from products.labels.queries.runs import run_for_scan
from products.registry.errors import IllegalStep, ReasonMissing
from products.registry.services.texts import clean_text
from products.scans.errors import TooManyReports
from products.scans.models.complaint import Complaint
from products.scans.queries import is_number
from products.scans.services.scans import read_code
from products.scans.services.visitors import Visitor, visitor_hash

PROVINCE = "510000"
AN_HOUR, REPORTS_AN_HOUR = timedelta(hours=1), 5
# Without letters that look alike: the number is read out on the telephone.
_LETTERS = "23456789ABCDEFGHJKMNPQRTUVWXYZ"
State = Complaint.State
_NEXT = {State.RECEIVED: {State.ACCEPTED, State.REJECTED}, State.ACCEPTED: {State.CLOSED}}


@transaction.atomic
def file_complaint(
    *,
    code_text: str,
    text: str,
    bought_at: str = "",
    contact: str = "",
    visitor: Visitor,
    is_demo: bool = False,
    now: datetime,
) -> Complaint:
    """Take a report about a pack. It goes to the office of the maker's county, else to the province.

    Raises NotACode, InvalidInput, TooManyReports.
    """
    code = read_code(code_text)
    text = clean_text(text, field="text", longest=2000)
    if len(text) < 5:
        raise InvalidInput(_("请用 5 至 2000 字说明哪里不对。"), field="text")
    bought_at = clean_text(bought_at, field="bought_at", longest=200)
    contact = clean_text(contact, field="contact", longest=60)
    mark = visitor_hash(visitor, now=now)
    lately = Complaint.objects.filter(visitor=mark, received_at__gt=now - AN_HOUR)
    # A button pressed twice: whoever reports has no account, so that no key of theirs could tell.
    if same := lately.filter(code_text=format_unit_code(code), text=text).first():
        return same
    if lately.count() >= REPORTS_AN_HOUR:
        raise TooManyReports(_("您已提交多次。请一小时后再试，或拨打 12315。"))
    run = run_for_scan(code.run)
    salt = new_salt()
    complaint = Complaint.objects.create(
        number=_new_number(now),
        code_text=format_unit_code(code),
        run=run,
        serial=code.serial if run else None,
        region=run.batch.authorisation.enterprise.region_id if run else PROVINCE,
        text=text,
        bought_at=bought_at,
        contact=encrypt(contact.encode()) if contact else b"",
        salt=salt,
        visitor=mark,
        received_at=now,
        is_demo=is_demo,
    )
    record(
        actor=NOBODY,
        kind="scans.complaint_received",
        subject=f"complaint:{complaint.number}",
        data={"code": complaint.code_text, "region": complaint.region},
        commitments={
            "text": commitment(complaint.text, salt=salt),
            "bought_at": commitment(complaint.bought_at, salt=salt),
            "contact": commitment(contact, salt=salt),
        },
        now=now,
    )
    return complaint


def _new_number(now: datetime) -> str:
    # The suffix cannot be guessed: whoever knows the number may follow the report.
    suffix = "".join(secrets.choice(_LETTERS) for _letter in range(6))
    return f"JB{timezone.localdate(now):%y%m%d}-{suffix}"


@transaction.atomic
def answer_complaint(*, actor: Actor, number: str, state: str, outcome: str = "", now: datetime) -> Complaint:
    """Accept, reject or close a report of the officer's region. Rejecting and closing say what came of it.

    Raises NotFound, IllegalStep, ReasonMissing.
    """
    require_scope(actor, Scope.OVERSIGHT, Role.INSPECTOR)
    found = Complaint.objects.visible_to(actor).select_for_update().filter(number=number.upper())
    complaint = found.first() if is_number(number) else None
    if complaint is None:
        raise NotFound(_("没有这件举报，或不在您的辖区内。"))
    if state not in _NEXT.get(State(complaint.state), set()):
        raise IllegalStep(_("举报当前的状态不能这样办理。请刷新页面。"), field="state")
    outcome = clean_text(outcome, field="outcome", longest=2000)
    if state != State.ACCEPTED and not outcome:
        raise ReasonMissing(_("请写明处理结果，举报人会看到。"), field="outcome")
    before, complaint.state, complaint.outcome = complaint.state, state, outcome
    complaint.save(update_fields=["state", "outcome"])
    record(
        actor=actor,
        kind="scans.complaint_answered",
        subject=f"complaint:{complaint.number}",
        data={"from_state": before, "to_state": state, "outcome": complaint.outcome},
        now=now,
    )
    return complaint


def contact_of(*, actor: Actor, complaint: Complaint) -> str:
    """The reporter's contact, for an inspector of the region who has taken the report on; empty for all others."""
    may_read = actor.is_role(Role.INSPECTOR) and actor.covers(complaint.region) and complaint.state == State.ACCEPTED
    return decrypt(bytes(complaint.contact)).decode() if may_read and complaint.contact else ""
