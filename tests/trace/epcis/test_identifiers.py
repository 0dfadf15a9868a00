"""EPC URIs and GS1 Digital Links: one canonical form, and check digits that are looked at."""

from __future__ import annotations

import pytest

from products.trace.domain.epcis.identifiers import BadIdentifier, Kind, check_digit, identify

# Pairs of the EPC Tag Data Standard and the GS1 General Specifications.
SAME = [
    ("urn:epc:id:sgtin:0614141.107346.2017", "https://id.gs1.org/01/10614141073464/21/2017", Kind.INSTANCE),
    ("urn:epc:id:sgtin:4012345.011111.A%2FB(1)", "https://id.gs1.org/01/04012345111118/21/A%2FB%281%29", Kind.INSTANCE),
    ("https://shop.example.com/a/gtin/4012345111118/ser/9?x=1", "https://id.gs1.org/01/04012345111118/21/9",
     Kind.INSTANCE),
    ("https://id.gs1.org/01/04012345111118/22/V/10/L/21/9", "https://id.gs1.org/01/04012345111118/21/9", Kind.INSTANCE),
    ("https://id.gs1.org/01/04012345111118/10/A%2f1", "https://id.gs1.org/01/04012345111118/10/A%2F1", Kind.CLASS),
    ("urn:epc:class:lgtin:4012345.011111.A%2F1", "https://id.gs1.org/01/04012345111118/10/A%2F1", Kind.CLASS),
    ("urn:epc:idpat:sgtin:4012345.011111.*", "https://id.gs1.org/01/04012345111118", Kind.CLASS),
    ("urn:epc:id:sscc:4012345.1111111111", "https://id.gs1.org/00/140123451111111117", Kind.INSTANCE),
    ("urn:epc:id:sgln:4012345.00005.0", "https://id.gs1.org/414/4012345000054", Kind.PLACE),
    ("urn:epc:id:sgln:4012345.00005.7", "https://id.gs1.org/414/4012345000054/254/7", Kind.PLACE),
    ("urn:epc:id:pgln:4012345.00000", "https://id.gs1.org/417/4012345000009", Kind.PLACE),
    ("urn:epc:id:grai:4012345.00005.1", "https://id.gs1.org/8003/040123450000541", Kind.INSTANCE),
    ("urn:epc:id:giai:4000001.111", "https://id.gs1.org/8004/4000001111", Kind.INSTANCE),
    ("urn:epc:id:gdti:4012345.11111.123", "https://id.gs1.org/253/4012345111118123", Kind.INSTANCE),
    ("urn:epc:id:gsrn:0614141.1234567890", "https://id.gs1.org/8018/061414112345678902", Kind.INSTANCE),
    ("urn:epc:id:cpi:0614141.5PQ7%2FZ43.12345", "https://id.gs1.org/8010/06141415PQ7%2FZ43/8011/12345", Kind.INSTANCE),
    ("urn:epc:id:itip:4012345.011111.01.02.9", "https://id.gs1.org/8006/040123451111180102/21/9", Kind.INSTANCE),
    ("urn:uuid:831c0292-4de1-430a-8255-2aca821abaab", "urn:uuid:831c0292-4de1-430a-8255-2aca821abaab", Kind.OTHER),
    ("https://example.com/orders/00/12", "https://example.com/orders/00/12", Kind.OTHER),
    ("urn:epc:id:gid:1.2.3", "urn:epc:id:gid:1.2.3", Kind.OTHER),
]  # fmt: skip


@pytest.mark.parametrize(("text", "canonical", "kind"), SAME)
def test_every_spelling_has_one_form(text: str, canonical: str, kind: Kind) -> None:
    found = identify(text)

    assert (found.canonical, found.kind) == (canonical, kind)
    assert identify(canonical).canonical == canonical


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("https://id.gs1.org/01/04012345111117/21/9", "check_digit_fails"),
        ("https://example.com/01/4012345111117", "check_digit_fails"),
        ("https://id.gs1.org/00/140123451111111110", "check_digit_fails"),
        ("https://id.gs1.org/414/4012345000055", "check_digit_fails"),
        ("https://id.gs1.org/01/0401234511111", "check_digit_fails"),
        ("https://id.gs1.org/01/123", "bad_identifier"),
        ("https://id.gs1.org/", "bad_identifier"),
        ("https://id.gs1.org/01/04012345111118/99/1", "bad_identifier"),
        ("urn:epc:id:sgtin:0614141.10734.2017", "bad_identifier"),
        ("urn:epc:id:sgtin:0614141.107346", "bad_identifier"),
        ("urn:epc:id:sgtin:0614141.1O7346.1", "bad_identifier"),
        ("urn:epc:id:sgtin:0614141.107346.é", "bad_identifier"),
        ("urn:epc:id:sscc:4012345.1111111111.1", "bad_identifier"),
        ("urn:epc:id", "bad_identifier"),
        ("4711", "bad_identifier"),
        ("urn:x:\0", "bad_identifier"),
        ("urn:x:a b", "bad_identifier"),
        ("urn:x:" + "a" * 200, "bad_identifier"),
        ("", "bad_identifier"),
        (7, "bad_identifier"),
        (None, "bad_identifier"),
    ],
)
def test_what_is_none_is_refused(text: object, code: str) -> None:
    with pytest.raises(BadIdentifier) as caught:
        identify(text)

    assert caught.value.code == code


def test_check_digits() -> None:
    # GS1 General Specifications 7.9.1: the example of a GTIN-13.
    assert check_digit("629104150021") == "3"
