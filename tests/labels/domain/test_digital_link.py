from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.labels.domain.digital_link import (
    CSET_82,
    QR_ALPHANUMERIC,
    DigitalLink,
    InvalidLink,
    digital_link,
    normalise_gtin,
    parse_digital_link,
    scan_address,
)
from products.labels.domain.unit_code import MAX_SERIAL, MalformedCode, unit_codes

GTIN = "06901234567892"
CODE = next(unit_codes(bytes(32), "ABCDEF", 1, 1))


@given(
    lot=st.text(sorted(CSET_82), max_size=20),
    code=st.one_of(
        st.just(""),
        st.integers(1, MAX_SERIAL).map(lambda serial: next(unit_codes(bytes(32), "ABCDEF", serial, serial))),
    ),
)
def test_building_and_parsing_are_inverse(lot: str, code: str) -> None:
    link = digital_link(GTIN, lot=lot, unit_code=code)

    assert parse_digital_link(link.path) == link
    assert parse_digital_link(link.path + "/") == link


def test_the_parts_stand_in_the_standard_s_order() -> None:
    assert len(CSET_82) == 82
    link = digital_link("6901234567892", lot="A/1", unit_code=CODE.lower())

    assert link == DigitalLink(GTIN, "A/1", CODE)
    assert link.path == f"/01/{GTIN}/10/A%2F1/21/{CODE}"


@pytest.mark.parametrize("text", ["96385074", "036000291452", "6901234567892", GTIN])
def test_every_gtin_becomes_fourteen_digits(text: str) -> None:
    assert normalise_gtin(text) == text.zfill(14)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/01/690123456789", "gtin_check_digit"),
        ("/01/6901234567893", "gtin_check_digit"),
        ("/01/69012345", "gtin_check_digit"),
        ("/01/69012345678", "gtin_malformed"),
        ("/01/６901234567892", "gtin_malformed"),
        (f"/01/{GTIN}/10/{'9' * 21}", "lot_malformed"),
        (f"/01/{GTIN}/10/%E8%B1%86", "lot_malformed"),
        (f"/01/{GTIN}/10/A%20B", "lot_malformed"),
        (f"/01/{GTIN}/10/A%2", "bad_escape"),
        (f"/01/{GTIN}/10/", "missing_value"),
        (f"/01/{GTIN}/10", "missing_value"),
        (f"/01/{GTIN}/21/GABC", "unit_code_malformed"),
        (f"/01/{GTIN}/21/{CODE}/10/A", "wrong_key_order"),
        (f"/10/A/01/{GTIN}", "wrong_key_order"),
        (f"/21/{CODE}", "wrong_key_order"),
        (f"/01/{GTIN}/10/A/10/B", "repeated_key"),
        (f"/01/{GTIN}/22/A", "unknown_key"),
        ("", "unknown_key"),
    ],
)
def test_links_that_are_not_ours_are_refused_with_their_reason(path: str, reason: str) -> None:
    with pytest.raises(InvalidLink) as caught:
        parse_digital_link(path)

    assert caught.value.reason == reason


@given(st.text())
def test_any_path_is_read_or_refused(path: str) -> None:
    with suppress(InvalidLink):
        assert parse_digital_link(path).gtin


@pytest.mark.parametrize("base", ["https://gi.example.cn", "https://gi.example.cn/", "http://127.0.0.1:8000"])
def test_the_scan_address_is_upper_case_and_fits_the_alphanumeric_mode(base: str) -> None:
    address = scan_address(base, CODE.lower())

    assert address == f"{base.rstrip('/').upper()}/T/{CODE}"
    assert set(address) <= QR_ALPHANUMERIC


@pytest.mark.parametrize(
    "base",
    ["gi.example.cn", "ftp://gi.example.cn", "https://", "https://gi.example.cn/app", "https://a@gi.example.cn",
     "https://gi.example.cn?x=1", "https://gi_1.example.cn", "https://豆瓣.cn"],
)  # fmt: skip
def test_base_addresses_that_cannot_be_raised_to_upper_case_are_refused(base: str) -> None:
    with pytest.raises(InvalidLink) as caught:
        scan_address(base, CODE)

    assert caught.value.reason == "base_url_malformed"


def test_an_address_is_made_of_codes_only() -> None:
    with pytest.raises(MalformedCode):
        scan_address("https://gi.example.cn", "GABC")
