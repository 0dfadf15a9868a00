"""The evidence of anchors as files to keep."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from ledger.anchored import SUFFIX, anchor_evidence, anchored_proof
from ledger.api import FOR_A_MINUTE, MAX_INDEX, TEXT, file_response, public_file
from ledger.errors import NotInLog
from ledger.models import Anchor

_TYPES = {Anchor.Kind.ETHEREUM: "application/json", Anchor.Kind.RFC3161: "application/timestamp-reply"}


@public_file
def evidence(request: HttpRequest, *, size: int, kind: str) -> HttpResponse:
    """What a chain's node or a time-stamp authority gave us for the checkpoint of that size."""
    if kind not in Anchor.Kind.values or size > MAX_INDEX:
        raise NotInLog(f"no anchor of kind {kind} for {size} entries")
    known = Anchor.Kind(kind)
    # A reorganised chain may change it; that is rare, and a minute is short.
    data = anchor_evidence(size=size, kind=known)
    response = file_response(data, content_type=_TYPES[known], cache=FOR_A_MINUTE)
    response["Content-Disposition"] = f'attachment; filename="anchor-{size}.{SUFFIX[known]}"'
    return response


@public_file
def proof(request: HttpRequest, *, index: int) -> HttpResponse:
    """The entry's proof under the oldest anchored checkpoint that holds it: what the evidence above belongs to."""
    if index > MAX_INDEX:
        raise NotInLog(f"no entry {index}")
    response = file_response(anchored_proof(index), content_type=TEXT, cache=FOR_A_MINUTE)
    response["Content-Disposition"] = f'attachment; filename="{index}.anchored.tlog-proof"'
    return response
