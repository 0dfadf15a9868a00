"""The history of a batch: who entered what and when, who checked it, and what was put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.access import Actor, Role
from products.registry.models.region import Region
from products.trace.domain.facts import degrees, write_kg
from products.trace.domain.plots import PLOT_FIELDS
from products.trace.models.batch import Batch, BatchCorrection
from products.trace.models.lab_report import LabReport
from products.trace.queries.batches import actor_names, field_names
from products.trace.queries.certificates import CertificateView
from products.trace.queries.history_items import FieldChange, HistoryItem, Standing
from products.trace.queries.history_sources import decisions_of, inspections_of, lab_reports_of, operations_of

# What a step is called in the ledger; lifting a hold is a release.
_STEP_STATEMENTS = {
    "registered": "trace.batch_registered",
    "released": "trace.batch_released",
    "resumed": "trace.batch_released",
    "held": "trace.batch_held",
    "recalled": "trace.batch_recalled",
}
_DECISIONS: dict[str, tuple[str, Promise | str]] = {
    "announce": ("registry.authorisation_announced", gettext_lazy("公告核准使用专用标志")),
    "suspend": ("registry.authorisation_suspended", gettext_lazy("暂停使用专用标志")),
    "resume": ("registry.authorisation_resumed", gettext_lazy("恢复使用专用标志")),
    "withdraw": ("registry.authorisation_withdrawn", gettext_lazy("撤销专用标志使用资格")),
}


def batch_history(
    batch: Batch,
    *,
    certificates: Sequence[CertificateView] = (),
    reports: Sequence[LabReport] | None = None,
    is_public: bool = True,
    with_trade: bool = False,
) -> list[HistoryItem]:
    """Everything that was entered about a batch, in the order in which it was; the number of queries is fixed.

    In public, changes of the plot and runs of labels are left out. `with_trade`: sellers, consignees and their papers,
    which are for the maker and the offices. `reports` are its
    laboratory reports where the caller has read them already.
    """
    reports = lab_reports_of(batch) if reports is None else reports
    items = [
        *_steps(batch),
        *_corrections(batch, is_public=is_public),
        *_reports(reports),
        *_certificates(certificates),
    ]
    items += _operations(batch, with_trade=with_trade and not is_public)
    items += [*_decisions(batch), *_inspections(batch)]
    if not is_public:
        items += _runs(batch)
    return sorted(_with_names(items, batch), key=lambda item: item.at)


def sees_trade(actor: Actor) -> bool:
    """Whom somebody buys from and sells to is no business of the registrant's."""
    return not actor.is_role(Role.ASSOCIATION)


def _steps(batch: Batch) -> list[HistoryItem]:
    items = []
    for row in batch.steps.all():
        kind, text = _step_words(row.from_state, row.to_state)
        items.append(
            HistoryItem(
                kind, text, row.at, row.by, row.reason, subject=f"batch:{batch.code}", statement=_STEP_STATEMENTS[kind]
            )
        )
    return items


def _corrections(batch: Batch, *, is_public: bool) -> list[HistoryItem]:
    rows = list(batch.corrections.all())
    # One query for all places that were put right.
    codes = {code for row in rows for code in row.changes.get("origin_code", ())}
    regions = dict(Region.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}
    items = []
    for row in rows:
        changes = _readable(row, regions, is_public=is_public)
        if changes or not is_public:
            items.append(
                HistoryItem(
                    "corrected",
                    _("更正登记内容"),
                    row.at,
                    row.by,
                    row.reason,
                    changes,
                    subject=f"batch:{batch.code}",
                    statement="trace.batch_corrected",
                )
            )
    return items


def _reports(reports: Sequence[LabReport]) -> list[HistoryItem]:
    return [
        HistoryItem(
            "lab_reported",
            _("检验报告 %(number)s") % {"number": row.report_no},
            row.at,
            row.laboratory,
            row.reason,
            standing=Standing.LABORATORY,
            entered_by=row.by,
            detail=_("%(day)s出具，资质认定证书 %(number)s") % {"day": _day(row.issued_on), "number": row.cma_number},
            is_superseded=hasattr(row, "replaced_by"),
            subject=f"lab-report:{row.code}",
            statement="trace.lab_reported",
        )
        for row in reports
    ]


def _certificates(views: Sequence[CertificateView]) -> list[HistoryItem]:
    items = []
    for view in views:
        others = "、".join(each.number for each in view.mixed_from)
        items.append(
            HistoryItem(
                "certificate_issued",
                _("承诺达标合格证 %(number)s") % {"number": view.row.number},
                view.row.at,
                view.row.by,
                view.row.reason,
                detail=_("代替原合格证：%(numbers)s") % {"numbers": others} if others else "",
                is_superseded=not view.is_standing,
                subject=f"certificate:{view.row.code}",
                statement="trace.certificate_issued",
            )
        )
    return items


def _operations(batch: Batch, *, with_trade: bool) -> list[HistoryItem]:
    items = []
    for row in operations_of(batch):
        names = "、".join(f"{part.material} {write_kg(part.mass_g)} {_('公斤')}" for part in row.outputs or row.inputs)
        detail = [_day(row.done_on)]
        if row.process:
            detail.append(row.process)
        if with_trade:
            detail += [text for text in (row.partner, row.document_no) if text]
        items.append(
            HistoryItem(
                row.kind,
                f"{row.kind_text}：{names}",
                row.at,
                row.by,
                row.reason,
                detail=" · ".join(detail),
                subject=f"lot-operation:{row.code}",
            )
        )
    return items


def _decisions(batch: Batch) -> list[HistoryItem]:
    return [
        HistoryItem(
            row.action,
            str(_DECISIONS[row.action][1]),
            row.decided_at,
            row.office,
            row.reason,
            standing=Standing.OFFICE,
            detail=row.document_no,
            subject=f"authorisation:{batch.authorisation.code}",
            statement=_DECISIONS[row.action][0],
        )
        for row in decisions_of(batch, actions=_DECISIONS)
    ]


def _inspections(batch: Batch) -> list[HistoryItem]:
    return [
        HistoryItem(
            "inspected",
            _("监督检查：%(result)s") % {"result": row.result_text},
            row.at,
            row.office,
            standing=Standing.OFFICE,
            detail=_("%(day)s检查专用标志使用情况") % {"day": _day(row.done_on)},
            subject=f"inspection:{row.number}",
            statement="oversight.inspection_published",
        )
        for row in inspections_of(batch)
    ]


def _runs(batch: Batch) -> list[HistoryItem]:
    return [
        HistoryItem(
            "labels_issued",
            _("发放标签 %(count)s 枚") % {"count": f"{quantity:,}"},
            issued_at,
            issued_by,
            subject=f"run:{code}",
            statement="labels.run_issued",
        )
        for code, quantity, issued_at, issued_by in batch.label_runs.values_list(
            "code", "quantity", "issued_at", "issued_by"
        )
    ]


def _with_names(items: Sequence[HistoryItem], batch: Batch) -> list[HistoryItem]:
    """Names in place of `uscc:...` and `office:...`; who typed for another is said to have."""
    maker = batch.authorisation.enterprise
    own = f"uscc:{maker.uscc}"
    others = {name for item in items for name in (item.by, item.entered_by) if ":" in name} - {own}
    names = {own: maker.name} | (actor_names(others) if others else {})
    named = []
    for item in items:
        typed = item.entered_by or item.by
        entered_by = names.get(typed, typed) if item.entered_by else ""
        is_on_behalf = typed.startswith("uscc:") and typed != own
        if is_on_behalf:
            entered_by = names.get(typed, typed)
        standing = Standing.OFFICE if item.by.startswith("office:") else item.standing
        named.append(
            replace(
                item,
                by=names.get(item.by, item.by),
                entered_by=entered_by,
                is_on_behalf=is_on_behalf,
                standing=standing,
            )
        )
    return named


def _step_words(before: str, after: str) -> tuple[str, str]:
    if (before, after) == ("held", "released"):
        return "resumed", _("恢复销售")
    words = {"registered": _("登记"), "released": _("放行"), "held": _("暂停销售"), "recalled": _("召回")}
    return after, words[after]


def _readable(correction: BatchCorrection, regions: dict[str, str], *, is_public: bool) -> tuple[FieldChange, ...]:
    names = field_names()
    return tuple(
        FieldChange(field, names[field], _as_read(field, before, regions), _as_read(field, after, regions))
        for field, (before, after) in correction.changes.items()
        if not is_public or field not in PLOT_FIELDS
    )


def _as_read(field: str, text: str, regions: dict[str, str]) -> str:
    if not text:
        return _("未填")
    if field == "net_mass_g":
        return write_kg(int(text))
    if field in {"longitude_e6", "latitude_e6"}:
        return f"{degrees(int(text)):f}"
    if field in {"produced_on", "best_before"}:
        return _day(date.fromisoformat(text))
    return regions.get(text, text) if field == "origin_code" else text


def _day(day: date) -> str:
    return _("%(year)s年%(month)s月%(day)s日") % {"year": day.year, "month": day.month, "day": day.day}
