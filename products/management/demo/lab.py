"""The demonstration's laboratory reports: on a product with a standard of its own, and on real names that have limits."""

from __future__ import annotations

import random
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from products.management.demo.cast import maker
from products.management.demo.making import Made
from products.management.demo.register import Licensed, apply_for, at_office_hours
from products.registry.domain.limits import OverallVerdict
from products.registry.domain.requirements import Comparator
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import Limit, Standard, StandardVersion
from products.trace.domain.verdict import PRODUCT, Asked, Rule, asked_for
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.queries.lab import batch_verdict, rules_of
from products.trace.services.batches import hold_batch, register_batch, release_batch
from products.trace.services.lab_checks import UNWRITTEN, NewReport, NewResult
from products.trace.services.lab_reports import record_lab_report

_CENT: Final = Decimal("0.01")
LABORATORY = "演示·四川某某检验检测有限公司"
# indicator, name, English name, unit, basis, comparator, values: invented, and marked so.
_LIMITS: Final[tuple[tuple[str, str, str, str, str, str, list[str]], ...]] = (
    ("total_acid", "总酸", "Total acid", "g/100g", "以乳酸计", "le", ["2.0"]),
    ("amino_nitrogen", "氨基酸态氮", "Amino acid nitrogen", "g/100g", "以氮计", "ge", ["0.18"]),
    ("moisture", "水分", "Moisture", "%", "", "le", ["55"]),
    ("salt", "食盐", "Salt", "%", "以氯化钠计", "range", ["12", "22"]),
    ("lead", "铅", "Lead", "mg/kg", "以铅计", "le", ["0.4"]),
    ("added_colour", "人工合成色素", "Artificial colours", "", "", "forbidden", []),
    ("fermentation_days", "发酵天数", "Days of fermentation", "d", "", "ge", ["180"]),
)
_VALUES = {
    "total_acid": "1.35", "amino_nitrogen": "0.22", "moisture": "50.4", "salt": "17.6", "lead": "<0.05",
    "added_colour": "0",
}  # fmt: skip


def pdf_of(number: str) -> bytes:
    """A page that says what it is, as a PDF of a few hundred bytes."""
    text = f"DEMONSTRATION ONLY - laboratory report {number}"
    stream = f"BT /F1 18 Tf 60 760 Td ({text}) Tj ET"
    parts = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
    ]
    body, offsets = "%PDF-1.4\n", []
    for place, part in enumerate(parts, start=1):
        offsets.append(len(body))
        body += f"{place} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    end = f"trailer\n<< /Size {len(parts) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}{end}".encode()


def _record(actor_uscc: str, batch: Batch, results: Sequence[NewResult], *, has_file: bool = True) -> None:
    """A report sampled the day after production and issued two days later."""
    issued_on = batch.produced_on + timedelta(days=3)
    number = f"YS{zlib.crc32(batch.lot.encode()):010d}"
    report = NewReport(
        laboratory=LABORATORY,
        cma_number="230020349999",
        cma_from=issued_on - timedelta(days=900),
        cma_to=issued_on + timedelta(days=900),
        report_no=number,
        sampled_on=batch.produced_on + timedelta(days=1),
        issued_on=issued_on,
        results=results,
        file=pdf_of(number) if has_file else b"",
        file_name="演示检验报告.pdf" if has_file else "",
    )
    at = at_office_hours(issued_on, random.Random(number))  # noqa: S311
    record_lab_report(actor=maker(actor_uscc), batch_code=batch.code, report=report, now=at)


def add_lab_reports(licensed: Sequence[Licensed], made: Sequence[Made], *, today: date) -> None:
    """Reports of every verdict: on a product of the first producer's, and on batches whose real names have limits."""
    rng = random.Random(49)  # noqa: S311
    _add_own_product(rng, licensed[0], today=today)
    judged = []
    for one in made:
        batch = one.run.batch
        batch.refresh_from_db()
        if batch.state != Batch.State.RELEASED:
            continue
        rules = rules_of(batch)
        if any(rule.scope == PRODUCT and rule.limit.is_usable for rule in rules):
            judged.append((one, batch, plausible(rules)))
        elif one.licensed is licensed[0] and not LabReport.objects.filter(batch__authorisation__code=one.licensed.code):
            # No limits were found for this name: its file is kept, and nothing is judged.
            _record(one.licensed.uscc, batch, [])
    for number, (one, batch, results) in enumerate(judged[:24]):
        fate = number % 6
        if fate == 4:
            results = results[:-1]
        if fate == 5:
            results = spoilt(rules_of(batch), results)
        _record(one.licensed.uscc, batch, results, has_file=number % 3 != 0)
        if batch_verdict(batch).overall is OverallVerdict.FAILED:
            held_at = at_office_hours(one.released_on + timedelta(days=1), rng)
            reason = "演示：检验不合格，等待复检。"
            hold_batch(actor=maker(one.licensed.uscc), code=batch.code, reason=reason, now=held_at)


def _add_own_product(rng: random.Random, one: Licensed, *, today: date) -> None:
    """A name and a standard marked 演示, with one batch of each verdict, waiting or on sale."""
    county = Region.objects.get(code=one.county)
    indication = Indication.objects.create(
        code="YS-LAB",
        name=f"演示{county.name}酱品",
        name_en="Demonstration paste with limits",
        types=["gi_product"],
        category="调味品",
        prefecture_id=county.parent_id,
        area_text=county.name,
        announcement_no="演示公告2025年第999号",
        standard_text="演示标准 Q/YS 999-2025",
        source="演示",
        confidence="demo",
        is_demo=True,
    )
    indication.counties.set([county])
    standard = Standard.objects.create(code="演示标准 Q/YS 999-2025", title="演示酱品", indication=indication)
    version = StandardVersion.objects.create(standard=standard, label="演示", status="in_force", source="演示")
    for key, name, name_en, unit, basis, comparator, values in _LIMITS:
        Limit.objects.create(
            version=version, key=key, indicator=key, name=name, name_en=name_en, unit=unit, basis=basis,
            comparator=comparator, values=values, source="演示", confidence="low",
            scope="process" if key == "fermentation_days" else PRODUCT,
        )  # fmt: skip
    applied = today - timedelta(days=200)
    licence = apply_for(
        rng, indication=indication, uscc=one.uscc, county=one.county, applied=applied, fate="announced", today=today
    )
    assert licence is not None
    fates: tuple[tuple[int, str, dict[str, str] | None], ...] = (
        (70, "released", {}),
        (30, "passed", {}),
        (25, "failed", {"moisture": "56.2", "amino_nitrogen": "0.15"}),
        (20, "incomplete", {"lead": ""}),
        (15, "no-report", None),
    )
    for days, lot, changes in fates:
        made_on = today - timedelta(days=days)
        batch = register_batch(
            actor=maker(one.uscc),
            authorisation_code=licence.code,
            lot=f"{made_on:%y%m%d}-{lot}",
            origin_code=one.county,
            produced_on=made_on,
            best_before=made_on + timedelta(days=365),
            net_mass_g=2_000_000,
            now=at_office_hours(made_on, rng),
        )
        if changes is not None:
            typed = {name: value for name, value in (_VALUES | changes).items() if value}
            asked = {each.indicator: each for each in asked_for(rules_of(batch))}
            _record(one.uscc, batch, [_result(asked[name], value) for name, value in typed.items()])
        if lot == "released":
            released_at = at_office_hours(made_on + timedelta(days=4), rng)
            release_batch(actor=maker(one.uscc), code=batch.code, now=released_at)


def _result(asked: Asked, value: str) -> NewResult:
    unit = "" if asked.unit in UNWRITTEN else asked.unit
    return NewResult(asked.indicator, value, unit, asked.basis, "演示方法")


def plausible(rules: Sequence[Rule]) -> list[NewResult]:
    """A value for everything that is asked for, so that every limit is met by a product of 52 %vol, where it is liquor."""
    return [_result(each, _meeting(each, rules)) for each in asked_for(rules)]


def spoilt(rules: Sequence[Rule], results: Sequence[NewResult]) -> list[NewResult]:
    """The same with the first value that has a lower bound at a third of it."""
    low = {rule.limit.indicator for rule in rules if rule.limit.comparator is Comparator.GE and rule.scope == PRODUCT}
    first = next((each.indicator for each in results if each.indicator in low), "")
    return [
        replace(each, value=str((Decimal(each.value) / 3).quantize(_CENT))) if each.indicator == first else each
        for each in results
    ]


def _meeting(asked: Asked, rules: Sequence[Rule]) -> str:
    if asked.indicator.startswith("alcohol"):
        return "52" if asked.role == "declared" else "52.1"
    for limit in (rule.limit for rule in rules if rule.limit.indicator == asked.indicator and rule.limit.is_usable):
        band = limit.condition.band
        if band is not None and not band.holds(Decimal(52)):
            continue
        if limit.comparator is Comparator.RANGE:
            return str(((limit.values[0] + limit.values[1]) / 2).quantize(_CENT))
        if limit.comparator is Comparator.AT_LEAST_GRADE:
            return "1"
        share = Decimal("1.1") if limit.comparator in (Comparator.GE, Comparator.GT) else Decimal("0.8")
        return str((limit.values[0] * share).quantize(_CENT))
    # Part of a ratio without a limit of its own, or a limit that is unclear.
    return "0.50"
