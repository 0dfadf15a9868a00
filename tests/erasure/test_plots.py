"""Growers and places: who is refused, what goes, and what the comparison says afterwards."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from products.errors import ErasureRefused, NotFound
from products.oversight.services.erasure import Kind, Target, erase
from products.registry.models.authorisation import Authorisation
from products.trace.models.plot import BatchPlot, Grower, Plot
from products.trace.queries.plots import find_plot, plot_page
from products.trace.services.growers import register_grower
from tests.coverage.cast import USCCS, later, maker
from tests.coverage.reading import differences
from tests.erasure.world import World
from tests.trace.plot_helpers import make_plot


def erased(kind: Kind, key: object, now: datetime, *, is_replay: bool = False) -> int:
    found = erase(target=Target(kind, str(key)), journal=None, is_replay=is_replay, now=now)
    return sum(found.values())


def test_a_grower_goes_with_the_places_in_their_name_and_the_log_still_holds(world: World, now: datetime) -> None:
    assert erased(Kind.GROWER, world.grower.code, now) == 2

    grower, field = Grower.objects.get(pk=world.grower.pk), world.grower.plots.get()
    assert (grower.name, grower.phone, bytes(grower.salt)) == ("", "", b"")
    assert (field.name, field.geometry, field.datum, bytes(field.salt), field.west_e6) == ("", "", "", b"", None)
    # Area and county stand in the log for ever; they are what capacity was counted by.
    assert field.area_m2 > 9_000
    assert Plot.objects.get(pk=world.yard.pk).name
    assert differences() == []
    assert erased(Kind.GROWER, world.grower.code, now) == 0
    page = plot_page(find_plot(actor=maker(0), code=field.code), actor=maker(0))
    assert (page.grower, page.ring) == ("已按申请删除", "")


def test_who_still_grows_is_not_erased(world: World, now: datetime) -> None:
    actor, right = maker(0), Authorisation.objects.get(enterprise__uscc=USCCS[0])
    grower = register_grower(actor=actor, name="在种的人", now=later(80))
    plot = make_plot(actor, right.indication, now=later(81))

    with pytest.raises(ErasureRefused, match="先由企业停用该农户"):
        erased(Kind.GROWER, grower.code, now)
    with pytest.raises(ErasureRefused, match="地块仍在使用"):
        erased(Kind.PLACE, plot.code, now)

    # A replay on a restored backup, where they had not been retired yet, forgets them all the same.
    assert erased(Kind.GROWER, grower.code, now, is_replay=True) == 1
    assert erased(Kind.PLACE, plot.code, now, is_replay=True) == 1
    assert differences() == []


def test_the_place_of_a_batch_is_kept_as_long_as_its_records(world: World, now: datetime, much_later: datetime) -> None:
    BatchPlot.objects.create(batch=world.batch, plot=world.grower.plots.get())

    with pytest.raises(ErasureRefused, match="2028-11-20"):
        erased(Kind.GROWER, world.grower.code, now)
    assert Grower.objects.get(pk=world.grower.pk).name

    assert erased(Kind.GROWER, world.grower.code, much_later) == 2


def test_what_is_not_there_is_said_to_be_not_there(world: World, now: datetime) -> None:
    for kind in (Kind.GROWER, Kind.PLACE):
        with pytest.raises(NotFound):
            erased(kind, UUID(int=1), now)
