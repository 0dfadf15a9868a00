"""Runs inside the peer's own environment: takes captures on standard input, answers with the seconds each took."""

from __future__ import annotations

import io
import json
import sys
import time
from importlib.metadata import version

import django
from django.conf import settings

_EVENT = (
    "<ObjectEvent><eventTime>{time}</eventTime><eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList>{epcs}</epcList>"
    "<action>ADD</action><bizStep>urn:epcglobal:cbv:bizstep:commissioning</bizStep>"
    "<disposition>urn:epcglobal:cbv:disp:active</disposition>"
    "<readPoint><id>urn:epc:id:sgln:4012345.00005.0</id></readPoint></ObjectEvent>"
)
_DOCUMENT = (
    '<epcis:EPCISDocument xmlns:epcis="urn:epcglobal:epcis:xsd:1" schemaVersion="1.2" creationDate="2026-11-21T00:00:00Z">'
    "<EPCISBody><EventList>{events}</EventList></EPCISBody></epcis:EPCISDocument>"
)


def main() -> None:
    database = json.loads(sys.argv[1])
    is_postgres = "postgresql" in database["ENGINE"]
    if is_postgres:
        _renew(database, is_wanted=True)
    else:
        # As durable as ours.
        database["OPTIONS"] = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"}
    settings.configure(
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "quartet_capture", "quartet_epcis"],
        USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        SECRET_KEY="of a process that answers nobody",
        LOGGING_CONFIG=None,
    )
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.db import connections, transaction
    from quartet_epcis.models.events import Event  # type: ignore[import-not-found]
    from quartet_epcis.parsing.parser import QuartetParser  # type: ignore[import-not-found]

    print(
        f"ready quartet-epcis {version('quartet-epcis')} on Django {django.get_version()}: its parser without business"
        " rules, the faster of its two, in one transaction with its cache written out.",
        flush=True,
    )
    for line in sys.stdin:
        asked = json.loads(line)
        content = _document(asked["events"], asked["epcs"], asked["batch"])
        before = Event.objects.count()
        begin = time.perf_counter()
        with transaction.atomic():
            parser = QuartetParser(io.BytesIO(content))
            parser.parse()
            parser.clear_cache()
        seconds = time.perf_counter() - begin
        print(json.dumps({"seconds": seconds, "kept": Event.objects.count() - before}), flush=True)
    if is_postgres:
        connections.close_all()
        _renew(database, is_wanted=False)


def _document(events: int, epcs: int, batch: int) -> bytes:
    listed = "".join(
        _EVENT.format(
            time=f"2026-11-{1 + number % 20:02d}T01:00:00.{number % 1000:03d}Z",
            epcs="".join(
                f"<epc>urn:epc:id:sgtin:4012345.011111.{batch}-{number}-{serial}</epc>" for serial in range(epcs)
            ),
        )
        for number in range(events)
    )
    return _DOCUMENT.format(events=listed).encode()


def _renew(database: dict[str, str], *, is_wanted: bool) -> None:
    import psycopg
    from psycopg.conninfo import make_conninfo

    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password"}
    parts = {names[name]: str(database[name]) for name in names if database.get(name)}
    with psycopg.connect(make_conninfo(dbname="postgres", **parts), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{database["NAME"]}"'.encode())
        if is_wanted:
            connection.execute(f'CREATE DATABASE "{database["NAME"]}"'.encode())


if __name__ == "__main__":
    main()
