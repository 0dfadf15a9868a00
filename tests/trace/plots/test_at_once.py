"""Growers and plots that arrive together."""

from __future__ import annotations

import pytest

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.plot import Grower, Plot, PlotOverlap
from products.trace.services.growers import register_grower
from tests.factories import NOW, make_authorisation
from tests.trace.plot_helpers import make_plot, square
from tests.trace.test_at_once import AT_ONCE, together

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_outline_sent_at_once_is_registered_once(maker: Actor, authorisation: Authorisation) -> None:
    names = iter([f"{number}号地" for number in range(AT_ONCE)])

    results = together(
        lambda: make_plot(maker, authorisation.indication, name=next(names), outline=square(103.8, 30.8, 0.001))
    )

    assert results == ["done"] + ["plot_overlaps"] * (AT_ONCE - 1)
    assert Plot.objects.count() == 1


def test_one_grower_sent_at_once_is_registered_once(maker: Actor) -> None:
    results = together(lambda: register_grower(actor=maker, name="王小明", phone="13800000000", now=NOW))

    assert results == ["done"] + ["grower_exists"] * (AT_ONCE - 1)
    assert Grower.objects.count() == 1


def test_of_two_enterprises_on_one_ground_the_second_finds_the_first(
    maker: Actor, rival: Actor, authorisation: Authorisation
) -> None:
    make_authorisation(indication=authorisation.indication, enterprise=Enterprise.objects.get(uscc=rival.uscc))
    actors = iter([maker, rival] * AT_ONCE)

    together(lambda: make_plot(next(actors), authorisation.indication, outline=square(103.8, 30.8, 0.001)))

    assert Plot.objects.count() == 2
    assert PlotOverlap.objects.count() == 1
