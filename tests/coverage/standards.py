"""Standards of the small world: taken in, replaced, published, sent back and repealed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import models

from products.access import ROLE_SCOPES, Actor, Role
from products.registry.models.indication import Indication
from products.registry.models.standard import Limit, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep
from products.registry.services.version_drafts import save_draft
from products.registry.services.version_reviews import take_back, withdraw_draft
from tests import factories
from tests.coverage.covered import OTHER_CODE, PERSON, Covered
from tests.registry.version_helpers import acid, decide, draft, repeal, submit

ASSOCIATION = Actor(
    username="a", role=Role.ASSOCIATION, uscc=factories.uscc(7009), scopes=ROLE_SCOPES[Role.ASSOCIATION]
)
OFFICE = Actor(username="o", role=Role.INSPECTOR, regions=("510100",), scopes=ROLE_SCOPES[Role.INSPECTOR])


def at(minutes: int) -> datetime:
    """Every act has its own minute, with microseconds that entries do not keep."""
    return factories.NOW + timedelta(minutes=minutes, microseconds=321)


def make_standards() -> None:
    """Of each of two names a reference version replaced by an amendment, and drafts that never became one."""
    factories.make_regions()
    for number in range(2):
        indication = factories.make_indication(code=f"S-{number}", registrant_uscc=ASSOCIATION.uscc)
        version = factories.make_version(indication, label=f"200{number}")
        factories.make_limit(version, "solids", "le", "1.0")
        withdrawn = submit(ASSOCIATION, draft(ASSOCIATION, indication, code=f"X-{number}"), now=at(1))
        withdraw_draft(actor=ASSOCIATION, code=withdrawn.code, now=at(2))
        draft(ASSOCIATION, indication, code=f"Y-{number}")
        _amend(indication, version.standard.code, f"第{number}号修改单")


def _amend(indication: Indication, code: str, label: str) -> None:
    lead = {"indicator": "lead", "comparator": "le", "values": ["0.1"], "unit": "mg/kg"}
    row = draft(ASSOCIATION, indication, code=code, label=label, max_yield_kg_per_ha=9_000)
    row = submit(ASSOCIATION, row, now=at(3))
    row = decide(OFFICE, row, "send_back", reason="缺铅的限量", now=at(4))
    row = save_draft(actor=ASSOCIATION, code=row.code, revision=row.revision, limits=[acid(), lead], now=at(5))
    row = take_back(actor=ASSOCIATION, code=submit(ASSOCIATION, row, now=at(6)).code, now=at(7))
    decide(OFFICE, submit(ASSOCIATION, row, now=at(8)), reason="同意", now=at(9))
    repeal(OFFICE, code, label, date(2026, 12, 1), now=at(10))


STANDARD_COLUMNS: dict[type[models.Model], Covered] = {
    VersionRecord: Covered(
        world="standards",
        place=lambda row: f"standard-version {row.code}",
        uncovered={
            "created_at": "of a draft, which the log does not know",
            "changed_at": "of a draft, which the log does not know",
        },
        words={"standard_code": "standard", "limits": "content_sha256", "base": "follows"},
        values={"version": 999_999},
        rows={"state": "published"},
        copied={"code": OTHER_CODE, "version_id": 999_999},
    ),
    VersionStep: Covered(
        world="standards",
        place=lambda row: f"standard-version {row.record.code}",
        parent="record",
        uncovered={"decided_by": PERSON},
    ),
    StandardVersion: Covered(
        world="standards",
        place=lambda row: f"standard-version {row.record.code}",
        rows={"record__isnull": False},
        copied={"label": "copy"},
    ),
    Limit: Covered(
        world="standards",
        place=lambda row: f"standard-version {row.version.record.code}",
        parent="version",
        rows={"version__record__isnull": False},
        copied={"key": "copy"},
    ),
}
