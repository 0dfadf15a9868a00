"""What may stand in a recall for everybody to read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from typing import Final

_SHAPE: Final = re.compile(r"[0-9+\-() 转,;/]{5,40}")
_MOBILE: Final = re.compile(r"(?<![0-9])(?:86)?1[3-9][0-9]{9}(?![0-9])")


def is_phone(text: str) -> bool:
    """Whether it reads like a telephone number: digits, the signs between them, and 转 before an extension."""
    return bool(_SHAPE.fullmatch(text)) and sum(char.isdigit() for char in text) >= 5


def is_mobile(text: str) -> bool:
    """Whether a mobile number of China, which is a person's, stands in it, however it is spaced."""
    return bool(_MOBILE.search(re.sub(r"[-+() ]", "", text)))


def plan_sha256(*, root: str, batches: Sequence[tuple[str, str]], others: Sequence[str]) -> str:
    """Of what a recall would cover: the batches with their states, and every other name; in any order."""
    plan = {"root": root, "batches": sorted(batches), "others": sorted(others)}
    return hashlib.sha256(json.dumps(plan, sort_keys=True).encode()).hexdigest()
