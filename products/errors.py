"""What can be refused, and under which stable code. `gi_trace/api.py` alone turns these into HTTP."""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal. `code` never changes once released; the text says what to do about it.

    `field` names the input that has to change, where there is one; `entries` name several, each with its own code.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 422
    # Seconds after which the same may be tried again; 0 where time changes nothing.
    retry_after: ClassVar[int] = 0

    def __init__(self, text: str, *, field: str = "") -> None:
        super().__init__(text)
        self.text = text
        self.field = field
        self.entries: list[dict[str, Any]] = []


class NotFound(DomainError):
    """Not there, or not yours: both look the same."""

    code = "not_found"
    status = 404


class Forbidden(DomainError):
    """Signed in, but this is not something the role, level or token may do."""

    code = "forbidden"
    status = 403


class InvalidInput(DomainError):
    """A value of the wrong shape or size."""

    code = "invalid_input"


class StorageUnavailable(DomainError):
    """The disk is full or the database does not answer. Nothing was kept, and nothing was promised."""

    code = "storage_unavailable"
    status = 503
    retry_after = 60


class Conflict(DomainError):
    """Right in itself, but not in the present state of things."""

    code = "conflict"
    status = 409


class ErasureRefused(Conflict):
    """A law demands that it be kept for now; until then it is stored and put to no other use (PIPL Art. 47)."""

    code = "erasure_refused"
