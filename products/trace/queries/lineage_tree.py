"""A lineage as people read it: a tree of lots, each under the operation that leads to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Final

from products.trace.queries.lineage_page import Lineage, LineageNode

# What a page can show and somebody can take in; the API gives all of it.
MAX_SHOWN: Final = 80


@dataclass
class Branch:
    """A node and what lies further on. `is_repeated`: it stands elsewhere in the tree, with all that follows.

    `mass_g`: what one's own operation gave it or took of it.
    """

    node: LineageNode
    mass_g: int | None = None
    is_repeated: bool = False
    branches: list[Branch] = field(default_factory=list)


@dataclass(frozen=True)
class Tree:
    """`is_cut`: there is more than is shown."""

    is_down: bool
    branches: list[Branch]
    is_cut: bool

    @property
    def is_empty(self) -> bool:
        return not self.branches


def tree_of(lineage: Lineage, *, most: int = MAX_SHOWN) -> Tree:
    """The lineage from its root; a node that several ways lead to is written out where it is nearest."""
    nodes = {node.name: node for node in lineage.nodes} | {lineage.root.name: lineage.root}
    ahead: dict[str, list[str]] = defaultdict(list)
    for parent, child in lineage.links:
        near, far = (parent, child) if lineage.is_down else (child, parent)
        ahead[near].append(far)
    top = Branch(lineage.root)
    written = {lineage.root.name}
    front, count = [top], 0
    while front and count < most:
        following: list[Branch] = []
        for branch in front:
            for name in ahead[branch.node.name]:
                count += 1
                if count > most:
                    break
                grams = nodes[name].grams.get(branch.node.name) or branch.node.grams.get(name)
                further = Branch(nodes[name], mass_g=abs(grams) if grams else None, is_repeated=name in written)
                branch.branches.append(further)
                if not further.is_repeated:
                    written.add(name)
                    following.append(further)
        front = following
    return Tree(lineage.is_down, top.branches, is_cut=lineage.is_truncated or count > most)
