from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from products.labels.domain.unit_code import (
    ALPHABET,
    CODE_LENGTH,
    MAX_SERIAL,
    MalformedCode,
    UnitCode,
    decode_serial,
    encode_serial,
    format_unit_code,
    group_in_fours,
    is_authentic,
    new_run_code,
    parse_unit_code,
    tag_for,
    unit_codes,
)

KEY = bytes(range(32))
CODES = st.builds(
    UnitCode,
    run=st.text(ALPHABET, min_size=6, max_size=6),
    serial=st.integers(1, MAX_SERIAL),
    tag=st.text(ALPHABET, min_size=8, max_size=8),
)


def test_the_tag_is_the_first_forty_bits_of_an_hmac_over_purpose_run_and_serial() -> None:
    digest = hmac.new(KEY, b"gi-trace unit code v1\nABCDEF0004Z", hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in digest[:5])
    by_hand = "".join(ALPHABET[int(bits[start : start + 5], 2)] for start in range(0, 40, 5))

    assert tag_for(KEY, "ABCDEF", decode_serial("0004Z")) == by_hand


def test_a_printed_code_never_changes_its_meaning() -> None:
    # Frozen: labels with these codes are on jars.
    assert list(unit_codes(KEY, "ABCDEF", 1, 2)) == ["GABCDEF00001SYRNN1FW", "GABCDEF00002P0KJ0J03"]
    assert tag_for(KEY, "ABCDEF", MAX_SERIAL) == "8KZJ4725"


@given(CODES)
def test_formatting_and_parsing_are_inverse(code: UnitCode) -> None:
    text = format_unit_code(code)

    assert len(text) == CODE_LENGTH
    assert parse_unit_code(text) == code
    assert parse_unit_code(group_in_fours(text.lower())) == code
    assert str(code) == text


@given(CODES)
def test_look_alikes_full_width_forms_and_separators_are_forgiven(code: UnitCode) -> None:
    text = format_unit_code(code)
    mistaken = text.replace("0", "O").replace("1", "l")
    full_width = "".join(chr(ord(character) + 0xFEE0) for character in text)

    assert parse_unit_code(mistaken) == code
    assert parse_unit_code(text.replace("1", "i").replace("0", "o")) == code
    assert parse_unit_code(full_width) == code
    assert parse_unit_code("\ufeff " + "\u3000—".join(text)) == code


@given(st.integers(1, MAX_SERIAL))
def test_serials_keep_their_order_as_text(serial: int) -> None:
    assert decode_serial(encode_serial(serial)) == serial
    if serial < MAX_SERIAL:
        assert encode_serial(serial) < encode_serial(serial + 1)


@pytest.mark.parametrize(
    ("text", "reason", "character"),
    [
        ("", "wrong_length", ""),
        ("GABCDEF00001ABCDEFG", "wrong_length", ""),
        ("G" * 100_000, "wrong_length", ""),
        ("GABCDEF00001ABCDEFGU", "wrong_alphabet", "U"),
        ("GABCDEF00001ABCDEFG豆", "wrong_alphabet", "豆"),
        ("GABCDEF00001ABCDEFGı", "wrong_alphabet", "ı"),
        ("HABCDEF00001ABCDEFGH", "wrong_first_letter", "H"),
        ("GABCDEF00000ABCDEFGH", "wrong_serial", ""),
    ],
)
def test_what_cannot_be_a_code_is_refused_with_its_reason(text: str, reason: str, character: str) -> None:
    with pytest.raises(MalformedCode) as caught:
        parse_unit_code(text)

    assert (caught.value.reason, caught.value.character) == (reason, character)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(MalformedCode):
        assert parse_unit_code(text).serial


def test_only_the_run_s_own_key_makes_a_code_authentic() -> None:
    code = parse_unit_code(next(unit_codes(KEY, "ABCDEF", 7, 7)))

    assert is_authentic(KEY, code)
    assert not is_authentic(bytes(32), code)
    assert not is_authentic(KEY, UnitCode(code.run, code.serial + 1, code.tag))
    assert not is_authentic(KEY, UnitCode("ABCDEG", code.serial, code.tag))
    assert not is_authentic(KEY, UnitCode(code.run, code.serial, "00000000"))


@given(st.binary(min_size=16, max_size=100), st.integers(1, MAX_SERIAL))
def test_bulk_codes_are_those_made_one_by_one(key: bytes, first: int) -> None:
    last = min(first + 3, MAX_SERIAL)

    codes = [parse_unit_code(text) for text in unit_codes(key, "0Z0Z0Z", first, last)]

    assert [code.serial for code in codes] == list(range(first, last + 1))
    assert all(is_authentic(key, code) for code in codes)


def test_bulk_codes_are_made_as_they_are_asked_for() -> None:
    assert len(list(islice(unit_codes(KEY, "ABCDEF", 1, MAX_SERIAL), 3))) == 3
    assert list(unit_codes(KEY, "ABCDEF", 5, 4)) == []


@pytest.mark.parametrize(
    ("key", "run", "first", "last"),
    [
        (bytes(15), "ABCDEF", 1, 2),
        (KEY, "abcdef", 1, 2),
        (KEY, "ABCDE", 1, 2),
        (KEY, "ABCDEF", 0, 2),
        (KEY, "ABCDEF", 1, MAX_SERIAL + 1),
    ],
)
def test_senseless_runs_are_refused_before_the_first_code(key: bytes, run: str, first: int, last: int) -> None:
    with pytest.raises(ValueError, match=r"."):
        unit_codes(key, run, first, last)


def test_run_codes_come_from_the_given_randomness() -> None:
    assert new_run_code(b"\x00\x00\x00\x21") == "000011"
    assert new_run_code(b"\xff" * 8) == "ZZZZZZ"
    with pytest.raises(ValueError, match="4 random bytes"):
        new_run_code(b"\x00" * 3)


def test_codes_that_could_not_be_read_back_are_not_written() -> None:
    for code in (UnitCode("ABCDEI", 1, "0" * 8), UnitCode("ABCDEF", 0, "0" * 8), UnitCode("ABCDEF", 1, "0" * 7)):
        with pytest.raises(ValueError, match=r"."):
            format_unit_code(code)
