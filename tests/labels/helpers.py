"""Plain functions of the tests of labels."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection
from django.http import StreamingHttpResponse
from django.test import Client

from ledger.models import Entry
from products.access import Actor
from products.errors import DomainError
from products.labels.domain.unit_code import is_authentic, parse_unit_code
from products.labels.models.label_run import LabelRun, PrintFile
from products.labels.services.keys import open_key
from products.labels.services.label_runs import issue_label_run
from products.labels.services.print_files import request_print_file
from products.trace.models.batch import Batch
from tests.factories import NOW


def issue(actor: Actor, batch: Batch, **changes: Any) -> LabelRun:
    """Ten labels of 500 g."""
    facts: dict[str, Any] = {"batch_code": batch.code, "quantity": 10, "unit_mass_g": 500, "now": NOW}
    return issue_label_run(actor=actor, **(facts | changes))


def ask_for_file(actor: Actor, run: LabelRun, **changes: Any) -> PrintFile:
    """The whole run on sheets of 21."""
    facts: dict[str, Any] = {
        "run_code": run.code,
        "kind": "pdf",
        "layout": "a4_21",
        "first_serial": 1,
        "last_serial": run.quantity,
        "now": NOW,
    }
    return request_print_file(actor=actor, **(facts | changes))


def refusal_of(act: Callable[[], object]) -> str:
    """The code under which `act` is refused, or "done"."""
    try:
        act()
    except DomainError as error:
        return error.code
    return "done"


def together(*acts: Callable[[], object]) -> list[str]:
    """What became of each of several acts that start at once, each on a connection of its own."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        start.wait(timeout=30)
        try:
            return refusal_of(act)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=120) for future in [pool.submit(one, act) for act in acts]]


def entries_about(run: LabelRun) -> list[dict[str, Any]]:
    """The statements queued about a run, the oldest first."""
    rows = Entry.objects.filter(subject=f"run:{run.code}").order_by("pk")
    return [json.loads(bytes(row.body)) for row in rows]


def kinds_about(run: LabelRun) -> list[str]:
    return [entry["kind"] for entry in entries_about(run)]


def genuine_serials(run: LabelRun, texts: Sequence[str]) -> list[int]:
    """The serials of unit codes or scan addresses, each found authentic under the run's key."""
    serials = []
    for text in texts:
        code = parse_unit_code(text.rpartition("/")[2])
        assert (code.run, is_authentic(open_key(run), code)) == (run.code, True)
        serials.append(code.serial)
    return serials


def streamed(response: Any) -> Iterator[bytes]:
    """The pieces of a streamed answer."""
    assert isinstance(response, StreamingHttpResponse)
    pieces = response.streaming_content
    assert isinstance(pieces, Iterator)
    return pieces


def post_json(client: Client, path: str, content: dict[str, Any], *, key: str = "") -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"/api/v1{path}", content, content_type="application/json", headers=headers)
