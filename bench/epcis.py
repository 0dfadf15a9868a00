"""Capturing EPCIS events against quartet-epcis, and finding those of one thing among a million."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from typing import Any, Final

from django.db import connection

from bench import databases
from bench.epcis_filling import fill
from bench.epcis_peer import Peer, PeerMissing, start_peer
from bench.figures import Figure, Result, Rounds, Size, duration, rate
from products.access import Actor, Role
from products.trace.models.epcis import EpcisEvent
from products.trace.queries.epcis import find_events
from products.trace.services.epcis.capture import capture_document
from tests import factories

TIMES: Final = 20.0
WITHIN: Final = 0.002


def measure(size: Size) -> Result:
    factories.make_regions()
    enterprise = factories.make_enterprise()
    actor = factories.make_user(Role.PRODUCER, organisation=enterprise.uscc)
    notes: list[str] = []
    figures: list[Figure] = []
    numbers = count(1)
    shapes = ((size.epcis_events, 1), (max(1, size.epcis_events // 100), size.epcis_events))
    try:
        if not size.epcis_peer:
            raise PeerMissing("it was not asked for")
        with closing(start_peer(connection.settings_dict, connection.vendor)) as peer:
            # The second takes the peer the better part of a minute on a busy machine.
            figures += [
                _beside(shape, actor, numbers, peer, rounds)
                for shape, rounds in zip(shapes, (size.rounds, 1), strict=True)
            ]
            notes.append(peer.about)
    except PeerMissing as error:
        figures += [_alone(shape, actor, numbers) for shape in shapes]
        notes.append(f"quartet-epcis could not be measured here: {error}")
    fill(enterprise, size.epcis_many)
    figures += _found(actor, size)
    notes.append(
        "A capture is timed from the document's bytes to the commit of events, identifiers, lineage and log entries; "
        "the peer from its XML's bytes to its commit. Documents are not timed while they are made."
    )
    return Result("epcis", databases.name_of(connection.vendor), tuple(figures), tuple(notes))


def _words(shape: tuple[int, int]) -> str:
    events, epcs = shape
    return f"{events:,} object events with {epcs:,} EPC{'s' if epcs > 1 else ''} each captured"


def _beside(shape: tuple[int, int], actor: Actor, numbers: Iterator[int], peer: Peer, rounds: int) -> Figure:
    seconds: dict[str, list[float]] = {"ours": [], "peer": []}
    for number in range(rounds):
        for who in ("ours", "peer") if number % 2 == 0 else ("peer", "ours"):
            batch = next(numbers)
            seconds[who].append(_capture(shape, actor, batch) if who == "ours" else peer.capture(shape, batch))
    events = shape[0]
    found = Rounds(tuple(events / each for each in seconds["ours"]), tuple(events / each for each in seconds["peer"]))
    figure = found.rates(_words(shape), unit="events", peer="quartet-epcis, XML 1.2")
    return figure.wanting_ratio(least=TIMES)


def _alone(shape: tuple[int, int], actor: Actor, numbers: Iterator[int]) -> Figure:
    return Figure(_words(shape), rate(shape[0] / _capture(shape, actor, next(numbers)), "events"))


def _capture(shape: tuple[int, int], actor: Actor, batch: int) -> float:
    content = _document(shape, batch)
    begin = time.perf_counter()
    capture = capture_document(actor=actor, content=content, behaviour="rollback", now=datetime.now(UTC))
    taken = time.perf_counter() - begin
    if capture.kept_count != shape[0]:
        raise RuntimeError(f"{capture.kept_count} of {shape[0]} events were kept: {capture.errors[:3]}")
    return taken


def _document(shape: tuple[int, int], batch: int) -> bytes:
    """Units commissioned at one place, with serial numbers that no other document has."""
    events, epcs = shape
    listed: list[dict[str, Any]] = [
        {
            "type": "ObjectEvent",
            "eventTime": f"2026-11-{1 + number % 20:02d}T01:00:00.{number % 1000:03d}Z",
            "eventTimeZoneOffset": "+08:00",
            "epcList": [f"urn:epc:id:sgtin:4012345.011111.{batch}-{number}-{serial}" for serial in range(epcs)],
            "action": "ADD",
            "bizStep": "commissioning",
            "disposition": "active",
            "readPoint": {"id": "urn:epc:id:sgln:4012345.00005.0"},
        }
        for number in range(events)
    ]
    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-21T00:00:00Z",
        "epcisBody": {"eventList": listed},
    }
    return json.dumps(document).encode()


def _found(actor: Actor, size: Size) -> list[Figure]:
    """What a partner asks for most: everything about one thing; and a page of one business step."""
    total = EpcisEvent.objects.count()
    things = max(1, size.epcis_many // 5)
    epcs = [
        f"https://id.gs1.org/01/04012345111118/21/F{number * things // size.proofs}" for number in range(size.proofs)
    ]
    by_epc = [_seconds(actor, {"MATCH_anyEPC": [epc]}, 5) for epc in epcs]
    steps = [_seconds(actor, {"EQ_bizStep": ["receiving"]}, 30) for _round in range(min(size.proofs, 30))]
    middle = statistics.median(by_epc)
    return [
        Figure(f"all events of one EPC out of {total:,} events, median of {len(epcs)}", duration(middle)).wanting(
            "under 2 ms", middle < WITHIN
        ),
        Figure(f"the newest 30 events of one business step out of {total:,}", duration(statistics.median(steps))),
    ]


def _seconds(actor: Actor, parameters: dict[str, list[str]], least: int) -> float:
    begin = time.perf_counter()
    page = find_events(actor=actor, parameters=parameters)
    taken = time.perf_counter() - begin
    if len(page.events) < least:
        raise RuntimeError(f"{len(page.events)} events were found for {parameters}")
    return taken
