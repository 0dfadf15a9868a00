"""What the authority's own work refuses."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput


class InspectionNotPlanned(Conflict):
    """A result is recorded once, for an inspection that is planned."""

    code = "inspection_not_planned"


class InspectionNotRecorded(Conflict):
    """Only a recorded result can be published, and only once."""

    code = "inspection_not_recorded"


class NothingToInspect(Conflict):
    """The authorisation was never announced, or has ended."""

    code = "nothing_to_inspect"


class FindingsMissing(InvalidInput):
    """Problems are described."""

    code = "findings_missing"


class CaseClosed(Conflict):
    """A closed case stays closed."""

    code = "case_closed"


class IllegalCaseStep(Conflict):
    """The step does not follow from the present state of the case."""

    code = "illegal_case_step"


class NoteMissing(InvalidInput):
    """Every step of a case says what was done."""

    code = "note_missing"


class ComplaintHasCase(Conflict):
    """One complaint leads to one case at most."""

    code = "complaint_has_case"


class NothingLogged(Conflict):
    """A bundle proves what the log holds; it holds nothing about this yet."""

    code = "nothing_logged"


class EvidenceTooLarge(Conflict):
    """More entries than one bundle may have: export batch by batch."""

    code = "evidence_too_large"
