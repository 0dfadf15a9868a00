"""Single labels and code lists: every code is read back and is authentic, every making is stated."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
from datetime import date
from io import BytesIO

import pytest
import resvg_py
from PIL import Image, PngImagePlugin

from products.access import Actor
from products.errors import DomainError, Forbidden, InvalidInput, NotFound
from products.labels.errors import BatchNotLabellable, CannotRender, InvalidRange
from products.labels.models.label_run import LabelRun
from products.labels.services.artefacts import code_list, mark_image, one_label
from products.labels.services.marks import MIN_SIDE_PX, store_mark_image
from products.registry.errors import AuthorisationInactive
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.trace.models.batch import Batch
from tests.factories import NOW, make_authorisation, make_batch, make_indication
from tests.labels.helpers import entries_about, genuine_serials, issue
from tests.labels.rendering.reading import open_image, read_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(maker: Actor, batch: Batch) -> LabelRun:
    return issue(maker, batch, quantity=200)


def label(actor: Actor, run: LabelRun, serial: int = 1, form: str = "png") -> bytes:
    return one_label(actor=actor, run_code=run.code, serial=serial, form=form, now=NOW)


def png(width: int = 400, height: int = 400, mode: str = "RGBA") -> bytes:
    out = BytesIO()
    Image.new(mode, (width, height), "red").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("serial", [1, 7, 200])
def test_a_png_reads_back_as_the_genuine_code(maker: Actor, run: LabelRun, serial: int) -> None:
    assert genuine_serials(run, read_all(open_image(label(maker, run, serial)))) == [serial]


def test_an_svg_reads_back_as_the_genuine_code(maker: Actor, run: LabelRun) -> None:
    svg = label(maker, run, 33, form="svg").decode()

    picture = resvg_py.svg_to_bytes(svg_string=svg, dpi=300, skip_system_fonts=True)
    assert genuine_serials(run, read_all(open_image(bytes(picture)))) == [33]
    words = re.search(r"<desc>(.*?)</desc>", svg, re.DOTALL)
    assert words is not None
    batch = run.batch
    for fact in (
        "郫县豆瓣",
        batch.authorisation.enterprise.uscc,
        batch.authorisation.enterprise.name,
        "GB/T 20560-2006",
        batch.lot,
        "500",
    ):
        assert fact in words[1]


def test_every_making_is_stated(maker: Actor, run: LabelRun) -> None:
    label(maker, run, 3)
    label(maker, run, 4, form="svg")
    list(code_list(actor=maker, run_code=run.code, first_serial=5, last_serial=9, now=NOW))

    assert [entry["data"] for entry in entries_about(run)[1:]] == [
        {"purpose": "label_png", "first_serial": 3, "last_serial": 3},
        {"purpose": "label_svg", "first_serial": 4, "last_serial": 4},
        {"purpose": "codes_csv", "first_serial": 5, "last_serial": 9},
    ]


def test_a_code_list_holds_every_code_once(maker: Actor, run: LabelRun) -> None:
    content = b"".join(code_list(actor=maker, run_code=run.code, now=NOW))

    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert genuine_serials(run, [row["查验码"] for row in rows]) == list(range(1, 201))
    assert genuine_serials(run, [row["网址"] for row in rows]) == [int(row["序号"]) for row in rows]
    assert [row["分组查验码"].replace(" ", "") for row in rows] == [row["查验码"] for row in rows]


def test_a_long_code_list_takes_no_more_memory_than_a_short_one(maker: Actor, authorisation: Authorisation) -> None:
    run = issue(maker, make_batch(authorisation=authorisation, net_mass_g=1_000_000), quantity=1_000_000, unit_mass_g=1)
    pieces = code_list(actor=maker, run_code=run.code, first_serial=900_001, last_serial=1_000_000, now=NOW)
    next(pieces)

    tracemalloc.start()
    size = sum(len(piece) for piece in pieces)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 8_000_000
    assert peak < 2_000_000


@pytest.mark.parametrize(("first", "last"), [(0, 1), (5, 4), (1, 201), (201, 201), (1, 10**30)])
def test_ranges_stay_inside_the_run(maker: Actor, run: LabelRun, first: int, last: int) -> None:
    with pytest.raises(InvalidRange):
        code_list(actor=maker, run_code=run.code, first_serial=first, last_serial=last, now=NOW)

    assert len(entries_about(run)) == 1


def test_codes_are_the_makers_alone(request: pytest.FixtureRequest, rival: Actor, run: LabelRun) -> None:
    with pytest.raises(NotFound):
        label(rival, run)
    for who in ("association", "officer_north", "province", "auditor", "admin_actor"):
        with pytest.raises(Forbidden):
            label(request.getfixturevalue(who), run)


@pytest.mark.parametrize("state", ["held", "recalled"])
def test_no_labels_are_made_for_what_may_not_be_sold(maker: Actor, run: LabelRun, state: str) -> None:
    Batch.objects.filter(pk=run.batch_id).update(state=state)

    with pytest.raises(BatchNotLabellable):
        label(maker, run)
    with pytest.raises(BatchNotLabellable):
        code_list(actor=maker, run_code=run.code, now=NOW)
    assert len(entries_about(run)) == 1


@pytest.mark.parametrize(
    "changes", [{"state": "suspended"}, {"state": "withdrawn"}, {"valid_until": date(2026, 11, 1)}]
)
def test_no_labels_are_made_without_the_right(maker: Actor, run: LabelRun, changes: dict[str, object]) -> None:
    Authorisation.objects.filter(pk=run.batch.authorisation_id).update(**changes)

    with pytest.raises(AuthorisationInactive):
        label(maker, run)


def test_a_label_without_its_standard_is_refused_with_what_is_wanting(maker: Actor, run: LabelRun) -> None:
    Authorisation.objects.filter(pk=run.batch.authorisation_id).update(basis_no="")

    with pytest.raises(CannotRender, match="标准号或公告号") as caught:
        label(maker, run)

    assert caught.value.code == "label_not_renderable"
    assert len(entries_about(run)) == 1


def test_a_mark_holder_without_a_mark_is_refused(maker: Actor, makers: Enterprise) -> None:
    right = make_authorisation(enterprise=makers, holder_kind=3, basis_no="")
    run = issue(maker, make_batch(authorisation=right))

    with pytest.raises(CannotRender, match="商标注册号") as caught:
        label(maker, run)

    assert "与使用人类型相符的保护类型" in caught.value.text


@pytest.mark.parametrize(("holder_kind", "word"), [(2, "集体商标"), (3, "证明商标")])
def test_a_mark_holders_label_shows_the_registration(
    maker: Actor, makers: Enterprise, holder_kind: int, word: str
) -> None:
    right = make_authorisation(
        enterprise=makers,
        indication=make_indication(types=["gi_mark"]),
        holder_kind=holder_kind,
        basis_no="第1388982号",
    )
    svg = label(maker, issue(maker, make_batch(authorisation=right)), form="svg").decode()

    assert "第1388982号" in svg
    assert word in svg


def test_a_name_the_typeface_lacks_is_refused_in_words(maker: Actor, run: LabelRun) -> None:
    Indication.objects.filter(pk=run.batch.authorisation.indication_id).update(name="郫县\U0001f336豆瓣")

    with pytest.raises(CannotRender, match="常用字"):
        label(maker, run)


def test_the_makers_own_mark_is_printed(maker: Actor, run: LabelRun) -> None:
    plain = label(maker, run)

    store_mark_image(actor=maker, content=png(), now=NOW)

    marked = label(maker, run)
    assert marked != plain
    assert genuine_serials(run, read_all(open_image(marked))) == [1]


@pytest.mark.parametrize("side", [MIN_SIDE_PX, 4_000])
def test_whatever_mark_is_accepted_can_be_printed(maker: Actor, run: LabelRun, side: int) -> None:
    store_mark_image(actor=maker, content=png(side, side, mode="P"), now=NOW)

    assert genuine_serials(run, read_all(open_image(label(maker, run)))) == [1]


def test_nothing_but_pixels_is_kept_of_an_upload(maker: Actor, authorisation: Authorisation) -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "<script>alert(1)</script>")
    out = BytesIO()
    Image.new("RGB", (400, 400), "red").save(out, "PNG", pnginfo=notes)

    store_mark_image(actor=maker, content=out.getvalue() + b"<?php ?>", now=NOW)

    kept = mark_image(maker.uscc)
    assert kept is not None
    assert b"script" not in kept
    assert b"php" not in kept


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(100),
        png()[:200],
        png()[:-30],
        png().replace(b"IDAT", b"IDAX"),
        png()[:60] + b"\xff" * 40 + png()[100:],
        png(100, 100),
        png(4_001, 10),
        bytes(1_000_001),
    ],
    ids=["empty", "gif", "head", "cut", "chunk", "noise", "small", "wide", "heavy"],
)
def test_an_unusable_mark_is_refused_and_not_kept(maker: Actor, authorisation: Authorisation, content: bytes) -> None:
    with pytest.raises(InvalidInput) as caught:
        store_mark_image(actor=maker, content=content, now=NOW)

    assert caught.value.field == "mark"
    assert mark_image(maker.uscc) is None


def test_a_mark_is_for_lawful_users_only(rival: Actor, association: Actor) -> None:
    for actor in (rival, association):
        with pytest.raises(DomainError):
            store_mark_image(actor=actor, content=png(), now=NOW)
        assert mark_image(actor.uscc) is None
