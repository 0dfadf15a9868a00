"""The rows of each section of an export, one after the other, whatever number of batches it covers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Final

from products.access import Role
from products.registry.models.enterprise import Enterprise
from products.trace.domain.exchange.layouts import NY4712, Row, masked
from products.trace.domain.facts import write_kg
from products.trace.models.batch import Batch, BatchStep
from products.trace.models.lab_report import LabReport
from products.trace.queries.exchange import (
    Scope,
    Traced,
    batch_code,
    names_persons,
    operation_keys,
    operations_of,
    trace_code,
    untraced,
)
from products.trace.queries.lab import is_standing

OWN: Final = "maker"
STEP_KEYS: Final = next([field.key for field in each.fields] for each in NY4712.sections if each.key == "steps")


class Rows:
    """The rows of one export as its reader may see them.

    A person's name (of a seller or consignee without a 统一社会信用代码, of a grower) is whole for the maker alone.
    Who traded with whom is for the maker and the offices: the registrant and the administrator read neither.
    """

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.is_maker = scope.actor.is_role(Role.PRODUCER)
        self.sees_trade = scope.actor.is_role(Role.PRODUCER, Role.INSPECTOR, Role.AUDITOR)

    @cached_property
    def keys(self) -> list[list[int]]:
        """Of the operations to be told: the way to them is long, so that it is gone once."""
        return operation_keys(self.scope)

    @property
    def has_persons(self) -> bool:
        """Whether persons are named in full."""
        return self.is_maker and names_persons(self.keys)

    def _operations(self) -> Iterator[Traced]:
        return operations_of(self.keys, self.scope.actor)

    def of(self, section: str) -> Iterator[Row]:
        """Raises KeyError for a section that is none."""
        makers: Mapping[str, Callable[[], Iterator[Row]]] = {
            "operators": self._operators,
            "subjects": self._subjects,
            "batches": self._batches,
            "products": self._batches,
            "steps": self._steps,
            "moves": self._moves,
            "acts": self._acts,
            "tests": self._tests,
        }
        return makers[section]()

    def _operators(self) -> Iterator[Row]:
        for subject in self._subjects():
            kind, code = subject.pop("kind"), subject.pop("code")
            is_person = kind == "natural_person"
            yield {"kind": kind, "uscc": "" if is_person else code, "id_number": "", **subject}

    def _subjects(self) -> Iterator[Row]:
        """The makers, those they bought from and sent to, and the growers, each once."""
        seen: set[tuple[str, str]] = set()
        for row in self._every_subject():
            key = (row["role"], row["code"] or row["name"])
            if key not in seen:
                seen.add(key)
                yield row

    def _every_subject(self) -> Iterator[Row]:
        for portion in self.scope.portions():
            for batch in portion:
                yield _enterprise(batch.authorisation.enterprise, OWN)
        for traced in self._operations():
            operation = traced.operation
            yield _enterprise(operation.enterprise, OWN)
            yield from self._growers(traced)
            if not self.sees_trade:
                continue
            for move in traced.given:
                if move.lot.seller_name and operation.kind == "purchase":
                    yield self._partner(move.lot.seller_name, move.lot.seller_uscc, "", "seller")
            if operation.consignee_name:
                region = operation.consignee_region_id or ""
                yield self._partner(operation.consignee_name, operation.consignee_uscc, region, "consignee")

    def _growers(self, traced: Traced) -> Iterator[Row]:
        for move in traced.given:
            grower = move.lot.plot.grower if move.lot.plot else None
            if grower is not None and grower.name:
                name = grower.name if self.is_maker else masked(grower.name)
                region = move.lot.plot.region_id if move.lot.plot else ""
                yield _subject("natural_person", str(grower.code), name, "", region, "grower")

    def _partner(self, name: str, uscc: str, region: str, role: str) -> Row:
        kind = "legal_entity" if uscc else "natural_person"
        return _subject(kind, uscc, self._named(name, uscc), "", region, role)

    def _named(self, name: str, uscc: str) -> str:
        # Without a code it may be a person.
        return name if uscc or self.is_maker else masked(name)

    def _batches(self) -> Iterator[Row]:
        for portion in self.scope.portions():
            for batch in portion:
                right = batch.authorisation
                yield {
                    "trace_code": batch_code(batch),
                    "lot": batch.lot,
                    "product_name": right.product_name,
                    "indication_code": right.indication.code,
                    "indication_name": right.indication.name,
                    "gtin": batch.gtin,
                    "produced_on": batch.produced_on.isoformat(),
                    "best_before": batch.best_before.isoformat() if batch.best_before else "",
                    "net_mass_kg": write_kg(batch.net_mass_g),
                    "origin_code": batch.origin_id,
                    "origin_name": batch.origin.name,
                    "standard": str(batch.standard_version) if batch.standard_version else "",
                    "state": batch.state,
                    "maker_code": right.enterprise.uscc,
                }

    def _steps(self) -> Iterator[Row]:
        for traced in self._operations():
            operation = traced.operation
            yield {
                "operation": str(operation.code),
                "kind": operation.kind,
                "process": operation.process,
                "done_on": operation.done_on.isoformat(),
                "operator_code": operation.enterprise.uscc,
                "in_batches": [trace_code(move.lot) for move in traced.taken],
                "in_mass_kg": write_kg(-sum(move.mass_g for move in traced.taken)),
                "out_batches": [trace_code(move.lot) for move in traced.given],
                "out_mass_kg": write_kg(sum(move.mass_g for move in traced.given)),
                **self._source(traced),
                **self._destination(traced),
                "document_no": self._document(traced),
            }

        for batch in untraced(self.scope):
            yield dict.fromkeys(STEP_KEYS, "") | {
                "kind": "declared",
                "done_on": batch.produced_on.isoformat(),
                "operator_code": batch.authorisation.enterprise.uscc,
                "in_batches": [],
                "in_mass_kg": "0",
                "out_batches": [batch_code(batch)],
                "out_mass_kg": write_kg(batch.net_mass_g),
            }

    def _source(self, traced: Traced) -> Row:
        """Of what was bought: the seller. Of what was harvested: the holder's own land."""
        seller = next((move.lot for move in traced.given if move.lot.seller_name), None)
        if traced.operation.kind != "purchase" or seller is None or not self.sees_trade:
            return {"source_name": "", "source_code": ""}
        return {
            "source_name": self._named(seller.seller_name, seller.seller_uscc),
            "source_code": seller.seller_uscc,
        }

    def _destination(self, traced: Traced) -> Row:
        operation = traced.operation
        if not self.sees_trade:
            return {"destination_name": "", "destination_code": "", "destination_region": ""}
        return {
            "destination_name": self._named(operation.consignee_name, operation.consignee_uscc),
            "destination_code": operation.consignee_uscc,
            "destination_region": operation.consignee_region_id or "",
        }

    def _document(self, traced: Traced) -> str:
        if not self.sees_trade:
            return ""
        bought = next((move.lot.document_no for move in traced.given if move.lot.document_no), "")
        return traced.operation.document_no or (bought if traced.operation.kind == "purchase" else "")

    def _moves(self) -> Iterator[Row]:
        for traced in self._operations():
            for move in traced.moves:
                yield {
                    "operation": str(traced.operation.code),
                    "direction": "in" if move.mass_g < 0 else "out",
                    "trace_code": trace_code(move.lot),
                    "lot": move.lot.lot,
                    "material": move.lot.material,
                    "mass_kg": write_kg(abs(move.mass_g)),
                }
        for batch in untraced(self.scope):
            yield {
                "operation": "",
                "direction": "out",
                "trace_code": batch_code(batch),
                "lot": batch.lot,
                "material": batch.authorisation.product_name,
                "mass_kg": write_kg(batch.net_mass_g),
            }

    def _acts(self) -> Iterator[Row]:
        for traced in self._operations():
            source, destination = self._source(traced), self._destination(traced)
            moved = traced.given or traced.taken
            yield {
                "code": str(traced.operation.code),
                "kind": traced.operation.kind,
                "at": traced.operation.done_on.isoformat(),
                "subject_code": traced.operation.enterprise.uscc,
                "trace_codes": [trace_code(move.lot) for move in traced.moves],
                "mass_kg": write_kg(sum(abs(move.mass_g) for move in moved)),
                "counterpart_name": source["source_name"] or destination["destination_name"],
                "counterpart_code": source["source_code"] or destination["destination_code"],
                "document_no": self._document(traced),
                "reason": "",
            }
        for portion in self.scope.portions():
            codes = {batch.pk: batch for batch in portion}
            for step in BatchStep.objects.filter(batch__in=list(codes)).order_by("batch", "at", "pk"):
                yield _step(step, codes[step.batch_id])

    def _tests(self) -> Iterator[Row]:
        for portion in self.scope.portions():
            codes = {batch.pk: batch_code(batch) for batch in portion}
            reports = LabReport.objects.filter(batch__in=list(codes)).select_related("replaced_by")
            for report in reports.prefetch_related("results").order_by("batch", "at", "pk"):
                head: Row = {"trace_code": codes[report.batch_id], "report_no": report.report_no}
                head |= {"laboratory": report.laboratory, "cma_number": report.cma_number}
                head |= {"sampled_on": report.sampled_on.isoformat(), "issued_on": report.issued_on.isoformat()}
                standing = {"is_standing": "yes" if is_standing(report) else "no"}
                for result in report.results.all():
                    names = ("indicator", "comparator", "value", "unit", "basis", "method")
                    yield head | {name: getattr(result, name) for name in names} | standing


def _step(step: BatchStep, batch: Batch) -> Row:
    kind = "resumed" if (step.from_state, step.to_state) == ("held", "released") else step.to_state
    return {
        "code": "",
        "kind": kind,
        "at": step.at.isoformat(timespec="milliseconds"),
        "subject_code": step.by.partition(":")[2],
        "trace_codes": [batch_code(batch)],
        "mass_kg": write_kg(batch.net_mass_g) if kind == "registered" else "",
        "counterpart_name": "",
        "counterpart_code": "",
        "document_no": "",
        "reason": step.reason,
    }


def _enterprise(row: Enterprise, role: str) -> Row:
    return _subject("legal_entity", row.uscc, row.name, row.address, row.region_id, role)


def _subject(kind: str, code: str, name: str, address: str, region: str, role: str) -> Row:
    return {"code": code, "name": name, "kind": kind, "address": address, "region_code": region, "role": role}
