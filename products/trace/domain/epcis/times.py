"""Points in time as EPCIS writes them: xsd:dateTimeStamp, any number of decimals, always with an offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final

_STAMP: Final = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})T(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.(?P<decimals>[0-9]{1,30}))?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})"
)
# As the schema of EPCIS 2.0 has it; Z is not among them.
_LAST: Final = datetime.max.replace(microsecond=999_000, tzinfo=UTC)
OFFSET: Final = re.compile(r"[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00")


def read_time(text: object) -> datetime:
    """A dateTimeStamp as UTC, cut to microseconds. Raises ValueError for anything else, a time without offset too."""
    found = _STAMP.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ValueError("no dateTimeStamp")
    decimals = (found["decimals"] or "")[:6]
    offset = found["offset"] if found["offset"] != "Z" else "+00:00"
    try:
        moment = datetime.fromisoformat(f"{found['day']}T{found['clock']}.{decimals:0<6}{offset}")
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("outside of the calendar") from error


def hashed_time(moment: datetime) -> str:
    """UTC with milliseconds, the fourth decimal deciding (CBV 2.0 section 8.9)."""
    over = moment.microsecond % 1000
    # The calendar's last millisecond has none after it.
    is_up = over >= 500 and moment < _LAST
    moment += timedelta(microseconds=1000 - over) if is_up else -timedelta(microseconds=over)
    return moment.isoformat(timespec="milliseconds")[:-6] + "Z"
