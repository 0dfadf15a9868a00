from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc as stdnum_uscc

from products.registry.domain.identifiers import (
    InvalidGtin,
    InvalidUscc,
    OrganisationKind,
    UsccVerdict,
    assess_uscc,
    find_standard_nos,
    organisation_check,
    parse_agi_no,
    parse_announcement_no,
    parse_gtin,
    parse_standard_no,
    parse_trademark_no,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VECTORS = list(
    csv.DictReader((Path(__file__).parents[2] / "data" / "uscc_vectors.csv").read_text(encoding="utf-8").splitlines())
)
LUZHOU = "91510500204706718H"
REASONS = {"91510500204706718J": None, "9151050020470671": "wrong_length", "91510500204706718I": "wrong_character"}


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["uscc"])
def test_known_codes(row: dict[str, str]) -> None:
    if row["expected"] == "invalid" and (reason := REASONS[row["uscc"]]):
        with pytest.raises(InvalidUscc) as caught:
            assess_uscc(row["uscc"])
        assert caught.value.reason == reason
    else:
        expected = UsccVerdict.VALID if row["expected"] == "valid" else UsccVerdict.CHECK_DIGIT_FAILS
        assert assess_uscc(row["uscc"]).verdict is expected


@given(st.sampled_from(["91", "92", "93", "51", "12", "N2"]), st.from_regex(r"51[0-9]{4}", fullmatch=True), st.data())
def test_any_code_with_a_right_check_digit_is_valid_and_no_other_last_character_is(
    head: str, division: str, data: st.DataObject
) -> None:
    body = head + division + data.draw(st.text(ALPHABET, min_size=9, max_size=9))
    check = stdnum_uscc.calc_check_digit(body)
    other = data.draw(st.sampled_from([c for c in ALPHABET if c != check]))

    assert assess_uscc(body + check).verdict is UsccVerdict.VALID
    assert assess_uscc(body + other).verdict is UsccVerdict.CHECK_DIGIT_FAILS
    assert assess_uscc(body + check).division == division


@pytest.mark.parametrize(
    "typed",
    [
        "91510500204706718h",
        " 9151 0500 2047 0671 8H ",
        "９１５１０５００２０４７０６７１８Ｈ",
        "91510500204706718H\u200b",
    ],
)
def test_the_way_people_type_is_forgiven(typed: str) -> None:
    assert assess_uscc(typed).uscc == LUZHOU


@pytest.mark.parametrize(
    ("text", "reason", "named"),
    [
        ("", "empty", "no code"),
        ("91510500204706718", "wrong_length", "17"),
        (LUZHOU + "1", "wrong_length", "19"),
        ("9151O500204706718H", "wrong_character", "character 5 is 'O'"),
        ("91510500-204706718", "wrong_character", "'-'"),
        ("泸510500204706718H", "wrong_character", "泸"),
        ("9151050A204706718H", "division_not_digits", "51050A"),
    ],
)
def test_what_can_be_no_code_is_refused_with_its_fault_named(text: str, reason: str, named: str) -> None:
    with pytest.raises(InvalidUscc, match=named) as caught:
        assess_uscc(text)

    assert caught.value.reason == reason


def test_an_assessment_tells_what_the_code_says() -> None:
    found = assess_uscc(LUZHOU)

    assert found.kind is OrganisationKind.COMPANY
    assert found.division == "510500"
    assert found.organisation_code == "204706718"
    assert found.organisation_check_ok


@pytest.mark.parametrize(
    ("prefix", "kind"),
    [
        ("92", "sole_trader"),
        ("93", "cooperative"),
        ("51", "social_organisation"),
        ("N2", "rural_collective"),
        ("A1", "other"),
    ],
)
def test_the_prefix_hints_at_the_kind(prefix: str, kind: str) -> None:
    body = f"{prefix}510117MA6DEMO12".replace("O", "0")[:17]

    assert assess_uscc(body + stdnum_uscc.calc_check_digit(body)).kind == kind


def test_the_inner_check_is_reported_but_decides_nothing() -> None:
    body = "91510500204706719"
    found = assess_uscc(body + stdnum_uscc.calc_check_digit(body))

    assert found.verdict is UsccVerdict.VALID
    assert not found.organisation_check_ok


@pytest.mark.parametrize(("eight", "check"), [("20470671", "8"), ("71430580", "X"), ("19220382", "1")])
def test_organisation_check_characters(eight: str, check: str) -> None:
    assert organisation_check(eight) == check


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("GB/T 22211-2008", "GB/T 22211-2008"),
        ("gb/t22211—2008", "GB/T 22211-2008"),
        ("ＧＢ／Ｔ ２２２１１－２００８", "GB/T 22211-2008"),
        ("GB 32100-2015", "GB 32100-2015"),
        ("DB5105/T 54-2022", "DB5105/T 54-2022"),
        ("DB51/T 1234.5-2020", "DB51/T 1234.5-2020"),
        ("T/SCSX 003-2021", "T/SCSX 003-2021"),
        ("GB/T 19961", "GB/T 19961"),
    ],
)
def test_standard_numbers_in_one_spelling(text: str, official: str) -> None:
    assert str(parse_standard_no(text)) == official


@pytest.mark.parametrize("text", ["", "22211-2008", "GB/T", "GB/T 22211-08", "GB/T 22211-2008 五粮液酒"])
def test_what_is_no_standard_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no standard number"):
        parse_standard_no(text)


def test_standard_numbers_are_found_in_running_text() -> None:
    text = "GB/T 22211-2008 五粮液酒(有第1号修改单)，并见GB/T 17924—2008"

    assert [str(found) for found in find_standard_nos(text)] == ["GB/T 22211-2008", "GB/T 17924-2008"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("质检总局2010年第144号", ("质检总局", 2010, 144)),
        ("质检总局公告2010年第144号", ("质检总局", 2010, 144)),
        ("国家知识产权局公告第354号", ("国家知识产权局", 0, 354)),
        ("农业部公告第1813号(按同日推定)", ("农业部", 0, 1813)),
    ],
)
def test_announcement_numbers(text: str, expected: tuple[str, int, int]) -> None:
    found = parse_announcement_no(text)

    assert (found.issuer, found.year, found.number) == expected


@pytest.mark.parametrize("text", ["", "第144号", "质检总局2010年", "GB/T 22211-2008"])
def test_what_is_no_announcement_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no announcement number"):
        parse_announcement_no(text)


@pytest.mark.parametrize(
    ("text", "number"), [("第1234567号", "1234567"), ("12345678", "12345678"), ("g1234567", "G1234567")]
)
def test_trademark_numbers(text: str, number: str) -> None:
    assert parse_trademark_no(text) == number


@pytest.mark.parametrize("text", ["", "123", "1234567890", "第号"])
def test_what_is_no_trademark_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no trademark"):
        parse_trademark_no(text)


def test_agricultural_numbers() -> None:
    assert parse_agi_no("agi2012—02—869") == "AGI2012-02-869"
    with pytest.raises(ValueError, match="no AGI number"):
        parse_agi_no("AGI869")


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("6901234567892", "06901234567892"),
        ("96385074", "00000096385074"),
        ("0 36000 29145 2", "00036000291452"),
        ("16901234567899", "16901234567899"),
    ],
)
def test_gtins_of_every_length(text: str, gtin: str) -> None:
    assert parse_gtin(text) == gtin


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("6901234567893", "check_digit_fails"),
        ("690123456789", "check_digit_fails"),
        ("69012345", "check_digit_fails"),
        ("690123", "wrong_length"),
        ("69012345678X2", "wrong_character"),
        ("", "wrong_character"),
    ],
)
def test_gtins_that_are_none(text: str, reason: str) -> None:
    with pytest.raises(InvalidGtin) as caught:
        parse_gtin(text)

    assert caught.value.reason == reason
