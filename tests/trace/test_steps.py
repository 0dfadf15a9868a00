"""Release, hold, recall: who may take which step, and what is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import pytest

from products.access import Actor, Scope
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.queries.batches import find_batch
from products.trace.queries.history import batch_history
from products.trace.services.batches import hold_batch, lock_batch, recall_batch, release_batch
from tests.factories import NOW, make_batch
from tests.trace.helpers import entries_about, register

Act = Callable[[Actor, Batch], Batch]
RELEASE: Act = lambda actor, batch: release_batch(actor=actor, code=batch.code, now=NOW)  # noqa: E731
HOLD: Act = lambda actor, batch: hold_batch(actor=actor, code=batch.code, reason="复检水分", now=NOW)  # noqa: E731
RECALL: Act = lambda actor, batch: recall_batch(actor=actor, code=batch.code, reason="净含量不足", now=NOW)  # noqa: E731


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as caught:
        act()
    return caught.value.code


def test_a_batch_from_registration_to_recall_is_told_step_by_step(maker: Actor, authorisation: Authorisation) -> None:
    batch = register(maker, authorisation)
    later = [NOW + timedelta(hours=hour) for hour in range(1, 5)]
    release_batch(actor=maker, code=batch.code, now=later[0])
    hold_batch(actor=maker, code=batch.code, reason=" 复检水分 ", now=later[1])
    release_batch(actor=maker, code=batch.code, now=later[2])
    recalled = recall_batch(actor=maker, code=batch.code, reason="净含量不足", now=later[3])

    assert recalled.state == "recalled"
    assert [(item.kind, item.reason) for item in batch_history(batch)] == [
        ("registered", ""),
        ("released", ""),
        ("held", "复检水分"),
        ("resumed", ""),
        ("recalled", "净含量不足"),
    ]
    assert {item.by for item in batch_history(batch)} == {authorisation.enterprise.name}
    assert [entry["kind"] for entry in entries_about(batch)] == [
        "trace.batch_registered",
        "trace.batch_released",
        "trace.batch_held",
        "trace.batch_released",
        "trace.batch_recalled",
    ]
    assert entries_about(batch)[2]["data"] == {"from_state": "released", "to_state": "held", "reason": "复检水分"}


@pytest.mark.parametrize(
    ("state", "act"),
    [
        ("draft", RELEASE),
        ("draft", HOLD),
        ("draft", RECALL),
        ("registered", HOLD),
        ("released", RELEASE),
        ("held", HOLD),
        ("recalled", RELEASE),
        ("recalled", HOLD),
        ("recalled", RECALL),
    ],
)
def test_a_step_that_does_not_follow_is_refused(
    maker: Actor, authorisation: Authorisation, state: str, act: Act
) -> None:
    batch = make_batch(authorisation=authorisation, state=state)

    assert code_of(lambda: act(maker, batch)) == "wrong_batch_state"
    batch.refresh_from_db()
    assert (batch.state, entries_about(batch)) == (state, [])


@pytest.mark.parametrize("reason", ["", "   "])
def test_hold_and_recall_say_why(maker: Actor, authorisation: Authorisation, reason: str) -> None:
    batch = make_batch(authorisation=authorisation)

    assert code_of(lambda: hold_batch(actor=maker, code=batch.code, reason=reason, now=NOW)) == "reason_missing"
    assert code_of(lambda: recall_batch(actor=maker, code=batch.code, reason=reason, now=NOW)) == "reason_missing"
    assert code_of(lambda: hold_batch(actor=maker, code=batch.code, reason="长" * 501, now=NOW)) == "text_too_long"
    batch.refresh_from_db()
    assert batch.state == "released"


def test_nothing_is_released_while_the_mark_is_suspended_but_anything_can_be_recalled(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation, state="held")
    Authorisation.objects.update(state="suspended")

    assert code_of(lambda: RELEASE(maker, batch)) == "authorisation_inactive"
    assert RECALL(maker, batch).state == "recalled"


def test_nothing_is_released_after_the_authorisation_ended(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="registered")
    Authorisation.objects.update(valid_until=date(2026, 11, 22))

    assert code_of(lambda: RELEASE(maker, batch)) == "authorisation_inactive"


@pytest.mark.parametrize("who", ["officer_north", "officer_city", "province"])
def test_the_offices_of_the_region_may_recall(
    request: pytest.FixtureRequest, authorisation: Authorisation, who: str
) -> None:
    batch = make_batch(authorisation=authorisation)
    officer = request.getfixturevalue(who)

    assert RECALL(officer, batch).state == "recalled"
    (entry,) = entries_about(batch)
    assert entry["actor"] == f"office:{officer.regions[0]}"
    assert batch_history(batch)[0].by.endswith("市场监督管理部门")


@pytest.mark.parametrize(
    ("who", "code"),
    [
        ("officer_south", "not_found"),
        ("rival", "not_found"),
        ("association", "forbidden"),
        ("auditor", "forbidden"),
        ("admin_actor", "forbidden"),
    ],
)
def test_nobody_else_recalls(request: pytest.FixtureRequest, authorisation: Authorisation, who: str, code: str) -> None:
    batch = make_batch(authorisation=authorisation)

    assert code_of(lambda: RECALL(request.getfixturevalue(who), batch)) == code


@pytest.mark.parametrize("act", [RELEASE, HOLD])
@pytest.mark.parametrize(("who", "code"), [("rival", "not_found"), ("officer_north", "forbidden")])
def test_release_and_hold_are_the_makers(
    request: pytest.FixtureRequest, authorisation: Authorisation, who: str, code: str, act: Act
) -> None:
    batch = make_batch(authorisation=authorisation)

    assert code_of(lambda: act(request.getfixturevalue(who), batch)) == code


def test_a_token_for_labels_takes_no_step(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    narrow = Actor(role=maker.role, uscc=maker.uscc, scopes=frozenset({Scope.LABELS}))

    for act in (RELEASE, HOLD, RECALL):
        assert code_of(partial(act, narrow, batch)) == "forbidden"
    assert lock_batch(actor=narrow, code=batch.code) == batch


def test_only_the_maker_locks_a_batch(
    maker: Actor, rival: Actor, province: Actor, authorisation: Authorisation
) -> None:
    batch = make_batch(authorisation=authorisation)

    assert lock_batch(actor=maker, code=batch.code) == batch
    assert code_of(lambda: lock_batch(actor=rival, code=batch.code)) == "not_found"
    assert code_of(lambda: lock_batch(actor=province, code=batch.code)) == "not_found"


@pytest.mark.parametrize(
    ("who", "sees_released", "sees_draft"),
    [
        ("maker", True, True),
        ("rival", False, False),
        ("officer_north", True, False),
        ("officer_south", False, False),
        ("province", True, False),
        ("auditor", True, False),
        ("admin_actor", True, False),
        ("association", False, False),
    ],
)
def test_who_sees_a_batch(
    request: pytest.FixtureRequest, authorisation: Authorisation, who: str, sees_released: bool, sees_draft: bool
) -> None:
    actor = request.getfixturevalue(who)
    released, draft = (make_batch(authorisation=authorisation, state=state) for state in ("released", "draft"))

    seen = [Batch.objects.visible_to(actor).filter(pk=batch.pk).exists() for batch in (released, draft)]

    assert seen == [sees_released, sees_draft]
    if not sees_released:
        assert code_of(lambda: find_batch(actor=actor, code=released.code)) == "not_found"


def test_an_association_sees_the_batches_of_its_indication(association: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation)
    authorisation.indication.registrant_uscc = association.uscc
    authorisation.indication.save()

    assert find_batch(actor=association, code=batch.code) == batch
