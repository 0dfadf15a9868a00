"""The product's own application, and beside it one address that reads one row by its primary key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import connection

from gi_trace.wsgi import application as product

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

ROW = "/bench/row/"


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    path = environ["PATH_INFO"]
    if not path.startswith(ROW):
        return product(environ, start_response)
    # No framework in between: what the server, the driver and the database can do at best.
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, quantity FROM products_labelrun WHERE id = %s", [int(path.removeprefix(ROW))])
        code, quantity = cursor.fetchone()
    body = f"{code} {quantity}\n".encode()
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
