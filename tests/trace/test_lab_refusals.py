"""What is refused of a laboratory report, each at its field, with nothing kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.trace.domain.lab_values import MAX_FILE_BYTES
from products.trace.models.lab_report import LabReport, LabResult
from products.trace.services.lab_checks import NewResult
from tests.factories import TODAY
from tests.trace.lab_helpers import GOOD, PDF, PNG, changed, enter, lab_batch

pytestmark = pytest.mark.usefixtures("reports_folder")


def refusal(actor: Actor, authorisation: Authorisation, **changes: Any) -> DomainError:
    batch = lab_batch(authorisation)
    with pytest.raises(DomainError) as caught:
        enter(actor, batch, **changes)
    assert LabReport.objects.count() == LabResult.objects.count() == Entry.objects.count() == 0
    assert not (settings.VAR_DIR / "reports").exists()
    return caught.value


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "lab_value_invalid"),
        ("-0.1", "lab_value_invalid"),
        ("－０．１", "lab_value_invalid"),
        ("NaN", "lab_value_invalid"),
        ("Infinity", "lab_value_invalid"),
        ("1e3", "lab_value_invalid"),
        ("1" + "0" * 40, "lab_value_invalid"),
        ("0." + "1" * 10, "lab_value_invalid"),
        ("1,2", "lab_value_invalid"),
        ("0.4 0.5", "lab_value_invalid"),
        ("<0", "lab_value_invalid"),
        ("≤0.4", "lab_value_invalid"),
        ("未检出", "lab_value_invalid"),
        ("٠٫٤", "lab_value_invalid"),
        ("0.4\0", "lab_value_invalid"),
    ],
)
def test_what_is_no_value_is_refused_at_its_field(
    maker: Actor, authorisation: Authorisation, value: str, code: str
) -> None:
    error = refusal(maker, authorisation, results=changed("total_acid", value), file=PDF)

    assert (error.code, error.field) == (code, "results.2.value")


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"unit": "%"}, "lab_unit_mismatch", "unit"),
        ({"unit": "%vol"}, "lab_unit_mismatch", "unit"),
        ({"unit": ""}, "lab_unit_mismatch", "unit"),
        ({"unit": "g/L" * 30}, "lab_unit_mismatch", "unit"),
        ({"basis": ""}, "lab_basis_mismatch", "basis"),
        ({"basis": "以柠檬酸计"}, "lab_basis_mismatch", "basis"),
        ({"method": "x" * 81}, "text_too_long", "method"),
        ({"method": "a\x07"}, "invalid_text", "method"),
        ({"indicator": "caffeine"}, "lab_indicator_unknown", "indicator"),
        ({"indicator": "altitude"}, "lab_indicator_unknown", "indicator"),
        ({"indicator": "alcohol", "unit": "%vol", "basis": ""}, "lab_indicator_repeated", "indicator"),
    ],
)
def test_what_cannot_be_held_against_the_limit_is_refused(
    maker: Actor, authorisation: Authorisation, change: dict[str, str], code: str, field: str
) -> None:
    error = refusal(maker, authorisation, results=changed("total_acid", "0.45", **change))

    assert (error.code, error.field) == (code, f"results.2.{field}")


def test_every_refused_value_is_named_at_once(maker: Actor, authorisation: Authorisation) -> None:
    results = [NewResult("alcohol", "x", "%vol"), GOOD[1], NewResult("moisture", "5", "kg")]

    error = refusal(maker, authorisation, results=results)

    assert [entry["field"] for entry in error.entries] == ["results.0.value", "results.2.unit"]


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"issued_on": TODAY + timedelta(days=1)}, "lab_dates_implausible", "issued_on"),
        ({"sampled_on": date(2026, 11, 11)}, "lab_dates_implausible", "sampled_on"),
        ({"sampled_on": date(2026, 10, 31)}, "lab_dates_implausible", "sampled_on"),
        ({"cma_to": date(2023, 4, 30)}, "lab_dates_implausible", "cma_to"),
        ({"cma_to": date(2026, 11, 9)}, "cma_not_valid", "cma_to"),
        ({"cma_from": date(2026, 11, 11)}, "cma_not_valid", "cma_from"),
        ({"cma_number": "CMA"}, "cma_malformed", "cma_number"),
        ({"cma_number": "证书二三零零"}, "cma_malformed", "cma_number"),
        ({"laboratory": "  "}, "lab_field_missing", "laboratory"),
        ({"laboratory": "检" * 121}, "text_too_long", "laboratory"),
        ({"report_no": "a\nb"}, "invalid_text", "report_no"),
        ({"grade": "特级"}, "invalid_input", "grade"),
        ({"results": []}, "lab_report_empty", "file"),
        ({"file": b"<html><script>alert(1)</script>", "file_name": "a.pdf"}, "lab_file_refused", "file"),
        ({"file": b"\n%PDF-1.7", "file_name": "a.pdf"}, "lab_file_refused", "file"),
        ({"file": b"GIF89a" + PNG}, "lab_file_refused", "file"),
        ({"file": b"PK\x03\x04"}, "lab_file_refused", "file"),
        ({"file": PDF + bytes(MAX_FILE_BYTES)}, "lab_file_too_large", "file"),
    ],
)
def test_an_implausible_report_is_refused(
    maker: Actor, authorisation: Authorisation, change: dict[str, Any], code: str, field: str
) -> None:
    error = refusal(maker, authorisation, **change)

    assert (error.code, error.field) == (code, field)
