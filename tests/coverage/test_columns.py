"""Whatever is changed, deleted or added in a covered table behind the platform's back is found and named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from gi_trace.settings import BASE_DIR
from tests.coverage.columns import COVERED, NOT_COVERED, changed_value, covered_columns
from tests.coverage.covered import REFERENCE, Covered
from tests.coverage.reading import behind_its_back, delete_row, differences, missing_rows, set_column
from tests.coverage.world import WORLDS

MODELS = [pytest.param(model, id=model.__name__) for model in COVERED]


def rows_of(model: type[models.Model], covered: Covered, column: str = "") -> list[Any]:
    """The first and the last: the state of one and the same subject often stands in the other."""
    wanted = covered.rows_of.get(column, covered.rows)
    rows = list(model._default_manager.filter(**wanted).order_by("pk"))
    return [rows[0], rows[-1]]


def key_of(model: type[models.Model]) -> str:
    """The column whose value is the subject."""
    names = {column.name for column in model._meta.concrete_fields}
    own = {"Enterprise": "uscc", "Complaint": "number", "Inspection": "number", "Case": "number"}
    return own.get(model.__name__, "code" if "code" in names else "")


def test_every_table_is_covered_or_says_why_not() -> None:
    every = set(apps.get_app_config("products").get_models())

    assert COVERED.keys() | NOT_COVERED.keys() == every
    assert not COVERED.keys() & NOT_COVERED.keys()


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_a_changed_column_is_named(model: type[models.Model]) -> None:
    covered = COVERED[model]
    WORLDS[covered.world]()
    for name in (name for each, name in covered_columns() if each is model):
        for row in rows_of(model, covered, name):
            if model.__name__ == "User" and name == "uscc" and not row.uscc:
                continue  # an officer has none, which a constraint sees to
            change_is_named(row, name, covered)
    assert differences() == [], "all of it was undone"


def change_is_named(row: models.Model, name: str, covered: Covered) -> None:
    model, column = type(row), row._meta.get_field(name)
    assert isinstance(column, models.Field)
    value = changed_value(row, column, covered)
    with behind_its_back():
        set_column(row, column, value)
        found, gone = differences(), missing_rows()
    place = covered.place(row)
    if name == key_of(model):
        assert any(text.startswith(f"{place}: ") and text.endswith("the row is missing") for text in gone), name
        if model.__name__ not in {"Indication", "Zone"}:  # reference data may bring new ones
            assert any(f" {value}: no entry speaks of it" in text for text in found), name
    elif name == covered.parent:
        assert any(text.startswith(f"{place}: the ") and "is missing" in text for text in found), name
    else:
        word = covered.words.get(name, name)
        assert any(text.startswith(f"{place}: ") and word in text for text in found), (name, found)


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS)
def test_a_deleted_row_is_named(model: type[models.Model]) -> None:
    covered = COVERED[model]
    WORLDS[covered.world]()
    for row in rows_of(model, covered):
        place = covered.place(row)
        with behind_its_back():
            delete_row(row)
            found, gone = differences(), missing_rows()
        if key_of(model):
            assert any(text.startswith(f"{place}: entry ") and text.endswith("the row is missing") for text in gone)
        else:
            assert gone == []
            assert any(text.startswith(f"{place}: the ") and "is missing" in text for text in found), found


@pytest.mark.django_db
@pytest.mark.parametrize(
    "model", [each for each in MODELS if each.id != "Indication"]
)  # reference data brings new ones
def test_an_added_row_is_named(model: type[models.Model]) -> None:
    covered = COVERED[model]
    WORLDS[covered.world]()
    row = rows_of(model, covered)[0]
    place = covered.place(row)
    with behind_its_back():
        copy = model(
            **{
                column.attname: getattr(row, column.attname)
                for column in model._meta.concrete_fields
                if column.name != "id"
            }
        )
        for name, value in covered.copied.items():
            setattr(copy, name, value)
        model._default_manager.bulk_create([copy])
        found = differences()
    if key_of(model):
        expected = f"{place.partition(' ')[0]} {getattr(copy, key_of(model))}: "
        ends = "no entry says so" if model.__name__ == "Zone" else "no entry speaks of it: the row was added"
        assert [text for text in found if text.startswith(expected) and text.endswith(ends)], found
    else:
        assert [text for text in found if text.startswith(f"{place}: no entry speaks of a ")], found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "name"),
    [
        pytest.param(model, name, id=f"{model.__name__}.{name}")
        for model, name in covered_columns()
        if model._meta.get_field(name).is_relation
    ],
)
def test_a_pointer_to_nowhere_is_named(model: type[models.Model], name: str) -> None:
    covered = COVERED[model]
    WORLDS[covered.world]()
    column = model._meta.get_field(name)
    assert isinstance(column, models.Field)
    for row in rows_of(model, covered, name):
        place = covered.place(row)
        with behind_its_back():
            set_column(row, column, 999_999 if column.remote_field.model.__name__ != "Region" else "999999")  # type: ignore[union-attr]
            assert any(text.startswith(f"{place}: ") for text in differences())


def test_the_document_lists_every_column() -> None:
    page = (Path(BASE_DIR) / "docs" / "ledger.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| `([A-Z]\w+)` \| (.*) \|$", page.partition("## What ledger_check")[2], re.MULTILINE))

    assert listed.keys() == {model.__name__ for model in COVERED}
    for model, covered in COVERED.items():
        compared, not_in_the_log = listed[model.__name__].split(" | ")
        names = {name for each, name in covered_columns() if each is model}
        assert set(re.findall(r"`(\w+)`", compared)) == names
        if REFERENCE not in covered.uncovered.values():
            assert set(re.findall(r"`(\w+)`", not_in_the_log)) == covered.uncovered.keys()
    assert all(f"`{model.__name__}`" in page for model in NOT_COVERED)
