"""What the documents list is what the code has."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import products
from gi_trace.settings import BASE_DIR
from products.errors import DomainError
from products.management.commands.openapi_snapshot import snapshot

DOCS = Path(BASE_DIR) / "docs"


def subclasses(kind: type[object]) -> set[type[object]]:
    return {kind} | {below for child in kind.__subclasses__() for below in subclasses(child)}


def test_every_error_code_is_documented() -> None:
    for module in pkgutil.walk_packages(products.__path__, "products."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    codes = {kind.__dict__["code"] for kind in subclasses(DomainError) if "code" in kind.__dict__}
    documented = set(re.findall(r"^\| `([a-z_0-9]+)` \|", (DOCS / "api.md").read_text(encoding="utf-8"), re.MULTILINE))

    assert codes - documented == set()


def test_every_setting_is_documented() -> None:
    source = (Path(BASE_DIR) / "gi_trace" / "settings.py").read_text(encoding="utf-8")
    names = set(re.findall(r'(?:environ\.get|_flag|_list)\(\s*"([A-Z_]+)"', source)) - {"PGTEST_SUFFIX"}
    documented = set(
        re.findall(r"^\| `([A-Z_]+)` \|", (DOCS / "operations.md").read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert names - documented == set()


def test_every_statement_kind_is_documented() -> None:
    used = set()
    for path in (Path(BASE_DIR) / "products").rglob("*.py"):
        used |= set(re.findall(r'kind=f?"([a-z]+\.[a-z_]+)"', path.read_text(encoding="utf-8")))
    documented = set(
        re.findall(r"^\| `([a-z]+\.[a-z_]+)` \|", (DOCS / "ledger.md").read_text(encoding="utf-8"), re.MULTILINE)
    )

    assert used - documented == set()


def test_every_command_is_documented() -> None:
    commands = {
        path.stem
        for app in ("products", "ledger")
        for path in (Path(BASE_DIR) / app / "management" / "commands").glob("[a-z]*.py")
    }
    text = "".join(
        path.read_text(encoding="utf-8") for path in [*DOCS.glob("*.md"), Path(BASE_DIR) / "CONTRIBUTING.md"]
    )

    assert {command for command in commands if command not in text} == set()


def test_the_api_is_the_one_that_was_reviewed() -> None:
    assert snapshot() == (DOCS / "openapi.json").read_text(encoding="utf-8"), "run manage.py openapi_snapshot"


def test_relative_links_lead_somewhere() -> None:
    broken = []
    for page in [*Path(BASE_DIR).glob("*.md"), *DOCS.rglob("*.md")]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            if not (page.parent / link).exists():
                broken.append(f"{page.name}: {link}")

    assert broken == []
