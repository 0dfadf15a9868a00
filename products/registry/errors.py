"""What the register refuses."""

from __future__ import annotations

from products.errors import Conflict, InvalidInput, NotFound


class UnknownCounty(InvalidInput):
    """Not one of Sichuan's 183 counties (GB/T 2260)."""

    code = "unknown_county"


class UnusablePlace(InvalidInput):
    """Coordinates out of range, in an unknown datum or outside Sichuan."""

    code = "unusable_place"


class CoordinatesSwapped(InvalidInput):
    """Latitude and longitude stand in each other's field."""

    code = "coordinates_swapped"


class OutsideArea(InvalidInput):
    """Not in the area of protection."""

    code = "outside_area"


class InvalidUscc(InvalidInput):
    """Not shaped like a 统一社会信用代码 (GB 32100-2015)."""

    code = "invalid_uscc"


class UsccNeedsReview(InvalidInput):
    """The check character does not fit: legal for some early codes, so it takes the licence and a reviewer."""

    code = "uscc_needs_review"


class AlreadyRegistered(Conflict):
    """The register has it."""

    code = "already_registered"


class AuthorisationInactive(Conflict):
    """The mark may not be used on that day."""

    code = "authorisation_inactive"


class AuthorisationExists(Conflict):
    """An open or announced authorisation for the same product."""

    code = "authorisation_exists"


class IllegalStep(Conflict):
    """The step does not follow from the present state."""

    code = "illegal_step"


class ReasonMissing(InvalidInput):
    """A refusal, suspension or withdrawal says why."""

    code = "reason_missing"


class DocumentMissing(InvalidInput):
    """A decision names its paper."""

    code = "document_missing"


class EvidenceMissing(InvalidInput):
    """What the kind of holder has to show (公告第354号)."""

    code = "evidence_missing"


class BasisMalformed(InvalidInput):
    """Not shaped like a standard, announcement or trademark number."""

    code = "basis_malformed"


class QuotaMissing(NotFound):
    """No quota for that production year."""

    code = "quota_missing"
    status = 409


class QuotaLowered(Conflict):
    """A quota is raised or set for a new year, never lowered."""

    code = "quota_lowered"


class ProtectionCancelled(Conflict):
    """The indication is no longer protected."""

    code = "protection_cancelled"
