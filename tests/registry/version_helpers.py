"""Standards drafted, reviewed and published through the services."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest

from products.access import Actor
from products.errors import DomainError
from products.registry.models.indication import Indication
from products.registry.models.version_record import VersionRecord
from products.registry.services.version_drafts import save_draft, start_draft
from products.registry.services.version_endings import repeal_version
from products.registry.services.version_reviews import decide_draft, submit_draft
from tests.factories import NOW

CODE = "DB5101/T 77-2026"


def acid(*values: str, comparator: str = "ge", **changes: Any) -> dict[str, Any]:
    """A limit as it is typed: total acid in g/L."""
    facts = {"indicator": "total_acid", "name": "总酸", "unit": "g/L", "comparator": comparator, "basis": "以乙酸计"}
    return {**facts, "values": list(values) or ["0.60"], **changes}


def draft(
    association: Actor,
    indication: Indication,
    *limits: dict[str, Any],
    code: str = CODE,
    label: str = "2026",
    begins: date = date(2026, 1, 1),
    source: str = "标准文本第5章",
    now: datetime = NOW,
    replaces: str = "",
    **head: Any,
) -> VersionRecord:
    """A whole draft, ready to be submitted."""
    row = start_draft(
        actor=association, indication_code=indication.code, standard_code=code, title="豆瓣", replaces=replaces, now=now
    )
    return save_draft(
        actor=association,
        code=row.code,
        revision=row.revision,
        head={"label": label, "effective_from": begins, "source": source, **head},
        limits=limits or None if row.limits else limits or [acid()],
        now=now,
    )


def submit(association: Actor, row: VersionRecord, *, now: datetime = NOW) -> VersionRecord:
    return submit_draft(actor=association, code=row.code, revision=row.revision, now=now)


def decide(
    office: Actor, row: VersionRecord, action: str = "publish", *, now: datetime = NOW, **changes: Any
) -> VersionRecord:
    facts: dict[str, Any] = {"revision": row.revision, "reason": "", "document_no": "成市监〔2026〕8号"}
    return decide_draft(actor=office, code=row.code, action=action, now=now, **(facts | changes))


def publish(
    association: Actor,
    office: Actor,
    indication: Indication,
    *limits: dict[str, Any],
    now: datetime = NOW,
    **changes: Any,
) -> VersionRecord:
    row = draft(association, indication, *limits, now=now, **changes)
    return decide(office, submit(association, row, now=now), now=now)


def repeal(office: Actor, code: str, label: str, on: date, *, now: datetime = NOW, **changes: Any) -> VersionRecord:
    facts: dict[str, Any] = {"reason": "国家标准已废止", "document_no": "成市监〔2026〕9号"}
    return repeal_version(actor=office, standard_code=code, label=label, repealed_on=on, now=now, **(facts | changes))


def refusal(act: Callable[..., object], *args: Any, **kwargs: Any) -> tuple[str, str]:
    """The code and the field of a refusal, which has words."""
    with pytest.raises(DomainError) as caught:
        act(*args, **kwargs)
    assert caught.value.text
    return caught.value.code, caught.value.field
