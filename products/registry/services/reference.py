"""Loading the reference facts that ship with the project: merged by key, never deleted, every change told."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import models, transaction

from products.registry.domain import reference
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import LawCitation, Limit, Standard, StandardVersion
from products.registry.queries.regions import county_index, region_at_hand

Facts = Mapping[str, Any]


@dataclass
class Difference:
    """What a load did to one table. `changed` has a line for each field, such as `SC-0001 name: A -> B`."""

    table: str
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    changed_keys: set[str] = field(default_factory=set)
    unchanged: int = 0


def merge(
    model: type[models.Model],
    key_fields: tuple[str, ...],
    rows: Iterable[Facts],
    *,
    owners: Mapping[Any, str] | None = None,
) -> Difference:
    """Bring a table in step with `rows`, found by `key_fields`; rows the source does not have are left alone.

    `owners` names the row that the first key field points to, where that is a database id.
    """
    difference = Difference(table=str(model._meta.verbose_name))
    present = {tuple(getattr(row, column) for column in key_fields): row for row in model._default_manager.all()}
    new: list[models.Model] = []
    changed: list[models.Model] = []
    touched: set[str] = set()
    for facts in rows:
        key = tuple(facts[column] for column in key_fields)
        row = present.get(key)
        name = " ".join([(owners or {}).get(key[0], str(key[0])), *map(str, key[1:])]).strip()
        if row is None:
            new.append(model(**facts))
            difference.added.append(name)
            continue
        fields = [column for column, value in facts.items() if getattr(row, column) != value]
        for column in fields:
            difference.changed.append(f"{name} {column}: {_short(getattr(row, column))} -> {_short(facts[column])}")
            setattr(row, column, facts[column])
        touched.update(fields)
        if fields:
            changed.append(row)
            difference.changed_keys.add(name)
        else:
            difference.unchanged += 1
    model._default_manager.bulk_create(new, batch_size=500)
    if changed:
        model._default_manager.bulk_update(changed, sorted(touched), batch_size=500)
    return difference


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:37]}…"


@transaction.atomic
def load_regions() -> Difference:
    """The province, prefectures and counties with their outlines in GCJ-02."""
    outlines = {area.code: area for area in (*reference.prefecture_areas(), *reference.county_areas())}
    rows = []
    for row in reference.regions():
        area = outlines.get(row.code)
        boundary = json.dumps(area.geometry, separators=(",", ":")) if area else ""
        rows.append(
            {
                "code": row.code,
                "name": row.name,
                "name_en": row.name_en,
                "level": row.level,
                "parent_id": row.parent or None,
                "boundary": boundary,
                "datum": area.datum if area else "GCJ-02",
            }
        )
    difference = merge(Region, ("code",), rows)
    county_index.cache_clear()
    region_at_hand.cache_clear()
    return difference


@transaction.atomic
def load_indications() -> Difference:
    """The known indications; one recognised in full date on or after the plan's first day counts as new.

    What the province has recorded since (recognition, cancellation, registrant) is never taken back.
    """
    plan_start = min(target.baseline_on for target in reference.targets())
    recorded = dict(Indication.objects.filter(changes__kind="recognised").values_list("code", "recognised_on"))
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "name_en": row.name_en,
            "types": list(row.types),
            "category": row.category,
            "prefecture_id": row.prefecture or None,
            "area_text": row.area_text,
            "announcement_no": row.announcement_no,
            "announced_on": row.announced_on,
            "announced_text": row.announced_text,
            "eu_china": row.eu_china,
            "standard_text": row.standard_text,
            "source": row.source,
            "confidence": row.confidence,
            "recognised_on": recorded.get(row.code) or _since(plan_start, row.announced_on),
        }
        for row in reference.indications()
    ]
    difference = merge(Indication, ("code",), rows)
    counties = {county.code: county for county in Region.objects.filter(level="county").defer("boundary")}
    by_code = {indication.code: indication for indication in Indication.objects.prefetch_related("counties")}
    for source in reference.indications():
        indication = by_code[source.code]
        missing = set(source.counties) - {county.code for county in indication.counties.all()}
        if missing:
            indication.counties.add(*(counties[code] for code in missing))
            if source.code not in difference.added:
                difference.changed.append(f"{source.code} counties: + {' '.join(sorted(missing))}")
                difference.unchanged -= source.code not in difference.changed_keys
                difference.changed_keys.add(source.code)
    return difference


def _since(start: date, day: date | None) -> date | None:
    return day if day and day >= start else None


@transaction.atomic
def load_standards() -> list[Difference]:
    """Standards, their versions and limits; a standard that people have published or ended a version of is theirs."""
    theirs = set(Standard.objects.filter(versions__record__isnull=False).values_list("code", flat=True))
    brought = [row for row in reference.standards() if row.code not in theirs]
    indications = dict(Indication.objects.values_list("code", "pk"))
    standards = merge(
        Standard,
        ("code",),
        [{"code": row.code, "title": row.title, "indication_id": indications.get(row.indication)} for row in brought],
    )
    standard_ids = dict(Standard.objects.values_list("code", "pk"))
    versions = merge(
        StandardVersion,
        ("standard_id", "label"),
        _each_version(brought, standard_ids),
        owners={pk: code for code, pk in standard_ids.items()},
    )
    version_ids = {
        (code, label): pk for pk, code, label in StandardVersion.objects.values_list("pk", "standard__code", "label")
    }
    limits = merge(
        Limit,
        ("version_id", "key"),
        _each_limit(brought, version_ids),
        owners={pk: f"{code} {label}" for (code, label), pk in version_ids.items()},
    )
    return [standards, versions, limits]


def _each_version(brought: Iterable[reference.StandardRow], standard_ids: Mapping[str, int]) -> Iterable[Facts]:
    for standard in brought:
        for version in standard.versions:
            yield {
                "standard_id": standard_ids[standard.code],
                "label": version.label,
                "status": version.status,
                "effective_from": version.effective_from,
                "effective_to": version.effective_to,
                "source": version.source,
            }


def _each_limit(
    brought: Iterable[reference.StandardRow], version_ids: Mapping[tuple[str, str], int]
) -> Iterable[Facts]:
    for standard in brought:
        for version in standard.versions:
            for limit in version.limits:
                yield {
                    "version_id": version_ids[standard.code, version.label],
                    "key": limit.key,
                    "indicator": limit.indicator,
                    "name": limit.name,
                    "name_en": limit.name_en,
                    "unit": limit.unit,
                    "basis": limit.basis,
                    "comparator": limit.comparator,
                    "values": list(limit.values),
                    "condition": dict(limit.condition) if limit.condition else None,
                    "scope": limit.scope,
                    "is_usable": limit.is_usable,
                    "source": limit.source,
                    "confidence": limit.confidence,
                }


@transaction.atomic
def load_citations() -> Difference:
    """The law the platform rests on."""
    names = [column.name for column in LawCitation._meta.concrete_fields if column.name != "id"]
    rows = [{name: getattr(row, name) for name in names} for row in reference.citations()]
    return merge(LawCitation, ("key",), rows)


# By what they read, in the order in which they refer to each other.
LOADERS: dict[str, Callable[[], Difference | list[Difference]]] = {
    "divisions, outlines": load_regions,
    "indications": load_indications,
    "standards": load_standards,
    "citations": load_citations,
}
