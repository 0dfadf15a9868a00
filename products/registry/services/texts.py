"""Text that people type, made fit to store and to log."""

from __future__ import annotations

import unicodedata

from django.utils.translation import gettext as _

from products.errors import InvalidInput

REASON_LENGTH = 2000
NUMBER_LENGTH = 80


def clean_text(value: str, *, field: str, longest: int) -> str:
    """`value` without space around it. Raises InvalidInput when it is too long or holds control characters.

    PostgreSQL refuses a NUL and a text longer than its column, SQLite takes both: here they are refused alike.
    """
    text = value.strip()
    if len(text) > longest:
        raise InvalidInput(_("内容过长，最多 %(longest)s 字。") % {"longest": longest}, field=field)
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\r\t" for character in text):
        raise InvalidInput(_("内容含有无法识别的控制字符。请重新输入。"), field=field)
    return text


def clean_reason(value: str) -> str:
    return clean_text(value, field="reason", longest=REASON_LENGTH)


def clean_number(value: str, *, field: str = "document_no") -> str:
    """The number of a paper, a standard or an announcement."""
    return clean_text(value, field=field, longest=NUMBER_LENGTH)
