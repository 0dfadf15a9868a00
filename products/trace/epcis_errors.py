"""What is refused of EPCIS documents, events and queries; the faults of single events stand in a capture's errors."""

from __future__ import annotations

from products.errors import Conflict, DomainError, InvalidInput


class EpcisInvalid(InvalidInput):
    """A document, an event or a header that cannot be read or is not as EPCIS 2.0 has it."""

    code = "epcis_invalid"
    status = 400


class EpcisEventRefused(EpcisInvalid):
    """One event, captured on its own, has a fault; `entries` says which."""

    code = "epcis_event_refused"


class EpcisTooLarge(DomainError):
    """A document beyond the limits that OPTIONS states."""

    code = "epcis_too_large"
    status = 413


class EpcisMediaType(DomainError):
    """Neither application/json nor application/ld+json."""

    code = "epcis_media_type"
    status = 415


class EpcisNotAcceptable(DomainError):
    """A version or a format that is not spoken here."""

    code = "epcis_not_acceptable"
    status = 406


class EpcisQueryInvalid(InvalidInput):
    """A query parameter with a value it cannot have."""

    code = "epcis_query_invalid"
    status = 400


class EpcisQueryUnknown(EpcisQueryInvalid):
    """A query parameter that is not known here; ignored, it would give more than was asked for."""

    code = "epcis_query_unknown"


class EpcisQueryTooLarge(DomainError):
    """More events than `maxEventCount` allows."""

    code = "epcis_query_too_large"
    status = 413


class EpcisQueryExists(Conflict):
    """A query of that name is there already."""

    code = "epcis_query_exists"


class EpcisNotImplemented(DomainError):
    """A part of EPCIS 2.0 that this platform does not have."""

    code = "epcis_not_implemented"
    status = 501
