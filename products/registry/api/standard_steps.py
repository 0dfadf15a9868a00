"""Editing, submitting, deciding on and repealing versions of standards over the API."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from products.errors import InvalidInput
from products.http import actor_of, now_of
from products.registry.api.standards import VersionDetailOut, VersionRecordOut
from products.registry.services.version_drafts import save_draft
from products.registry.services.version_endings import repeal_version
from products.registry.services.version_reviews import decide_draft, submit_draft, take_back, withdraw_draft

router = Router(tags=["standards"])


class LimitIn(Schema):
    key: str = ""
    indicator: str = ""
    name: str = ""
    name_en: str = ""
    unit: str = ""
    basis: str = ""
    comparator: str
    values: list[str] = []
    condition: dict[str, Any] | None = None
    scope: str = "product"
    is_usable: bool = True
    source: str = ""
    confidence: str = "high"


class ContentIn(Schema):
    """What is left out stays as it is; `limits`, where given, replace all limits."""

    revision: int
    title: str | None = None
    label: str | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    source: str | None = None
    max_yield_kg_per_ha: int | None = None
    limits: list[LimitIn] | None = None


class RevisionIn(Schema):
    revision: int


class WithdrawalIn(Schema):
    action: str


class ReviewIn(Schema):
    revision: int
    action: str
    reason: str = ""
    document_no: str = ""


class RepealIn(Schema):
    standard_code: str
    label: str = ""
    repealed_on: date
    reason: str
    document_no: str


@router.post(
    "/standard-versions/{uuid:code}/contents",
    response={201: VersionDetailOut},
    operation_id="save_standard_version",
    summary="Change a draft's head, its limits, or both",
)
def create_content(request: HttpRequest, code: UUID, body: ContentIn) -> Status[VersionDetailOut]:
    given = body.dict(exclude_unset=True)
    revision, limits = given.pop("revision"), given.pop("limits", None)
    row = save_draft(
        actor=actor_of(request),
        code=code,
        revision=revision,
        head={
            name: "" if value is None and name in {"title", "label", "source"} else value
            for name, value in given.items()
        },
        limits=limits,
        now=now_of(request),
    )
    return Status(201, VersionDetailOut.detail(row))


@router.post(
    "/standard-versions/{uuid:code}/submission",
    response={201: VersionRecordOut},
    operation_id="submit_standard_version",
    summary="Hand a draft to the office",
)
def create_submission(request: HttpRequest, code: UUID, body: RevisionIn) -> Status[VersionRecordOut]:
    row = submit_draft(actor=actor_of(request), code=code, revision=body.revision, now=now_of(request))
    return Status(201, VersionRecordOut.of(row))


@router.post(
    "/standard-versions/{uuid:code}/withdrawal",
    response={204: None},
    operation_id="withdraw_standard_version",
    summary="Take a version under review back to edit it (take_back), or give it up (withdraw)",
)
def create_withdrawal(request: HttpRequest, code: UUID, body: WithdrawalIn) -> Status[None]:
    acts = {"take_back": take_back, "withdraw": withdraw_draft}
    if body.action not in acts:
        raise InvalidInput(_("请填 take_back（撤回修改）或 withdraw（终止）。"), field="action")
    acts[body.action](actor=actor_of(request), code=code, now=now_of(request))
    return Status(204, None)


@router.post(
    "/standard-versions/{uuid:code}/decisions",
    response={201: VersionRecordOut},
    operation_id="decide_standard_version",
    summary="The office publishes a version or sends it back",
)
def create_review(request: HttpRequest, code: UUID, body: ReviewIn) -> Status[VersionRecordOut]:
    row = decide_draft(actor=actor_of(request), code=code, now=now_of(request), **body.dict())
    return Status(201, VersionRecordOut.of(row))


@router.post(
    "/standards/repeals",
    response={201: VersionRecordOut},
    operation_id="repeal_standard",
    summary="End the last version of a standard",
)
def create_repeal(request: HttpRequest, body: RepealIn) -> Status[VersionRecordOut]:
    row = repeal_version(actor=actor_of(request), now=now_of(request), **body.dict())
    return Status(201, VersionRecordOut.of(row))
