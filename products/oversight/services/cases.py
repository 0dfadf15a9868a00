"""Opening cases of the five forbidden acts and leading them to an end."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import Actor, Role, Scope, require_scope
from products.audit import commitment, new_salt, record
from products.errors import InvalidInput, NotFound
from products.oversight.domain.case_states import CaseState, next_states
from products.oversight.domain.numbering import CASE
from products.oversight.errors import CaseClosed, ComplaintHasCase, IllegalCaseStep, NoteMissing
from products.oversight.models.case import Case, CaseStep
from products.oversight.services.numbers import create_numbered
from products.registry.models.enterprise import Enterprise
from products.registry.models.region import Region
from products.scans.models.complaint import Complaint


@transaction.atomic
def open_case(
    *,
    actor: Actor,
    act: str,
    summary: str,
    region: str = "",
    uscc: str = "",
    complaint_number: str = "",
    is_demo: bool = False,
    now: datetime,
) -> Case:
    """Open a case of one of the five acts (国知局令第80号), out of a complaint or the office's own finding.

    The region is the one given, else the enterprise's, else the complaint's. Raises NotFound for an enterprise,
    complaint or region that is not there or not the officer's, ComplaintHasCase, NoteMissing, InvalidInput.
    """
    require_scope(actor, Scope.OVERSIGHT, Role.INSPECTOR)
    if act not in Case.Act.values:
        raise InvalidInput(_("请从五类违法行为中选择一类。"), field="act")
    summary = summary.strip()
    if not summary:
        raise NoteMissing(_("请写明案由和线索。"), field="summary")
    complaint = _lock_complaint(actor, complaint_number) if complaint_number else None
    enterprise = _enterprise(uscc.strip().upper(), complaint)
    place = _place(actor, region, enterprise, complaint)
    case = create_numbered(
        Case.objects.all(),
        kind=CASE,
        now=now,
        create=lambda number: Case.objects.create(
            number=number,
            act=act,
            region=place,
            enterprise=enterprise,
            complaint=complaint,
            summary=summary,
            opened_at=now,
            is_demo=is_demo,
        ),
    )
    _add_step(actor, case, kind="oversight.case_opened", note=summary, now=now)
    return case


def _lock_complaint(actor: Actor, number: str) -> Complaint:
    complaint = (
        Complaint.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("run__batch__authorisation__enterprise")
        .filter(number=number)
        .first()
    )
    if complaint is None:
        raise NotFound(_("没有这件举报，或不在您的辖区内。"), field="complaint_number")
    if taken := Case.objects.filter(complaint=complaint).first():
        raise ComplaintHasCase(
            _("这件举报已立案：%(number)s。请在该案中继续办理。") % {"number": taken.number}, field="complaint_number"
        )
    return complaint


def _enterprise(uscc: str, complaint: Complaint | None) -> Enterprise | None:
    """The one named, else the maker of the pack complained about, else nobody known yet."""
    if not uscc:
        return complaint.run.batch.authorisation.enterprise if complaint and complaint.run else None
    enterprise = Enterprise.objects.filter(uscc=uscc).first()
    if enterprise is None:
        raise NotFound(_("没有登记这家企业。不清楚企业时请留空。"), field="uscc")
    return enterprise


def _place(actor: Actor, region: str, enterprise: Enterprise | None, complaint: Complaint | None) -> str:
    # A complaint may come from where the pack was sold, far from its maker: it stays with the office that has it.
    known = complaint.region if complaint else enterprise.region_id if enterprise else actor.regions[0]
    place = region.strip() or known
    if not actor.covers(place) or not Region.objects.filter(code=place).exists():
        raise NotFound(_("该地区不在您的辖区内。请改由有管辖权的部门立案，或把线索移送过去。"), field="region")
    return place


@transaction.atomic
def advance_case(*, actor: Actor, number: str, state: str, note: str, now: datetime) -> Case:
    """Take the next step of a case, with a note of what was done.

    Raises NotFound, CaseClosed, IllegalCaseStep, NoteMissing or InvalidInput, having written nothing.
    """
    require_scope(actor, Scope.OVERSIGHT, Role.INSPECTOR)
    case = (
        Case.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("enterprise", "complaint")
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NotFound(_("没有这个案件，或不在您的辖区内。"))
    if state not in Case.State.values:
        raise InvalidInput(_("没有这种案件状态。"), field="state")
    if case.state == Case.State.CLOSED:
        raise CaseClosed(_("案件已结，不能再办理。有新线索请另行立案。"), field="state")
    if CaseState(state) not in next_states(CaseState(case.state)):
        raise IllegalCaseStep(_("当前状态下不能办理这一步。请刷新页面查看最新状态。"), field="state")
    note = note.strip()
    if not note:
        raise NoteMissing(_("请写明这一步做了什么、依据是什么。"), field="note")
    case.state = state
    case.save(update_fields=["state"])
    _add_step(actor, case, kind="oversight.case_advanced", note=note, now=now)
    return case


def _add_step(actor: Actor, case: Case, *, kind: str, note: str, now: datetime) -> None:
    salt = new_salt()
    CaseStep.objects.create(case=case, state=case.state, note=note, note_salt=salt, office=actor.ledger_name, at=now)
    # Which enterprise and which complaint stays out of the public log until a decision is published.
    named = f"{case.enterprise.uscc if case.enterprise else ''}|{case.complaint.number if case.complaint else ''}"
    record(
        actor=actor,
        kind=kind,
        subject=f"case:{case.number}",
        data={"act": case.act, "region": case.region, "state": case.state},
        commitments={
            "note": commitment(note, salt=salt),
            "parties": commitment(named, salt=salt),
        },
        now=now,
    )
