"""The producer's workplace and the pages of batches."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from products.access import Role
from products.errors import DomainError
from products.http import actor_of, now_of, page_for, paginate
from products.proofs import proofs_of
from products.registry.models.authorisation import Authorisation
from products.registry.queries.authorisations import usable_authorisations
from products.trace.domain.batch_states import NEEDS_REASON, Step
from products.trace.domain.facts import degrees
from products.trace.forms.batches import BatchForm, CorrectionForm, FactsForm, ReasonForm
from products.trace.forms.certificates import PrintForm
from products.trace.models.batch import Batch
from products.trace.queries.batch_page import BatchPage, batch_page, statement_words
from products.trace.queries.batches import count_by_state, facts_of, find_batch, issued_mass_g, list_batches
from products.trace.queries.certificate_panel import RETENTION_WORDS, certificate_panel, kept_lines
from products.trace.queries.defaults import batch_defaults, county_groups
from products.trace.queries.history_items import subjects_of, with_proofs
from products.trace.queries.lab_page import LabPage, lab_page
from products.trace.queries.plots import batch_plots, plot_choices
from products.trace.queries.process_checks import process_checks
from products.trace.queries.recall_page import stop_of
from products.trace.queries.workplace import care_of, workplace_of
from products.trace.services import batches as services

READERS = (Role.PRODUCER, Role.ASSOCIATION, Role.INSPECTOR, Role.AUDITOR, Role.ADMIN)
BATCHES_A_PAGE = 25


def today_of(request: HttpRequest) -> date:
    return timezone.localdate(now_of(request))


@never_cache
@page_for(Role.PRODUCER, Role.ASSOCIATION)
def producer(request: HttpRequest) -> HttpResponse:
    """The first page: a to-do list for a producer, an overview for an association."""
    actor = actor_of(request)
    if actor.is_role(Role.ASSOCIATION):
        return render(request, "trace/association.html", {"care": care_of(actor=actor, today=today_of(request))})
    return render(request, "trace/producer.html", {"work": workplace_of(actor=actor, today=today_of(request))})


@never_cache
@page_for(*READERS)
def batch_list(request: HttpRequest) -> HttpResponse:
    """Every batch the reader may see; `for=labels` narrows it to those that labels can be printed for."""
    actor = actor_of(request)
    text, state, purpose = (request.GET.get(name, "") for name in ("q", "state", "for"))
    found = list_batches(actor=actor, text=text, state=state)
    if purpose == "labels":
        found = found.filter(state__in=["registered", "released"])
    rows, following = paginate(found, cursor=request.GET.get("cursor", ""), limit=BATCHES_A_PAGE)
    counts = count_by_state(actor)
    context = {
        "batches": rows,
        "next": following,
        "text": text,
        "state": state,
        "purpose": purpose,
        "states": [(value, label, counts.get(value, 0)) for value, label in Batch.State.choices],
        "total": sum(counts.values()),
    }
    return render(request, "trace/batch_list.html", context)


@never_cache
@page_for(Role.PRODUCER)
def batch_new(request: HttpRequest) -> HttpResponse:
    """Register a batch, or keep it as a draft."""
    actor, today = actor_of(request), today_of(request)
    usable = list(usable_authorisations(actor=actor, on=today))
    if not usable:
        work = workplace_of(actor=actor, today=today)
        return render(
            request, "trace/batch_refused.html", {"work": work}, status=200 if request.method == "GET" else 409
        )
    initial = batch_defaults(
        actor=actor, authorisations=usable, chosen=request.GET.get("authorisation", ""), today=today
    )
    form = _batch_form(request, usable, initial)
    if request.method == "POST" and form.is_valid():
        as_draft = "as_draft" in request.POST
        batch = _try(
            form,
            lambda: services.register_batch(
                actor=actor,
                authorisation_code=form.cleaned_data["authorisation_code"],
                as_draft=as_draft,
                plots=form.plot_codes(),
                now=now_of(request),
                **form.facts(),
            ),
        )
        if batch:
            messages.success(
                request, _("草稿已保存。") if as_draft else _("批次已登记。下一步：打印标签，或放行上市。")
            )
            return redirect("batch", batch.code)
    return _form_page(request, "trace/batch_form.html", form, {})


@never_cache
@page_for(Role.PRODUCER)
def batch_edit(request: HttpRequest, code: UUID) -> HttpResponse:
    """Change a draft."""
    actor, batch = actor_of(request), find_batch(actor=actor_of(request), code=code)
    if batch.state != Batch.State.DRAFT:
        return redirect("batch-correct", code)
    usable = list(usable_authorisations(actor=actor, on=today_of(request)))
    initial = {"authorisation_code": batch.authorisation.code, **_initial(batch)}
    form = _batch_form(request, usable, initial | {"plots": batch.draft_plots})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["authorisation_code"]
        saved = _try(
            form,
            lambda: services.edit_draft(
                actor=actor,
                code=code,
                changes=form.facts(),
                authorisation_code=chosen,
                plots=form.plot_codes(),
                now=now_of(request),
            ),
        )
        if saved:
            messages.success(request, _("草稿已保存。"))
            return redirect("batch", code)
    return _form_page(request, "trace/batch_form.html", form, {"batch": batch})


@never_cache
@page_for(Role.PRODUCER)
def batch_correct(request: HttpRequest, code: UUID) -> HttpResponse:
    """Put facts of a registered batch right."""
    actor, batch = actor_of(request), find_batch(actor=actor_of(request), code=code)
    labelled_g = issued_mass_g(batch)
    form = CorrectionForm(
        request.POST or None,
        initial=_initial(batch),
        has_labels=labelled_g > 0,
        groups=county_groups([batch.authorisation]),
    )
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        row = _try(
            form,
            lambda: services.correct_batch(
                actor=actor, code=code, changes=form.facts(), reason=reason, now=now_of(request)
            ),
        )
        if row:
            messages.success(request, _("更正已登记。原来的内容仍然保留。"))
            return redirect("batch", code)
    return _form_page(request, "trace/batch_correct.html", form, {"batch": batch, "labelled_g": labelled_g})


@never_cache
@page_for(*READERS)
def batch(request: HttpRequest, code: UUID) -> HttpResponse:
    """One batch: facts, what can be done next, what happened."""
    return _batch_page(request, code)


@require_POST
@page_for(Role.PRODUCER, Role.INSPECTOR)
def batch_step(request: HttpRequest, code: UUID, step: str) -> HttpResponse:
    """Register a draft, release, hold or recall."""
    if step not in set(Step):
        raise Http404
    wanted = Step(step)
    form = ReasonForm(request.POST, auto_id=f"{step}_%s") if wanted in NEEDS_REASON else None
    if form is not None and not form.is_valid():
        return _batch_page(request, code, refused={wanted: form})
    _take(request, code, wanted, reason=form.cleaned_data["reason"] if form else "")
    messages.success(request, _done(wanted))
    return redirect("batch", code)


@require_POST
@page_for(Role.PRODUCER)
def batch_discard(request: HttpRequest, code: UUID) -> HttpResponse:
    """Throw a draft away."""
    services.discard_draft(actor=actor_of(request), code=code)
    messages.success(request, _("草稿已删除。"))
    return redirect("producer")


def _take(request: HttpRequest, code: UUID, step: Step, *, reason: str) -> None:
    actor, now = actor_of(request), now_of(request)
    if step is Step.REGISTER:
        services.submit_draft(actor=actor, code=code, now=now)
    elif step is Step.RELEASE:
        services.release_batch(actor=actor, code=code, now=now)
    elif step is Step.HOLD:
        services.hold_batch(actor=actor, code=code, reason=reason, now=now)
    else:
        services.recall_batch(actor=actor, code=code, reason=reason, now=now)


def _done(step: Step) -> str:
    return {
        Step.REGISTER: _("批次已登记。下一步：打印标签，或放行上市。"),
        Step.RELEASE: _("批次已放行，可以上市销售。"),
        Step.HOLD: _("已暂停销售。消费者扫码时会看到提示。"),
        Step.RECALL: _("批次已召回。消费者扫码时会看到召回原因。"),
    }[step]


def _batch_page(request: HttpRequest, code: UUID, *, refused: dict[Step, ReasonForm] | None = None) -> HttpResponse:
    actor = actor_of(request)
    page = batch_page(find_batch(actor=actor, code=code), actor=actor, today=today_of(request))
    refused, lab = refused or {}, lab_page(page.batch)
    context = {
        "page": page,
        "batch": page.batch,
        "point": _point(page.batch),
        "lab": lab,
        "stop": stop_of(page.batch),
        "proofs": proofs_of(
            [
                f"batch:{code}",
                *(f"lab-report:{each.row.code}" for each in lab.reports),
                *(f"certificate:{each.row.code}" for each in page.certificates),
                *(f"run:{run.code}" for run in page.runs),
            ]
        ),
        "words": statement_words(),
        "plots": batch_plots(page.batch, actor=actor),
        "process_checks": process_checks(page.batch),
        **_records(page, lab),
        "hold_form": refused.get(Step.HOLD) or ReasonForm(auto_id="hold_%s"),
        "recall_form": refused.get(Step.RECALL) or ReasonForm(auto_id="recall_%s"),
    }
    return render(request, "trace/batch.html", context, status=422 if refused else 200)


def _records(page: BatchPage, lab: LabPage) -> dict[str, Any]:
    """The history with its entries, the certificate, and how long records are kept."""
    panel = certificate_panel(page.batch, views=page.certificates, lab=lab, is_maker=page.is_maker)
    return {
        "history": with_proofs(page.timeline, proofs_of(subjects_of(page.timeline))),
        "panel": panel,
        "print_form": PrintForm(initial={"layout": "a4_8"}),
        "kept": kept_lines(page.batch, standing=panel.standing),
        "retention_words": RETENTION_WORDS,
    }


def _batch_form(request: HttpRequest, usable: list[Authorisation], initial: dict[str, Any]) -> BatchForm:
    return BatchForm(
        request.POST or None,
        initial=initial,
        authorisations=usable,
        plots=plot_choices(usable),
        groups=county_groups(usable),
    )


def _form_page(request: HttpRequest, template: str, form: FactsForm, context: dict[str, Any]) -> HttpResponse:
    # Not 200: a refused form must not be remembered as the answer to its key.
    return render(request, template, {"form": form, **context}, status=422 if form.errors else 200)


def _try(form: FactsForm, call: Callable[[], Any]) -> Any:
    """What `call` returns; None when it was refused, with the refusal at its field."""
    try:
        return call()
    except DomainError as error:
        form.refuse(error)
        return None


def _initial(batch: Batch) -> dict[str, Any]:
    facts = facts_of(batch)
    names = ("lot", "origin_code", "produced_on", "net_mass_g", "best_before", "gtin", "plot_name", "datum")
    return {name: getattr(facts, name) for name in names} | _point(batch)


def _point(batch: Batch) -> dict[str, Decimal]:
    """Longitude and latitude in degrees, or nothing."""
    if batch.longitude_e6 is None or batch.latitude_e6 is None:
        return {}
    return {"longitude": degrees(batch.longitude_e6), "latitude": degrees(batch.latitude_e6)}
