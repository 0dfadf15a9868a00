"""A log of one's own, a world of business rows made by the services, and a bundle to take apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import Settings

from ledger.adapters.signer import Signer, load_signer
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from products.access import Actor
from products.labels.services.label_runs import activate_labels, issue_label_run
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.oversight.services.cases import advance_case, open_case
from products.oversight.services.evidence import export_evidence, open_evidence
from products.oversight.services.inspections import plan_inspection, record_result
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.queries.regions import county_index
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import file_complaint
from products.scans.services.visitors import Visitor
from products.trace.models.batch import Batch
from products.trace.services.batches import correct_batch, register_batch, release_batch
from tests import factories
from tests.evidence.zips import Files, unpack

ORIGIN = "log.example/evidence"
CONTACT = "13800138000"


@pytest.fixture(autouse=True)
def _fresh_boundaries() -> Iterator[None]:
    """The index of boundaries is kept for a process; other tests load other boundaries."""
    county_index.cache_clear()
    yield
    county_index.cache_clear()


@pytest.fixture
def signer(db: None, tmp_path: Path, settings: Settings, now: datetime) -> Signer:
    settings.LEDGER_KEY_FILE = tmp_path / "keys" / "ledger.key"
    settings.LEDGER_ORIGIN = ORIGIN
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    create_log(key_file=settings.LEDGER_KEY_FILE, origin=ORIGIN, now=now)
    return load_signer(key_file=settings.LEDGER_KEY_FILE, origin=ORIGIN)


@dataclass
class World:
    """A maker in 郫都区 with a corrected batch, labels, a complaint, an inspection and a case of two steps."""

    maker: Actor
    enterprise: Enterprise
    authorisation: Authorisation
    batch: Batch
    run_code: str
    complaint: Complaint
    inspection: Inspection
    case: Case
    signer: Signer

    @property
    def policy(self) -> str:
        return f"log {self.signer.vkey}\nquorum none\n"

    def sign(self, now: datetime) -> int:
        """Sequence what waits; returns the log's size."""
        return sequence_batch(signer=self.signer, now=now).size


@pytest.fixture
def world(
    signer: Signer, regions: None, makers: Enterprise, maker: Actor, officer_north: Actor, now: datetime
) -> World:
    authorisation = factories.make_authorisation(enterprise=makers)
    batch = register_batch(
        actor=maker, authorisation_code=authorisation.code, lot="DB-2026-001", origin_code=factories.PIDU,
        produced_on=factories.TODAY, net_mass_g=50_000, plot_name="张三家的地", longitude=Decimal("103.85"),
        latitude=Decimal("30.8"), datum="GCJ-02", now=now,
    )  # fmt: skip
    later = now + timedelta(minutes=1)
    correct_batch(actor=maker, code=batch.code, changes={"plot_name": "李四家的地"}, reason="填错了", now=later)
    release_batch(actor=maker, code=batch.code, now=later)
    run = issue_label_run(actor=maker, batch_code=batch.code, quantity=10, unit_mass_g=500, now=later)
    activate_labels(actor=maker, run_code=run.code, first_serial=1, last_serial=5, now=later)
    complaint = file_complaint(
        code_text=factories.code_of(run, 3), text="味道不对，像是假的", bought_at="春熙路的店", contact=CONTACT,
        visitor=Visitor("1.2.3.4", "phone"), now=later,
    )  # fmt: skip
    inspection = plan_inspection(
        actor=officer_north, authorisation_code=authorisation.code, planned_on=factories.TODAY, now=later
    )
    record_result(
        actor=officer_north, number=inspection.number, result="problems", findings="台账不全", done_on=factories.TODAY,
        now=later,
    )  # fmt: skip
    case = open_case(
        actor=officer_north, act="selling", summary="群众举报", complaint_number=complaint.number, now=later
    )
    advance_case(actor=officer_north, number=case.number, state="investigating", note="已到现场", now=later)
    made = World(maker, makers, authorisation, batch, run.code, complaint, inspection, case, signer)
    made.sign(later)
    return made


@pytest.fixture
def export(world: World, tmp_path: Path, now: datetime) -> Callable[..., Path]:
    """Export as somebody and return the zip's path."""

    def make(actor: Actor, kind: str, code: object) -> Path:
        done = export_evidence(actor=actor, kind=kind, code=str(code), client="a test", now=now)
        file, _size = open_evidence(actor=actor, sha256=done.sha256)
        with file:
            path = tmp_path / f"{done.sha256}.zip"
            path.write_bytes(file.read())
        return path

    return make


@pytest.fixture(scope="session")
def kept() -> list[tuple[Files, str]]:
    return []


@pytest.fixture
def good(db: None, request: pytest.FixtureRequest, kept: list[tuple[Files, str]]) -> tuple[Files, str]:
    """A real bundle and its policy, made once: only files are needed afterwards."""
    if not kept:
        world: World = request.getfixturevalue("world")
        officer: Actor = request.getfixturevalue("officer_north")
        path: Path = request.getfixturevalue("export")(officer, "case", world.case.number)
        kept.append((unpack(path), world.policy))
    return kept[0]


@pytest.fixture
def files(good: tuple[Files, str]) -> Files:
    return dict(good[0])


@pytest.fixture
def policy(good: tuple[Files, str]) -> str:
    return good[1]
