"""Loading the reference data: merged, never deleted, every change told."""

from __future__ import annotations

import time
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from products.access import Role
from products.oversight.models.target import PolicyTarget
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import LawCitation, Limit, Standard, StandardVersion
from products.registry.queries.indications import area_county_codes
from products.registry.queries.regions import county_index
from products.registry.services.indications import record_change
from tests.factories import NOW, make_indication, make_user

pytestmark = pytest.mark.django_db
TABLES = ("region", "indication", "standard", "standard version", "limit", "law citation", "policy target")


def load() -> list[str]:
    out = StringIO()
    call_command("load_reference", stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_the_first_load_brings_everything_within_ten_seconds() -> None:
    begin = time.monotonic()

    lines = load()

    assert time.monotonic() - begin < 10
    assert [line.partition(":")[0] for line in lines] == list(TABLES)
    assert lines[0] == "region: 205 added, 0 changed, 0 unchanged"
    assert Region.objects.filter(level="county").exclude(boundary="").count() == 183
    assert Region.objects.filter(level="prefecture").exclude(boundary="").count() == 21
    assert set(Region.objects.values_list("datum", flat=True)) == {"GCJ-02"}
    assert Indication.objects.count() == 146
    assert not Indication.objects.filter(source="").exists()
    assert not Indication.objects.exclude(confidence__in=["high", "medium", "low"]).exists()
    assert Limit.objects.filter(version__standard__indication__isnull=False).exists()
    assert LawCitation.objects.count() > 50
    assert {row.metric: row.target for row in PolicyTarget.objects.all()} == {
        "new_indications": 100,
        "demonstration_zones": 5,
        "authorised_enterprises": 300,
    }
    douban = Indication.objects.get(name="郫县豆瓣")
    assert area_county_codes(douban)


def test_a_second_load_changes_nothing() -> None:
    load()

    assert all(": 0 added, 0 changed, " in line for line in load())


def test_what_differs_is_told_and_put_right_and_nothing_is_deleted() -> None:
    load()
    limit = Limit.objects.select_related("version__standard").order_by("pk")[0]
    unit = limit.unit
    Limit.objects.filter(pk=limit.pk).update(unit="kg")
    Region.objects.filter(code="510117").update(name="郫县")
    Standard.objects.filter(indication__code="SC-0001").update(indication=None)
    PolicyTarget.objects.filter(metric="demonstration_zones").update(target=9)
    linked = Indication.objects.filter(counties__isnull=False).order_by("code")[0]
    lost = linked.counties.order_by("code")[0]
    linked.counties.remove(lost)
    LawCitation.objects.order_by("key")[0].delete()
    own = make_indication(code="YS-0001")

    lines = load()

    assert "region: 0 added, 1 changed, 204 unchanged" in lines
    assert "  510117 name: 郫县 -> 郫都区" in lines
    assert "indication: 0 added, 1 changed, 145 unchanged" in lines
    assert f"  {linked.code} counties: + {lost.code}" in lines
    assert f"  {limit.version.standard.code} {limit.version.label} {limit.key} unit: kg -> {unit}" in lines
    assert any(line.startswith("standard: 0 added, 1 changed") for line in lines)
    assert any(line.startswith("law citation: 1 added, 0 changed") for line in lines)
    assert "policy target: 0 added, 1 changed, 2 unchanged" in lines
    assert lost in linked.counties.all()
    assert Indication.objects.filter(pk=own.pk).exists()
    assert all(": 0 added, 0 changed, " in line for line in load())


def test_what_the_province_recorded_is_not_taken_back() -> None:
    load()
    province = make_user(Role.INSPECTOR, regions=("510000",))
    first, second = Indication.objects.filter(recognised_on=None).order_by("code")[:2]
    for indication, kind in ((first, "recognised"), (second, "cancelled")):
        record_change(
            actor=province,
            code=indication.code,
            kind=kind,
            document_no="国知局公告第600号",
            reason="记载",
            effective_on=date(2024, 5, 1),
            now=NOW,
        )
    Indication.objects.filter(pk=second.pk).update(registrant_uscc="5151010000000000XX")

    lines = load()

    assert all(": 0 added, 0 changed, " in line for line in lines)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.recognised_on == date(2024, 5, 1)
    assert (second.status, second.registrant_uscc) == ("cancelled", "5151010000000000XX")


def test_places_are_looked_up_in_what_was_loaded_last() -> None:
    county_index.cache_clear()
    assert county_index().codes == ()

    load()

    assert len(county_index().codes) == 183


def test_every_version_belongs_to_its_standard() -> None:
    load()

    assert not StandardVersion.objects.filter(standard__isnull=True).exists()
    assert Standard.objects.filter(versions__isnull=True).count() == 0
