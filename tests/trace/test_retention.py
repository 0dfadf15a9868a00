"""How long records are kept: the longest rule wins, and its law stands in the register of laws."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from gi_trace.settings import BASE_DIR
from products.trace.domain.retention import (
    CERTIFICATE,
    CLASSES,
    NETWORK_LOG,
    PURCHASE,
    TRACE_EVENT,
    kept_classes,
    kept_until,
)
from products.trace.queries.certificate_panel import RETENTION_WORDS

MADE = date(2026, 2, 28)


@pytest.mark.parametrize(
    ("best_before", "certified_on", "longest", "until"),
    [
        # Two years of production records, through no leap day: never a day less.
        (None, None, "production", date(2028, 2, 29)),
        # A week's shelf life ends long before them.
        (date(2026, 3, 7), None, "production", date(2028, 2, 29)),
        # A long shelf life and six months go beyond them.
        (date(2029, 2, 28), None, "purchase", date(2029, 8, 31)),
        # So does a certificate issued when the batch was old.
        (None, date(2028, 6, 1), "certificate", date(2028, 12, 2)),
    ],
)
def test_the_longest_rule_wins(best_before: date | None, certified_on: date | None, longest: str, until: date) -> None:
    kept = kept_classes(produced_on=MADE, best_before=best_before, certified_on=certified_on)

    assert (kept[0].record_class.code, kept[0].until) == (longest, until)
    assert kept_until(produced_on=MADE, best_before=best_before, certified_on=certified_on) == until
    assert [each.until for each in kept] == sorted((each.until for each in kept), reverse=True)


def test_six_months_and_two_years_are_never_cut_short() -> None:
    for month in range(1, 13):
        day = date(2027, month, 28)
        later = date(2027 + (month + 6 > 12), (month + 6 - 1) % 12 + 1, 28)
        assert CERTIFICATE.until(made_on=day) >= later  # type: ignore[operator]
        assert PURCHASE.until(made_on=day, best_before=day) >= later  # type: ignore[operator]
        assert PURCHASE.until(made_on=day) >= day.replace(year=2029)  # type: ignore[operator]


def test_logs_of_the_network_are_no_part_of_a_batch_and_events_have_no_end() -> None:
    assert TRACE_EVENT.until(made_on=MADE) is None
    assert NETWORK_LOG.until(made_on=MADE) == date(2026, 8, 31)
    codes = {each.record_class.code for each in kept_classes(produced_on=MADE, best_before=None, certified_on=MADE)}
    assert codes == {"production", "purchase", "outgoing_inspection", "certificate"}


def test_every_class_has_its_law_its_words_and_its_line_in_the_document() -> None:
    with (Path(BASE_DIR) / "products" / "data" / "citations.csv").open(encoding="utf-8") as lines:
        laws = {row["key"] for row in csv.DictReader(lines)}
    page = (Path(BASE_DIR) / "docs" / "contexts" / "trace" / "certificate.md").read_text(encoding="utf-8")

    for each in CLASSES:
        assert each.is_for_ever or each.law in laws
        assert each.code in RETENTION_WORDS
        assert f"| `{each.code}` |" in page
