"""The log for people."""

from __future__ import annotations

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from ledger import queries
from ledger.anchored import anchor_lines
from ledger.api import MAX_INDEX
from ledger.errors import NotInLog
from ledger.published import policy_text, witness_lines
from ledger.verifier.encoding import write_base64
from ledger.verifier.merkle import leaf_hash

_LISTED = 20
_CHECKS = 3
# A subject with more entries than this is read through the API instead.
_FOUND = 500


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the log is, its newest checkpoint, and a look-up by number or subject."""
    asked = request.GET.get("q", "").strip()
    if asked.isascii() and asked.isdigit() and len(asked) < 19 and queries.has_entry(int(asked)):
        return redirect("ledger:entry", index=int(asked))
    newest = queries.newest_checkpoint()
    context: dict[str, Any] = {
        "asked": asked,
        "found": queries.entries_of(asked)[:_FOUND] if asked else [],
        "checkpoint": newest,
        "checkpoint_root": write_base64(newest.root) if newest else "",
        "vkey": queries.vkey(),
        "waiting": queries.queue_length(),
        "newest": queries.newest_entries(_LISTED),
        "checks": queries.newest_checks(_CHECKS),
        "anchors": anchor_lines(),
        "witnesses": witness_lines(),
    }
    return render(request, "ledger/home.html", context)


@require_safe
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """One entry, its fields in a table, its proof to download."""
    try:
        body = queries.entry_body(min(index, MAX_INDEX))
    except NotInLog as error:
        raise Http404(str(error)) from error
    newest = queries.newest_checkpoint()
    context = {
        "index": index,
        "previous": index - 1 if index else None,
        "next": index + 1,
        "fields": _fields(body),
        "claim": _claim(body),
        "policy": policy_text(),
        "text": body.decode("utf-8", "replace"),
        "byte_count": len(body),
        "leaf_hash": leaf_hash(body).hex(),
        "checkpoint": newest,
        "is_last": newest is not None and index + 1 >= newest.size,
    }
    return render(request, "ledger/entry.html", context)


def _claim(body: bytes) -> dict[str, str] | None:
    """Kind and subject, for the visitor's browser to find in the proof; None when the entry is no statement."""
    value = dict(_fields(body))
    return {"kind": value["kind"], "subject": value["subject"]} if {"kind", "subject", "at"} <= set(value) else None


def _fields(body: bytes) -> list[tuple[str, str]]:
    """The entry's JSON as dotted names and printable values; nothing when it is not a JSON object."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return list(_flat("", value)) if isinstance(value, dict) else []


def _flat(name: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict) and value:
        return [row for key, item in value.items() for row in _flat(f"{name}.{key}" if name else key, item)]
    return [(name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))]
