"""One answer, told as JSON and as the facts that a page lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from products.audit import timestamp
from products.proofs import ProofLink
from products.registry.queries.regions import region_name
from products.scans.history import Told, tell
from products.scans.services.scans import ScanAnswer
from products.scans.wording import REASONS
from products.templatetags.gi import cn_date, kind_name, mass, named
from products.trace.domain.certificate import TITLE
from products.trace.queries.certificates import CertificateView
from products.trace.queries.lab_page import LabPage, lab_page
from products.trace.queries.recall_page import Stop, stop_of


@dataclass(frozen=True)
class Check:
    """One thing to compare with the pack. `by`: who says so, `maker` (self-declared) or `office` (checked)."""

    code: str
    name: str
    value: str
    by: str


def unit_checks(answer: ScanAnswer) -> list[Check]:
    """What a buyer can compare with the pack in hand, and differs from unit to unit."""
    run = answer.run
    return [Check("serial", _("本批第几枚"), f"{answer.serial:,} / {run.quantity:,}", "office")] if run else []


def run_checks(answer: ScanAnswer) -> list[Check]:
    """What a buyer can compare with the pack, and every unit of the run has alike; in the order of a label."""
    run = answer.run
    if run is None:
        return []
    batch, authorisation = run.batch, run.batch.authorisation
    kinds = "、".join(kind_name(key) for key in authorisation.indication.types) or _("类型未查明")
    rows = [
        Check("indication", _("地理标志"), named(authorisation.indication), "office"),
        Check("kind", _("保护类型"), kinds, "office"),
        Check("producer", _("生产者"), named(authorisation.enterprise), "office"),
        Check("uscc", _("统一社会信用代码"), authorisation.enterprise.uscc, "office"),
        Check("basis_no", _("标准号、公告号或注册号"), authorisation.basis_no, "office"),
        Check("net_content", _("净含量"), mass(run.unit_mass_g), "maker"),
        Check("lot", _("批号"), batch.lot, "maker"),
        Check("produced_on", _("生产日期"), cn_date(batch.produced_on), "maker"),
        Check("best_before", _("保质期至"), cn_date(batch.best_before), "maker"),
        Check("origin", _("产地"), place(answer), "maker"),
    ]
    return [row for row in rows if row.value and row.value != "—"]


def place(answer: ScanAnswer) -> str:
    """The county of origin with its prefecture, in the order of the page's language; empty for a code not ours."""
    if answer.run is None:
        return ""
    origin = answer.run.batch.origin
    parts = [named(origin.parent), named(origin)] if origin.parent else [named(origin)]
    return ", ".join(reversed(parts)) if (get_language() or "").startswith("en") else "".join(parts)


def laboratory(answer: ScanAnswer) -> LabPage | None:
    """What laboratories found of the batch behind a code; None for a code not ours."""
    story = answer.story
    return story.kept(("lab", get_language()), lambda: lab_page(story.run.batch)) if story else None


def stop(answer: ScanAnswer) -> Stop | None:
    """Why the batch behind a code is off sale, and what to do; None where it is not, or for a code not ours."""
    story = answer.story
    return story.kept(("stop", get_language()), lambda: stop_of(story.run.batch)) if story else None


def told(answer: ScanAnswer) -> Told:
    """The history of the batch and the unit behind a code, its certificate, and the entries about them."""
    story, unit = answer.story, answer.unit
    if story is None:
        return Told()
    return story.kept(("told", unit, get_language()), lambda: tell(story.run, unit, laboratory(answer)))


@cache
def _region_name(code: str, language: str) -> str:
    return region_name(code, english=language.startswith("en"))


def seen_region(answer: ScanAnswer) -> str:
    """Where the first scan was, in the page's language; empty where it is not known."""
    region = answer.seen.first_region if answer.seen else ""
    return _region_name(region, get_language() or "") if region else ""


def as_json(answer: ScanAnswer) -> dict[str, Any]:
    """The facts of the page, shaped as partners hold on to them."""
    body: dict[str, Any] = {
        "code": answer.code,
        "verdict": answer.verdict.value,
        "reasons": [{"code": reason.value, "text": str(REASONS[reason][0])} for reason in answer.reasons],
        "gi": None,
        "enterprise": None,
        "batch": None,
        "checks": [],
        "scans": {"count": 0, "first_at": None, "first_region": ""},
        "proofs": [],
    }
    if (story := answer.story) is not None:
        facts = story.kept(("json", get_language()), lambda: _facts(answer))
        body |= facts | {"checks": [*facts["checks"], *(vars(check) for check in unit_checks(answer))]}
    if answer.seen is not None:
        body["scans"] = {
            "count": answer.seen.count,
            "first_at": timestamp(answer.seen.first_at),
            "first_region": answer.seen.first_region,
        }
    return body


def _facts(answer: ScanAnswer) -> dict[str, Any]:
    """What every unit of the run has alike."""
    run, lab = answer.run, laboratory(answer)
    assert run is not None
    history = tell(run, answer.unit, lab, with_items=False)
    batch = run.batch
    indication, enterprise = batch.authorisation.indication, batch.authorisation.enterprise
    told_of_batch: dict[str, Any] = {
        "code": str(batch.code),
        "lot": batch.lot,
        "produced_on": batch.produced_on.isoformat(),
        "best_before": batch.best_before.isoformat() if batch.best_before else None,
        "origin": batch.origin_id,
        "net_content_g": run.unit_mass_g,
    }
    if lab and lab.standing:
        told_of_batch["laboratory"] = _laboratory(lab)
    if history.certificate:
        told_of_batch["certificate"] = _certificate(history.certificate)
    if why := stop(answer):
        told_of_batch["stop"] = _stop(why)
    return {
        "gi": {
            "code": indication.code,
            "name": indication.name,
            "name_en": indication.name_en,
            "types": indication.types,
        },
        "enterprise": {"name": enterprise.name, "uscc": enterprise.uscc},
        "batch": told_of_batch,
        "checks": [vars(check) for check in run_checks(answer)],
        "proofs": [_proof(proof) for proof in history.proofs],
    }


def _certificate(view: CertificateView) -> dict[str, Any]:
    """承诺达标合格证: the maker's promise. `changed` names what the batch says otherwise by now."""
    row = view.row
    return {
        "title": TITLE,
        "number": row.number,
        "product_name": row.product_name,
        "quantity_g": row.quantity_g,
        "origin": row.origin,
        "issued_on": row.issued_on.isoformat(),
        "promiser": row.promiser,
        "contact": row.contact,
        "promises": list(view.promises),
        "basis": row.basis,
        "changed": list(view.changed),
        "mixed_from": [each.number for each in view.mixed_from],
    }


def _laboratory(lab: LabPage) -> dict[str, Any]:
    """What laboratories found, as on the page; the values are the maker's word, the verdicts the platform's."""
    return {
        "verdict": lab.verdict.overall.value,
        "text": lab.summary,
        "standard": lab.standard,
        "indicators": [
            {"code": line.indicator, "name": line.name, "measured": list(line.measured), "verdict": line.verdict}
            for line in lab.lines
        ],
        "reports": [
            {
                "code": str(row.code),
                "laboratory": row.laboratory,
                "cma_number": row.cma_number,
                "report_no": row.report_no,
                "issued_on": row.issued_on.isoformat(),
                "file_sha256": row.file_sha256,
            }
            for row in lab.standing
        ],
    }


def _stop(why: Stop) -> dict[str, Any]:
    """`kind` is recall or hold; `code` of the recall that covers the batch, null where it was stopped alone."""
    return {
        "kind": why.kind,
        "level": why.level,
        "reason": why.reason,
        "advice": why.advice,
        "contact": why.contact,
        "at": timestamp(why.at),
        "code": str(why.code) if why.code else None,
    }


def _proof(proof: ProofLink) -> dict[str, Any]:
    return {"kind": proof.kind, "subject": proof.subject, "index": proof.index, "address": proof.address}
