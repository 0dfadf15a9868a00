"""What lots came of and what came of them: walks along `LineageLink`, each one recursive query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from products.trace.models.lot import LineageLink

# Ten operations are twenty edges; sales between enterprises and packing add to them.
MAX_EDGES: Final = 40
MAX_NODES: Final = 50_000


@dataclass(frozen=True, slots=True)
class Node:
    """A name of the lineage and the fewest edges that lead to it from where the walk began."""

    name: str
    depth: int


@dataclass(frozen=True, slots=True)
class Reach:
    """What a walk came to, the nearest first. `is_truncated`: there is more, beyond the bounds."""

    nodes: list[Node]
    is_truncated: bool


def descendants(nodes: Sequence[str], *, max_edges: int = MAX_EDGES, limit: int = MAX_NODES) -> list[Node]:
    """What came of `nodes`, across enterprises, without they themselves; the nearest first, each name once.

    For rules that must see everything. What a page may show of it, `lineage_page` decides.
    """
    return reach(nodes, is_down=True, max_edges=max_edges, limit=limit).nodes


def ancestors(nodes: Sequence[str], *, max_edges: int = MAX_EDGES, limit: int = MAX_NODES) -> list[Node]:
    """What `nodes` came of, as `descendants`."""
    return reach(nodes, is_down=False, max_edges=max_edges, limit=limit).nodes


def reach(nodes: Sequence[str], *, is_down: bool, max_edges: int = MAX_EDGES, limit: int = MAX_NODES) -> Reach:
    """Walk down, or up, at most `max_edges` far, until `limit` names are found; a circle does no harm."""
    start = list(dict.fromkeys(nodes))
    if not start:
        return Reach([], is_truncated=False)
    here, there = ("parent", "child") if is_down else ("child", "parent")
    table = connection.ops.quote_name(LineageLink._meta.db_table)
    values = ", ".join(["(%s, 0)"] * len(start))
    # Both databases walk breadth first and stop at the inner LIMIT. A name that several ways lead to comes once for
    # each of their lengths; in a circle the bound on depth ends that.
    most_rows = (len(start) + limit + 1) * 2
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE reached(name, depth) AS (VALUES {values} UNION "  # noqa: S608
            f"SELECT link.{there}, reached.depth + 1 FROM reached JOIN {table} link ON link.{here} = reached.name "
            "WHERE reached.depth < %s) "
            "SELECT name, MIN(depth), COUNT(*) FROM (SELECT name, depth FROM reached LIMIT %s) AS walked "
            "GROUP BY name ORDER BY MIN(depth), name",
            [*start, max_edges + 1, most_rows],
        )
        rows = cursor.fetchall()
    began = set(start)
    found = [Node(name, depth) for name, depth, _count in rows if name not in began]
    within = [node for node in found if node.depth <= max_edges]
    is_cut = sum(count for _name, _depth, count in rows) >= most_rows
    return Reach(within[:limit], is_truncated=is_cut or len(within) < len(found) or len(within) > limit)
