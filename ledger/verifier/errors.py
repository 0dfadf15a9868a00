"""The one exception that leaves this package."""

from __future__ import annotations


class VerificationError(Exception):
    """Something did not verify. `code` is stable and made for programs; `detail` is made for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
