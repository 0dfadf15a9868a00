"""What is refused about a batch."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput


class InvalidLot(InvalidInput):
    """Not 1 to 20 characters of GS1 set 82."""

    code = "invalid_lot"


class DuplicateLot(Conflict):
    """The lot number is taken under this authorisation."""

    code = "duplicate_lot"


class InvalidGtin(InvalidInput):
    """Not a GTIN, or its last digit does not match the others."""

    code = "invalid_gtin"


class MassNotPositive(InvalidInput):
    """A batch of nothing."""

    code = "mass_not_positive"


class AbsurdMass(InvalidInput):
    """More than any lot can weigh."""

    code = "absurd_mass"


class ProducedInFuture(InvalidInput):
    """Not made yet."""

    code = "produced_in_future"


class ProducedTooLongAgo(InvalidInput):
    """Made more than ten years ago."""

    code = "produced_too_long_ago"


class BestBeforeTooEarly(InvalidInput):
    """The day a product keeps until lies after the day it was made."""

    code = "best_before_too_early"


class PointIncomplete(InvalidInput):
    """Longitude, latitude and datum are given together or not at all."""

    code = "point_incomplete"


class PointOutsideOrigin(InvalidInput):
    """The point lies in another county than the one named as the origin."""

    code = "point_outside_origin"


class TextTooLong(InvalidInput):
    """More characters than are kept."""

    code = "text_too_long"


class InvalidText(InvalidInput):
    """Control characters or broken ones, which no database or ledger should keep."""

    code = "invalid_text"


class WrongBatchState(Conflict):
    """The step does not follow from the batch's present state."""

    code = "wrong_batch_state"


class LabelsPrinted(Conflict):
    """What a printed label says or was counted by cannot be changed."""

    code = "labels_printed"


class BelowLabelledMass(Conflict):
    """Less than the mass that labels were already issued for."""

    code = "below_labelled_mass"


class NothingChanged(InvalidInput):
    """A correction that corrects nothing."""

    code = "nothing_changed"


class FileUnreadable(InvalidInput):
    """Not an .xlsx workbook or CSV text that can be read."""

    code = "import_file_unreadable"


class FileTooLarge(InvalidInput):
    """More bytes, rows, columns or text than an import may have."""

    code = "import_file_too_large"
    status = 413


class NothingToImport(InvalidInput):
    """No file, an empty one, or headings without rows."""

    code = "import_empty"


class ColumnsMissing(InvalidInput):
    """A column that every batch needs is not there."""

    code = "import_columns_missing"


class RowsRefused(InvalidInput):
    """Some cells cannot be taken as they are; nothing was written."""

    code = "import_rows_refused"


class ImportChanged(Conflict):
    """What would be written is not what was shown."""

    code = "import_changed"


class ImportNotReady(Conflict):
    """Not checked yet, or under way already."""

    code = "import_not_ready"


class LabFieldMissing(InvalidInput):
    """A laboratory report without what identifies it."""

    code = "lab_field_missing"


class LabReportEmpty(InvalidInput):
    """Neither a value nor a file."""

    code = "lab_report_empty"


class LabDatesImplausible(InvalidInput):
    """Sampled before production, issued before sampling, or dated in the future."""

    code = "lab_dates_implausible"


class CmaMalformed(InvalidInput):
    """Not the number of a laboratory's certificate (检验检测机构资质认定)."""

    code = "cma_malformed"


class CmaNotValid(InvalidInput):
    """The laboratory's certificate was not valid on the day the report was issued."""

    code = "cma_not_valid"


class LabIndicatorUnknown(InvalidInput):
    """The standard's version in force on the day of production does not ask a laboratory for it."""

    code = "lab_indicator_unknown"


class LabIndicatorRepeated(InvalidInput):
    """One indicator twice in one report."""

    code = "lab_indicator_repeated"


class LabValueInvalid(InvalidInput):
    """Not a value that could be held against the limit: no number, negative, or beyond any instrument."""

    code = "lab_value_invalid"


class LabUnitMismatch(InvalidInput):
    """The unit cannot be carried exactly into the standard's."""

    code = "lab_unit_mismatch"


class LabBasisMismatch(InvalidInput):
    """Reckoned as something else than the standard says (以乙酸计): another quantity."""

    code = "lab_basis_mismatch"


class LabFileRefused(InvalidInput):
    """Neither PDF nor JPEG nor PNG by its content, whatever its name."""

    code = "lab_file_refused"


class LabFileTooLarge(InvalidInput):
    """A report's file of more than 10 MB."""

    code = "lab_file_too_large"
    status = 413


class LabReportExists(Conflict):
    """The batch has this report already; a wrong one is replaced with a reason."""

    code = "lab_report_exists"


class LabReportReplaced(Conflict):
    """The report was replaced before; the newer one is to be replaced."""

    code = "lab_report_replaced"


class LabFailed(Conflict):
    """A laboratory found the batch below its standard: it is not released."""

    code = "lab_failed"


class LabIncomplete(Conflict):
    """Where the office demands it, a batch is released only with every indicator tested."""

    code = "lab_incomplete"
