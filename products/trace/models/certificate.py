"""承诺达标合格证: what a maker promises of a batch of farm products, and what was collected from sellers."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.defaults import new_code
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot


class ConformityCertificate(models.Model):
    """One certificate on a batch (农产品质量安全法 Art. 39); append-only but for the contact, which may be a person's.

    A batch has one that stands: who issues again names the one before, which stays and is marked as replaced.
    """

    class ProductKind(models.TextChoices):
        """What the rule applies to (农业农村部令2025年第4号 Art. 3), as the maker states it."""

        VEGETABLE = "vegetable", _("蔬菜（含人工种植的食用菌）")
        FRUIT = "fruit", _("水果")
        TEA_LEAF = "tea_leaf", _("茶鲜叶")
        LIVESTOCK = "livestock", _("畜禽")
        EGG = "egg", _("禽蛋")
        AQUATIC = "aquatic", _("养殖水产品")
        OTHER = "other", _("其他食用农产品（自愿开具）")

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="certificates")
    product_kind = models.CharField(max_length=10, choices=ProductKind.choices)
    # As they were when it was issued; a later correction of the batch changes none of them.
    product_name = models.CharField(max_length=80)
    quantity_g = models.PositiveBigIntegerField()
    origin = models.CharField(max_length=80)
    promiser = models.CharField(max_length=120)
    uscc = models.CharField(max_length=18)
    # Both are gone once a person's number has been erased (PIPL Art. 47); the ledger holds a commitment.
    contact = models.CharField(max_length=40, blank=True)
    contact_salt = models.BinaryField(max_length=16, default=bytes)
    # What the promise rests on, some of domain.certificate.BASES; and its wording.
    basis = models.JSONField()
    text_version = models.CharField(max_length=10)
    issued_on = models.DateField()
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(
                name="certificate_first_once", fields=["batch"], condition=models.Q(replaces__isnull=True)
            ),
            models.CheckConstraint(name="certificate_quantity_positive", condition=models.Q(quantity_g__gt=0)),
            models.CheckConstraint(
                name="certificate_kind_known",
                condition=models.Q(
                    product_kind__in=["vegetable", "fruit", "tea_leaf", "livestock", "egg", "aquatic", "other"]
                ),
            ),
            models.CheckConstraint(
                name="certificate_replacement_has_reason",
                condition=models.Q(replaces__isnull=True) | models.Q(reason__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MixedCertificate(models.Model):
    """A certificate that a new one stands in for, since its goods went into a mixed or repacked batch; append-only."""

    certificate = models.ForeignKey(ConformityCertificate, on_delete=models.PROTECT, related_name="mixed_from")
    # The lot that went in, as its holder numbers it, and the certificate's number, ours or a seller's.
    lot = models.CharField(max_length=20)
    number = models.CharField(max_length=60)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="mixed_certificate_once", fields=["certificate", "lot", "number"]),
        ]


class CollectedCertificate(models.Model):
    """A seller's certificate that came with a purchased lot and is kept (Art. 39, second paragraph); append-only."""

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="collected_certificates")
    number = models.CharField(max_length=60)
    # Who gave it is the lot's seller.
    issued_on = models.DateField()
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(name="collected_certificate_once", fields=["lot", "number"]),
        ]

    def __str__(self) -> str:
        return self.number
