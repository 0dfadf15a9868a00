"""A small world made by the services alone, two of everything, so that every row in it has its entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from products.access import ROLE_SCOPES, Actor, Role
from products.labels.models.label_run import LabelRun
from products.labels.services.label_runs import activate_labels, issue_label_run, note_codes_derived, void_labels
from products.oversight.services.cases import advance_case, open_case
from products.oversight.services.inspections import plan_inspection, publish_result, record_result
from products.registry.models.authorisation import Authorisation
from products.registry.models.zone import Zone
from products.registry.services.applications import Application, submit_application
from products.registry.services.authorisations import decide, set_quota
from products.registry.services.enterprises import accept_legacy_uscc, register_enterprise
from products.registry.services.indications import record_change
from products.registry.services.registrants import record_registrant_decision
from products.registry.services.use_statements import state_use
from products.registry.services.zones import advance_zone, record_census
from products.scans.services.complaints import answer_complaint, file_complaint
from products.scans.services.visitors import Visitor
from products.trace.models.batch import Batch
from products.trace.services.batch_facts import FactChanges
from products.trace.services.batches import correct_batch, hold_batch, recall_batch, register_batch, release_batch
from tests import factories
from tests.coverage.accounts import make_accounts
from tests.coverage.cast import ASSOCIATION, CITY, COUNTY, PHONE, PROVINCE, UNKNOWN_CODE, USCCS, later, maker
from tests.coverage.certificates import make_certificates
from tests.coverage.epcis import make_epcis
from tests.coverage.lab import make_lab_reports
from tests.coverage.lots import make_lots
from tests.coverage.plots import make_plots
from tests.coverage.recalls import make_recalls
from tests.coverage.standards import make_standards
from tests.factories import PIDU, TODAY, code_of


def make_register() -> None:
    """Two names, two enterprises, an announced right of each, and two zones on their way."""
    factories.make_regions()
    indications = [
        factories.make_indication(code=f"C-{number}", registrant_uscc=ASSOCIATION, name=name)
        for number, name in enumerate(("郫县豆瓣", "郫都生菜"))
    ]
    for indication in indications:
        record_change(
            actor=PROVINCE,
            code=indication.code,
            kind="recognised",
            document_no="国知局公告第1号",
            reason="新认定",
            effective_on=date(2026, 1, 5),
            now=later(1),
        )
    register_enterprise(
        actor=COUNTY,
        uscc=USCCS[0],
        name="郫都豆瓣厂",
        name_en="Pidu Works",
        region_code=PIDU,
        address="一路1号",
        now=later(2),
    )
    accept_legacy_uscc(
        actor=COUNTY, uscc=USCCS[1], name="郫都生菜社", region_code=PIDU, proof_sha256="ab" * 32, now=later(2)
    )
    association = Actor(username="a", role=Role.ASSOCIATION, uscc=ASSOCIATION, scopes=ROLE_SCOPES[Role.ASSOCIATION])
    for number, indication in enumerate(indications):
        for outcome, reason in (("refused", "材料不全"), ("admitted", "")):
            record_registrant_decision(
                actor=association,
                code=indication.code,
                applicant_uscc=USCCS[number],
                applicant_name="申请人",
                outcome=outcome,
                reason=reason,
                document_no="协会1号",
                decided_on=date(2026, 2, 1),
                now=later(3),
            )
        _make_right(indication.code, number)
    for number in range(2):
        _make_zone(number)


def _make_right(indication: str, number: int) -> None:
    """Announced, suspended, resumed; one year's quota raised and another's added; a year's use stated."""
    application = Application(
        indication_code=indication,
        uscc=USCCS[number],
        product_name="豆瓣酱",
        holder_kind=1,
        basis_no="GB/T 20560-2006",
        valid_from=date(2026, 1, 1),
        valid_until=date(2028, 12, 31),
        quotas={2026: 10_000_000, 2027: 20_000_000},
    )
    code = submit_application(actor=maker(number), application=application, now=later(4)).code
    steps = (
        (COUNTY, "check_county"),
        (CITY, "check_city"),
        (PROVINCE, "approve_province"),
        (PROVINCE, "announce"),
        (CITY, "suspend"),
        (CITY, "resume"),
    )
    for minute, (actor, action) in enumerate(steps, start=5):
        decide(actor=actor, code=code, action=action, reason="符合", document_no="川知发1号", now=later(minute))
    set_quota(actor=CITY, code=code, year=2026, quota_g=11_000_000, document_no="市1号", now=later(12))
    set_quota(actor=CITY, code=code, year=2028, quota_g=30_000_000, document_no="市2号", now=later(13))
    for mass_g in (1_000, 2_000):
        state_use(
            actor=maker(number), code=code, year=2026, mass_g=mass_g, label_count=3, output_fen=500, now=later(14)
        )


def _make_zone(number: int) -> None:
    code = f"SFQ-{number}"
    Zone.objects.create(
        code=code,
        name=f"示范区{number}",
        grade="provincial",
        region_id=PIDU,
        stage="applied",
        stage_on=date(2022, 1, 1),
    )
    for stage, day in (("building", date(2023, 1, 1)), ("acceptance", date(2026, 2, 1))):
        advance_zone(
            actor=PROVINCE, code=code, stage=stage, document_no="省1号", reason="同意", effective_on=day, now=later(15)
        )
    record_census(
        actor=COUNTY,
        code=code,
        year=2025,
        producer_count=50,
        user_count=40,
        output_fen=900,
        user_output_fen=800,
        now=later(16),
    )


def make_batches() -> None:
    """Of each maker one batch with a plot, corrected three times, and one that was held and recalled; and a draft."""
    make_register()
    for version, right in enumerate(Authorisation.objects.order_by("pk")):
        factories.make_version(right.indication, label="第1号修改单" if version else "")
    for number, right in enumerate(Authorisation.objects.order_by("pk")):
        actor = maker(number)
        batch = register(actor, right, f"A{number}", plot_name="三组东坡地")
        plot: FactChanges = {
            "plot_name": "四组",
            "longitude": Decimal("103.8"),
            "latitude": Decimal("30.8"),
            "datum": "GCJ-02",
        }
        correct_batch(actor=actor, code=batch.code, changes=plot, reason="录错", now=later(21))
        correct_batch(actor=actor, code=batch.code, changes={"net_mass_g": 90_000}, reason="复秤", now=later(22))
        correct_batch(actor=actor, code=batch.code, changes={"gtin": "6901234567892"}, reason="补录", now=later(23))
        release_batch(actor=actor, code=batch.code, now=later(24))
        other = register(actor, right, f"B{number}")
        # A plot given later and taken away again.
        correct_batch(actor=actor, code=other.code, changes={"plot_name": "五组"}, reason="补录", now=later(25))
        correct_batch(actor=actor, code=other.code, changes={"plot_name": ""}, reason="不对", now=later(26))
        release_batch(actor=actor, code=other.code, now=later(27))
        hold_batch(actor=actor, code=other.code, reason="复检水分", now=later(28))
        recall_batch(actor=COUNTY, code=other.code, reason="净含量不符", now=later(29))
        register(actor, right, f"C{number}", as_draft=True, plot_name="六组")
    make_lab_reports([maker(0), maker(1)], at=[later(30 + number) for number in range(4)])
    make_certificates([maker(0), maker(1)], at=[later(35 + number) for number in range(4)])


def register(actor: Actor, right: Authorisation, lot: str, *, plot_name: str = "", as_draft: bool = False) -> Batch:
    return register_batch(
        actor=actor,
        authorisation_code=right.code,
        lot=lot,
        origin_code=PIDU,
        produced_on=date(2026, 11, 20),
        best_before=date(2027, 11, 20),
        net_mass_g=100_000,
        plot_name=plot_name,
        as_draft=as_draft,
        now=later(20),
    )


def make_labels() -> None:
    """A run of each released batch, activated in two ranges and voided in one; codes were taken from it."""
    make_batches()
    for batch in Batch.objects.filter(state="released").order_by("pk"):
        actor = maker(USCCS.index(batch.authorisation.enterprise.uscc))
        run = issue_label_run(actor=actor, batch_code=batch.code, quantity=100, unit_mass_g=500, now=later(30))
        activate_labels(actor=actor, run_code=run.code, first_serial=1, last_serial=40, now=later(31))
        activate_labels(actor=actor, run_code=run.code, first_serial=41, last_serial=80, now=later(32))
        void_labels(actor=actor, run_code=run.code, first_serial=2, last_serial=3, reason="打印机卡纸", now=later(33))
        note_codes_derived(actor=actor, run=run, purpose="csv", first_serial=1, last_serial=9, now=later(34))


def make_complaints() -> None:
    """One report about each run, answered to the end, and one about a code of nobody's."""
    make_labels()
    runs = [*LabelRun.objects.order_by("pk"), None]
    for number, run in enumerate(runs):
        complaint = file_complaint(
            code_text=code_of(run, 5) if run else UNKNOWN_CODE,
            text="批号和包装不一样",
            bought_at="菜市场三号摊",
            contact=PHONE if number else "",
            visitor=Visitor(address=f"192.0.2.{number}", agent="a"),
            now=later(40),
        )
        if run:
            answer_complaint(actor=COUNTY, number=complaint.number, state="accepted", now=later(41))
            answer_complaint(actor=COUNTY, number=complaint.number, state="closed", outcome="已改正", now=later(42))


def make_oversight() -> None:
    """Two inspections published, one recorded and one planned; two cases under way."""
    make_complaints()
    for right in Authorisation.objects.order_by("pk"):
        for fate in ("planned", "recorded", "published"):
            number = plan_inspection(
                actor=COUNTY, authorisation_code=right.code, planned_on=TODAY, now=later(50)
            ).number
            if fate != "planned":
                record_result(
                    actor=COUNTY,
                    number=number,
                    result="problems",
                    findings="台账缺两天",
                    done_on=TODAY,
                    now=later(51),
                )
            if fate == "published":
                publish_result(actor=COUNTY, number=number, now=later(52))
    complaints = LabelRun.objects.order_by("pk").values_list("complaints__number", flat=True)
    for complaint in complaints:
        case = open_case(actor=COUNTY, act="selling", summary="由举报转来", complaint_number=complaint, now=later(60))
        advance_case(actor=COUNTY, number=case.number, state="investigating", note="已到现场", now=later(61))
        advance_case(actor=COUNTY, number=case.number, state="decided", note="责令改正", now=later(62))


def make_recalled() -> None:
    """As `make_batches`, and what came of some of them was recalled."""
    make_batches()
    make_recalls((maker(0), maker(1)), at=later)


def make_traced() -> None:
    """As `make_batches`, and everything that is done with lots."""
    make_batches()
    make_lots((maker(0), maker(1)), at=later)


def make_planted() -> None:
    """As `make_batches`, and plots with growers that further batches name."""
    make_batches()
    make_plots((maker(0), maker(1)), at=later)


def make_captured() -> None:
    """Two captures, each with an event about the other's goods."""
    make_batches()
    make_epcis((maker(0), maker(1)), at=later)


WORLDS: dict[str, Callable[[], None]] = {
    "accounts": make_accounts,
    "registry": make_register,
    "standards": make_standards,
    "trace": make_batches,
    "recalls": make_recalled,
    "lots": make_traced,
    "plots": make_planted,
    "epcis": make_captured,
    "labels": make_labels,
    "scans": make_complaints,
    "oversight": make_oversight,
}
