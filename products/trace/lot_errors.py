"""What is refused about lots and what is done with them."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput


class LotFieldMissing(InvalidInput):
    """Without it nobody could tell what was done, with what, or who has it."""

    code = "lot_field_missing"


class OperationMalformed(InvalidInput):
    """Too few or too many lots for an operation of this kind."""

    code = "operation_malformed"


class OperationDateImplausible(InvalidInput):
    """In the future, too long ago, or before what was used had been made."""

    code = "operation_date_implausible"


class MassNotConserved(InvalidInput):
    """Splitting and merging neither make nor lose anything."""

    code = "mass_not_conserved"


class StockTooSmall(Conflict):
    """More than there is of the lot."""

    code = "stock_too_small"


class StockAboveNetMass(Conflict):
    """More counted of a batch than it weighed when it was made."""

    code = "stock_above_net_mass"


class YieldUnexplained(InvalidInput):
    """The yield lies outside what the specification gives, and nothing says why."""

    code = "yield_unexplained"


class OutputMassMismatch(InvalidInput):
    """What is given to a batch is not its net mass."""

    code = "output_mass_mismatch"


class LotNumberTaken(Conflict):
    """The enterprise has a lot of this kind and number already."""

    code = "lot_number_taken"


class BatchSourceStated(Conflict):
    """What the batch came of has been entered, or some of it was used before that."""

    code = "batch_source_stated"


class LotsOfOtherIndication(Conflict):
    """Splitting and merging do not turn one indication's goods into another's."""

    code = "lots_of_other_indication"


class CircularLineage(Conflict):
    """Something would have come of itself."""

    code = "circular_lineage"


class DispatchReceived(Conflict):
    """The dispatch's receipt was entered before."""

    code = "dispatch_received"


class MoreThanDispatched(Conflict):
    """More than the seller sent."""

    code = "more_than_dispatched"
