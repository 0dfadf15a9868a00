"""What entries promise of a row, and whether the row keeps it: the parts that every context's coverage is made of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, Protocol

from products.audit import commitment

Facts = dict[str, Any]
# Rows held in memory at a time, with their child rows and entries; SQLite binds a limited number of values as well.
PORTION = 500
_SHOWN = 80


@dataclass(frozen=True)
class Statement:
    """One entry, read. `place` is how a finding names it; what is missing or of another type is empty."""

    place: str
    kind: str
    subject: str
    at: str
    actor: str
    data: Mapping[str, Any]
    commitments: Mapping[str, Any]


def read_statement(place: str, body: bytes) -> Statement | None:
    """None where the bytes are no statement: the log's own check says what is wrong with them."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict):
        return None
    texts = [said.get(name) for name in ("kind", "subject", "at", "actor")]
    kind, subject, at, actor = (text if isinstance(text, str) else "" for text in texts)
    data, commitments = said.get("data"), said.get("commitments")
    return Statement(
        place=place,
        kind=kind,
        subject=subject,
        at=at,
        actor=actor,
        data=data if isinstance(data, dict) else {},
        commitments=commitments if isinstance(commitments, dict) else {},
    )


@dataclass(frozen=True)
class Secret:
    """A value of which the entry holds a salted commitment alone. It is never shown.

    `is_erased`: value and salt were deleted as the law allows (PIPL Art. 47); nothing is left to compare, and an
    entry says so.
    """

    salt: bytes
    text: str
    is_erased: bool = False

    @classmethod
    def of(cls, salt: bytes | memoryview | None, text: str | None) -> Secret:
        """Of two columns. A salt deleted while its value stands is no erasure: it would hide a change of the value."""
        salt, text = bytes(salt or b""), text or ""
        return cls(salt, text, is_erased=not salt and not text)

    def keeps(self, promised: object) -> bool:
        # Compared in bytes: an entry may hold any text there.
        return isinstance(promised, str) and compare_digest(
            commitment(self.text, salt=self.salt).encode(), promised.encode(errors="replace")
        )


@dataclass(frozen=True)
class Found:
    """A row and its child rows by name, each as entries would state it.

    `is_silent`: no entry need speak of it (a draft, a row of the reference data).
    """

    subject: str
    facts: Facts
    children: Mapping[str, Sequence[Facts]] = field(default_factory=dict)
    is_silent: bool = False


@dataclass
class Promise:
    """The state of one subject that its entries add up to; the newest word on a fact counts."""

    facts: dict[str, tuple[Any, Statement]] = field(default_factory=dict)
    children: dict[str, list[tuple[Facts, Statement]]] = field(default_factory=dict)

    @property
    def may_be_erased(self) -> bool:
        """Whether an entry says that its secrets were erased: `is_erased`."""
        return "is_erased" in self.facts and self.facts["is_erased"][0] is True

    def say(self, statement: Statement, **facts: Any) -> None:
        for name, value in facts.items():
            self.facts[name] = (value, statement)

    def take(self, statement: Statement, *names: str) -> None:
        """Facts that stand in the data under the names of the row; one that an older entry does not have is left open."""
        self.say(statement, **{name: statement.data[name] for name in names if name in statement.data})

    def commit(self, statement: Statement, *names: str) -> None:
        """As `take`, of the commitments."""
        self.say(statement, **{name: statement.commitments[name] for name in names if name in statement.commitments})

    def add(self, child: str, statement: Statement, *names: str, **facts: Any) -> None:
        """A child row: these names of the data, and `facts`."""
        stated = {name: statement.data[name] for name in names if name in statement.data}
        self.children.setdefault(child, []).append((stated | facts, statement))


class Table(Protocol):
    """The rows behind one kind of subject, and how its entries are to be read."""

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Of subjects: what stands before the colon."""
        ...

    @property
    def kinds(self) -> frozenset[str]:
        """The statement kinds that are compared here."""
        ...

    @property
    def opening(self) -> str:
        """The kind that says how a row came about; "" where rows come without one."""
        ...

    def count(self) -> int:
        """Rows, for the progress shown."""
        ...

    def portions(self) -> Iterator[list[Found]]:
        """All rows in the order of their key."""
        ...

    def find(self, subjects: Sequence[str]) -> list[Found]:
        """The rows of at most PORTION subjects; those without a row are left out."""
        ...

    def existing(self, subjects: Sequence[str]) -> set[str]:
        """Those of at most PORTION subjects that have a row."""
        ...

    def fold(self, statements: Sequence[Statement], /) -> Promise:
        """What the entries of one subject add up to, in their order."""
        ...

    def further(self, found: Found, statements: Sequence[Statement], /) -> Iterator[str]:
        """What differs beyond facts and child rows."""
        ...


def differing(table: Table, found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    """Everything in which the row and its child rows are not what the entries say, in words."""
    if not statements and not found.is_silent:
        yield "no entry speaks of it: the row was added"
        return
    openings = [statement for statement in statements if statement.kind == table.opening]
    if table.opening and statements and not openings:
        yield f"no entry {table.opening} says how it came about"
    # A second one would rewrite what the first said of the row, in the log's own hand.
    for again in openings[1:]:
        yield f"{again.place} says once more how it came about, after {openings[0].place}"
    known = [each for each in statements if each.kind in table.kinds and each not in openings[1:]]
    promise = table.fold(known)
    for name, (promised, statement) in promise.facts.items():
        if name in found.facts and not _agrees(found.facts[name], promised, promise.may_be_erased):
            yield _changed(name, found.facts[name], promised, statement)
    for child in sorted(found.children.keys() | promise.children.keys()):
        rows, promised_rows = found.children.get(child, []), promise.children.get(child, [])
        yield from _compare_children(child, rows, promised_rows, promise.may_be_erased)
    yield from table.further(found, known)


def _agrees(held: Any, promised: Any, may_be_erased: bool) -> bool:
    if not isinstance(held, Secret):
        return bool(held == promised)
    return may_be_erased if held.is_erased else held.keeps(promised)


def _matches(row: Facts, promised: Facts, may_be_erased: bool) -> int:
    return sum(_agrees(row.get(name), value, may_be_erased) for name, value in promised.items())


def _compare_children(
    child: str, rows: Sequence[Facts], promised: Sequence[tuple[Facts, Statement]], may_be_erased: bool
) -> Iterator[str]:
    """Pair child rows with entries, those that agree first, then the likest; name what is left on either side.

    The order of rows is no evidence: two of them may have been written at once.
    """
    left, waiting = list(rows), []
    for facts, statement in promised:
        # Nearly always the first: rows and entries were written in the same order.
        same = next((row for row in left if _matches(row, facts, may_be_erased) == len(facts)), None)
        if same is None:
            waiting.append((facts, statement))
        else:
            _take_out(left, same)
    for facts, statement in waiting:
        likest = max(left, key=lambda row: _matches(row, facts, may_be_erased), default=None)
        if likest is None:
            yield f"the {child} of {statement.place} is missing ({_shown(facts)})"
            continue
        _take_out(left, likest)
        for name, value in facts.items():
            if not _agrees(likest.get(name), value, may_be_erased):
                yield f"{child}: {_changed(name, likest.get(name), value, statement)}"
    for row in left:
        yield f"no entry speaks of a {child} ({_shown(row)}): it was added"


def _take_out(rows: list[Facts], row: Facts) -> None:
    # By identity: two equal rows are two rows.
    del rows[next(place for place, each in enumerate(rows) if each is row)]


def _changed(name: str, held: Any, promised: Any, statement: Statement) -> str:
    if isinstance(held, Secret) and held.is_erased:
        return f"{name} is gone with its salt, no entry says that it was erased"
    if isinstance(held, Secret):
        return f"{name} does not fit the commitment of {statement.place}"
    return f"{name} is {_short(held)}, {statement.place} says {_short(promised)}"


def _shown(facts: Facts) -> str:
    shown = {name: value for name, value in facts.items() if not isinstance(value, Secret)}
    return ", ".join(f"{name} {_short(value)}" for name, value in shown.items())


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def in_portions(items: Iterable[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    for item in items:
        portion.append(item)
        if len(portion) == PORTION:
            yield portion
            portion = []
    if portion:
        yield portion
