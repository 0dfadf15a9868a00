"""A million events as captures leave them, written by the database itself: what is measured is finding them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from django.db import connection, transaction

from products.registry.models.enterprise import Enterprise
from products.trace.models.epcis import EpcisCapture

# Five events of each thing, of different business steps.
_STEPS: Final = ("commissioning", "packing", "shipping", "receiving", "retail_selling")


def fill(enterprise: Enterprise, count: int) -> None:
    """Add `count` events, each naming one of `count / 5` things, over two years."""
    now = datetime.now(UTC)
    capture = EpcisCapture.objects.create(
        enterprise=enterprise,
        behaviour="rollback",
        sent_count=count,
        kept_count=count,
        by="bench",
        at=now,
        finished_at=now,
    )
    things = max(1, count // 5)
    is_postgres = connection.vendor == "postgresql"
    numbers = (
        f"SELECT generate_series(0::bigint, {count - 1}) AS n"
        if is_postgres
        else f"WITH RECURSIVE counted(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM counted WHERE n < {count - 1}) SELECT n FROM counted"
    )
    moment = (
        "timestamptz '2024-11-01 00:00:00+00' + n * interval '60 seconds'"
        if is_postgres
        else "strftime('%Y-%m-%d %H:%M:%S', 1730419200 + n * 60, 'unixepoch')"
    )
    step = "CASE n % 5 " + " ".join(f"WHEN {place} THEN '{name}'" for place, name in enumerate(_STEPS)) + " END"
    epc = f"'https://id.gs1.org/01/04012345111118/21/F' || ((n * 7919) % {things})"
    text = (
        '\'{"type":"ObjectEvent","eventTime":"2025-01-01T00:00:00Z","eventTimeZoneOffset":"+00:00",\''
        f' || \'"epcList":["\' || {epc} || \'"],"action":"OBSERVE"}}\''
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(MAX(id), 0) FROM products_epcisevent")
        (first,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO products_epcisevent (id, capture_id, enterprise_id, event_id, event_hash, text, type, event_time,"
            " record_time, action, biz_step, disposition, read_point, biz_location, is_error)"
            f" SELECT {first + 1} + n, {capture.pk}, {enterprise.pk}, 'urn:x:fill:' || n, '', {text}, 'ObjectEvent', {moment},"
            f" {moment}, 'OBSERVE', {step}, '', '', '', {'false' if is_postgres else '0'} FROM ({numbers}) counted"
        )
        cursor.execute(
            "INSERT INTO products_epciseventepc (event_id, field, epc, effect)"
            f" SELECT {first + 1} + n, 'epcList', {epc}, 0 FROM ({numbers}) counted"
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
