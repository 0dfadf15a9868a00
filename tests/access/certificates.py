"""Who may do what with conformity certificates. The released batch has one, and a lot was bought."""

from __future__ import annotations

from typing import Any

from products.trace.models.certificate import ConformityCertificate
from products.trace.models.lot import Lot
from products.trace.services.certificates import collect_certificate, issue_certificate
from tests.access.rows import SEE_BATCHES, WATCHERS, Row
from tests.access.world import World
from tests.factories import NOW, TODAY
from tests.trace.lineage_helpers import make_lot

PROMISE: dict[str, Any] = {"product_kind": "other", "contact": "028-12345678", "basis": ["own_promise"]}


def issued(world: World) -> None:
    maker = world.members["maker"]
    assert maker is not None
    issue_certificate(actor=maker, batch_code=world.released.code, now=NOW, **PROMISE)


def file(world: World) -> str:
    code = ConformityCertificate.objects.get().code
    return f"batches/{world.released.code}/certificates/{code}/file?layout=label_60x40&copies=1"


def bought(world: World) -> None:
    make_lot(world.enterprise, kind="purchase", lot="P-1", seller_name="某户")


def collected(world: World) -> None:
    maker = world.members["maker"]
    assert maker is not None
    bought(world)
    collect_certificate(actor=maker, lot_code=Lot.objects.get().code, number="S-1", issued_on=TODAY, now=NOW)


def kept(world: World) -> str:
    return f"lots/{Lot.objects.get().code}/certificates"


CERTIFICATES: dict[str, Row] = {
    "list_certificates": Row(
        SEE_BATCHES, lambda w: f"batches/{w.released.code}/certificates", prepare=issued,
        sees=lambda w: "028-12345678", seen_by=frozenset(SEE_BATCHES),
    ),
    "issue_certificate": Row({"maker"}, lambda w: f"batches/{w.released.code}/certificates", lambda w: PROMISE),
    "download_certificate": Row(SEE_BATCHES, file, prepare=issued),
    # A lot that is made for no indication in particular is no registrant's business.
    "list_collected_certificates": Row(
        WATCHERS | {"maker", "admin"}, kept, prepare=collected,
        sees=lambda w: "S-1", seen_by=frozenset(WATCHERS | {"maker", "admin"}),
    ),
    "collect_certificate": Row(
        {"maker"}, kept, lambda w: {"number": "S-1", "issued_on": TODAY.isoformat()}, prepare=bought
    ),
}  # fmt: skip
