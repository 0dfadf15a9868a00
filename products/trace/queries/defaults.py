"""What a new batch's form starts with: as the last batch was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.region import Region
from products.registry.queries.indications import area_county_codes
from products.trace.domain.facts import free_lot
from products.trace.models.batch import Batch
from products.trace.queries.plots import last_plots


@dataclass(frozen=True)
class CountyGroup:
    """The counties of one indication's area: (GB/T 2260 code, name) pairs."""

    indication: str
    counties: tuple[tuple[str, str], ...]


def county_groups(authorisations: list[Authorisation]) -> list[CountyGroup]:
    """The counties to choose an origin from, one group for each indication."""
    groups = {}
    for one in authorisations:
        if one.indication_id not in groups:
            counties = Region.objects.filter(code__in=area_county_codes(one.indication)).order_by("code")
            groups[one.indication_id] = CountyGroup(one.indication.name, tuple(counties.values_list("code", "name")))
    return list(groups.values())


def batch_defaults(*, actor: Actor, authorisations: list[Authorisation], chosen: str, today: date) -> dict[str, object]:
    """Initial values by field; `chosen` is the code of an authorisation asked for, if any."""
    usable = {str(one.code): one for one in authorisations}
    chosen = chosen if chosen in usable else ""
    last = _last_batch(actor, chosen)
    code = chosen or (str(last.authorisation.code) if last else "")
    if code not in usable:
        code = next(iter(usable), "")
    taken = Batch.objects.filter(authorisation__code=code, lot__startswith=f"{today:%y%m%d}-") if code else None
    defaults: dict[str, object] = {
        "authorisation_code": code,
        "produced_on": today,
        "lot": free_lot(today, frozenset(taken.values_list("lot", flat=True)) if taken is not None else frozenset()),
        "origin_code": "",
        "plots": last_plots(usable[code]) if code else [],
    }
    if last is not None and str(last.authorisation.code) == code:
        defaults |= {"origin_code": last.origin_id, "gtin": last.gtin}
        if last.best_before:
            # The same shelf life as last time.
            defaults["best_before"] = today + timedelta(days=(last.best_before - last.produced_on).days)
    elif code:
        counties = area_county_codes(usable[code].indication)
        home = usable[code].enterprise.region_id
        defaults["origin_code"] = home if home in counties else ""
    return defaults


def _last_batch(actor: Actor, chosen: str) -> Batch | None:
    own = Batch.objects.visible_to(actor).select_related("authorisation").order_by("-created_at", "-pk")
    return (own.filter(authorisation__code=chosen).first() if chosen else None) or own.first()
