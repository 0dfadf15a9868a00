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
