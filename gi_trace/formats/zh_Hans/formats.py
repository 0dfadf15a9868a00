"""Thousands are set apart by a comma, as Chinese offices print figures; Django's own format for Chinese has no mark."""

from __future__ import annotations

THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
