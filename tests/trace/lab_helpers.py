"""Plain functions of the tests of laboratory reports."""

from __future__ import annotations

from datetime import date
from typing import Any

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.standard import StandardVersion
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.services.lab_checks import NewReport, NewResult
from products.trace.services.lab_reports import record_lab_report
from tests.factories import NOW, make_batch, make_limit, make_version

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(17)
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(20)


def make_rules(authorisation: Authorisation) -> StandardVersion:
    """Acid by bands of alcohol, alcohol against its label, moisture, and what a laboratory does not judge."""
    version = make_version(authorisation.indication)
    for place, (low, high, least) in enumerate((("46", "60", "0.40"), ("61", "73", "0.60")), start=1):
        make_limit(
            version, "total_acid", "ge", least, key=f"total_acid.{place}", name="总酸", basis="以乙酸计",
            condition={"indicator": "alcohol", "unit": "%vol", "from": low, "to": high},
        )  # fmt: skip
    make_limit(
        version, "alcohol", "tolerance", "1.0", name="酒精度与标签示值之差", unit="%vol",
        condition={"reference": "alcohol_label"},
    )  # fmt: skip
    make_limit(version, "moisture", "le", "55", name="水分", unit="%")
    make_limit(version, "solids", "le", "0.7", "1.0", name="固形物", is_usable=False)
    make_limit(version, "altitude", "range", "500", "1000", name="海拔", unit="m", scope="process")
    return version


GOOD = (
    NewResult("alcohol", "52.1", "%vol"),
    NewResult("alcohol_label", "52", "%vol"),
    NewResult("total_acid", "0.45", "g/L", "以乙酸计", "GB 12456-2021"),
    NewResult("moisture", "50.0", "%"),
)


def changed(indicator: str, value: str, /, **changes: str) -> list[NewResult]:
    """The good results with another value of one."""
    return [
        NewResult(**(vars(each) | {"value": value} | changes)) if each.indicator == indicator else each for each in GOOD
    ]


def lab_batch(authorisation: Authorisation, **changes: Any) -> Batch:
    """A registered batch made on 2026-11-01 to the rules above."""
    version = StandardVersion.objects.filter(standard__indication=authorisation.indication).first()
    return make_batch(
        authorisation=authorisation,
        standard_version=version or make_rules(authorisation),
        **({"state": "registered"} | changes),
    )


def new_report(**changes: Any) -> NewReport:
    facts: dict[str, Any] = {
        "laboratory": "四川某某检验检测有限公司",
        "cma_number": "230020349999",
        "cma_from": date(2023, 5, 1),
        "cma_to": date(2029, 4, 30),
        "report_no": "JY2026-0001",
        "sampled_on": date(2026, 11, 2),
        "issued_on": date(2026, 11, 10),
        "results": GOOD,
    }
    return NewReport(**(facts | changes))


def enter(
    actor: Actor, batch: Batch, *, replaces: LabReport | None = None, reason: str = "", **changes: Any
) -> LabReport:
    return record_lab_report(
        actor=actor,
        batch_code=batch.code,
        report=new_report(**changes),
        replaces=replaces.code if replaces else None,
        reason=reason,
        now=NOW,
    )
