"""Laboratory reports on a batch, and what was measured; append-only."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from products.defaults import new_code
from products.trace.models.batch import Batch


class LabReport(models.Model):
    """One report of a laboratory, as its maker entered it. A wrong one stays and is replaced by a later one."""

    class FileType(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    code = models.UUIDField(default=new_code, unique=True, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="lab_reports")
    laboratory = models.CharField(max_length=120)
    # 检验检测机构资质认定: the certificate's number, and from when until when it is valid.
    cma_number = models.CharField(max_length=20)
    cma_from = models.DateField()
    cma_to = models.DateField()
    report_no = models.CharField(max_length=60)
    sampled_on = models.DateField()
    issued_on = models.DateField()
    # The grade that the report states, as the standard spells it; '' where it states none.
    grade = models.CharField(max_length=40, blank=True)
    # The file lies beside the database under its hash; '' and 0 where none was given.
    file_sha256 = models.CharField(max_length=64, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    file_type = models.CharField(max_length=20, blank=True, choices=FileType.choices)
    file_size = models.PositiveIntegerField(default=0)
    # A report is replaced once at most: who corrects again replaces the newer one.
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    reason = models.TextField(blank=True)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="lab_report_cma_valid_when_issued",
                condition=models.Q(cma_from__lte=models.F("issued_on"), cma_to__gte=models.F("issued_on")),
            ),
            models.CheckConstraint(
                name="lab_report_replacement_has_reason",
                condition=models.Q(replaces__isnull=True) | models.Q(reason__gt=""),
            ),
            models.CheckConstraint(
                name="lab_report_file_whole",
                condition=models.Q(file_sha256="", file_name="", file_type="", file_size=0)
                | models.Q(file_sha256__gt="", file_type__gt="", file_size__gt=0),
            ),
        ]

    def __str__(self) -> str:
        return self.report_no


class LabResult(models.Model):
    """One measured or declared value of a report, as a decimal string in `unit`; '<' before a limit of detection."""

    class Comparator(models.TextChoices):
        EXACT = "", _("测得值")
        BELOW = "<", _("低于检出限")

    report = models.ForeignKey(LabReport, on_delete=models.PROTECT, related_name="results")
    indicator = models.CharField(max_length=60)
    comparator = models.CharField(max_length=1, blank=True, choices=Comparator.choices)
    value = models.CharField(max_length=24)
    unit = models.CharField(max_length=24, blank=True)
    basis = models.CharField(max_length=60, blank=True)
    method = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(name="lab_result_once", fields=["report", "indicator"]),
            models.CheckConstraint(name="lab_result_comparator_known", condition=models.Q(comparator__in=["", "<"])),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.comparator}{self.value}"
