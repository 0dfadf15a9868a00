"""Lots, what was done with them, and how they descend from each other; all of it append-only but a lot's stock."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role, region_filter
from products.defaults import new_code
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.trace.models.batch import Batch
from products.trace.models.plot import Plot


class LotQuerySet(models.QuerySet["Lot"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its holder's, the registrant's of its indication, and the offices' of the holder's region."""
        if actor.is_role(Role.PRODUCER):
            return self.filter(enterprise__uscc=actor.uscc)
        if actor.is_role(Role.ADMIN):
            return self
        if actor.is_role(Role.ASSOCIATION):
            return self.filter(indication__registrant_uscc=actor.uscc)
        if actor.is_role(Role.INSPECTOR, Role.AUDITOR):
            return self.filter(region_filter(actor, "enterprise__region_id"))
        return self.none()


class Lot(models.Model):
    """A quantity that is traced as one: harvested, bought, on the way to a product, or the product batch itself."""

    class Kind(models.TextChoices):
        HARVEST = "harvest", _("采收批")
        PURCHASE = "purchase", _("外购原料")
        WORK = "work", _("在制品")
        BATCH = "batch", _("产品批次")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="lots")
    # What it is made for; raw material that serves several has none.
    indication = models.ForeignKey(Indication, null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    material = models.CharField(max_length=80)
    # The holder's own number for it (GS1 set 82, 20 characters).
    lot = models.CharField(max_length=20)
    batch = models.OneToOneField(Batch, null=True, blank=True, on_delete=models.PROTECT, related_name="traced_lot")
    plot = models.ForeignKey(Plot, null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    origin = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="lots")
    # Of what was bought: one step up (GB/T 38155), and the paper that shows it. The log holds a commitment to the
    # seller: whom somebody deals with is a secret of trade, and a farmer is a person. Name and salt can be erased.
    seller_name = models.CharField(max_length=120, blank=True)
    seller_uscc = models.CharField(max_length=18, blank=True)
    seller_salt = models.BinaryField(max_length=16, default=bytes)
    document_no = models.CharField(max_length=60, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    made_on = models.DateField()
    # The sum of its moves, kept under the row's lock.
    stock_g = models.BigIntegerField(default=0)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects = LotQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            # Batches have numbers of their own, once under each authorisation.
            models.UniqueConstraint(
                name="lot_number_once", fields=["enterprise", "kind", "lot"], condition=~models.Q(kind="batch")
            ),
            models.CheckConstraint(name="lot_stock_never_negative", condition=models.Q(stock_g__gte=0)),
            models.CheckConstraint(
                name="lot_kind_known", condition=models.Q(kind__in=["harvest", "purchase", "work", "batch"])
            ),
            models.CheckConstraint(
                name="lot_batch_of_its_kind",
                condition=models.Q(kind="batch", batch__isnull=False) | ~models.Q(kind="batch") & models.Q(batch=None),
            ),
        ]

    def __str__(self) -> str:
        return self.lot


class LotOperation(models.Model):
    """Something done with lots: masses taken from some and given to others, on one day; append-only.

    Of the columns only the consignee's name and its salt can be erased, where a person was meant.
    """

    class Kind(models.TextChoices):
        HARVEST = "harvest", _("采收")
        PURCHASE = "purchase", _("购进")
        SPLIT = "split", _("分批")
        MERGE = "merge", _("合批")
        PROCESS = "process", _("加工")
        LOSS = "loss", _("损耗")
        STOCKTAKE = "stocktake", _("盘点")
        # A batch that was registered without saying what it came from.
        DECLARED = "declared", _("申报产出")
        DISPATCH = "dispatch", _("发货")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="lot_operations")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # For a process: which one, as the specification calls it.
    process = models.CharField(max_length=60, blank=True)
    done_on = models.DateField()
    reason = models.TextField(blank=True)
    # Output per input in parts per thousand, and the range that was expected of it when it was entered.
    yield_permille = models.PositiveIntegerField(null=True, blank=True)
    yield_min_permille = models.PositiveIntegerField(null=True, blank=True)
    yield_max_permille = models.PositiveIntegerField(null=True, blank=True)
    # Of a purchase: the seller's dispatch that arrived with it, once only.
    dispatch = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="receipt")
    # One step down (GB/T 38155): who got what was dispatched, and the paper that shows it; committed to, as a seller is.
    consignee_name = models.CharField(max_length=120, blank=True)
    consignee_uscc = models.CharField(max_length=18, blank=True)
    consignee_salt = models.BinaryField(max_length=16, default=bytes)
    consignee_region = models.ForeignKey(
        Region, null=True, blank=True, on_delete=models.PROTECT, related_name="consignments"
    )
    document_no = models.CharField(max_length=60, blank=True)
    document_sha256 = models.CharField(max_length=64, blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="lot_operation_kind_known",
                condition=models.Q(
                    kind__in=[
                        "harvest",
                        "purchase",
                        "split",
                        "merge",
                        "process",
                        "loss",
                        "stocktake",
                        "declared",
                        "dispatch",
                    ]
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.code)


class LotMove(models.Model):
    """Grams that an operation gave to a lot, or took from it (negative); append-only."""

    operation = models.ForeignKey(LotOperation, on_delete=models.PROTECT, related_name="moves")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="moves")
    mass_g = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="lot_moved_once_by_operation", fields=["operation", "lot"]),
            models.CheckConstraint(name="lot_move_not_zero", condition=~models.Q(mass_g=0)),
        ]


class LineageLink(models.Model):
    """That `child` came of `parent`, whoever said so; append-only. Read along both columns by recursive queries.

    A node is `lot:<uuid>` for a lot of ours, `op:<uuid>` for an operation that stands between what it took and what it
    gave, `event:<event id>` for an EPCIS event that does so, or the canonical identifier of something that others named.
    """

    parent = models.CharField(max_length=200, db_index=True)
    child = models.CharField(max_length=200, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="lineage_link_once", fields=["parent", "child"])]
