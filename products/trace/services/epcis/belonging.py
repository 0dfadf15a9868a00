"""Whose goods identifiers are, and what the lineage calls them, as the platform knows today."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote
from uuid import UUID

from django.db.models import QuerySet

from products.trace.models.batch import Batch
from products.trace.models.lot import Lot
from products.trace.services.epcis.rows import in_chunks

_GTIN: Final = re.compile(r"https://id\.gs1\.org/01/([0-9]{14})(?:/10/(.+))?(?:/.*)?")
_UUID: Final = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Belonging:
    """`enterprise_id` holds it; `node` is its name in the lineage where it is a lot or batch of ours."""

    enterprise_id: int
    node: str = ""


def belongings(epcs: Iterable[str]) -> Mapping[str, Belonging]:
    """Those of canonical identifiers that are of an enterprise here.

    A GTIN with lot is its batch's maker's (the first to register it). A GTIN alone or with a serial number is its
    enterprise's only while a single one has batches under it: what somebody types into a batch shows nobody else's events.
    """
    by_lot: dict[tuple[str, str], list[str]] = defaultdict(list)
    by_gtin: dict[str, list[str]] = defaultdict(list)
    by_code: dict[str, str] = {}
    for epc in epcs:
        if epc.startswith(_UUID):
            by_code[epc.removeprefix(_UUID).lower()] = epc
        elif found := _GTIN.fullmatch(epc):
            gtin, lot = found.groups()
            if lot:
                by_lot[gtin, unquote(lot)].append(epc)
            else:
                by_gtin[gtin].append(epc)
    return _of_gtins(by_gtin) | _of_lots(by_lot) | _of_codes(by_code)


def _registered() -> QuerySet[Batch]:
    return Batch.objects.exclude(state=Batch.State.DRAFT)


def _of_gtins(wanted: Mapping[str, list[str]]) -> dict[str, Belonging]:
    claims: dict[str, set[int]] = defaultdict(set)
    for portion in in_chunks(wanted):
        rows = _registered().filter(gtin__in=portion).order_by()
        for gtin, enterprise in rows.values_list("gtin", "authorisation__enterprise_id").distinct():
            claims[gtin].add(enterprise)
    return {
        epc: Belonging(next(iter(claims[gtin])))
        for gtin, epcs in wanted.items()
        if len(claims.get(gtin, ())) == 1
        for epc in epcs
    }


def _of_lots(wanted: Mapping[tuple[str, str], list[str]]) -> dict[str, Belonging]:
    found: dict[str, Belonging] = {}
    for portion in in_chunks({lot for _gtin, lot in wanted}):
        rows = _registered().filter(lot__in=portion, gtin__in={gtin for gtin, _lot in wanted})
        for batch in rows.select_related("authorisation", "traced_lot").order_by("created_at", "pk"):
            for epc in wanted.get((batch.gtin, batch.lot), ()):
                found.setdefault(epc, Belonging(batch.authorisation.enterprise_id, _node_of_batch(batch)))
    return found


def _of_codes(wanted: Mapping[str, str]) -> dict[str, Belonging]:
    # One code may be written in several ways.
    epcs: dict[str, list[str]] = defaultdict(list)
    for text, epc in wanted.items():
        if code := _uuid(text):
            epcs[str(code)].append(epc)
    owners: dict[str, Belonging] = {}
    for portion in in_chunks(epcs):
        for batch in _registered().filter(code__in=portion).select_related("authorisation", "traced_lot"):
            owners[str(batch.code)] = Belonging(batch.authorisation.enterprise_id, _node_of_batch(batch))
        for lot in Lot.objects.filter(code__in=portion):
            owners[str(lot.code)] = Belonging(lot.enterprise_id, f"lot:{lot.code}")
    return {epc: owner for code, owner in owners.items() for epc in epcs[code]}


def _node_of_batch(batch: Batch) -> str:
    lot = getattr(batch, "traced_lot", None)
    return f"lot:{lot.code}" if lot else f"batch:{batch.code}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
