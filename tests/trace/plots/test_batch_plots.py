"""The plots that a batch names, and what the standard demands of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.registry.models.region import Region
from products.trace.models.batch import Batch
from products.trace.models.plot import BatchPlot, Plot
from products.trace.queries.plots import batch_plots, last_plots, plots_of
from products.trace.services.batches import discard_draft, edit_draft, submit_draft
from products.trace.services.plots import retire_plot
from tests.factories import NOW, make_authorisation, make_indication, make_limit, make_version
from tests.trace.helpers import entries_about, register
from tests.trace.plot_helpers import make_plot


def refusal(call: Any) -> tuple[str, str]:
    with pytest.raises(DomainError) as caught:
        call()
    return caught.value.code, caught.value.field


@pytest.fixture
def plot(maker: Actor, authorisation: Authorisation) -> Plot:
    return make_plot(maker, authorisation.indication)


def test_a_batch_names_its_plots_once_each_in_log_and_table(
    maker: Actor, authorisation: Authorisation, plot: Plot
) -> None:
    other = make_plot(maker, authorisation.indication, name="三组")

    batch = register(maker, authorisation, plots=[plot.code, other.code, plot.code])

    assert plots_of(batch) == [plot, other]
    assert entries_about(batch)[0]["data"]["plots"] == [str(plot.code), str(other.code)]
    assert Batch.objects.get().draft_plots is None
    assert last_plots(authorisation) == [str(plot.code), str(other.code)]


def test_a_batch_without_plots_says_nothing_of_them(maker: Actor, authorisation: Authorisation) -> None:
    assert "plots" not in entries_about(register(maker, authorisation))[0]["data"]


def test_only_own_plots_of_the_indication_in_use_will_do(
    maker: Actor, rival: Actor, authorisation: Authorisation, plot: Plot
) -> None:
    other = make_indication()
    theirs = make_authorisation(indication=other, enterprise=authorisation.enterprise)
    elsewhere = make_plot(maker, theirs.indication)
    gone = make_plot(maker, authorisation.indication, name="旧地")
    retire_plot(actor=maker, code=gone.code, reason="流转到期", now=NOW)

    for codes in ([elsewhere.code], [gone.code], [UUID(int=1)], [plot.code, gone.code], [plot.code] * 3 + [gone.code]):
        assert refusal(lambda codes=codes: register(maker, authorisation, plots=codes)) == ("plot_not_usable", "plots")
    many = [UUID(int=number) for number in range(201)]
    assert refusal(lambda: register(maker, authorisation, plots=many)) == ("plot_not_usable", "plots")
    assert not Batch.objects.exists()
    # Another enterprise's code is as good as one that is not there.
    rivals = make_authorisation(indication=authorisation.indication)
    assert rivals.enterprise.uscc != rival.uscc
    assert refusal(lambda: register(rival, rivals, plots=[plot.code]))[0] == "not_found"


def test_a_plot_that_the_area_no_longer_covers_is_not_used(
    maker: Actor, authorisation: Authorisation, plot: Plot
) -> None:
    authorisation.indication.counties.set(Region.objects.filter(code="510131"))

    assert refusal(lambda: register(maker, authorisation, origin_code="510131", plots=[plot.code])) == (
        "plot_not_usable", "plots",
    )  # fmt: skip


def test_a_draft_keeps_its_choice_and_is_checked_again(maker: Actor, authorisation: Authorisation, plot: Plot) -> None:
    other = make_plot(maker, authorisation.indication, name="三组")
    draft = register(maker, authorisation, plots=[plot.code], as_draft=True)
    assert plots_of(draft) == [plot]
    assert not BatchPlot.objects.exists()

    edit_draft(actor=maker, code=draft.code, changes={"net_mass_g": 5_000}, now=NOW)
    draft.refresh_from_db()
    assert plots_of(draft) == [plot]
    edit_draft(actor=maker, code=draft.code, changes={}, plots=[other.code], now=NOW)
    retire_plot(actor=maker, code=other.code, reason="流转到期", now=NOW)
    assert refusal(lambda: submit_draft(actor=maker, code=draft.code, now=NOW)) == ("plot_not_usable", "plots")
    edit_draft(actor=maker, code=draft.code, changes={}, plots=[plot.code], now=NOW)
    submit_draft(actor=maker, code=draft.code, now=NOW)

    draft.refresh_from_db()
    assert plots_of(draft) == [plot]
    assert entries_about(draft)[0]["data"]["plots"] == [str(plot.code)]


def test_a_draft_with_plots_can_be_thrown_away(maker: Actor, authorisation: Authorisation, plot: Plot) -> None:
    draft = register(maker, authorisation, plots=[plot.code], as_draft=True)

    discard_draft(actor=maker, code=draft.code)

    assert not Batch.objects.exists()


def test_what_was_named_is_never_rewritten(maker: Actor, authorisation: Authorisation, plot: Plot) -> None:
    register(maker, authorisation, plots=[plot.code])

    for rows in (BatchPlot.objects.all(), plot.steps.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(plot_id=plot.pk + 1)


@pytest.mark.parametrize(
    ("altitudes", "verdict", "detail"),
    [
        ([], "unknown", "没有选择登记过的地块"),
        ([1_200, 1_800], "ok", "一 1200 米、二 1800 米"),
        ([1_200, 1_801], "not_ok", "二 1801 米"),
        ([1_200, None], "unknown", "没有登记海拔：二"),
        ([999, None], "not_ok", "一 999 米"),
    ],
)
def test_the_altitude_that_the_standard_demands(
    maker: Actor, authorisation: Authorisation, altitudes: list[int | None], verdict: str, detail: str
) -> None:
    # 会理石榴: 1,000 to 1,800 m (质检总局2007年第97号).
    make_limit(make_version(authorisation.indication), "altitude", "range", "1000", "1800", unit="m", scope="process")
    plots = [
        make_plot(maker, authorisation.indication, name=name, altitude_m=altitude)
        for name, altitude in zip("一二", altitudes, strict=False)
    ]

    batch = register(maker, authorisation, plots=[each.code for each in plots])

    (check,) = batch_plots(batch, actor=maker).checks
    assert check.verdict == verdict
    assert detail in check.detail
    assert check.demand == "1000 至 1800 m"


def test_an_unclear_altitude_is_not_judged(maker: Actor, authorisation: Authorisation) -> None:
    version = make_version(authorisation.indication)
    make_limit(version, "altitude", "ge", "1000", unit="m", scope="process", is_usable=False)
    make_limit(version, "planting_density", "le", "1500", unit="plants/ha", scope="process")
    plot = make_plot(maker, authorisation.indication, altitude_m=500)

    (check,) = batch_plots(register(maker, authorisation, plots=[plot.code]), actor=maker).checks

    assert (check.indicator, check.verdict) == ("altitude", "unknown")
