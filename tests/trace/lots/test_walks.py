"""Walks along the lineage: depth, order, bounds, circles; the same on both databases."""

from __future__ import annotations

import pytest

from products.trace.models.lot import LineageLink
from products.trace.queries.lineage import Node, ancestors, descendants, reach

pytestmark = pytest.mark.django_db


def link(*pairs: tuple[str, str]) -> None:
    LineageLink.objects.bulk_create(LineageLink(parent=parent, child=child) for parent, child in pairs)


def names(nodes: list[Node]) -> list[tuple[str, int]]:
    return [(node.name, node.depth) for node in nodes]


def test_a_walk_gives_each_name_once_with_its_smallest_depth() -> None:
    link(("lot:a", "op:1"), ("op:1", "lot:b"), ("op:1", "lot:c"), ("lot:b", "op:2"), ("lot:c", "op:2"))
    link(("op:2", "lot:d"), ("lot:a", "op:2"), ("lot:x", "op:9"))

    assert names(descendants(["lot:a"])) == [("op:1", 1), ("op:2", 1), ("lot:b", 2), ("lot:c", 2), ("lot:d", 2)]
    assert names(ancestors(["lot:d"])) == [("op:2", 1), ("lot:a", 2), ("lot:b", 2), ("lot:c", 2), ("op:1", 3)]


def test_several_starts_are_one_walk() -> None:
    link(("lot:a", "op:1"), ("op:1", "lot:b"), ("lot:c", "op:2"), ("op:2", "lot:d"))

    assert {node.name for node in descendants(["lot:a", "lot:c", "lot:a"])} == {"op:1", "lot:b", "op:2", "lot:d"}
    assert descendants([]) == []
    assert descendants(["lot:nowhere"]) == []


def test_a_circle_ends() -> None:
    link(("lot:a", "op:1"), ("op:1", "lot:b"), ("lot:b", "op:2"), ("op:2", "lot:a"))

    assert names(descendants(["lot:a"])) == [("op:1", 1), ("lot:b", 2), ("op:2", 3)]
    assert names(ancestors(["lot:a"])) == [("op:2", 1), ("lot:b", 2), ("op:1", 3)]


def test_more_than_asked_for_is_said() -> None:
    link(*((f"lot:{number}", f"lot:{number + 1}") for number in range(12)))

    whole = reach(["lot:0"], is_down=True)
    assert (len(whole.nodes), whole.is_truncated) == (12, False)
    assert reach(["lot:0"], is_down=True, max_edges=12) == whole
    short = reach(["lot:0"], is_down=True, max_edges=5)
    assert (short.nodes[-1], short.is_truncated) == (Node("lot:5", 5), True)
    few = reach(["lot:0"], is_down=True, limit=3)
    assert (names(few.nodes), few.is_truncated) == ([("lot:1", 1), ("lot:2", 2), ("lot:3", 3)], True)


def test_ten_thousand_lots_are_found() -> None:
    link(*(("op:1", f"lot:{number:05d}") for number in range(10_000)))
    link(*((f"lot:{number:05d}", f"op:{number % 7}x") for number in range(10_000)))

    found = reach(["op:1"], is_down=True)

    assert (len(found.nodes), found.is_truncated) == (10_007, False)
