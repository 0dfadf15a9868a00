"""What is refused of standards while they are drafted, reviewed, published and ended."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput


class LimitNumberInvalid(InvalidInput):
    """A limit's value is no number, or beyond what any standard says."""

    code = "limit_number_invalid"


class LimitUnitUnknown(InvalidInput):
    """A unit that measured values could not be compared in."""

    code = "limit_unit_unknown"


class LimitShapeInvalid(InvalidInput):
    """The parts of a limit do not fit together: upside down, a part missing or one too many."""

    code = "limit_shape_invalid"


class LimitTextInvalid(InvalidInput):
    """A name is missing, or a text too long or with characters that cannot be kept."""

    code = "limit_text_invalid"


class LimitTwice(InvalidInput):
    """The same indicator is limited twice in the same way, under the same condition."""

    code = "limit_twice"


class LimitsContradict(InvalidInput):
    """No value could meet both limits."""

    code = "limits_contradict"


class TooManyLimits(InvalidInput):
    """More limits than a version may have."""

    code = "too_many_limits"


class StandardIncomplete(InvalidInput):
    """What a version needs before it can be reviewed: the day it begins, its source, at least one limit."""

    code = "standard_incomplete"


class StandardCodeTaken(Conflict):
    """The number belongs to the standard of another indication."""

    code = "standard_code_taken"


class StandardLabelTaken(Conflict):
    """The standard has a version of this name."""

    code = "standard_label_taken"


class StandardDatesOverlap(Conflict):
    """The version would be in force together with another one, or not follow upon the last one."""

    code = "standard_dates_overlap"


class StandardStateWrong(Conflict):
    """The step does not follow from the version's present state."""

    code = "standard_state_wrong"


class StandardDraftChanged(Conflict):
    """Somebody has changed the draft since it was shown."""

    code = "standard_draft_changed"
