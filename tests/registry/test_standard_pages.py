"""The editor of standards, the office's decision, and the public page, as people walk through them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from products.access import Actor, Role
from products.registry.models.indication import Indication
from products.registry.models.standard import StandardVersion
from products.registry.models.version_record import VersionRecord
from tests import factories
from tests.conftest import signed_in
from tests.factories import make_limit, make_user, make_version
from tests.registry.version_helpers import CODE, acid, draft, publish, submit

pytestmark = pytest.mark.django_db
MINE = "/association/standards/"


@pytest.fixture
def gi(registrants_indication: Indication) -> Indication:
    return registrants_indication


def text_of(response: Any) -> str:
    return str(response.content.decode())


def limit_form(**changes: str) -> dict[str, str]:
    facts = {"indicator": "total_acid", "strictness": "ge", "first": "０．６０", "unit": "g/L", "basis": "以乙酸计"}
    return {**facts, "source": "", "confidence": "high", "save": "1", **changes}


def test_an_association_drafts_and_an_office_publishes(association: Actor, officer_city: Actor, gi: Indication) -> None:
    registrant, office = signed_in(association), signed_in(officer_city)

    start = {"indication_code": gi.code, "standard_code": CODE, "title": "地理标志产品 豆瓣", "replaces": ""}
    opened = registrant.post(f"{MINE}new", start)
    row = VersionRecord.objects.get()
    address = f"{MINE}{row.code}"
    assert opened["Location"] == f"{address}/head"

    head = {
        "revision": row.revision,
        "title": row.title,
        "label": "2026",
        "effective_from": "2026-01-01",
        "source": "第5章",
    }
    assert registrant.post(f"{address}/head", head)["Location"] == address
    row.refresh_from_db()
    preview = registrant.post(f"{address}/limits/new?kind=least", limit_form(revision=str(row.revision), preview="1"))
    assert "总酸（以乙酸计）不低于 0.60 g/L。" in text_of(preview)
    assert "Total acid (as acetic acid) at least 0.60 g/L." in text_of(preview)
    assert VersionRecord.objects.get().limits == []

    saved = registrant.post(f"{address}/limits/new?kind=least", limit_form(revision=str(row.revision)))
    assert saved["Location"] == address
    row.refresh_from_db()
    assert "总酸（以乙酸计）不低于 0.60 g/L。" in text_of(registrant.get(address))
    tried = text_of(registrant.get(f"{address}/try?value-0=0.5"))
    assert "不合格" in tried
    assert "低于要求" in tried
    assert "合格" in text_of(registrant.get(f"{address}/try?value-0=0.60"))

    assert registrant.post(f"{address}/act", {"action": "submit", "revision": row.revision})["Location"] == address
    assert str(row.code) in text_of(office.get("/regulator/standards/"))
    assert "有 1 个标准版本等您审查" in text_of(office.get("/regulator/"))
    page = text_of(office.get(f"/regulator/standards/{row.code}"))
    assert "审查通过，发布" in page
    decided = office.post(
        f"/regulator/standards/{row.code}",
        {"revision": row.revision, "action": "publish", "reason": "", "document_no": "1"},
    )
    assert decided.status_code == 302
    public = text_of(Client().get(f"/standards/{CODE}"))
    assert "总酸（以乙酸计）不低于 0.60 g/L。" in public
    assert "审查通过并发布" in public
    assert "成都市市场监督管理部门" in public
    assert gi.registrant_name in public
    assert f"/standards/{CODE}".replace("/T 77", "/T%2077") in text_of(Client().get(f"/gi/{gi.code}"))


def test_the_next_version_shows_exactly_what_changes(association: Actor, officer_city: Actor, gi: Indication) -> None:
    publish(association, officer_city, gi, acid(), acid("1", comparator="le", indicator="solids", name="固形物"))
    registrant, office = signed_in(association), signed_in(officer_city)

    registrant.post(f"{MINE}next", {"standard_code": CODE})
    row = VersionRecord.objects.get(state="draft")
    address = f"{MINE}{row.code}"
    registrant.post(f"{address}/limits/total_acid", limit_form(revision=str(row.revision), first="0.8"))
    row.refresh_from_db()
    registrant.post(f"{address}/limits/solids/removal", {"revision": row.revision})
    row.refresh_from_db()
    registrant.post(
        f"{address}/limits/new?kind=between",
        limit_form(
            revision=str(row.revision), indicator="production_month", unit="month", first="11", second="2", basis=""
        ),
    )
    row.refresh_from_db()
    head = {"revision": row.revision, "label": "第1号修改单", "effective_from": "2026-07-01", "source": "修改单"}
    registrant.post(f"{address}/head", head)
    row.refresh_from_db()
    registrant.post(f"{address}/act", {"action": "submit", "revision": row.revision})

    page = text_of(office.get(f"/regulator/standards/{row.code}"))
    assert "<del>总酸（以乙酸计）不低于 0.60 g/L。</del>" in page
    assert "<ins>总酸（以乙酸计）不低于 0.8 g/L。</ins>" in page
    assert "<ins>生产或采收月份：11 月至次年 2 月。</ins>" in page
    assert "固形物" in page
    assert "<del>固形物" in page


def test_bad_input_stands_at_its_field(association: Actor, gi: Indication) -> None:
    row = draft(association, gi)
    client = signed_in(association)
    address = f"{MINE}{row.code}/limits/new"

    for kind, changes, word in (
        ("least", {"first": "约0.6"}, "不是可用的数值"),
        ("least", {"first": ""}, "请填写数值"),
        ("least", {"first": "9" * 30}, "不是可用的数值"),
        ("between", {"first": "5", "second": "3"}, "限量写反了"),
        ("between", {"first": "0", "second": "13", "unit": "month"}, "月份填 1 到 12"),
        ("least", {"indicator": "other"}, "请写指标名称"),
        ("least", {"band_from": "60", "band_to": "46"}, "这一档写反了"),
        ("least", {"grade": "特级", "band_from": "46"}, "只能按等级，或按一个指标分档"),
        ("ratio", {"strictness": "ratio_lt", "top": "total_acid", "bottom": "total_acid"}, "两个不同的指标"),
        ("grade", {"first": "0"}, "等级填 1、2、3"),
        ("tolerance", {"indicator": "alcohol", "first": "-1", "unit": "%vol"}, "大于 0"),
    ):
        answer = client.post(f"{address}?kind={kind}", limit_form(revision=str(row.revision), **changes))
        assert answer.status_code == 422, kind
        assert word in text_of(answer), (kind, word)
    stale = client.post(f"{address}?kind=least", limit_form(revision="1"))
    assert "刚被别人改过" in text_of(stale)
    assert client.get(f"{address}?kind=nothing").status_code == 404
    assert client.get(f"{MINE}{row.code}/limits/nothing").status_code == 404


@pytest.mark.parametrize(
    ("kind", "changes", "sentence"),
    [
        (
            "most",
            {"strictness": "le", "first": "0.2", "indicator": "lead", "unit": "mg/kg", "basis": ""},
            "铅不超过 0.2 mg/kg。",
        ),
        (
            "tolerance",
            {"indicator": "alcohol", "first": "1.0", "unit": "%vol"},
            "酒精度：实测值与标签标示值相差不超过 1.0 %vol。",
        ),
        ("never", {"indicator": "sulphur_fumigation"}, "硫磺熏蒸：禁止使用。"),
        ("grade", {"indicator": "grade", "first": "2"}, "质量等级至少为 2 级（1 级最好）。"),
        (
            "ratio",
            {"strictness": "ratio_lt", "top": "ethyl_acetate", "bottom": "ethyl_hexanoate", "first": "1.00"},
            "乙酸乙酯与己酸乙酯之比低于 1.00。",
        ),
        ("least", {"band_from": "46", "band_to": "60"}, "酒精度 46～60 %vol 时，总酸（以乙酸计）不低于 0.60 g/L。"),
        ("least", {"grade": "特级"}, "等级为特级时，总酸（以乙酸计）不低于 0.60 g/L。"),
        (
            "between",
            {"indicator": "altitude", "first": "500", "second": "1,000", "unit": "m", "basis": ""},
            "海拔在 500 到 1000 m 之间（含两端）。",
        ),
        ("least", {"indicator": "other", "name": "籽粒饱满度", "unit": "%", "basis": ""}, "籽粒饱满度不低于 0.60 %。"),
    ],
)
def test_every_kind_of_limit_has_its_form(
    association: Actor, gi: Indication, kind: str, changes: dict[str, str], sentence: str
) -> None:
    row = draft(association, gi, acid("9", indicator="protein", name="蛋白质", unit="%", basis=""))
    client = signed_in(association)

    assert client.get(f"{MINE}{row.code}/limits/new?kind={kind}").status_code == 200
    saved = client.post(f"{MINE}{row.code}/limits/new?kind={kind}", limit_form(revision=str(row.revision), **changes))

    assert saved.status_code == 302, text_of(saved)
    row.refresh_from_db()
    page = text_of(client.get(f"{MINE}{row.code}"))
    assert sentence in page
    key = row.limits[-1]["key"]
    edit = client.get(f"{MINE}{row.code}/limits/{key}")
    assert edit.status_code == 200
    # What the form shows is what is kept: saved as it came, nothing changes.
    form = edit.context["form"]
    posted = {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False)}
    before = row.limits[-1]
    again = client.post(f"{MINE}{row.code}/limits/{key}", {**posted, "revision": row.revision, "save": "1"})
    assert again.status_code == 302, text_of(again)
    row.refresh_from_db()
    assert row.limits[-1] == before


def test_strangers_do_not_see_a_draft(
    association: Actor, officer_city: Actor, officer_south: Actor, maker: Actor, gi: Indication
) -> None:
    row = draft(association, gi)
    other = make_user(Role.ASSOCIATION, organisation=factories.uscc(9002))

    for stranger in (other, officer_city, officer_south):
        assert signed_in(stranger).get(f"{MINE}{row.code}").status_code == 404
    for path in ("head", "limits/new?kind=least", "limits/total_acid", "try"):
        assert signed_in(other).get(f"{MINE}{row.code}/{path}").status_code == 404
        assert signed_in(maker).get(f"{MINE}{row.code}/{path}").status_code == 403
    assert Client().get(f"{MINE}{row.code}").status_code == 302
    submit(association, row)
    assert signed_in(officer_city).get(f"{MINE}{row.code}").status_code == 200
    assert signed_in(officer_south).get(f"/regulator/standards/{row.code}").status_code == 404


def test_an_office_repeals_from_the_public_page(
    association: Actor, officer_city: Actor, officer_south: Actor, gi: Indication
) -> None:
    publish(association, officer_city, gi)
    address = f"/regulator/standards/repeal/{CODE}"
    form = {"repealed_on": "2026-12-01", "reason": "已由国家标准代替", "document_no": "1"}

    assert "登记废止" in text_of(signed_in(officer_city).get(f"/standards/{CODE}"))
    assert "登记废止" not in text_of(signed_in(association).get(f"/standards/{CODE}"))
    assert signed_in(officer_south).post(address, form).status_code == 403
    assert signed_in(officer_city).post(address, {**form, "repealed_on": "2025-01-01"}).status_code == 422
    assert signed_in(officer_city).post(address, form).status_code == 302

    assert StandardVersion.objects.get().effective_to == date(2026, 11, 30)
    assert "现行，将废止" in text_of(Client().get(f"/standards/{CODE}"))
    assert signed_in(officer_city).post(address, form).status_code == 422


def test_reference_standards_have_a_page_too(gi: Indication) -> None:
    version = make_version(gi)
    make_limit(version, "altitude", "range", "500", "1000", unit="m", scope="process", name="海拔", name_en="Altitude")

    page = Client().get(f"/standards/{version.standard.code}")

    assert "海拔在 500 到 1000 m 之间（含两端）。" in text_of(page)
    assert Client().get("/standards/GB/T 0").status_code == 404
