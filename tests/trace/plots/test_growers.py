"""Growers of a co-operative: entered, renamed, retired; nobody else's to know."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.models import Entry
from products.access import Actor
from products.audit import commitment
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.trace.domain.outline import person_text
from products.trace.models.plot import Grower
from products.trace.queries.plots import list_growers
from products.trace.services.growers import change_grower, register_grower, retire_grower
from products.trace.services.plots import retire_plot
from tests.factories import NOW
from tests.trace.plot_helpers import make_plot


def statements(grower: Grower) -> list[dict[str, Any]]:
    rows = Entry.objects.filter(subject=f"grower:{grower.code}").order_by("pk")
    return [json.loads(bytes(row.body)) for row in rows]


def code_of(call: Any) -> tuple[str, str]:
    with pytest.raises(DomainError) as caught:
        call()
    return caught.value.code, caught.value.field


def test_the_log_gets_a_commitment_alone(maker: Actor) -> None:
    grower = register_grower(actor=maker, name=" 王小明 ", phone="１３８００００００００", now=NOW)

    assert (grower.name, grower.phone) == ("王小明", "13800000000")
    (said,) = statements(grower)
    promised = commitment(person_text(name="王小明", phone="13800000000"), salt=bytes(grower.salt))
    assert (said["kind"], said["data"], said["commitments"]) == (
        "trace.grower_registered",
        {"enterprise": maker.uscc},
        {"person": promised},
    )
    assert "王小明" not in json.dumps(said, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "phone", "expected"),
    [
        (" ", "", ("plot_field_missing", "name")),
        ("王" * 41, "", ("text_too_long", "name")),
        ("王\n小明", "", ("invalid_text", "name")),
        ("王\x00", "", ("invalid_text", "name")),
        ("王小明", "打我电话", ("phone_malformed", "phone")),
        ("王小明", "12", ("phone_malformed", "phone")),
        ("王小明", "1" * 30, ("phone_malformed", "phone")),
    ],
)
def test_bad_input_is_refused_at_its_field(maker: Actor, name: str, phone: str, expected: tuple[str, str]) -> None:
    assert code_of(lambda: register_grower(actor=maker, name=name, phone=phone, now=NOW)) == expected
    assert not Grower.objects.exists()
    assert not Entry.objects.exists()


def test_two_of_one_name_differ_by_their_telephones(maker: Actor, rival: Actor) -> None:
    register_grower(actor=maker, name="王小明", phone="13800000000", now=NOW)

    assert code_of(lambda: register_grower(actor=maker, name="王小明", phone="13800000000", now=NOW)) == (
        "grower_exists", "name",
    )  # fmt: skip
    register_grower(actor=maker, name="王小明", phone="13900000000", now=NOW)
    register_grower(actor=rival, name="王小明", phone="13800000000", now=NOW)


def test_a_change_has_a_commitment_under_a_new_salt(maker: Actor) -> None:
    grower = register_grower(actor=maker, name="王小明", now=NOW)
    salt = bytes(grower.salt)

    grower = change_grower(actor=maker, code=grower.code, name="王晓明", phone="", now=NOW)

    assert bytes(grower.salt) != salt
    assert [said["kind"] for said in statements(grower)] == ["trace.grower_registered", "trace.grower_changed"]
    again = code_of(lambda: change_grower(actor=maker, code=grower.code, name="王晓明", phone="", now=NOW))
    assert again[0] == "nothing_changed"


def test_a_grower_retires_once_nothing_is_in_their_name(maker: Actor, authorisation: Authorisation) -> None:
    grower = register_grower(actor=maker, name="王小明", now=NOW)
    plot = make_plot(maker, authorisation.indication, grower=grower.code)

    assert code_of(lambda: retire_grower(actor=maker, code=grower.code, now=NOW))[0] == "grower_has_plots"
    retire_plot(actor=maker, code=plot.code, reason="流转到期", now=NOW)
    retire_grower(actor=maker, code=grower.code, now=NOW)

    assert code_of(lambda: retire_grower(actor=maker, code=grower.code, now=NOW))[0] == "grower_retired"
    changed = code_of(lambda: change_grower(actor=maker, code=grower.code, name="他", phone="", now=NOW))
    assert changed[0] == "grower_retired"


def test_nobody_else_sees_or_touches_them(maker: Actor, rival: Actor, province: Actor, admin_actor: Actor) -> None:
    grower = register_grower(actor=maker, name="王小明", now=NOW)

    assert list_growers(actor=maker).get() == grower
    for actor in (rival, province, admin_actor, Actor()):
        assert not list_growers(actor=actor).exists()
        refused = code_of(lambda actor=actor: retire_grower(actor=actor, code=grower.code, now=NOW))
        assert refused[0] in {"not_found", "forbidden"}
