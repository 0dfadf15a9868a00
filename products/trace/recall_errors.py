"""What is refused about recalls and holds."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput


class RecallCoversNothing(Conflict):
    """Nothing that the actor may recall descends from it."""

    code = "recall_covers_nothing"


class RecallChanged(Conflict):
    """What would be covered is not what was shown."""

    code = "recall_changed"


class RecallExists(Conflict):
    """The same is recalled, or on hold, by the same already."""

    code = "recall_exists"


class RecallClosed(Conflict):
    """A closed recall stays as it is."""

    code = "recall_closed"


class RecallLevelMissing(InvalidInput):
    """A recall has one of three levels, a hold has none."""

    code = "recall_level_missing"


class UnderRecall(Conflict):
    """What it came of is recalled or on hold: it is neither used nor sold."""

    code = "under_recall"


class ContactMalformed(InvalidInput):
    """Not an organisation's telephone number, or a person's mobile one, which may not be published."""

    code = "contact_malformed"


class NotifiedImplausible(InvalidInput):
    """Notified before the goods left, or in the future."""

    code = "notified_implausible"


class RecoveredImplausible(InvalidInput):
    """Less than nothing, or more than was delivered."""

    code = "recovered_implausible"
