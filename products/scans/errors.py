"""What the scan desk refuses."""

from __future__ import annotations

from products.errors import DomainError, InvalidInput


class NotACode(InvalidInput):
    """The text cannot be one of our codes: a slip of the finger, or somebody else's label."""

    code = "not_a_code"
    status = 400


class TooManyReports(DomainError):
    """One visitor reports faster than a person could."""

    code = "too_many_reports"
    status = 429
    retry_after = 3600
