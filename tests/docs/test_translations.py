"""The English catalogue is whole."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext, ngettext, override

CATALOGUE = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%")
# Shown in their own script on purpose: the name of the language, and the mark of demonstration data.
CHINESE_ON_PURPOSE = {"中文", "演示"}


def pairs() -> list[tuple[str, str]]:
    """(msgid, msgstr) of every message and of every plural form."""
    found: list[tuple[str, str]] = []
    with CATALOGUE.open("rb") as file:
        for message in read_po(file, locale="en"):
            sources = [message.id] if isinstance(message.id, str) else list(message.id)
            texts = [message.string] if isinstance(message.string, str) else list(message.string or ())
            found += [(str(source), str(text)) for source, text in zip(sources, texts, strict=True) if source]
    return found


def test_every_message_is_translated_and_compiled() -> None:
    call_command("translations", "--check")


def test_placeholders_survive_translation() -> None:
    broken = [source for source, text in pairs() if set(PLACEHOLDER.findall(source)) != set(PLACEHOLDER.findall(text))]

    assert broken == []


def test_no_chinese_is_left_in_the_english() -> None:
    left = [text for _source, text in pairs() if re.search(r"[\u4e00-\u9fff]", text)]

    assert [text for text in left if not any(word in text for word in CHINESE_ON_PURPOSE)] == []


def test_the_compiled_catalogue_is_used() -> None:
    with override("en"):
        assert gettext("批次") == "Batch"
        # The singular stands for "first", so both forms are asked for.
        once, often = "这是本码第 1 次被扫。", "这是本码第 %(count)s 次被扫。"
        assert ngettext(once, often, 1) == "This is the first scan of this code."
        assert ngettext(once, often, 2).startswith("This is scan number")
