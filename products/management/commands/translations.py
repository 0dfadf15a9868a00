"""Keep the English catalogue in step with the Chinese msgids of templates and code."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

SOURCES = ("gi_trace", "products", "ledger", "templates")
Key = str | tuple[str, ...]
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}


def used_messages() -> dict[Key, list[str]]:
    """Every msgid, or pair of singular and plural, with the files that use it."""
    from babel.messages.extract import extract

    found: dict[Key, list[str]] = {}
    for folder in SOURCES:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix not in {".py", ".html", ".txt"}:
                continue
            text = path.read_text(encoding="utf-8")
            # Django's own reader turns a template into lines that look like gettext calls.
            code = text if path.suffix == ".py" else templatize(text, origin=str(path))
            options = {"encoding": "utf-8"}
            for _line, message, _comments, _context in extract(
                "python", io.BytesIO(code.encode()), keywords=KEYWORDS, options=options
            ):
                key = message if isinstance(message, str) else tuple(message[:2])
                found.setdefault(key, []).append(str(path.relative_to(settings.BASE_DIR)))
    return found


def _is_translated(message: Any) -> bool:
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


class Command(BaseCommand):
    help = "Add new messages to the English catalogue, drop unused ones, and compile it. --check changes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--check", action="store_true", help="fail if the catalogue is incomplete or stale")

    def handle(self, *args: Any, **options: Any) -> None:
        from babel.messages.mofile import write_mo
        from babel.messages.pofile import read_po, write_po

        folder = Path(settings.LOCALE_PATHS[0]) / "en" / "LC_MESSAGES"
        po, mo = folder / "django.po", folder / "django.mo"
        used = used_messages()
        with po.open("rb") as file:
            catalogue = read_po(file, locale="en")
        known: dict[Key, Any] = {(m.id if isinstance(m.id, str) else tuple(m.id)): m for m in catalogue if m.id}
        missing = [key for key in used if key not in known or not _is_translated(known[key])]
        unused = [key for key in known if key not in used]
        if options["check"]:
            compiled = io.BytesIO()
            write_mo(compiled, catalogue)
            if missing or unused or not mo.exists() or compiled.getvalue() != mo.read_bytes():
                lines = [f"untranslated: {key!r} ({used[key][0]})" for key in missing]
                lines += [f"unused: {key!r}" for key in unused]
                raise CommandError("\n".join([*lines, "run 'make messages' and translate what is empty"]))
            self.stdout.write(f"{len(used)} messages, all in English")
            return
        for key in unused:
            catalogue.delete(key if isinstance(key, str) else key[0])
        for key in missing:
            if key not in known:
                catalogue.add(key)
        with po.open("wb") as file:
            write_po(file, catalogue, sort_output=True, width=0, omit_header=False)
        with mo.open("wb") as file:
            write_mo(file, catalogue)
        self.stdout.write(f"{len(used)} messages, {len(missing)} untranslated, {len(unused)} dropped")
