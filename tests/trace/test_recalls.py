"""One act reaches every batch downstream: who may, what is covered, what is said, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from products.access import Actor
from products.errors import DomainError, Forbidden, NotFound
from products.registry.models.enterprise import Enterprise
from products.trace.models.recall import Recall
from products.trace.queries.downstream import recalled_ancestor
from products.trace.queries.recall_plan import plan_recall
from products.trace.services.batches import hold_batch, recall_batch, release_batch
from products.trace.services.recall_checks import NewRecall, require_usable_lots
from products.trace.services.recalls import close_recall, extend_recall, open_recall
from tests.factories import NOW, make_batch
from tests.trace.helpers import entries_about
from tests.trace.lineage_helpers import lot_of, make_lot, operate
from tests.trace.recall_helpers import Chain, entries_of, hold, make_chain, recall, states


@pytest.fixture
def chain(makers: Enterprise) -> Chain:
    return make_chain(makers)


def raw(chain: Chain) -> str:
    return f"lot:{chain.raw.code}"


def test_a_maker_recalls_all_its_batches_downstream_of_a_bad_raw_material(maker: Actor, chain: Chain) -> None:
    row = recall(maker, raw(chain))

    assert states(chain.first, chain.second, chain.far, chain.aside) == ["recalled", "recalled", "released", "released"]
    assert {cover.batch_id: (cover.from_state, cover.to_state) for cover in row.covers.all()} == {
        chain.first.pk: ("released", "recalled"),
        chain.second.pk: ("released", "recalled"),
    }
    assert chain.second.steps.get().reason == "原料农药残留超标"


def test_the_batch_of_another_holder_is_referred_to_it_and_its_office(maker: Actor, chain: Chain) -> None:
    notice = recall(maker, raw(chain)).notices.get()

    assert notice.batch == chain.far
    assert notice.enterprise == chain.far.authorisation.enterprise
    assert notice.region_id == chain.far.authorisation.enterprise.region_id


def test_the_ledger_is_told_of_the_recall_and_of_each_batch(maker: Actor, chain: Chain) -> None:
    row = recall(maker, raw(chain), advice="请停止食用", contact="028-87654321")

    opened, batch = entries_of(row)[0], entries_about(chain.second)[-1]
    assert opened["kind"] == "trace.recall_opened"
    assert {each["batch"] for each in opened["data"]["batches"]} == {str(chain.first.code), str(chain.second.code)}
    assert [each["batch"] for each in opened["data"]["referred"]] == [str(chain.far.code)]
    assert opened["data"]["contact"] == "028-87654321"
    assert batch["kind"] == "trace.batch_recalled"
    assert batch["data"]["recall"] == str(row.code)


def test_an_office_reaches_all_in_its_region_and_the_province_all(
    officer_north: Actor, province: Actor, chain: Chain
) -> None:
    recall(officer_north, f"batch:{chain.first.code}")
    assert states(chain.first, chain.second, chain.far) == ["recalled", "recalled", "released"]

    recall(province, f"batch:{chain.first.code}")
    assert states(chain.far) == ["recalled"]


def test_the_office_that_was_notified_may_recall_what_lies_in_its_region(
    maker: Actor, officer_south: Actor, chain: Chain
) -> None:
    with pytest.raises(NotFound):
        plan_recall(actor=officer_south, root=raw(chain))
    recall(maker, raw(chain))

    recall(officer_south, raw(chain))

    assert states(chain.far) == ["recalled"]


def test_who_has_no_power_is_refused(
    rival: Actor, association: Actor, auditor: Actor, admin_actor: Actor, officer_south: Actor, chain: Chain
) -> None:
    new = NewRecall(kind="recall", level=1, root=raw(chain), reason="超标")
    for actor in (rival, association, auditor, admin_actor, officer_south):
        with pytest.raises((Forbidden, NotFound)):
            open_recall(actor=actor, recall=new, preview_sha256="", now=NOW)
    assert not Recall.objects.exists()


def test_what_changed_since_the_preview_is_not_recalled_unseen(maker: Actor, chain: Chain) -> None:
    plan = plan_recall(actor=maker, root=raw(chain))
    third = lot_of(make_batch(authorisation=chain.first.authorisation))
    operate(third.enterprise, "process", taken={chain.lots["second"]: 1}, given={third: 1})

    refused(maker, chain, "recall_changed", sha256=plan.sha256)
    assert states(chain.first) == ["released"]


def refused(actor: Actor, chain: Chain, code: str, *, sha256: str | None = None, **changes: Any) -> DomainError:
    facts: dict[str, Any] = {"kind": "recall", "level": 1, "root": raw(chain), "reason": "超标"} | changes
    sha256 = plan_recall(actor=actor, root=raw(chain)).sha256 if sha256 is None else sha256
    with pytest.raises(DomainError) as caught:
        open_recall(actor=actor, recall=NewRecall(**facts), preview_sha256=sha256, now=NOW)
    assert caught.value.code == code
    assert caught.value.text
    return caught.value


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "other"}, "invalid_input"),
        ({"level": 0}, "recall_level_missing"),
        ({"level": 4}, "recall_level_missing"),
        ({"reason": "  "}, "reason_missing"),
        ({"reason": "字" * 501}, "text_too_long"),
        ({"advice": "字" * 201}, "text_too_long"),
        ({"advice": "退\x00货"}, "invalid_text"),
        ({"contact": "找老张"}, "contact_malformed"),
        ({"contact": "138 1234 5678"}, "contact_malformed"),
        ({"contact": "+86-13812345678"}, "contact_malformed"),
    ],
)
def test_bad_input_is_refused_with_a_code(maker: Actor, chain: Chain, changes: dict[str, Any], code: str) -> None:
    refused(maker, chain, code, **changes)


@pytest.mark.parametrize("contact", ["12315", "028-87654321 转 8", "４００-１２３-４５６７", ""])
def test_a_number_of_an_organisation_is_kept(maker: Actor, chain: Chain, contact: str) -> None:
    assert len(recall(maker, raw(chain), contact=contact).contact) == len(contact)


@pytest.mark.parametrize("root", ["", "lot:", "batch:x", "op:6c1f3c1e-0000-4000-8000-000000000000", "x\x00"])
def test_a_root_that_is_none_is_not_found(maker: Actor, chain: Chain, root: str) -> None:
    with pytest.raises(NotFound):
        plan_recall(actor=maker, root=root)


def test_the_same_is_not_recalled_twice_while_it_is_open(maker: Actor, chain: Chain) -> None:
    recall(maker, raw(chain))

    refused(maker, chain, "recall_exists")


def test_a_raw_material_that_went_nowhere_yet_may_be_recalled(maker: Actor, makers: Enterprise) -> None:
    lot = make_lot(makers, kind="purchase")

    row = recall(maker, f"lot:{lot.code}")

    assert not row.covers.exists()
    assert recalled_ancestor([f"lot:{lot.code}"]) is not None


def test_what_descends_from_a_recalled_lot_is_neither_used_nor_released(maker: Actor, chain: Chain) -> None:
    waiting = make_batch(authorisation=chain.first.authorisation, state="registered")
    operate(lot_of(waiting).enterprise, "merge", taken={chain.lots["aside"]: 5}, given={waiting.traced_lot: 5})
    recall(maker, raw(chain))
    later = lot_of(make_batch(authorisation=chain.first.authorisation, state="registered"))
    operate(later.enterprise, "process", taken={chain.lots["second"]: 1}, given={later: 1})

    for lot in (chain.raw, chain.lots["first"], chain.lots["far"], later):
        with pytest.raises(DomainError) as caught:
            require_usable_lots([f"lot:{lot.code}"])
        assert caught.value.code == "under_recall"
    assert later.batch is not None
    with pytest.raises(DomainError) as caught:
        release_batch(actor=maker, code=later.batch.code, now=NOW)
    assert caught.value.code == "under_recall"
    require_usable_lots([f"lot:{chain.lots['aside'].code}"])
    assert release_batch(actor=maker, code=waiting.code, now=NOW).state == "released"


def test_a_single_recalled_batch_stops_what_comes_of_it_too(maker: Actor, chain: Chain) -> None:
    recall_batch(actor=maker, code=chain.first.code, reason="净含量不足", now=NOW)

    found = recalled_ancestor([f"lot:{chain.lots['second'].code}"])

    assert found is not None
    assert (found.kind, found.label) == ("recall", "B-1")


def test_a_hold_takes_off_sale_what_is_on_sale_and_keeps_the_rest_from_it(maker: Actor, chain: Chain) -> None:
    waiting = make_batch(authorisation=chain.first.authorisation, state="registered")
    operate(lot_of(waiting).enterprise, "process", taken={chain.lots["second"]: 1}, given={waiting.traced_lot: 1})

    hold(maker, raw(chain))

    assert states(chain.first, chain.second, chain.far, waiting) == ["held", "held", "released", "registered"]
    for batch in (chain.first, waiting):
        with pytest.raises(DomainError) as caught:
            release_batch(actor=maker, code=batch.code, now=NOW)
        assert caught.value.code == "under_recall"


def test_closing_a_hold_puts_back_on_sale_what_it_took_off(maker: Actor, chain: Chain) -> None:
    hold_batch(actor=maker, code=chain.second.code, reason="另有疑问", now=NOW)
    row = hold(maker, raw(chain))

    assert close_recall(actor=maker, code=row.code, outcome="复检合格", now=NOW) == 1
    assert states(chain.first, chain.second) == ["released", "held"]
    assert chain.first.steps.last().reason == "复检合格"  # type: ignore[union-attr]
    assert recalled_ancestor([f"lot:{chain.raw.code}"]) is None


def test_a_batch_whose_ancestor_stays_held_stays_held(maker: Actor, chain: Chain) -> None:
    first = hold(maker, f"batch:{chain.first.code}", reason="一")
    second = hold(maker, raw(chain), reason="二")

    assert close_recall(actor=maker, code=second.code, outcome="查明", now=NOW) == 0
    assert close_recall(actor=maker, code=first.code, outcome="查明", now=NOW) == 2


def test_a_closed_recall_stays_recalled_and_closed(maker: Actor, chain: Chain) -> None:
    row = recall(maker, raw(chain))
    assert close_recall(actor=maker, code=row.code, outcome="已全部销毁", now=NOW) == 0

    with pytest.raises(DomainError) as caught:
        close_recall(actor=maker, code=row.code, outcome="再次", now=NOW)
    assert caught.value.code == "recall_closed"
    with pytest.raises(DomainError) as caught:
        extend_recall(actor=maker, code=row.code, now=NOW)
    assert caught.value.code == "recall_closed"
    assert recalled_ancestor([f"lot:{chain.raw.code}"]) is not None
    assert states(chain.first) == ["recalled"]


def test_a_makers_recall_is_closed_by_it_or_its_offices_and_an_offices_by_offices(
    maker: Actor, officer_north: Actor, officer_south: Actor, officer_city: Actor, rival: Actor, chain: Chain
) -> None:
    own = hold(maker, f"batch:{chain.second.code}")
    offices = hold(officer_north, f"batch:{chain.first.code}")

    for actor, row in ((rival, own), (officer_south, own), (maker, offices)):
        with pytest.raises((Forbidden, NotFound)):
            close_recall(actor=actor, code=row.code, outcome="查明", now=NOW)
    close_recall(actor=officer_city, code=own.code, outcome="查明", now=NOW)
    close_recall(actor=officer_city, code=offices.code, outcome="查明", now=NOW)


def test_a_descendant_that_turns_up_later_is_added(maker: Actor, chain: Chain) -> None:
    row = recall(maker, raw(chain))
    with pytest.raises(DomainError) as caught:
        extend_recall(actor=maker, code=row.code, now=NOW)
    assert caught.value.code == "recall_covers_nothing"
    late = lot_of(make_batch(authorisation=chain.first.authorisation))
    operate(late.enterprise, "process", taken={chain.lots["second"]: 1}, given={late: 1})

    assert extend_recall(actor=maker, code=row.code, now=NOW) == 1

    assert late.batch is not None
    assert states(late.batch) == ["recalled"]
    assert [entry["kind"] for entry in entries_of(row)] == ["trace.recall_opened", "trace.recall_extended"]
