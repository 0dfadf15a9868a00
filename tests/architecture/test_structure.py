"""The rules of the house that no linter knows."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

from products import models as index

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("gi_trace", "products", "ledger", "tests", "bench")
LIMIT = 300
FUNCTION_LIMIT = 60


def sources(*folders: str) -> list[Path]:
    return [
        path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts
    ]


def test_there_are_exactly_two_first_party_apps() -> None:
    first_party = [
        config.label
        for config in apps.get_app_configs()
        if Path(config.path).is_relative_to(ROOT) and ".venv" not in config.path
    ]

    assert sorted(first_party) == sorted(settings.FIRST_PARTY_APPS) == ["ledger", "products"]


def test_the_model_index_names_every_model() -> None:
    written = set()
    for path in sources("products"):
        if "models" in path.parts:
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ClassDef) and any(_is_model_base(base) for base in node.bases):
                    written.add(node.name)

    assert written == set(index.__all__) == {model.__name__ for model in apps.get_app_config("products").get_models()}


def _is_model_base(base: ast.expr) -> bool:
    return ast.unparse(base) in {"models.Model", "AbstractUser"}


def test_nobody_imports_the_model_index() -> None:
    importers = [
        path
        for path in sources("gi_trace", "products", "ledger", "bench")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "products.models"
    ]

    assert importers == []


@pytest.mark.parametrize("suffix", [".py", ".html", ".css", ".js", ".sol"])
def test_files_stay_small(suffix: str) -> None:
    folders = (*CODE, "templates")
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in folders
        for path in (ROOT / folder).rglob(f"*{suffix}")
        if "migrations" not in path.parts and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LIMIT
    }

    assert long == {}


def test_functions_stay_short() -> None:
    long = {
        f"{path.relative_to(ROOT)}:{node.name}": length
        for path in sources(*CODE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno) > FUNCTION_LIMIT
    }

    assert long == {}


def test_packages_re_export_nothing() -> None:
    full = [
        str(path.relative_to(ROOT))
        for path in sources(*CODE)
        if path.name == "__init__.py" and path.read_text().strip()
    ]

    assert full == []


def test_foreign_keys_point_down() -> None:
    order = ["accounts", "registry", "trace", "labels", "scans", "oversight"]

    def rank(model: type[models.Model]) -> int:
        return order.index(model.__module__.split(".")[1])

    upward = [
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("products").get_models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
        and isinstance(field.related_model, type)
        and field.related_model.__module__.startswith("products.")
        and rank(field.related_model) > rank(model)
    ]

    assert upward == []


def test_the_verifier_stays_small() -> None:
    def lines(folder: str) -> int:
        return sum(len(path.read_text(encoding="utf-8").splitlines()) for path in sources(folder))

    # What a proof needs, and beside it what anchors and bundles need: each can be read by itself in one sitting.
    assert lines("ledger/verifier") - lines("ledger/verifier/evidence") < 800
    assert lines("ledger/verifier/evidence") < 1000


def test_no_file_records_a_registry_or_a_machine() -> None:
    words = ("://", "--index-url", "--extra-index-url", "--find-links", "/root/")
    names = ["pyproject.toml", "requirements.txt", "requirements-dev.txt", ".ci/run"]

    assert not (ROOT / "uv.lock").exists()
    assert [name for name in names for word in words if word in (ROOT / name).read_text(encoding="utf-8")] == []
