"""The reference facts that ship with the project, read into typed rows; `products/data/SOURCES.md` says where from."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

PROVINCE = "510000"


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A division by its six-digit GB/T 2260 code; `level` is province, prefecture or county, `parent` '' for the province."""

    code: str
    name: str
    name_en: str
    level: str
    parent: str


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A division's outline as a GeoJSON geometry, longitude first, in degrees of `datum`."""

    code: str
    name: str
    geometry: Mapping[str, Any]
    label_point: tuple[float, float]
    datum: str


@dataclass(frozen=True, slots=True)
class IndicationRow:
    """One protected name. `types` are gi_product, gi_mark, agri_gi; empty when no source names one.

    `counties` are county codes. `area_precision`: `county` when they are the area, `town` when the area is only part of
    them (or of the prefecture, if none is named), `prefecture` when no county is named, `unknown` without a prefecture.
    `announced_on` only where the source gives the full date.
    """

    code: str
    name: str
    name_en: str
    types: tuple[str, ...]
    category: str
    prefecture: str
    counties: tuple[str, ...]
    area_precision: str
    area_text: str
    announcement_no: str
    announced_on: date | None
    announced_text: str
    eu_china: bool
    standard_text: str
    standards: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One requirement; `values` are decimal strings, `condition` as `limits.parse_condition` reads it."""

    key: str
    indicator: str
    name: str
    name_en: str
    unit: str
    basis: str
    comparator: str
    values: tuple[str, ...]
    condition: Mapping[str, Any] | None
    scope: str
    is_usable: bool
    note: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A standard's first issue or an amendment (修改单), oldest first; `status` is in_force, repealed or disputed."""

    label: str
    status: str
    effective_from: date | None
    effective_to: date | None
    note: str
    source: str
    limits: tuple[LimitRow, ...]


@dataclass(frozen=True, slots=True)
class StandardRow:
    """A standard, announcement or control specification; `indication` is an IndicationRow code."""

    code: str
    title: str
    indication: str
    agi_no: str
    versions: tuple[VersionRow, ...]


@dataclass(frozen=True, slots=True)
class CitationRow:
    """A rule of law. `reading`: T the text was read, S a summary was, M recalled only: verify before relying on it."""

    key: str
    law: str
    document_no: str
    article: str
    summary: str
    summary_en: str
    effective_from: date | None
    effective_to: date | None
    reading: str
    source: str

    def in_force(self, on: date) -> bool:
        """Both ends belong to the period; an unknown end is open."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on <= self.effective_to
        )


@dataclass(frozen=True, slots=True)
class TargetRow:
    """What a plan asks for: `metric` from `baseline` to `target` by `due_on`."""

    plan: str
    metric: str
    title: str
    title_en: str
    baseline: int
    baseline_on: date
    target: int
    due_on: date
    source: str
    note: str


def _text(file: str) -> str:
    return resources.files("products.data").joinpath(file).read_text(encoding="utf-8")


def _rows(file: str) -> list[dict[str, str]]:
    return list(csv.DictReader(_text(file).splitlines(), strict=True))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _list(text: str) -> tuple[str, ...]:
    return tuple(text.split("|")) if text else ()


@cache
def regions() -> tuple[RegionRow, ...]:
    """The province, its 21 prefectures and 183 counties, by code."""
    return tuple(
        RegionRow(row["code"], row["name"], row["name_en"], row["level"], row["parent_code"])
        for row in _rows("divisions.csv")
    )


def _areas(file: str) -> tuple[AreaRow, ...]:
    return tuple(
        AreaRow(
            code=feature["properties"]["code"],
            name=feature["properties"]["name"],
            geometry=feature["geometry"],
            label_point=(feature["properties"]["label_point"][0], feature["properties"]["label_point"][1]),
            datum=feature["properties"]["datum"],
        )
        for feature in json.loads(_text(file))["features"]
    )


def county_areas() -> tuple[AreaRow, ...]:
    """Outlines of the 183 counties. Not cached: 1.5 MB of text that an index replaces."""
    return _areas("counties.geojson")


def prefecture_areas() -> tuple[AreaRow, ...]:
    """Outlines of the 21 prefectures, dissolved from the counties: they share edges exactly."""
    return _areas("prefectures.geojson")


@cache
def indications() -> tuple[IndicationRow, ...]:
    """The known geographical indications of Sichuan, by code."""
    return tuple(_indication(row) for row in _rows("indications.csv"))


def _indication(row: dict[str, str]) -> IndicationRow:
    return IndicationRow(
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        types=_list(row["types"]),
        category=row["category"],
        prefecture=row["prefecture"],
        counties=_list(row["counties"]),
        area_precision=row["area_precision"],
        area_text=row["area_text"],
        announcement_no=row["announcement_no"],
        announced_on=_day(row["announced_on"]),
        announced_text=row["announced_text"],
        eu_china=row["eu_china"] == "yes",
        standard_text=row["standard_text"],
        standards=_list(row["standards"]),
        source=row["source"],
        confidence=row["confidence"],
    )


@cache
def standards() -> tuple[StandardRow, ...]:
    """Standards with their versions and limits."""
    return tuple(
        StandardRow(
            code=item["code"],
            title=item["title"],
            indication=item["indication"],
            agi_no=item["agi_no"],
            versions=tuple(_version(version) for version in item["versions"]),
        )
        for item in json.loads(_text("standards.json"))["standards"]
    )


def _version(item: dict[str, Any]) -> VersionRow:
    return VersionRow(
        label=item["label"],
        status=item["status"],
        effective_from=_day(item["effective_from"]),
        effective_to=_day(item["effective_to"]),
        note=item["note"],
        source=item["source"],
        limits=tuple(_limit(limit) for limit in item["limits"]),
    )


def _limit(item: dict[str, Any]) -> LimitRow:
    return LimitRow(**{**item, "values": tuple(item["values"])})


@cache
def citations() -> tuple[CitationRow, ...]:
    """The law the platform rests on, each rule with the time it holds."""
    return tuple(
        CitationRow(
            key=row["key"],
            law=row["law_zh"],
            document_no=row["document_no"],
            article=row["article"],
            summary=row["summary_zh"],
            summary_en=row["summary_en"],
            effective_from=_day(row["effective_from"]),
            effective_to=_day(row["effective_to"]),
            reading=row["mark"],
            source=row["source"],
        )
        for row in _rows("citations.csv")
    )


@cache
def targets() -> tuple[TargetRow, ...]:
    """The targets of the plan (川府发〔2021〕48号, 专栏8)."""
    return tuple(
        TargetRow(
            plan=row["plan"],
            metric=row["metric"],
            title=row["title_zh"],
            title_en=row["title_en"],
            baseline=int(row["baseline"]),
            baseline_on=date.fromisoformat(row["baseline_on"]),
            target=int(row["target"]),
            due_on=date.fromisoformat(row["due_on"]),
            source=row["source"],
            note=row["note"],
        )
        for row in _rows("targets.csv")
    )
