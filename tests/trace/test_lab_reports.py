"""Laboratory reports: what is kept, what is refused, and what a verdict does to a release."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError, Forbidden, NotFound
from products.registry.models.authorisation import Authorisation
from products.trace.domain.lab_values import MAX_FILE_BYTES
from products.trace.errors import LabFailed, LabIncomplete, LabReportExists, LabReportReplaced
from products.trace.models.lab_report import LabReport, LabResult
from products.trace.queries.lab import batch_verdict
from products.trace.services.batches import correct_batch, hold_batch, release_batch
from products.trace.services.lab_checks import NewResult
from products.trace.services.report_files import path_of, read_report_file, tidy_name
from tests.factories import NOW, make_batch, make_limit, make_version
from tests.trace.helpers import register
from tests.trace.lab_helpers import GOOD, JPEG, PDF, PNG, changed, enter, lab_batch, make_rules
from tests.trace.test_at_once import AT_ONCE, together

pytestmark = pytest.mark.usefixtures("reports_folder")


def entry_of(report: LabReport) -> dict[str, Any]:
    entry = Entry.objects.get(subject=f"lab-report:{report.code}")
    found: dict[str, Any] = json.loads(bytes(entry.body))
    return found


def test_a_report_is_kept_logged_and_judged(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)

    report = enter(maker, batch, file=PDF, file_name="C:\\报告\\1号.pdf", laboratory="  四川某某检验检测有限公司 ")

    said = entry_of(report)
    assert (said["kind"], said["actor"]) == ("trace.lab_reported", f"uscc:{maker.uscc}")
    data = said["data"]
    assert (data["batch"], data["cma_number"], data["file_name"]) == (str(batch.code), "230020349999", "1号.pdf")
    assert data["file_sha256"] == report.file_sha256 != ""
    assert data["results"][2] == {
        "indicator": "total_acid", "comparator": "", "value": "0.45", "unit": "g/L", "basis": "以乙酸计",
        "method": "GB 12456-2021",
    }  # fmt: skip
    assert path_of(report.file_sha256).read_bytes() == PDF
    assert path_of(report.file_sha256).stat().st_mode & 0o077 == 0
    assert batch_verdict(batch).overall == "passed"
    assert release_batch(actor=maker, code=batch.code, now=NOW).state == "released"


def test_full_width_digits_and_other_units_are_read(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    results = changed("total_acid", " ０．４５０ ", unit="ｇ／Ｌ")
    results[3] = NewResult("moisture", "＜500", "g/kg")

    report = enter(maker, batch, results=results, cma_number="２３００ ２０３４ ９９９９")

    rows = {row.indicator: row for row in report.results.all()}
    assert (rows["total_acid"].value, rows["total_acid"].unit) == ("0.450", "g/L")
    assert (rows["moisture"].comparator, rows["moisture"].value) == ("<", "500")
    assert report.cma_number == "230020349999"
    assert batch_verdict(batch).overall == "passed"


def test_a_certificate_counts_on_its_last_day(maker: Actor, authorisation: Authorisation) -> None:
    report = enter(maker, lab_batch(authorisation), cma_to=date(2026, 11, 10), issued_on=date(2026, 11, 10))

    assert report.pk


@pytest.mark.parametrize("content", [PDF, JPEG, PNG, PDF + bytes(MAX_FILE_BYTES - len(PDF))])
def test_the_three_kinds_of_file_are_kept_to_the_last_byte(
    maker: Actor, authorisation: Authorisation, content: bytes
) -> None:
    batch = lab_batch(authorisation)
    report = enter(maker, batch, file=content, file_name="x.html")

    row, kept = read_report_file(actor=maker, batch_code=batch.code, code=report.code)

    assert (kept, row.file_size) == (content, len(content))


def test_a_changed_or_lost_file_is_not_handed_out(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    report = enter(maker, batch, file=PDF)

    path_of(report.file_sha256).write_bytes(PDF + b"x")
    with pytest.raises(NotFound, match="摘要不符"):
        read_report_file(actor=maker, batch_code=batch.code, code=report.code)
    path_of(report.file_sha256).unlink()
    with pytest.raises(NotFound, match="备份"):
        read_report_file(actor=maker, batch_code=batch.code, code=report.code)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a/b\\c.pdf", "c.pdf"),
        ('x"\r\n:<y>.pdf', "xy.pdf"),
        ("..", ".."),
        ("", ""),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_of_files_are_tidied(given: str, kept: str) -> None:
    assert tidy_name(given) == kept


def test_another_may_neither_enter_nor_see(
    maker: Actor, rival: Actor, officer_north: Actor, officer_south: Actor, auditor: Actor, admin_actor: Actor,
    authorisation: Authorisation,
) -> None:  # fmt: skip
    batch = lab_batch(authorisation)
    report = enter(maker, batch, file=PDF)

    for actor in (rival, officer_south):
        with pytest.raises(NotFound):
            read_report_file(actor=actor, batch_code=batch.code, code=report.code)
    with pytest.raises(NotFound):
        enter(rival, batch, report_no="2")
    for actor in (officer_north, auditor, admin_actor):
        with pytest.raises(Forbidden):
            enter(actor, batch, report_no="2")
    with pytest.raises(Forbidden):
        read_report_file(actor=admin_actor, batch_code=batch.code, code=report.code)
    for actor in (maker, officer_north, auditor):
        assert read_report_file(actor=actor, batch_code=batch.code, code=report.code)[1] == PDF


def test_a_report_of_another_batch_is_not_there(maker: Actor, authorisation: Authorisation) -> None:
    first, second = lab_batch(authorisation), lab_batch(authorisation)
    report = enter(maker, first, file=PDF)

    with pytest.raises(NotFound):
        read_report_file(actor=maker, batch_code=second.code, code=report.code)
    with pytest.raises(NotFound):
        enter(maker, second, replaces=report, reason="录错")


def test_a_draft_has_no_reports(maker: Actor, authorisation: Authorisation) -> None:
    with pytest.raises(DomainError) as caught:
        enter(maker, lab_batch(authorisation, state="draft"))

    assert caught.value.code == "wrong_batch_state"


def test_a_failed_batch_is_not_released_until_the_report_is_put_right(
    maker: Actor, authorisation: Authorisation
) -> None:
    batch = lab_batch(authorisation)
    wrong = enter(maker, batch, results=changed("total_acid", "0.39"), file=PDF)

    with pytest.raises(LabFailed, match="总酸"):
        release_batch(actor=maker, code=batch.code, now=NOW)
    with pytest.raises(DomainError) as caught:
        enter(maker, batch, replaces=wrong)
    assert caught.value.code == "reason_missing"
    right = enter(maker, batch, replaces=wrong, reason="小数点错位", file=PDF)

    assert entry_of(right)["data"]["replaces"] == str(wrong.code)
    assert [report.report_no for report in LabReport.objects.all()] == ["JY2026-0001"] * 2
    assert release_batch(actor=maker, code=batch.code, now=NOW).state == "released"
    with pytest.raises(LabReportReplaced):
        enter(maker, batch, replaces=wrong, reason="再改")


def test_a_good_report_beside_a_bad_one_changes_nothing(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    enter(maker, batch, results=changed("moisture", "55.1"))
    enter(maker, batch, report_no="JY2026-0002")

    assert batch_verdict(batch).failed == ["moisture"]


def test_a_held_batch_that_failed_stays_held(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    release_batch(actor=maker, code=batch.code, now=NOW)
    enter(maker, batch, results=changed("moisture", "60"))
    hold_batch(actor=maker, code=batch.code, reason="复检", now=NOW)

    with pytest.raises(LabFailed):
        release_batch(actor=maker, code=batch.code, now=NOW)


def test_what_is_not_tested_stops_a_release_only_where_the_office_says_so(
    maker: Actor, authorisation: Authorisation, settings: Any
) -> None:
    first, second = lab_batch(authorisation), lab_batch(authorisation)
    enter(maker, second, results=GOOD[:2])

    settings.REQUIRE_LAB = True
    with pytest.raises(LabIncomplete, match="总酸"):
        release_batch(actor=maker, code=first.code, now=NOW)
    with pytest.raises(LabIncomplete, match="水分"):
        release_batch(actor=maker, code=second.code, now=NOW)
    settings.REQUIRE_LAB = False
    for batch in (first, second):
        assert release_batch(actor=maker, code=batch.code, now=NOW).state == "released"
        assert batch_verdict(batch).overall == "incomplete"


def test_a_product_without_usable_limits_is_released_and_never_passed(
    maker: Actor, authorisation: Authorisation, settings: Any
) -> None:
    settings.REQUIRE_LAB = True
    version = make_version(authorisation.indication)
    make_limit(version, "solids", "le", "0.7", "1.0", is_usable=False)
    batch = make_batch(authorisation=authorisation, state="registered", standard_version=version)
    enter(maker, batch, results=[NewResult("solids", "9", "g/L")])

    assert batch_verdict(batch).overall == "no_limits_configured"
    assert release_batch(actor=maker, code=batch.code, now=NOW).state == "released"


def test_the_version_of_the_day_of_production_judges(maker: Actor, authorisation: Authorisation) -> None:
    old = make_rules(authorisation)
    new = type(old).objects.create(
        standard=old.standard, label="第1号修改单", status="in_force", effective_from=date(2026, 11, 15), source="t"
    )
    make_limit(new, "moisture", "le", "40", unit="%")
    batch = register(maker, authorisation, produced_on=date(2026, 11, 14))
    enter(maker, batch, sampled_on=date(2026, 11, 16), issued_on=date(2026, 11, 20))

    assert batch_verdict(batch).overall == "passed"
    correct_batch(actor=maker, code=batch.code, changes={"produced_on": date(2026, 11, 15)}, reason="录错", now=NOW)
    batch.refresh_from_db()
    assert batch_verdict(batch).failed == ["moisture"]


@pytest.mark.parametrize("model", [LabReport, LabResult])
def test_the_database_rewrites_and_deletes_nothing(maker: Actor, authorisation: Authorisation, model: Any) -> None:
    enter(maker, lab_batch(authorisation), file=PDF)
    table, column = model._meta.db_table, "laboratory" if model is LabReport else "value"

    for change in (f"UPDATE {table} SET {column} = '1'", f"DELETE FROM {table}"):  # noqa: S608 - the model's own names
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


@pytest.mark.django_db(transaction=True)
def test_one_report_entered_by_two_people_is_entered_once(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)

    results = together(lambda: enter(maker, batch, file=PDF))

    assert results == ["done"] + ["lab_report_exists"] * (AT_ONCE - 1)
    assert (LabReport.objects.count(), LabResult.objects.count(), Entry.objects.count()) == (1, 4, 1)
    with pytest.raises(LabReportExists):
        enter(maker, batch)


@pytest.mark.django_db(transaction=True)
def test_one_report_replaced_by_two_people_is_replaced_once(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    wrong = enter(maker, batch)

    results = together(lambda: enter(maker, batch, replaces=wrong, reason="录错"))

    assert results == ["done"] + ["lab_report_replaced"] * (AT_ONCE - 1)
