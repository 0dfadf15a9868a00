"""The event hash, against what the reference implementation of CBV 2.0 section 8.9 publishes for its examples."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from products.trace.domain.epcis.context import prefixes_of
from products.trace.domain.epcis.event_hash import event_hash, pre_hash

PREFIXES = prefixes_of({"example": "https://ns.example.com/epcis/", "ext1": "https://ns.ext.de/epcis/"})
PLACE = {"id": "urn:epc:id:sgln:4012345.00005.0"}


def seen(time: str, offset: str, **fields: Any) -> dict[str, Any]:
    return {"type": "ObjectEvent", "eventTime": time, "eventTimeZoneOffset": offset, "action": "OBSERVE", **fields}


# The facts of the published examples, and the hash published for each.
PUBLISHED: dict[str, tuple[dict[str, Any], str]] = {
    "sensor data": (
        seen(
            "2020-04-01T15:00:00+01:00", "+01:00", epcList=["urn:epc:id:sgtin:4012345.011111.9876"],
            bizStep="inspecting", readPoint=PLACE,
            sensorElementList=[
                {
                    "sensorMetadata": {
                        "deviceID": "urn:epc:id:giai:4000001.111",
                        "deviceMetadata": "https://id.gs1.org/8004/4000001111",
                    },
                    "sensorReport": [
                        {"type": "Temperature", "value": 26, "sDev": Decimal("0.1"), "uom": "CEL"},
                        {"type": "AbsoluteHumidity", "value": Decimal("12.1"), "uom": "A93"},
                        {
                            "type": "Dimensionless", "value": Decimal("0.05"), "uom": "C35",
                            "microorganism": "https://www.ncbi.nlm.nih.gov/taxonomy/1126011",
                        },
                        {
                            "type": "Dimensionless", "value": Decimal("0.18"), "uom": "C35",
                            "chemicalSubstance": "https://identifiers.org/inchikey:CZMRCDWAGMRECN-UGDNZRGBSA-N",
                        },
                    ],
                }
            ],
        ),
        "49b13037c36e84ad9307c531671b00e901318c3957e4b1151f816ec49eb668da",
    ),
    "persistent disposition": (
        seen(
            "2021-04-01T15:00:00+01:00", "+01:00", bizStep="shipping", disposition="in_transit", readPoint=PLACE,
            epcList=["urn:epc:id:sgtin:4012345.011111.2", "urn:epc:id:sgtin:4012345.011111.1"],
            persistentDisposition={"set": ["recalled"]},
        ),
        "f6a9d89f2cd8d7931daa3d4c3d48399c2173b88417932f8cc04d021671e7d01e",
    ),
    "certificate and extensions of the sensor": (
        seen(
            "2023-01-11T12:00:00+01:00", "+01:00", bizStep="receiving", disposition="in_progress",
            certificationInfo="https://accreditation-council.example.org/certificate/ABC12345",
            epcList=["https://id.gs1.de/01/04012345999990/21/XYZ-1234"],
            readPoint={"id": "https://id.gs1.de/414/4012345000115"},
            sensorElementList=[
                {
                    "sensorMetadata": {
                        "time": "2023-01-11T11:05:00Z",
                        "bizRules": "https://id.example.com/253/4012345000054987",
                        "ext1:someFurtherMetadata": "metadataText",
                    },
                    "sensorReport": [
                        {
                            "type": "Dimensionless", "exception": "ALARM_CONDITION",
                            "coordinateReferenceSystem": "http://www.opengis.net/def/crs/EPSG/0/27700",
                            "ext1:someFurtherReportData": "reportText",
                        }
                    ],
                }
            ],
        ),
        "765891c0478707141565408cefb87841b7531936188edd0ff0e63e91789b7c09",
    ),
    "business transaction": (
        seen(
            "2023-01-11T12:00:00+01:00", "+01:00", bizStep="receiving", disposition="in_progress",
            epcList=["https://id.gs1.de/01/04012345999990/21/XYZ-1234"],
            readPoint={"id": "https://id.gs1.de/414/4012345000115"},
            bizTransactionList=[{"type": "desadv", "bizTransaction": "urn:epcglobal:cbv:bt:4012345000009:ASN1099"}],
        ),
        "65f196f1b17e2525de2b6f45f5d31d74fa3fdf1e689863484f8e9660cc36f69f",
    ),
    "extensions of several namespaces": (
        {
            "@context": {
                "abc": "https://ns.abc.de/epcis/", "ex2": "http://ns.example.com/epcis/",
                "fgh": "https://ns.fgh.co.uk/epcis/", "schema": "https://schema.org/", "sdo": "https://schema.org/",
            },
            **seen(
                "2005-04-04T20:33:31.116-06:00", "-06:00", bizStep="receiving", disposition="in_progress",
                epcList=["https://id.gs1.org/01/70614141123451/21/2018"],
                readPoint={"id": "urn:epc:id:sgln:0012345.11111.400"},
                bizLocation={"id": "urn:epc:id:sgln:0012345.11111.0"},
            ),
            "fgh:a-date": "2023-10-09", "ex2:myField": "Example of a vendor/user extension",
            "abc:a-integer": 2, "abc:z-integer": 1, "schema:award": "Order of Standards", "schema:mpn": "4711",
            "sdo:nsn": "4712",
        },
        "962b81a19a5d2652b43016c17c1a85acfa667155c53523086d22a0b566e7ee04",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples(name: str) -> None:
    event, digest = PUBLISHED[name]
    prefixes = prefixes_of(event.get("@context"), PREFIXES)

    assert event_hash(event, prefixes) == digest


def test_the_order_of_fields_is_the_standard_s() -> None:
    event = seen(
        "2020-03-04T11:00:30+01:00", "+01:00", epcList=["urn:epc:id:sgtin:0614141.011111.987"],
        destinationList=[{"type": "owning_party", "destination": "urn:epc:id:pgln:0614141.00000"}],
        sourceList=[{"source": "urn:epc:id:pgln:4012345.00000", "type": "owning_party"}],
        bizTransactionList=[{"bizTransaction": "urn:epc:id:gdti:4012345.11111.123", "type": "po"}],
        readPoint={"example:myField1": "AB-12", "id": "urn:epc:id:sgln:4012345.00011.0"},
        **{"example:userExt": "CD-34"},
    )  # fmt: skip

    assert pre_hash(event, PREFIXES) == (
        "eventType=ObjectEventeventTime=2020-03-04T10:00:30.000ZeventTimeZoneOffset=+01:00"
        "epcListepc=https://id.gs1.org/01/00614141111114/21/987action=OBSERVE"
        "readPointid=https://id.gs1.org/414/4012345000115{https://ns.example.com/epcis/}myField1=AB-12"
        "bizTransactionListtype=https://ref.gs1.org/cbv/BTT-pobizTransaction=https://id.gs1.org/253/4012345111118123"
        "sourceListtype=https://ref.gs1.org/cbv/SDT-owning_partysource=https://id.gs1.org/417/4012345000009"
        "destinationListtype=https://ref.gs1.org/cbv/SDT-owning_partydestination=https://id.gs1.org/417/0614141000005"
        "{https://ns.example.com/epcis/}userExt=CD-34"
    )


BASE = seen("2023-01-18T11:04:03.1415Z", "+00:00", epcList=["urn:epc:id:sgtin:4012345.011111.1"])


@pytest.mark.parametrize(
    "changes",
    [
        {"eventTime": "2023-01-18T12:04:03.142+01:00"},
        {"epcList": ["https://example.org/01/04012345111118/21/1?a=b"]},
        {"eventID": "urn:uuid:1", "recordTime": "2023-01-19T00:00:00Z"},
        {"errorDeclaration": {"declarationTime": "2023-01-19T00:00:00Z"}},
        {"rdfs:comment": "seen"},
        {"quantityList": []},
    ],
)
def test_what_says_the_same_has_the_same_hash(changes: dict[str, Any]) -> None:
    assert event_hash(BASE | changes, PREFIXES) == event_hash(BASE, PREFIXES)


@pytest.mark.parametrize(
    "changes",
    [
        {"eventTime": "2023-01-18T11:04:03.1414Z"},
        {"eventTimeZoneOffset": "+01:00"},
        {"action": "ADD"},
        {"disposition": "active"},
        {"example:a": 1},
        {"example:a": {"example:b": [1, 2]}},
        {"quantityList": [{"epcClass": "urn:x:y"}]},
    ],
)
def test_any_other_fact_has_another(changes: dict[str, Any]) -> None:
    assert event_hash(BASE | changes, PREFIXES) != event_hash(BASE, PREFIXES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.50", "1.5"),
        ("1E+2", "100"),
        ("0.10", ".1"),
        ("-0", "0"),
        ("10.0", "10"),
        ("1234567890123456789012345678901.50", "1234567890123456789012345678901.5"),
    ],
)
def test_numbers_have_no_trailing_zeros(one: str, other: str) -> None:
    first, second = ({"example:a": Decimal(text)} for text in (one, other))

    assert event_hash(BASE | first, PREFIXES) == event_hash(BASE | second, PREFIXES)
    assert event_hash(BASE | first, PREFIXES) != event_hash(BASE | {"example:a": second["example:a"] + 1}, PREFIXES)
