"""docs/exports.md has the fields of the layouts, in their order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from products.trace.domain.exchange.layouts import LAYOUTS, Section

TEXT = (Path(__file__).resolve().parent.parent.parent / "docs" / "exports.md").read_text(encoding="utf-8")
SECTIONS = {section.key: section for layout in LAYOUTS.values() for section in layout.sections}


@pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
def test_a_section_is_documented_field_by_field(section: Section) -> None:
    _before, part = TEXT.split(f"**`{section.key}`** {section.title}", 1)
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (\w+) \| (.*?) \|$", part.split("\n**")[0], re.MULTILINE)

    if section.fields == SECTIONS["batches"].fields and section.key != "batches":
        assert part.startswith(": the fields of `batches` above.")
    else:
        assert rows == [(field.key, field.title, field.kind, field.item or "–") for field in section.fields]


def test_every_layout_names_its_standard() -> None:
    for layout in LAYOUTS.values():
        assert f"## {layout.standard} (`{layout.key}`)" in TEXT
