"""What descends from a lot or batch, in rows of ours; and whether something a lot descends from is recalled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from products.access import Actor, Role
from products.errors import NotFound
from products.registry.models.enterprise import Enterprise
from products.registry.models.region import Region
from products.trace.domain.lineage import BATCH, EVENT, LOT, OPERATION, lot_node
from products.trace.models.batch import Batch
from products.trace.models.lot import LineageLink, Lot
from products.trace.models.recall import Recall, RecallNotice

# Values bound to one query; SQLite takes a limited number.
MANY: Final = 500
_BETWEEN: Final = (OPERATION, EVENT)
T = TypeVar("T")
_STOPPED: Final = (Batch.State.RECALLED, Batch.State.HELD)


@dataclass(frozen=True)
class Root:
    """Where a recall begins: a lot, or a batch, whose lot is None as long as nobody traced it. `subject` names it."""

    subject: str
    holder: Enterprise
    lot: Lot | None
    batch: Batch | None

    @property
    def label(self) -> str:
        return self.batch.lot if self.batch else self.lot.lot if self.lot else ""

    @property
    def product(self) -> str:
        return self.batch.authorisation.product_name if self.batch else self.lot.material if self.lot else ""

    @property
    def nodes(self) -> list[str]:
        """Its names in the lineage: others may speak of a batch before it has a lot."""
        return [*([node_of(self.lot)] if self.lot else []), *([self.subject] if self.batch else [])]

    @property
    def is_demo(self) -> bool:
        row = self.batch or self.lot
        return row is not None and row.is_demo


@dataclass(frozen=True)
class Downstream:
    """The root and everything that came of it: lots of ours, registered batches, and what others named."""

    lots: list[Lot]
    batches: list[Batch]
    foreign: list[str]


def portions(items: Iterable[T], size: int = MANY) -> Iterator[list[T]]:
    """The items in lists of `size`."""
    left = iter(items)
    while portion := list(islice(left, size)):
        yield portion


def node_of(lot: Lot) -> str:
    return lot_node(lot.code)


def walk(nodes: Sequence[str], *, down: bool) -> list[str]:
    """Every name that follows from `nodes` (or leads to them), they themselves included; a circle does no harm."""
    if not nodes:
        return []
    here, there = ("parent", "child") if down else ("child", "parent")
    table = connection.ops.quote_name(LineageLink._meta.db_table)
    values = ", ".join(["(%s)"] * len(nodes))
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE reached(name) AS (VALUES {values} UNION "  # noqa: S608
            f"SELECT link.{there} FROM reached JOIN {table} link ON link.{here} = reached.name) "
            "SELECT name FROM reached",
            list(nodes),
        )
        return [name for (name,) in cursor.fetchall()]


def find_root(*, actor: Actor, subject: str) -> Root:
    """`batch:<uuid>` or `lot:<uuid>`. Raises NotFound where the actor neither sees it nor was notified of its recall."""
    root = _read_root(subject)
    if root is None or not (_is_seen(actor, root) or _is_notified(actor, root)):
        raise NotFound(_("没有这个批次，或您无权办理。请从批次页面进入。"), field="root")
    return root


def reread(root: Root) -> Root:
    """The same as it is now: a batch may have got its lot."""
    return _read_root(root.subject) or root


def root_of(recall: Recall) -> Root | None:
    """Where a recall began; rows of evidence are never deleted."""
    return _read_root(recall.root)


def _read_root(subject: str) -> Root | None:
    kind, _colon, text = subject.partition(":")
    try:
        code = UUID(text)
    except ValueError:
        return None
    if kind == "batch":
        batch = _batches().filter(code=code).exclude(state=Batch.State.DRAFT).first()
        lot = Lot.objects.filter(batch=batch).first() if batch else None
        return Root(f"batch:{code}", batch.authorisation.enterprise, lot, batch) if batch else None
    lot = Lot.objects.select_related("enterprise__region", "batch").filter(code=code).first() if kind == "lot" else None
    if lot is None:
        return None
    if lot.batch:
        return _read_root(f"batch:{lot.batch.code}")
    return Root(f"lot:{code}", lot.enterprise, lot, None)


def _is_seen(actor: Actor, root: Root) -> bool:
    if root.batch:
        return Batch.objects.visible_to(actor).filter(pk=root.batch.pk).exists()
    return root.lot is not None and Lot.objects.visible_to(actor).filter(pk=root.lot.pk).exists()


def _is_notified(actor: Actor, root: Root) -> bool:
    return bool(actor.role) and any(
        is_entitled(actor, notice.enterprise)
        for notice in RecallNotice.objects.filter(recall__root=root.subject).select_related("enterprise")
        if notice.enterprise
    )


def is_entitled(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the actor may recall what this enterprise makes: the maker itself, or an office of its region."""
    if actor.is_role(Role.PRODUCER):
        return bool(actor.uscc) and enterprise.uscc == actor.uscc
    return actor.is_role(Role.INSPECTOR) and actor.covers(enterprise.region_id)


def downstream_of(root: Root) -> Downstream:
    """The root and all that descends from it; drafts are not there yet."""
    names = walk(root.nodes, down=True)
    lots = list(_lots(name for name in names if name.startswith(LOT)))
    found = {lot.batch_id for lot in lots if lot.batch_id} | ({root.batch.pk} if root.batch else set())
    for portion in portions(_codes(name for name in names if name.startswith(BATCH))):
        found |= set(Batch.objects.filter(code__in=portion).values_list("pk", flat=True))
    batches = [
        batch
        for portion in portions(sorted(found))
        for batch in _batches().filter(pk__in=portion).exclude(state=Batch.State.DRAFT)
    ]
    known = {node_of(lot) for lot in lots} | {f"{BATCH}{batch.code}" for batch in batches}
    foreign = [name for name in names if name not in known and not name.startswith(_BETWEEN)]
    return Downstream(
        lots=sorted(lots, key=lambda lot: lot.pk),
        batches=sorted(batches, key=lambda batch: batch.pk),
        foreign=sorted(foreign),
    )


def _batches() -> QuerySet[Batch]:
    return Batch.objects.prefetch_related(*holders_of("authorisation__"))


def holders_of(path: str) -> list[str | Prefetch[Any]]:
    """Right, indication, enterprise and region behind `path`, each fetched once however many rows share it."""
    regions = Region.objects.defer("boundary")
    return [f"{path}indication", f"{path}enterprise", Prefetch(f"{path}enterprise__region", queryset=regions)]


def _lots(names: Iterable[str]) -> Iterator[Lot]:
    for portion in portions(_codes(names)):
        yield from Lot.objects.filter(code__in=portion).prefetch_related("enterprise")


def _codes(names: Iterable[str]) -> Iterator[UUID]:
    for name in names:
        try:
            yield UUID(name.partition(":")[2])
        except ValueError:
            continue


@dataclass(frozen=True)
class Stopped:
    """Why something may not be used: a recall or hold of what it came of. `label` is the number of that lot."""

    kind: str
    label: str


def recalled_ancestor(nodes: Sequence[str], *, itself: bool = True) -> Stopped | None:
    """What is recalled, or on hold, among `nodes` and all that they came of; without `itself`, among the latter.

    A recall stands for good, closed or not; a hold until it is closed or the batch is released again.
    """
    own = set(nodes)
    names = [name for name in walk(nodes, down=False) if itself or name not in own]
    for portion in portions(name for name in names if name.startswith((LOT, BATCH))):
        stopped = _first_stopped(portion)
        if stopped:
            return stopped
    return None


def _first_stopped(names: Sequence[str]) -> Stopped | None:
    lots = Lot.objects.filter(code__in=list(_codes(name for name in names if name.startswith(LOT))))
    named = Batch.objects.filter(code__in=list(_codes(name for name in names if name.startswith(BATCH))))
    batches = {batch.pk: batch for batch in [*named, *Batch.objects.filter(traced_lot__in=lots)]}
    for _pk, batch in sorted(batches.items()):
        if batch.state in _STOPPED:
            return Stopped("recall" if batch.state == Batch.State.RECALLED else "hold", batch.lot)
    roots = {node_of(lot): lot.lot for lot in lots} | {f"{BATCH}{each.code}": each.lot for each in batches.values()}
    recall = _standing().filter(root__in=roots).order_by("pk").first()
    return Stopped(recall.kind, roots[recall.root]) if recall else None


def hold_over(batch: Batch) -> Recall | None:
    """An open hold that covers the batch, whatever its state is."""
    return Recall.objects.filter(covers__batch=batch, kind=Recall.Kind.HOLD, closed_at=None).first()


def _standing() -> QuerySet[Recall]:
    return Recall.objects.filter(Q(kind=Recall.Kind.RECALL) | Q(closed_at=None))
