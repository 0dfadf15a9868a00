from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from importlib import resources

import pytest
from shapely.geometry import Point, shape

from products.registry.domain.identifiers import find_standard_nos, parse_announcement_no
from products.registry.domain.limits import version_in_force
from products.registry.domain.reference import (
    AreaRow,
    citations,
    county_areas,
    indications,
    prefecture_areas,
    regions,
    standards,
    targets,
)
from products.registry.domain.requirements import Comparator, parse_limit

REGIONS = {row.code: row for row in regions()}
INDICATIONS = {row.code: row for row in indications()}


def test_a_province_21_prefectures_and_183_counties() -> None:
    levels = Counter(row.level for row in regions())

    assert levels == {"province": 1, "prefecture": 21, "county": 183}
    assert len(REGIONS) == 205


def test_every_division_hangs_where_its_code_says() -> None:
    for row in regions():
        expected = {"province": "", "prefecture": "510000", "county": f"{row.code[:4]}00"}[row.level]
        assert row.parent == expected
        assert not row.parent or row.parent in REGIONS


def test_english_names_are_plain_and_unlike_within_a_prefecture() -> None:
    endings = {"区": " District", "县": " County", "市": " City"}
    for row in regions():
        assert row.name_en.isascii()
        if row.level == "county":
            assert row.name_en.endswith(endings[row.name[-1]])
    names = Counter((row.parent, row.name_en) for row in regions())
    assert [pair for pair, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    ("name", "name_en"),
    [
        ("犍为县", "Qianwei County"),
        ("筠连县", "Junlian County"),
        ("郫都区", "Pidu District"),
        ("新都区", "Xindu District"),
        ("邛崃市", "Qionglai City"),
        ("阆中市", "Langzhong City"),
        ("什邡市", "Shifang City"),
        ("大邑县", "Dayi County"),
        ("荥经县", "Yingjing County"),
        ("长宁县", "Changning County"),
        ("乐至县", "Lezhi County"),
        ("珙县", "Gongxian County"),
        ("叙永县", "Xuyong County"),
        ("会理市", "Huili City"),
        ("成都市", "Chengdu"),
        ("阿坝藏族羌族自治州", "Aba Tibetan and Qiang Autonomous Prefecture"),
    ],
)
def test_names_with_several_readings(name: str, name_en: str) -> None:
    assert [row.name_en for row in regions() if row.name == name] == [name_en]


@pytest.mark.parametrize(("areas", "level"), [(county_areas(), "county"), (prefecture_areas(), "prefecture")])
def test_outlines_are_valid_hold_their_label_and_cover_every_division(areas: tuple[AreaRow, ...], level: str) -> None:
    assert {area.code for area in areas} == {row.code for row in regions() if row.level == level}
    for area in areas:
        outline = shape(dict(area.geometry))
        assert outline.is_valid, area.code
        assert outline.contains(Point(area.label_point)), area.code
        assert area.name == REGIONS[area.code].name
        assert area.datum == "GCJ-02"


def test_counties_do_not_overlap_and_fill_their_prefecture() -> None:
    counties = {area.code: shape(dict(area.geometry)) for area in county_areas()}
    for prefecture in prefecture_areas():
        inside = [outline for code, outline in counties.items() if REGIONS[code].parent == prefecture.code]
        assert sum(part.area for part in inside) == pytest.approx(shape(dict(prefecture.geometry)).area, rel=1e-9)


def test_indications_have_stable_codes_and_known_keys() -> None:
    assert [row.code for row in indications()] == [f"SC-{number:04d}" for number in range(1, 147)]
    for row in indications():
        assert set(row.types) <= {"gi_product", "gi_mark", "agri_gi"}
        assert len(row.types) == len(set(row.types))
        assert row.area_precision in {"county", "town", "prefecture", "unknown"}
        assert row.confidence in {"high", "medium", "low"}
        assert row.source


def test_the_area_of_an_indication_lies_in_its_prefecture() -> None:
    for row in indications():
        assert not row.prefecture or REGIONS[row.prefecture].level == "prefecture"
        assert all(REGIONS[code].parent == row.prefecture for code in row.counties), row.name
        assert list(row.counties) == sorted(set(row.counties))
        assert (row.area_precision == "unknown") == (not row.prefecture)
        assert (row.area_precision == "county") <= bool(row.counties)
        assert (row.area_precision == "prefecture") <= (not row.counties)


@pytest.mark.parametrize(
    ("name", "counties"),
    [
        ("郫县豆瓣", ("510117",)),
        ("合什手工面", ("511504",)),
        ("会理石榴", ("513402",)),
        ("舍得白酒", ("510981",)),
        ("安县魔芋", ("510705",)),
        ("江安夏橙", ("511523",)),
        ("崇庆枇杷茶", ("510184",)),
        ("攀枝花噹噹鸡", ("510403",)),
        ("涪城麦冬", ("510722",)),
        ("五粮液", ()),
    ],
)
def test_old_and_short_names_lead_to_the_county_of_today(name: str, counties: tuple[str, ...]) -> None:
    assert [row.counties for row in indications() if row.name == name] == [counties]


def test_a_county_name_that_occurs_twice_is_read_within_the_prefecture() -> None:
    tea = next(row for row in indications() if row.name == "峨眉山茶")

    assert "511102" in tea.counties
    assert "511002" not in tea.counties
    assert len(tea.counties) == 11


def test_numbers_in_the_list_can_be_read() -> None:
    for row in indications():
        if row.announcement_no:
            assert parse_announcement_no(row.announcement_no).number > 0
        assert tuple(str(found) for found in find_standard_nos(row.standard_text)) == row.standards


def test_every_standard_belongs_to_an_indication_and_every_limit_can_be_read() -> None:
    for standard in standards():
        assert standard.indication in INDICATIONS
        labels = [version.label for version in standard.versions]
        assert len(labels) == len(set(labels)) > 0
        for version in standard.versions:
            assert version.status in {"in_force", "repealed", "disputed"}
            keys = [limit.key for limit in version.limits]
            assert len(keys) == len(set(keys))
            for row in version.limits:
                limit = parse_limit(
                    key=row.key,
                    indicator=row.indicator,
                    unit=row.unit,
                    comparator=row.comparator,
                    values=row.values,
                    condition=row.condition,
                    is_usable=row.is_usable,
                )
                assert limit.comparator in Comparator
                assert row.scope in {"product", "process"}
                assert row.source
                assert row.confidence in {"high", "medium"}
                assert row.is_usable or row.note, "an unusable limit says why"


def test_standards_named_by_indications_are_there() -> None:
    known = {(standard.indication, standard.code) for standard in standards()}

    assert {(row.code, code) for row in indications() for code in row.standards} <= known


def test_the_amendment_of_shuijingfang_applies_from_its_day() -> None:
    standard = next(row for row in standards() if row.code == "GB/T 18624-2007")
    before = version_in_force(standard.versions, date(2014, 10, 30))
    after = version_in_force(standard.versions, date(2014, 10, 31))

    assert before is not None
    assert before.limits == ()
    assert after is not None
    assert len(after.limits) == 15


def test_a_disputed_standard_says_so() -> None:
    standard = next(row for row in standards() if row.code == "GB/T 21820-2008")

    assert [version.status for version in standard.versions] == ["disputed"]


def test_citations_have_a_key_both_summaries_and_a_reading() -> None:
    keys = Counter(row.key for row in citations())
    assert max(keys.values()) == 1
    for row in citations():
        assert row.law
        assert row.summary
        assert row.summary_en.isascii() or "’" in row.summary_en
        assert row.reading in {"T", "S", "M"}
        assert row.source or row.reading == "M"
        assert row.effective_from is None or row.effective_to is None or row.effective_from <= row.effective_to


def test_the_clause_on_indications_moves_with_the_year() -> None:
    rows = [row for row in citations() if row.key.startswith("trademark_law.gi")]
    new_year = date(2027, 1, 1)

    assert [row.article for row in rows if row.in_force(new_year - timedelta(days=1))] == ["第十六条"]
    assert [row.article for row in rows if row.in_force(new_year)] == ["第二十三条"]


def test_the_three_targets_of_the_plan() -> None:
    assert {row.metric: row.target for row in targets()} == {
        "new_indications": 100,
        "demonstration_zones": 5,
        "authorised_enterprises": 300,
    }
    for row in targets():
        assert row.plan == "川府发〔2021〕48号"
        assert (row.baseline, row.baseline_on, row.due_on) == (0, date(2021, 1, 1), date(2025, 12, 31))


def test_tables_have_as_many_fields_in_every_row_and_a_source_page() -> None:
    folder = resources.files("products.data")
    sources = folder.joinpath("SOURCES.md").read_text(encoding="utf-8")
    for entry in folder.iterdir():
        if entry.name.endswith((".csv", ".json", ".geojson")):
            assert f"`{entry.name}`" in sources
        if entry.name.endswith(".csv"):
            rows = list(csv.reader(entry.read_text(encoding="utf-8").splitlines(), strict=True))
            assert {len(row) for row in rows} == {len(rows[0])}, entry.name
