"""What a cell of an import may name: the producer's own authorisations, and the counties."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.registry.models.region import Region
from products.registry.queries.authorisations import own_authorisations, standing
from products.registry.queries.indications import area_county_codes
from products.trace.domain.import_values import tidy


def _key(text: str) -> str:
    return re.sub(r"[\s·・•|,、-]", "", tidy(text)).lower()


@dataclass(frozen=True, slots=True)
class County:
    code: str
    label: str
    keys: frozenset[str]


class Choices:
    """The names a producer may use, in both languages, read once for a whole file."""

    def __init__(self, *, actor: Actor, today: date) -> None:
        self.today = today
        # A right that was withdrawn may still have batches; one that was refused never had any.
        self.own = list(own_authorisations(actor=actor).exclude(state="refused").order_by("pk"))
        self.usable = [one for one in self.own if standing(one, on=today) == "active"]
        self._products: dict[str, list[Authorisation]] = {}
        for one in self.own:
            for key in self._product_keys(one):
                self._products.setdefault(key, []).append(one)
        rows = Region.objects.filter(level="county").select_related("parent").defer("boundary", "parent__boundary")
        self._counties = {row.code: _county(row) for row in rows.order_by("code")}
        self._by_key: dict[str, set[str]] = {}
        for county in self._counties.values():
            for key in county.keys:
                self._by_key.setdefault(key, set()).add(county.code)
        self._areas: dict[int, frozenset[str]] = {}

    def _product_keys(self, one: Authorisation) -> set[str]:
        names = {one.indication.name, one.indication.name_en, one.product_name}
        names |= {str(one.code), self.label(one), self.label(one, english=True)}
        names |= {plain_label(one), plain_label(one, english=True)}
        return {_key(name) for name in names if name}

    def label(self, one: Authorisation, *, english: bool = False) -> str:
        """As the templates write it; two that would read the same get their term behind them."""
        label = plain_label(one, english=english)
        same = [other for other in self.own if plain_label(other, english=english) == label]
        return f"{label} · {one.valid_from}/{one.valid_until}" if len(same) > 1 else label

    def products(self, text: str) -> list[Authorisation]:
        """The authorisations a cell may mean; none where the name is unknown."""
        return self._products.get(_key(text), [])

    def choose(self, found: Sequence[Authorisation], *, produced_on: date | None) -> Authorisation | None:
        """The one of several under which a batch of that day can stand; None where the name leaves it open.

        A right that was renewed has two authorisations of one name.
        """
        if len(found) < 2:
            return found[0] if found else None
        on_the_day = [one for one in found if produced_on and one.valid_from <= produced_on <= one.valid_until]
        for narrower in (on_the_day, [one for one in on_the_day or found if one in self.usable]):
            if len(narrower) == 1:
                return narrower[0]
        return None

    def area(self, one: Authorisation) -> frozenset[str]:
        if one.indication_id not in self._areas:
            self._areas[one.indication_id] = area_county_codes(one.indication)
        return self._areas[one.indication_id]

    def counties(self, text: str, one: Authorisation | None) -> list[str]:
        """The codes a cell may mean: those within the area first, others only where none of these fits."""
        found = self._by_key.get(_key(text), set())
        inside = found & self.area(one) if one else set()
        return sorted(inside or found)

    def labels_of_area(self, authorisations: Sequence[Authorisation], *, english: bool = False) -> list[str]:
        """The counties to choose from, as the templates write them."""
        codes = sorted(set().union(*(self.area(one) for one in authorisations))) if authorisations else []
        regions = Region.objects.filter(code__in=codes, level="county").order_by("code")
        return [
            f"{(name_en if english else '') or name} {code}"
            for code, name, name_en in regions.values_list("code", "name", "name_en")
        ]

    def label_of_county(self, code: str) -> str:
        return self._counties[code].label if code in self._counties else code


def plain_label(one: Authorisation, *, english: bool = False) -> str:
    name = (one.indication.name_en if english else "") or one.indication.name
    return f"{name} · {one.product_name}"


def _county(row: Region) -> County:
    names = {row.name, f"{row.name} {row.code}", row.code}
    if row.name_en:
        names |= {row.name_en, f"{row.name_en} {row.code}"}
    if row.parent:
        names |= {f"{row.parent.name}{row.name}", f"四川省{row.parent.name}{row.name}"}
    return County(code=row.code, label=row.name, keys=frozenset(_key(name) for name in names))
