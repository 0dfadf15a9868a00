"""Sending a report as a buyer does."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from products.errors import DomainError
from products.labels.models.label_run import LabelRun
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import file_complaint
from products.scans.services.visitors import Visitor
from tests.factories import NOW, make_authorisation, make_batch, make_enterprise, make_run
from tests.scans.helpers import code_of

PHONE = "13900000000"
UNKNOWN = "GZZZZZZ0000100000000"


def filled_in(**changes: str) -> dict[str, str]:
    return {
        "kind": "怀疑是假货",
        "text": "包装上的批号和这里不一样",
        "bought_at": "菜市场三号摊",
        "contact": PHONE,
        "website": "",
        **changes,
    }


def send(code: str, **changes: str) -> Any:
    return Client().post(f"/t/{code}/report", filled_in(**changes))


def report(run: LabelRun | None = None, **changes: Any) -> Complaint:
    facts: dict[str, Any] = {
        "code_text": code_of(run) if run else UNKNOWN,
        "text": "批号和包装不一样",
        "contact": PHONE,
        "visitor": Visitor(address="192.0.2.1", agent="a"),
        "now": NOW,
    }
    return file_complaint(**(facts | changes))


def run_in(county: str) -> LabelRun:
    enterprise = make_enterprise(region_id=county)
    return make_run(batch=make_batch(authorisation=make_authorisation(enterprise=enterprise)))


def refusal(act: Any) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code
