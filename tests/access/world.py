"""One of everything, all of it the maker's, for the access matrix."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from tempfile import mkdtemp

from django.utils import timezone

from ledger.adapters.signer import load_signer
from ledger.services.creation import create_log
from ledger.services.sequencing import sequence_batch
from products.access import Actor, Role
from products.audit import record
from products.labels.models.label_run import LabelRun, PrintFile
from products.labels.services.print_files import file_path
from products.oversight.models.case import Case
from products.oversight.models.inspection import Inspection
from products.oversight.models.target import PolicyTarget
from products.oversight.services.cases import open_case
from products.oversight.services.inspections import plan_inspection, record_result
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.zone import Zone
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import file_complaint
from products.scans.services.visitors import Visitor
from products.trace.api.lab_reports import LabReportIn
from products.trace.models.batch import Batch
from products.trace.models.batch_import import BatchImport
from products.trace.models.lab_report import LabReport
from products.trace.services.imports import start_import
from products.trace.services.lab_reports import record_lab_report
from tests import factories
from tests.factories import NOW, PIDU, TODAY

MEMBERS = ("nobody", "maker", "rival", "association", "north", "south", "city", "province", "auditor", "admin")
SHEET = "产品,批号,净重（公斤）,生产日期,产地\n郫县豆瓣,SHEET-1,1,2026-11-20,510117\n"

LAB_REPORT = {
    "laboratory": "检验院",
    "cma_number": "230020349999",
    "cma_from": "2023-01-01",
    "cma_to": "2028-12-31",
    "report_no": "JY-2",
    "sampled_on": "2026-11-02",
    "issued_on": "2026-11-10",
    "file": b64encode(b"%PDF-1.7").decode(),
}


@dataclass
class World:
    """The members by name, and what they may or may not touch."""

    members: dict[str, Actor | None]
    indication: Indication
    enterprise: Enterprise
    announced: Authorisation
    pending: Authorisation
    draft: Batch
    registered: Batch
    released: Batch
    run: LabelRun
    waiting_run: LabelRun
    print_file: PrintFile
    zone: Zone
    complaint: Complaint
    planned: Inspection
    recorded: Inspection
    case: Case
    batch_import: BatchImport
    lab_report: LabReport
    unit_code: str
    standard_code: str


def cast(enterprise: Enterprise, registrant: str) -> dict[str, Actor | None]:
    """The members; `north` is the county office of the maker, `south` another county's."""
    return {
        "nobody": None,
        "maker": factories.make_user(Role.PRODUCER, organisation=enterprise.uscc),
        "rival": factories.make_user(Role.PRODUCER, organisation=factories.make_enterprise().uscc),
        "association": factories.make_user(Role.ASSOCIATION, organisation=registrant),
        "north": factories.make_user(Role.INSPECTOR, regions=(PIDU,)),
        "south": factories.make_user(Role.INSPECTOR, regions=(factories.CUIPING,)),
        "city": factories.make_user(Role.INSPECTOR, regions=("510100",)),
        "province": factories.make_user(Role.INSPECTOR, regions=("510000",)),
        "auditor": factories.make_user(Role.AUDITOR, regions=("510000",)),
        "admin": factories.make_user(Role.ADMIN),
    }


def log_about(world: World) -> None:
    """A log with one entry about the released batch, under a key of its own: what it signs is rolled back with the test."""
    batch = world.released
    maker = world.members["maker"]
    assert maker is not None
    record(actor=maker, kind="trace.batch_released", subject=f"batch:{batch.code}", data={}, now=NOW)
    key_file = Path(mkdtemp()) / "ledger.key"
    create_log(key_file=key_file, origin="log.example/access", now=NOW)
    sequence_batch(signer=load_signer(key_file=key_file, origin="log.example/access"), now=NOW)


def lab_report_on(batch: Batch, *, maker: Actor) -> LabReport:
    report = LabReportIn.model_validate(LAB_REPORT | {"report_no": "1"}).as_report()
    return record_lab_report(actor=maker, batch_code=batch.code, report=report, now=NOW)


def build() -> World:
    """Everything belongs to a maker in 郫都区."""
    factories.make_regions()
    registrant = factories.uscc(9001)
    indication = factories.make_indication(registrant_uscc=registrant)
    enterprise = factories.make_enterprise()
    announced = factories.make_authorisation(enterprise=enterprise, indication=indication)
    pending = factories.make_authorisation(
        enterprise=enterprise, indication=indication, product_name="待批产品", state="submitted", announced_on=None
    )
    released = factories.make_batch(authorisation=announced)
    run = factories.make_run(batch=released)
    print_file = PrintFile.objects.create(
        run=run, kind="csv", first_serial=1, last_serial=2, state="ready", requested_by="m", requested_at=NOW,
        expires_at=NOW + timedelta(days=365),
    )  # fmt: skip
    file_path(print_file).parent.mkdir(parents=True, exist_ok=True)
    file_path(print_file).write_text("code\r\n")
    zone = Zone.objects.create(
        code="Z-1", name="示范区", grade="provincial", region_id=PIDU, stage="applied", stage_on=date(2026, 1, 1)
    )
    PolicyTarget.objects.create(
        plan="规划", metric="new_indications", title="新增", title_en="New", baseline=0, target=100, source="tests",
        baseline_on=date(2021, 1, 1), due_on=date(2025, 12, 31),
    )  # fmt: skip
    members = cast(enterprise, registrant)
    north = members["north"]
    maker = members["maker"]
    assert north is not None
    assert maker is not None
    unit_code = factories.code_of(run, 3)
    complaint = file_complaint(code_text=unit_code, text="批号不一样", visitor=Visitor("a", "b"), now=NOW)
    inspections = [
        plan_inspection(actor=north, authorisation_code=announced.code, planned_on=TODAY, now=NOW) for _each in range(2)
    ]
    record_result(actor=north, number=inspections[1].number, result="passed", done_on=TODAY, now=NOW)
    return World(
        members=members,
        indication=indication,
        enterprise=enterprise,
        announced=announced,
        pending=pending,
        draft=factories.make_batch(authorisation=announced, state="draft"),
        registered=factories.make_batch(authorisation=announced, state="registered"),
        released=released,
        run=run,
        waiting_run=factories.make_run(batch=released, activated=False),
        print_file=print_file,
        zone=zone,
        complaint=complaint,
        planned=inspections[0],
        recorded=inspections[1],
        case=open_case(actor=north, act="selling", summary="线索", uscc=enterprise.uscc, now=NOW),
        batch_import=start_import(actor=maker, content=SHEET.encode(), waits=True, now=timezone.now()),
        lab_report=lab_report_on(released, maker=maker),
        unit_code=unit_code,
        standard_code=factories.make_version(indication).standard.code,
    )
