"""The log for machines: plain files over HTTP, as c2sp.org/tlog-tiles and c2sp.org/tlog-proof describe them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from ledger import queries
from ledger.errors import NotInLog
from ledger.published import policy_text, published_note
from ledger.tree import parse_address

TEXT = "text/plain; charset=utf-8"
BINARY = "application/octet-stream"
FOR_EVER = "public, max-age=31536000, immutable"
# A partial tile may give way to the full one, a proof to one under a newer checkpoint.
FOR_A_MINUTE = "public, max-age=60"
FOR_SECONDS = "public, max-age=2"
# No bigger index can exist; the database would refuse the comparison.
MAX_INDEX = 2**63 - 1

View = Callable[..., HttpResponse]


def public_file(view: View) -> View:
    """A view anyone may read from anywhere, whose NotInLog becomes a 404 in plain words."""

    @require_safe
    @wraps(view)
    def wrapped(request: HttpRequest, **arguments: str | int) -> HttpResponse:
        try:
            response = view(request, **arguments)
        except NotInLog as error:
            words = f"账本中没有这一项，或尚未入账。\nNot in the log, or not there yet: {error}.\n"
            response = HttpResponse(words, status=404, content_type=TEXT, headers={"Cache-Control": "no-store"})
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return wrapped


def file_response(data: bytes | str, *, content_type: str, cache: str) -> HttpResponse:
    return HttpResponse(data, content_type=content_type, headers={"Cache-Control": cache})


@public_file
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed tree head."""
    newest = queries.newest_checkpoint()
    if newest is None:
        raise NotInLog("the log has not been created")
    return file_response(published_note(newest.size), content_type=TEXT, cache=FOR_SECONDS)


@public_file
def vkey(request: HttpRequest) -> HttpResponse:
    """The verifier key line."""
    return file_response(f"{_vkey()}\n", content_type=TEXT, cache=FOR_A_MINUTE)


@public_file
def policy(request: HttpRequest) -> HttpResponse:
    """A policy file that trusts this log's key and asks for the quorum of witnesses that the operator configured."""
    return file_response(policy_text(), content_type=TEXT, cache=FOR_A_MINUTE)


@public_file
def tile(request: HttpRequest, *, address: str) -> HttpResponse:
    """A Merkle tile, or a bundle of entries."""
    where = parse_address(address)
    if where is None:
        raise NotInLog(f"{address} is not the address of a tile")
    cache = FOR_EVER if where.is_full else FOR_A_MINUTE
    return file_response(queries.tile_bytes(where), content_type=BINARY, cache=cache)


@public_file
def entry(request: HttpRequest, *, index: int) -> HttpResponse:
    """The entry's exact bytes."""
    return file_response(queries.entry_body(_known(index)), content_type="application/json", cache=FOR_EVER)


@public_file
def proof(request: HttpRequest, *, index: int) -> HttpResponse:
    """The entry's proof as a file to keep."""
    response = file_response(queries.proof_text(_known(index)), content_type=TEXT, cache=FOR_A_MINUTE)
    response["Content-Disposition"] = f'attachment; filename="{index}.tlog-proof"'
    return response


def _vkey() -> str:
    key = queries.vkey()
    if key is None:
        raise NotInLog("the log has not been created")
    return key


def _known(index: int) -> int:
    if index > MAX_INDEX:
        raise NotInLog(f"no entry {index}")
    return index
