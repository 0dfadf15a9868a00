"""Registering, changing and retiring plots: who may, where, what the log is told, and what is refused."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from ledger.models import Entry
from products.access import Actor, Role
from products.audit import commitment
from products.errors import DomainError, NotFound
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.domain.outline import place_text
from products.trace.models.plot import Plot, PlotOverlap
from products.trace.queries.plots import find_plot, list_plots, overlaps_of, plot_page
from products.trace.services.growers import register_grower, retire_grower
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import PlotChange, change_plot, retire_plot
from tests.factories import CUIPING, NOW, PUJIANG, make_authorisation, make_enterprise, make_indication, make_user
from tests.trace.plot_helpers import make_plot, square


@pytest.fixture
def indication(authorisation: Authorisation) -> Indication:
    return authorisation.indication


def statements(plot: Plot) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(subject=f"plot:{plot.code}").order_by("pk")
    return [json.loads(bytes(row.body)) for row in rows]


def refusal(actor: Actor, indication: Indication, **changes: Any) -> tuple[str, str, str]:
    """Code, field and words of what refuses the plot; nothing is kept of it."""
    before = (Plot.objects.count(), Entry.objects.count())
    with pytest.raises(DomainError) as caught:
        make_plot(actor, indication, **changes)
    assert (Plot.objects.count(), Entry.objects.count()) == before
    return caught.value.code, caught.value.field, caught.value.text


def test_an_outline_is_measured_located_and_committed_to(maker: Actor, indication: Indication) -> None:
    grower = register_grower(actor=maker, name="王小明", now=NOW)

    plot = make_plot(maker, indication, name=" 东坡地 ", outline=square(103.8, 30.8, 0.001), grower=grower.code)

    assert (plot.region_id, plot.name, plot.datum) == ("510117", "东坡地", "WGS-84")
    assert 10_500 < plot.area_m2 < 10_700
    (said,) = statements(plot)
    assert said["kind"] == "trace.plot_registered"
    assert said["data"] == {
        "enterprise": maker.uscc,
        "indication": indication.code,
        "kind": "field",
        "grower": str(grower.code),
        "region": "510117",
        "area_m2": plot.area_m2,
        "altitude_m": None,
    }
    text = place_text(name="东坡地", geometry=plot.geometry, datum="WGS-84")
    assert said["commitments"] == {"place": commitment(text, salt=bytes(plot.salt))}
    assert "东坡地" not in json.dumps(said, ensure_ascii=False)
    assert "103.8" not in json.dumps(said)


def test_a_facility_may_be_a_point_without_an_area(maker: Actor, indication: Indication) -> None:
    plot = make_plot(maker, indication, kind="facility", area_m2=None)

    assert (plot.kind, plot.area_m2, plot.west_e6) == ("facility", 0, None)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"name": " "}, "plot_field_missing", "name"),
        ({"name": "地" * 81}, "text_too_long", "name"),
        ({"name": "a\x00b"}, "invalid_text", "name"),
        ({"kind": "lake"}, "invalid_input", "kind"),
        ({"area_m2": None}, "plot_area_missing", "area_m2"),
        ({"area_m2": 0}, "plot_size_implausible", "area_m2"),
        ({"area_m2": 10**9}, "plot_size_implausible", "area_m2"),
        ({"longitude": None}, "point_incomplete", "longitude"),
        ({"longitude": Decimal("NaN")}, "outline_unreadable", "longitude"),
        ({"longitude": Decimal("30.85"), "latitude": Decimal("103.85")}, "coordinates_swapped", "longitude"),
        ({"longitude": Decimal("121.4")}, "unusable_place", "longitude"),
        ({"datum": "北京54"}, "unusable_place", "datum"),
        ({"longitude": Decimal("103.45"), "latitude": Decimal("30.2")}, "outside_area", "longitude"),
        ({"region_code": PUJIANG}, "outside_area", "region_code"),
        ({"region_code": "999999"}, "unknown_county", "region_code"),
        ({"altitude_m": 8_848}, "altitude_implausible", "altitude_m"),
        ({"altitude_m": -5}, "altitude_implausible", "altitude_m"),
        ({"outline": "x"}, "outline_unreadable", "outline"),
        ({"outline": square(103.45, 30.2, 0.001)}, "outside_area", "outline"),
        # Half in the county, half 4 km beyond its border.
        ({"outline": square(103.95, 30.8, 0.09)}, "outside_area", "outline"),
        ({"grower": UUID(int=1)}, "not_found", "grower"),
    ],
)
def test_bad_input_is_refused_at_its_field(
    maker: Actor, indication: Indication, changes: dict[str, Any], code: str, field: str
) -> None:
    refused = refusal(maker, indication, **changes)

    assert refused[:2] == (code, field)
    # A sentence that says what to do, in Chinese.
    assert refused[2].endswith("。")
    assert len(refused[2]) > 8


def test_every_fault_of_an_outline_has_its_own_words(maker: Actor, indication: Indication) -> None:
    crossing = '{"type":"Polygon","coordinates":[[[103.8,30.8],[103.81,30.8],[103.8,30.81],[103.81,30.81]]]}'

    assert refusal(maker, indication, outline=crossing)[2] == (
        "轮廓自己交叉了（103.805 30.805 附近）。请按顺序沿边界走一圈，重新画。"
    )
    assert "分成几个地块登记" in refusal(maker, indication, outline=square(103.71, 30.71, 0.2))[2]


def test_on_a_border_the_county_is_asked_for(maker: Actor, indication: Indication) -> None:
    # 103.7 is the county's western edge; 0.001 degrees beyond are about 95 m, within what the map may be off.
    beyond: dict[str, Any] = {"longitude": Decimal("103.699"), "latitude": Decimal("30.8"), "datum": "GCJ-02"}

    assert refusal(maker, indication, **beyond)[:2] == ("point_outside_origin", "region_code")
    assert make_plot(maker, indication, region_code="510117", **beyond).region_id == "510117"


def test_a_plot_is_for_an_indication_of_ones_own(maker: Actor, rival: Actor, indication: Indication) -> None:
    other = make_indication()

    assert refusal(maker, other)[0] == "indication_not_own"
    assert refusal(maker, Indication(code="\x00"))[0] == "indication_not_own"
    assert refusal(rival, indication)[0] == "indication_not_own"
    make_authorisation(indication=other, enterprise=_enterprise(maker), state="refused", announced_on=None)
    assert refusal(maker, other)[0] == "indication_not_own"


def _enterprise(actor: Actor) -> Enterprise:
    return Enterprise.objects.get(uscc=actor.uscc)


def test_the_same_ground_is_registered_once_by_one_enterprise(maker: Actor, indication: Indication) -> None:
    make_plot(maker, indication, name="一号地", outline=square(103.8, 30.8, 0.001))

    code, field, words = refusal(maker, indication, name="二号地", outline=square(103.8005, 30.8, 0.001))
    assert (code, field) == ("plot_overlaps", "outline")
    assert "与本企业的地块“一号地”重叠约" in words
    assert refusal(maker, indication, name="一号地")[0] == "plot_exists"
    # Side by side, with a strip in common such as two hands draw.
    make_plot(maker, indication, name="三号地", outline=square(103.80098, 30.8, 0.001))


def test_ground_shared_with_another_enterprise_is_noted(
    maker: Actor, rival: Actor, province: Actor, indication: Indication
) -> None:
    make_authorisation(indication=indication, enterprise=_enterprise(rival))
    theirs = make_plot(rival, indication, name="他家的地", outline=square(103.8, 30.8, 0.001))

    # The same place in another datum is another pair of numbers.
    own = make_plot(maker, indication, outline=square(103.8005, 30.8, 0.001))

    overlap = PlotOverlap.objects.get()
    assert (overlap.plot, overlap.other) == (own, theirs)
    assert 5_200 < overlap.shared_m2 < 5_400
    # Neither learns who the other is; the office sees both.
    for actor, plot in ((maker, own), (rival, theirs)):
        assert [line.other for line in overlaps_of(plot, actor=actor)] == [None]
    assert [line.other for line in overlaps_of(own, actor=province)] == [theirs]
    retire_plot(actor=rival, code=theirs.code, reason="流转到期", now=NOW)
    assert overlaps_of(own, actor=maker) == ()


def test_another_indications_plot_may_lie_on_the_same_ground(maker: Actor, indication: Indication) -> None:
    other = make_indication()
    make_authorisation(indication=other, enterprise=_enterprise(maker))
    make_plot(maker, indication, outline=square(103.8, 30.8, 0.001))

    make_plot(maker, other, outline=square(103.8, 30.8, 0.001))

    assert not PlotOverlap.objects.exists()


def test_a_change_keeps_what_was_said_before(maker: Actor, indication: Indication) -> None:
    plot = make_plot(maker, indication)
    salt = bytes(plot.salt)
    change = PlotChange(
        name="二组坡地", grower=None, altitude_m=610, place=NewPlace(outline=square(103.8, 30.8, 0.002))
    )

    change_plot(actor=maker, code=plot.code, change=change, reason="重新测量", now=NOW)

    plot.refresh_from_db()
    assert plot.altitude_m == 610
    assert bytes(plot.salt) != salt
    assert [(step.kind, step.area_m2, step.reason) for step in plot.steps.all()] == [
        ("registered", 10_000, ""),
        ("changed", plot.area_m2, "重新测量"),
    ]
    said = statements(plot)[-1]
    assert (said["kind"], said["data"]["area_m2"], said["data"]["reason"]) == (
        "trace.plot_changed", plot.area_m2, "重新测量",
    )  # fmt: skip


def test_a_change_that_changes_nothing_or_says_no_reason_is_refused(maker: Actor, indication: Indication) -> None:
    plot = make_plot(maker, indication, outline=square(103.8, 30.8, 0.001))
    same = PlotChange(name=plot.name, grower=None, altitude_m=None, place=NewPlace(outline=plot.geometry))
    renamed = PlotChange(name="新名字", grower=None, altitude_m=None)

    for change, reason, code in ((same, "无", "nothing_changed"), (renamed, " ", "reason_missing")):
        with pytest.raises(DomainError) as caught:
            change_plot(actor=maker, code=plot.code, change=change, reason=reason, now=NOW)
        assert caught.value.code == code


def test_a_retired_plot_stays_as_it_is_and_frees_its_name_and_ground(maker: Actor, indication: Indication) -> None:
    plot = make_plot(maker, indication, outline=square(103.8, 30.8, 0.001))
    retire_plot(actor=maker, code=plot.code, reason="流转到期", now=NOW)

    renamed = PlotChange(name="新名字", grower=None, altitude_m=None)
    with pytest.raises(DomainError) as caught:
        change_plot(actor=maker, code=plot.code, change=renamed, reason="改名", now=NOW)
    assert caught.value.code == "plot_retired"
    with pytest.raises(DomainError, match="已经停用"):
        retire_plot(actor=maker, code=plot.code, reason="再停", now=NOW)
    make_plot(maker, indication, outline=square(103.8, 30.8, 0.001))
    assert statements(plot)[-1]["data"] == {"reason": "流转到期"}


def test_a_plot_is_changed_and_retired_by_its_enterprise_alone(
    maker: Actor, rival: Actor, province: Actor, association: Actor, indication: Indication
) -> None:
    plot = make_plot(maker, indication)
    change = PlotChange(name="新名字", grower=None, altitude_m=None)

    for actor in (rival, province, association):
        with pytest.raises(DomainError) as caught:
            change_plot(actor=actor, code=plot.code, change=change, reason="改名", now=NOW)
        assert caught.value.code in {"not_found", "forbidden"}
        with pytest.raises(DomainError) as caught:
            retire_plot(actor=actor, code=plot.code, reason="停用", now=NOW)
        assert caught.value.code in {"not_found", "forbidden"}


def test_who_sees_a_plot_and_the_growers_name(
    maker: Actor,
    rival: Actor,
    officer_north: Actor,
    officer_south: Actor,
    association: Actor,
    registrants_indication: Indication,
) -> None:
    make_authorisation(indication=registrants_indication, enterprise=_enterprise(maker))
    grower = register_grower(actor=maker, name="王小明", phone="13800000000", now=NOW)
    plot = make_plot(maker, registrants_indication, grower=grower.code)

    assert plot_page(find_plot(actor=maker, code=plot.code), actor=maker).grower == "王小明"
    for actor in (officer_north, association):
        assert plot_page(find_plot(actor=actor, code=plot.code), actor=actor).grower == "王＊＊"
        # Nor is a name found out by searching for it.
        assert not list_plots(actor=actor, text="小明").exists()
    assert list_plots(actor=maker, text="小明").get() == plot
    for actor in (rival, officer_south, Actor()):
        with pytest.raises(NotFound):
            find_plot(actor=actor, code=plot.code)


def test_a_retired_grower_gets_no_new_plot(maker: Actor, indication: Indication) -> None:
    grower = register_grower(actor=maker, name="王小明", now=NOW)
    retire_grower(actor=maker, code=grower.code, now=NOW)

    assert refusal(maker, indication, grower=grower.code)[:2] == ("grower_retired", "grower")


def test_another_counties_plot_belongs_to_its_own_office(officer_south: Actor, officer_north: Actor) -> None:
    """A producer of 郫都区 with a field in 翠屏区: the field is the southern office's to look at."""
    wide = make_indication(counties=("510117", CUIPING))
    enterprise = make_enterprise()
    make_authorisation(indication=wide, enterprise=enterprise)

    actor = make_user(Role.PRODUCER, organisation=enterprise.uscc)
    plot = make_plot(actor, wide, longitude=Decimal("104.6"), latitude=Decimal("28.7"))

    assert find_plot(actor=officer_south, code=plot.code) == plot
    with pytest.raises(NotFound):
        find_plot(actor=officer_north, code=plot.code)
