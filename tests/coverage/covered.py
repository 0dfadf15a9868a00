"""How the tests of the comparison know a covered table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

OTHER_CODE = UUID(int=7)
DEMO = "marks demonstration data; nothing follows from it"
PERSON = "names a person, who never enters the log"
REFERENCE = "reference data that ships with the project"


@dataclass(frozen=True)
class Covered:
    """`parent` leads from the row to the row with the subject; `name` of that is what a finding's place ends with.

    `words`: what a finding calls a column, where not by its name. `values` and `copied`: a changed value, and the
    columns of a copy, that the table's constraints let pass. `rows` leaves out those that no entry speaks of; `rows_of` is
    in its place where one column can be changed in some rows alone.
    """

    world: str
    place: Callable[[Any], str]
    parent: str = ""
    uncovered: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    copied: Mapping[str, Any] = field(default_factory=dict)
    rows: Mapping[str, Any] = field(default_factory=dict)
    rows_of: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
