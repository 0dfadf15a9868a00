"""A disk that fills up: what cannot be kept is not acknowledged, and the same request succeeds once there is room."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as real_settings
from django.db import OperationalError, connection
from pytest_django import Settings

from ledger.adapters.signer import load_signer
from ledger.queries import newest_checkpoint, queue_length
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.trace.models.batch import Batch
from tests.conftest import signed_in
from tests.factories import make_authorisation
from tests.ledger.helpers import NOW, findings, queue
from tests.trace.helpers import body, post_json
from tests.trace.test_api import bearer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def authorisation(makers: Enterprise) -> Authorisation:
    return make_authorisation(enterprise=makers)


@contextmanager
def no_more_pages() -> Iterator[None]:
    """SQLite may not grow its file any further: the error is the one a full disk gives."""
    with connection.cursor() as cursor:
        # Pages that earlier tests gave back are room as well.
        cursor.execute("PRAGMA freelist_count")
        free = cursor.fetchone()[0]
        cursor.execute("CREATE TABLE filling AS SELECT zeroblob(%s) AS filler", [free * 4_000])
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        try:
            yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")
            cursor.execute("DROP TABLE filling")


def test_below_the_reserve_nothing_is_promised(maker: Actor, authorisation: Authorisation, settings: Settings) -> None:
    client = bearer(maker)
    waiting = queue_length()
    settings.RESERVE_BYTES = 1 << 60

    refused = post_json(client, "/batches", body(authorisation), key="same")

    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "storage_unavailable", "60")
    assert (Batch.objects.count(), queue_length()) == (0, waiting)
    assert client.get("/readyz").json() == {"ready": False, "reason": "disk"}

    settings.RESERVE_BYTES = 0
    assert post_json(client, "/batches", body(authorisation), key="same").status_code == 201


def test_a_form_says_so_on_a_page(maker: Actor, settings: Settings) -> None:
    settings.RESERVE_BYTES = 1 << 60

    page = signed_in(maker).post("/account/tokens", {"name": "ERP", "scopes": ["read"], "days": "30"})

    assert "存储空间不足" in page.content.decode()
    assert queue_length() == 0


@pytest.mark.skipif(real_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="its disk is not ours")
def test_a_full_sqlite_file_keeps_what_it_promised(maker: Actor, authorisation: Authorisation) -> None:
    client = bearer(maker)
    kept = 0

    with no_more_pages():
        for number in range(400):
            answer = post_json(client, "/batches", body(authorisation, lot=f"F-{number}"), key=str(number))
            if answer.status_code == 503:
                break
            assert answer.status_code == 201, answer.content
            kept += 1

    assert answer.json()["code"] == "storage_unavailable"
    assert Batch.objects.count() == kept
    assert post_json(client, "/batches", body(authorisation, lot=f"F-{number}"), key=str(number)).status_code == 201


@pytest.mark.skipif(real_settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="its disk is not ours")
def test_the_sequencer_signs_all_or_nothing_on_a_full_disk(tmp_path: Path) -> None:
    create_log(key_file=tmp_path / "k", origin="log.example/full", now=NOW)
    signer = load_signer(key_file=tmp_path / "k", origin="log.example/full")
    queue(20_000)

    with no_more_pages(), pytest.raises(OperationalError, match="full"):
        sequence_batch(signer=signer, now=NOW)

    checkpoint = newest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.size == 0
    assert sequence_batch(signer=signer, now=NOW).size == 20_000
    assert findings(signer) == []
