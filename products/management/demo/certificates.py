"""The demonstration's conformity certificates: on fresh produce sold since the rule is in force."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from products.management.demo.cast import maker
from products.management.demo.making import Made
from products.management.demo.register import at_office_hours
from products.trace.domain.certificate import KIND_OF_CATEGORY
from products.trace.models.batch import Batch
from products.trace.services.certificates import issue_certificate

_IN_FORCE: Final = date(2026, 2, 1)
_MOST: Final = 60


def add_certificates(made: Sequence[Made], *, today: date) -> None:
    """One for each of the first batches of fresh produce; every sixth was issued again."""
    rng = random.Random(51)  # noqa: S311
    fresh = []
    for one in made:
        one.run.batch.refresh_from_db(fields=["state"])
        category = one.run.batch.authorisation.indication.category
        is_sold = one.run.batch.state == Batch.State.RELEASED and _IN_FORCE <= one.released_on < today
        if is_sold and category in KIND_OF_CATEGORY:
            fresh.append((one, KIND_OF_CATEGORY[category]))
    for number, (one, kind) in enumerate(fresh[:_MOST]):
        for turn in range(2 if number % 6 == 5 else 1):
            issue_certificate(
                actor=maker(one.licensed.uscc),
                batch_code=one.run.batch.code,
                product_kind=kind,
                contact="028-12345678",
                basis=["quality_control", "own_promise"],
                reason="演示：联系电话更正" if turn else "",
                now=at_office_hours(one.released_on + timedelta(days=turn), rng),
            )
