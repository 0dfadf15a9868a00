"""What becomes of the rows of an import: new, there already, there with other facts, or at fault."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.errors import ColumnsMissing, FileTooLarge, NothingToImport
from products.trace.models.batch import Batch, BatchStep
from products.trace.spreadsheets.grid import MAX_ROWS
from tests.coverage.reading import differences
from tests.factories import PIDU, make_authorisation, make_batch, make_indication, make_version
from tests.trace.helpers import entries_about, register
from tests.trace.import_files import HEAD, bring_in, check, errors_in, many_rows, row_of, workbook


def test_rows_become_batches_as_the_form_would_make_them(maker: Actor, authorisation: Authorisation) -> None:
    facts = {"best_before": date(2027, 11, 20), "gtin": 6901234567892, "plot_name": "三号地"}
    point = {"longitude": 103.8872, "latitude": "30.8105°", "datum": "WGS-84"}

    row = bring_in(maker, workbook([row_of(**facts, **point), row_of(lot="261120-02", net_mass="1,200.5公斤")]))

    assert (row.state, row.made_count) == ("done", 2)
    first, second = Batch.objects.order_by("lot")
    assert (first.lot, first.net_mass_g, first.produced_on) == ("261120-01", 100_000, date(2026, 11, 20))
    assert (first.gtin, first.plot_name, first.longitude_e6) == ("06901234567892", "三号地", 103_887_200)
    assert (second.net_mass_g, second.origin_id, second.state) == (1_200_500, PIDU, "registered")
    typed = register(
        maker, authorisation, lot="BY-HAND", best_before=date(2027, 11, 20), gtin="6901234567892", net_mass_g=100_000
    )
    (by_import,), (by_hand,) = entries_about(first), entries_about(typed)
    assert by_import["commitments"].keys() == {"plot"}
    assert by_import["data"] == by_hand["data"] | {"lot": "261120-01"}
    assert {by_import[key] == by_hand[key] for key in ("kind", "actor")} == {True}
    steps = BatchStep.objects.filter(batch=first).values_list("from_state", "to_state", "by")
    assert list(steps) == [("draft", "registered", maker.ledger_name)]


def test_checking_writes_nothing(maker: Actor, authorisation: Authorisation) -> None:
    row, plan = check(maker, workbook([row_of()]))

    assert (row.state, row.create_count, plan.count("create")) == ("checked", 1, 1)
    assert not Batch.objects.exists()
    assert not Entry.objects.exists()


def test_what_is_there_is_left_alone(maker: Actor, authorisation: Authorisation) -> None:
    register(maker, authorisation)
    other = make_batch(authorisation=authorisation, lot="B", net_mass_g=5_000, produced_on=date(2026, 11, 20))
    content = workbook([row_of(), row_of(lot="B", net_mass=6), row_of(lot="C")])

    _row, plan = check(maker, content)

    assert [each.action for each in plan.rows] == ["same", "differs", "create"]
    (difference,) = plan.rows[1].differences
    assert (difference["name"], difference["before"], difference["after"]) == ("净重（公斤）", "5", "6")
    assert bring_in(maker, content).made_count == 1
    other.refresh_from_db()
    assert other.net_mass_g == 5_000
    assert Batch.objects.count() == 3


def test_the_same_file_again_changes_nothing(maker: Actor, authorisation: Authorisation) -> None:
    content = workbook([row_of(), row_of(lot="B")])
    first = bring_in(maker, content)

    again, plan = check(maker, content)

    assert (again.code, again.create_count, plan.count("same")) == (first.code, 0, 2)
    assert Batch.objects.count() == Entry.objects.count() == 2


def test_every_cell_at_fault_is_named(maker: Actor, authorisation: Authorisation) -> None:
    rows = [
        row_of(product="永川豆豉"),
        row_of(lot="批号 一", net_mass="一百"),
        row_of(lot="C", produced_on=date(2027, 1, 1), origin="翠屏区"),
        row_of(lot="D", produced_on="2026-13-01", best_before=date(2026, 1, 1)),
        row_of(lot="E", best_before=date(2026, 11, 20), gtin="6901234567890", longitude=103.8),
        row_of(lot="E", net_mass=None, origin="没有县"),
        row_of(lot=None, datum="地球"),
    ]

    row, plan = check(maker, workbook(rows))

    assert errors_in(plan) == {
        "A2": "unknown_product",
        "B3": "invalid_lot",
        "C3": "not_a_number",
        "D4": "produced_in_future",
        "E4": "outside_area",
        "D5": "no_such_day",
        "F6": "best_before_too_early",
        "G6": "invalid_gtin",
        "I6": "point_incomplete",
        "B7": "lot_twice",
        "C7": "required",
        "E7": "unknown_county",
        "B8": "required",
        "K8": "unusable_place",
    }
    assert row.error_count == len(plan.errors)
    assert all(error["text"] for error in plan.errors)


def test_a_draft_is_not_passed_over(maker: Actor, authorisation: Authorisation) -> None:
    register(maker, authorisation, as_draft=True)

    _row, plan = check(maker, workbook([row_of()]))

    assert errors_in(plan) == {"B2": "lot_is_draft"}


def test_a_renewed_right_is_chosen_by_the_day(maker: Actor, makers: Enterprise, now: datetime) -> None:
    indication = make_indication()
    old = make_authorisation(
        enterprise=makers,
        indication=indication,
        valid_from=date(2023, 1, 1),
        valid_until=date(2025, 12, 31),
        state="withdrawn",
    )
    new = make_authorisation(
        enterprise=makers, indication=indication, valid_from=date(2026, 1, 1), valid_until=date(2028, 12, 31)
    )
    make_batch(authorisation=old, lot="OLD", produced_on=date(2025, 6, 1))

    _row, plan = check(maker, workbook([row_of(lot="OLD", produced_on=date(2025, 6, 1)), row_of(lot="NEW")]))

    assert [(each.action, each.authorisation) for each in plan.rows] == [
        ("same", str(old.code)),
        ("create", str(new.code)),
    ]


def test_another_producers_right_is_unknown(maker: Actor, rival: Actor, authorisation: Authorisation) -> None:
    _row, plan = check(rival, workbook([row_of(), row_of(lot="B", product=str(authorisation.code))]))

    assert errors_in(plan) == {"A2": "unknown_product", "A3": "unknown_product"}


def test_headings_stand_in_any_order_and_language(maker: Actor, authorisation: Authorisation) -> None:
    head = ["合作社编号", "County", "Net mass (t)", "批次号", "生产日期*", " 产品名称 "]
    rows: list[list[Any]] = [[7, "Pidu District", 1.5, "X1", "2026年11月20日", "郫县豆瓣"]]

    _row, plan = check(maker, workbook([[], head, *rows], head=["云上合作社 2026 年台账"]))

    (only,) = plan.rows
    assert (only.action, only.row, only.facts["net_mass_g"]) == ("create", 4, "1500000")
    assert any("合作社编号" in note for note in plan.notes)
    assert HEAD[0] == "产品（必填）"


def test_what_was_passed_over_is_said(maker: Actor, authorisation: Authorisation) -> None:
    rows = [["", *row_of()], ["", *row_of(lot="B")], ["示例", *row_of(lot="C")], ["合计"]]
    _row, plan = check(maker, workbook(rows, head=["备注", *HEAD, "仓库"], touch=_dress))

    assert [each.row for each in plan.rows] == [2, 3]
    notes = " ".join(plan.notes)
    assert all(
        words in notes
        for words in ("仓库", "示例行：4", "公式", "D2", "筛选掉的行也会读取：3", "其他工作表", "隐藏的工作表")
    )


def _dress(book: Any, sheet: Any) -> None:
    sheet.write_formula("D2", "=50+50", None, 100)
    sheet.set_row(2, None, None, {"hidden": True})
    book.add_worksheet("台账")
    book.add_worksheet("旧").hide()


def test_merged_cells_and_lost_results_are_errors(maker: Actor, authorisation: Authorisation) -> None:
    def touch(book: Any, sheet: Any) -> None:
        sheet.merge_range("A2:A3", "郫县豆瓣")
        sheet.write_formula("C4", "=50+50", None, "")
        sheet.write_formula("C5", "=NA()", None, "#N/A")
        sheet.write_datetime("B5", date(2026, 1, 2))

    rows = [row_of(lot=lot) for lot in "WXYZ"]
    _row, plan = check(maker, workbook(rows, touch=touch))

    assert errors_in(plan) == {
        "A2": "merged_cell",
        "A3": "merged_cell",
        "C4": "formula_without_value",
        "B5": "became_a_date",
        "C5": "excel_error",
    }


@pytest.mark.parametrize(
    ("head", "kind", "words"),
    [
        (["产品", "批号", "生产日期"], ColumnsMissing, "净重（公斤，必填） / Net mass (kg, required)、产地"),
        (["甲", "乙"], ColumnsMissing, "产品（必填）"),
        ([*HEAD, "批次号"], ColumnsMissing, "批次号"),
        (HEAD, NothingToImport, "没有要导入的内容"),
    ],
)
def test_missing_and_double_columns_are_named(
    maker: Actor, authorisation: Authorisation, head: list[str], kind: type[DomainError], words: str
) -> None:
    with pytest.raises(kind) as caught:
        check(maker, workbook([], head=head))

    assert words in caught.value.text


def test_more_rows_than_one_import_may_have(maker: Actor, authorisation: Authorisation) -> None:
    with pytest.raises(FileTooLarge) as caught:
        check(maker, workbook(many_rows(authorisation, MAX_ROWS + 1)))

    assert "5001" in caught.value.text


def test_the_log_agrees_with_what_was_imported(maker: Actor, authorisation: Authorisation) -> None:
    make_version(authorisation.indication)
    bring_in(
        maker, workbook([row_of(plot_name="三号地"), row_of(lot="B", longitude=103.85, latitude=30.81, datum="WGS-84")])
    )

    imported = [text for text in differences() if text.startswith("batch ")]

    assert imported == []
    assert Batch.objects.filter(standard_version=None).count() == 0
