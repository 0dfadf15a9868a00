"""What `ledger_check` compares of batches: facts, state, steps, corrections, the plot behind its commitments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from products.comparing import Facts, Found, Promise, Secret, Statement
from products.registry.models.authorisation import Authorisation
from products.registry.models.standard import StandardVersion
from products.row_tables import NOWHERE, Row, RowTable, children_of, keys_of, pick
from products.trace.domain.plots import PLOT_FIELDS, is_plot, plot_text
from products.trace.models.batch import Batch, BatchCorrection, BatchStep
from products.trace.models.plot import BatchPlot
from products.trace.models.plot import Plot as RegisteredPlot

_FACTS: Final = ("lot", "authorisation", "standard", "origin", "produced_on", "best_before", "net_mass_g", "gtin")
_STEP: Final = ("from_state", "to_state", "reason", "by", "at")
_POINT: Final = ("longitude_e6", "latitude_e6")
_REGISTERED: Final = "trace.batch_registered"
_CORRECTED: Final = "trace.batch_corrected"
_ERASED: Final = "trace.plot_erased"

Plot = dict[str, Any]


def _read(rows: Sequence[Row]) -> list[Found]:
    standards = _standards(rows)
    steps = children_of(BatchStep, "batch_id", rows, _STEP)
    plots = _plots_of(rows)
    corrections = children_of(BatchCorrection, "batch_id", rows, ("changes", "reason", "by", "at"))
    return [
        Found(
            subject=BATCHES.subject(row),
            facts=pick(row, "lot", "produced_on", "best_before", "net_mass_g", "gtin", "state")
            | pick(row, "authorisation", origin="origin_id")
            | {
                "standard": standards.get(row["standard_version_id"], NOWHERE),
                "_salt": bytes(row["plot_salt"] or b""),
                "_plot": pick(row, *PLOT_FIELDS),
            },
            children={
                "step": steps.get(row["pk"], []),
                "plot": plots.get(row["pk"], []),
                "correction": [_correction(child) for child in corrections.get(row["pk"], [])],
            },
            # A draft is its maker's alone; the log does not know of it.
            is_silent=row["state"] == Batch.State.DRAFT,
        )
        for row in rows
    ]


def _plots_of(rows: Sequence[Row]) -> dict[Any, list[Facts]]:
    """The plots that each batch names, by their codes."""
    named = children_of(BatchPlot, "batch_id", rows, ("plot_id",))
    codes = keys_of(RegisteredPlot, "code", {each["plot_id"] for found in named.values() for each in found})
    return {pk: [{"plot": codes.get(each["plot_id"], NOWHERE)} for each in found] for pk, found in named.items()}


def _standards(rows: Sequence[Row]) -> dict[int | None, str | None]:
    """Each version that batches were made to, as `str(StandardVersion)` writes it."""
    versions = StandardVersion.objects.filter(pk__in={row["standard_version_id"] for row in rows} - {None})
    return {None: None} | {version.pk: str(version) for version in versions.select_related("standard")}


def _correction(child: Facts) -> Facts:
    changes = child["changes"] if isinstance(child["changes"], Mapping) else {}
    return child | {
        "changes": {name: pair for name, pair in changes.items() if name not in PLOT_FIELDS},
        "_plot_changes": {name: pair for name, pair in changes.items() if name in PLOT_FIELDS},
    }


def _fold(statements: Sequence[Statement]) -> Promise:
    promise = Promise()
    for statement in statements:
        by_and_at = {"by": statement.actor, "at": statement.at}
        if statement.kind == _REGISTERED:
            promise.take(statement, *_FACTS)
            promise.say(statement, state="registered")
            promise.add("step", statement, from_state="draft", to_state="registered", reason="", **by_and_at)
            plots = statement.data.get("plots")
            for code in plots if isinstance(plots, list) else []:
                promise.add("plot", statement, plot=code)
        elif statement.kind == _CORRECTED:
            facts = statement.data.get("facts")
            facts = facts if isinstance(facts, Mapping) else {}
            promise.say(statement, **{name: facts[name] for name in _FACTS if name in facts})
            promise.add("correction", statement, "changes", "reason", **by_and_at)
        elif statement.kind == _ERASED:
            continue
        else:
            promise.say(statement, state=statement.data.get("to_state"))
            promise.add("step", statement, "from_state", "to_state", "reason", **by_and_at)
    return promise


def _compare_plots(found: Found, statements: Sequence[Statement]) -> Iterator[str]:
    """The plot as it is, and as it was before each correction, against every commitment, from the newest back."""
    plot: Plot = found.facts["_plot"]
    salt: bytes = found.facts["_salt"]
    erased = next((statement for statement in reversed(statements) if statement.kind == _ERASED), None)
    if not (salt or is_plot(**plot)):
        if erased is None and any("plot" in statement.commitments for statement in statements):
            yield "plot is gone with its salt, no entry says that it was erased"
        return
    if not statements:
        return  # a draft
    corrections = [statement for statement in statements if statement.kind == _CORRECTED]
    rows = found.children["correction"]
    if len(rows) != len(corrections):
        return  # one of them is missing or was added, which is said already
    if erased is not None:
        # What went before has lost its salt; a plot given afterwards has a new one.
        statements = statements[statements.index(erased) + 1 :]
        corrections = [statement for statement in statements if statement.kind == _CORRECTED]
        rows = rows[len(rows) - len(corrections) :]
    for row, statement in zip(reversed(rows), reversed(corrections), strict=True):
        changes: Mapping[str, Any] = row["_plot_changes"]
        if bool(changes) != ("plot" in statement.commitments):
            yield f"correction: whether the plot changes is not what {statement.place} says"
            return
        if not changes:
            continue
        if not Secret(salt, plot_text(**plot)).keeps(statement.commitments["plot"]):
            yield f"plot does not fit the commitment of {statement.place}"
            return
        before = _before(plot, changes)
        if before is None:
            yield f"correction: the plot it changes ({statement.place}) is not the one that follows"
            return
        plot = before
    if erased is not None and is_plot(**plot):
        yield f"plot is there, {erased.place} says that it was erased"
    for statement in statements:
        if statement.kind == _REGISTERED and not _fits_registration(plot, salt, statement):
            yield f"plot does not fit the commitment of {statement.place}"


def _fits_registration(plot: Plot, salt: bytes, statement: Statement) -> bool:
    if "plot" not in statement.commitments:
        return not is_plot(**plot)
    return Secret(salt, plot_text(**plot)).keeps(statement.commitments["plot"])


def _before(plot: Plot, changes: Mapping[str, Any]) -> Plot | None:
    """The plot before a correction, which keeps [before, after] as text; None where `after` is not what came of it."""
    earlier = dict(plot)
    for name, pair in changes.items():
        if not isinstance(pair, list) or len(pair) != 2 or _text(plot[name]) != pair[1]:
            return None
        earlier[name] = pair[0]
        if name in _POINT:
            try:
                earlier[name] = int(pair[0]) if pair[0] else None
            except ValueError:
                return None
    return earlier


def _text(value: object) -> str:
    return "" if value is None else str(value)


BATCHES: Final = RowTable(
    model=Batch,
    prefix="batch",
    key="code",
    columns=(
        "lot",
        "standard_version_id",
        "origin_id",
        "produced_on",
        "best_before",
        "net_mass_g",
        "gtin",
        "state",
        "plot_salt",
        *PLOT_FIELDS,
    ),
    kinds=frozenset(
        {_REGISTERED, _CORRECTED, _ERASED, "trace.batch_released", "trace.batch_held", "trace.batch_recalled"},
    ),
    opening=_REGISTERED,
    read=_read,
    fold=_fold,
    further=_compare_plots,
    names={"authorisation": (Authorisation, "code")},
)
