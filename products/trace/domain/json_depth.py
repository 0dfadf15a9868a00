"""How deep a stranger's JSON nests, before it is parsed.

Python's limit on recursion may have been raised, by a library or a test: then its parser ends the process.
"""

from __future__ import annotations

import re
from typing import Final

# Nothing that is read here nests deeper.
MAX_DEPTH: Final = 64

_ESCAPED: Final = re.compile(rb"\\.", re.DOTALL)
_STRING: Final = re.compile(rb'"[^"]*"?')
_ALL_BUT_BRACKETS: Final = bytes(set(range(256)) - set(b'[]{}"'))


def is_too_deep(data: bytes) -> bool:
    """Whether brackets outside of strings nest more than MAX_DEPTH deep; of what is no JSON, the same count."""
    if b"\\" in data:
        data = _ESCAPED.sub(b"", data)
    depth = 0
    for bracket in _STRING.sub(b"", data.translate(None, _ALL_BUT_BRACKETS)):
        # [ is 91 and { is 123; ] and } follow two later.
        depth += 1 if bracket in (91, 123) else -1
        if depth > MAX_DEPTH:
            return True
    return False
