"""Rows that only the oversight tests need."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count
from typing import Any

from products.oversight.models.target import PolicyTarget
from products.registry.models.indication import Indication
from products.registry.models.zone import Zone
from products.scans.models.complaint import Complaint
from products.scans.models.scan import Scan, UnitSeen
from tests import factories

_numbers = count(1)
BEGIN, DUE = date(2021, 1, 1), date(2025, 12, 31)
GOALS = {"new_indications": 100, "demonstration_zones": 5, "authorised_enterprises": 300}


def make_targets() -> None:
    """The three targets of the plan."""
    for metric, goal in GOALS.items():
        PolicyTarget.objects.create(
            plan="川府发〔2021〕48号",
            metric=metric,
            title=metric,
            title_en=metric,
            baseline=0,
            baseline_on=BEGIN,
            target=goal,
            due_on=DUE,
            source="专栏8",
        )


def make_recognised(on: date, **changes: Any) -> Indication:
    return factories.make_indication(recognised_on=on, **changes)


def make_zone(**changes: Any) -> Zone:
    number = next(_numbers)
    facts: dict[str, Any] = {
        "code": f"Z-{number}",
        "name": f"示范区{number}",
        "grade": "provincial",
        "region_id": factories.PIDU,
        "stage": "recognised",
        "stage_on": date(2024, 5, 1),
    }
    return Zone.objects.create(**(facts | changes))


def make_complaint(**changes: Any) -> Complaint:
    facts: dict[str, Any] = {
        "number": f"JB261120-{next(_numbers):06d}",
        "code_text": "G" * 20,
        "region": factories.PIDU,
        "text": "标签脱落，味道不对。",
        "received_at": factories.NOW,
    }
    return Complaint.objects.create(**(facts | changes))


def scan(run: Any, serial: int, *, at: datetime = factories.NOW, times: int = 1) -> None:
    """`times` looks at one unit, the first at `at`."""
    UnitSeen.objects.create(run=run, serial=serial, scan_count=times, first_at=at)
    for _time in range(times):
        Scan.objects.create(run=run, serial=serial, at=at, verdict="genuine", visitor=b"v" * 16)
