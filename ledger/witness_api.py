"""This server as a witness of other logs: the address they send checkpoints to, and what it is for people."""

from __future__ import annotations

import logging

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from ledger.adapters.witness_signer import WitnessSigner, load_witness_signers
from ledger.api import FOR_A_MINUTE, TEXT, file_response, public_file
from ledger.errors import LedgerFatal, NotInLog
from ledger.published import witnessed_lines
from ledger.services.witnessing import Refusal, cosign_checkpoint
from ledger.witness_request import MAX_REQUEST_BYTES

SIZE = "text/x.tlog.size"
log = logging.getLogger("ledger.witness")


@csrf_exempt
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """c2sp.org/tlog-witness: cosignature lines for a checkpoint that extends the last one cosigned."""
    # Nobody's session or cookie matters here: whoever sends a checkpoint its log has signed gets the same answer.
    try:
        if int(request.headers.get("Content-Length") or 0) > MAX_REQUEST_BYTES:
            raise Refusal(400, f"at most {MAX_REQUEST_BYTES} bytes")
        lines = cosign_checkpoint(request.body, signers=_signers(), now=timezone.now())
    except Refusal as refusal:
        if refusal.known_size is not None:
            return HttpResponse(f"{refusal.known_size}\n", status=refusal.status, content_type=SIZE)
        return HttpResponse(f"{refusal.detail}\n", status=refusal.status, content_type=TEXT)
    except (RequestDataTooBig, ValueError):
        return HttpResponse("the request cannot be read\n", status=400, content_type=TEXT)
    return HttpResponse(lines, content_type=TEXT)


@public_file
def vkey(request: HttpRequest) -> HttpResponse:
    """The verifier key lines of this witness: the key in force, then one that is being replaced."""
    signers = _signers()
    if not signers:
        raise NotInLog("this server is no witness")
    return file_response("".join(f"{signer.vkey}\n" for signer in signers), content_type=TEXT, cache=FOR_A_MINUTE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Which logs this server witnesses, in words."""
    context = {"vkeys": [str(signer.vkey) for signer in _signers()], "logs": witnessed_lines()}
    return render(request, "ledger/witness.html", context)


def _signers() -> list[WitnessSigner]:
    try:
        return load_witness_signers(key_file=settings.WITNESS_KEY_FILE, name=settings.WITNESS_NAME)
    except LedgerFatal as error:
        # A key that others may have read cosigns nothing; `ledger_witness list` tells the operator why.
        log.error("this server does not witness: %s", error)
        return []
