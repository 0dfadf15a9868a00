"""How the log's key changed hands, for machines and for people with an old policy."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from ledger import queries, rotations
from ledger.api import FOR_A_MINUTE, MAX_INDEX, TEXT, file_response, public_file
from ledger.errors import NotInLog


@public_file
def listing(request: HttpRequest) -> HttpResponse:
    """The keys the log had, and where each change is proven."""
    if queries.vkey() is None:
        raise NotInLog("the log has not been created")
    keys = [
        {"vkey": key.vkey, "from_size": key.from_size, "until_size": key.until_size} for key in rotations.key_lines()
    ]
    changes = [
        {
            "size": change.size,
            "entry": change.index,
            "old": change.old,
            "new": change.new,
            "proof": reverse("ledger:rotation", kwargs={"size": change.size}),
        }
        for change in rotations.rotations()
    ]
    text = json.dumps({"keys": keys, "rotations": changes}, indent=1, ensure_ascii=False) + "\n"
    return file_response(text, content_type="application/json", cache=FOR_A_MINUTE)


@public_file
def proof(request: HttpRequest, *, size: int) -> HttpResponse:
    """The proof of the entry that announced a new key, under the checkpoint that both keys signed."""
    if size > MAX_INDEX:
        raise NotInLog(f"the key did not change at {size} entries")
    response = file_response(rotations.rotation_proof(size), content_type=TEXT, cache=FOR_A_MINUTE)
    response["Content-Disposition"] = f'attachment; filename="rotation-{size}.tlog-proof"'
    return response
