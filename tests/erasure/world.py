"""One person's values in every place that may hold them, each with a marker of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client

from ledger.adapters.signer import Signer
from ledger.services.sequencing import sequence_batch
from products.access import Actor, Role
from products.accounts.models.user import User
from products.accounts.services import idempotency
from products.accounts.services.tokens import issue_token
from products.accounts.services.users import create_user
from products.labels.services.label_runs import issue_label_run
from products.labels.services.print_files import request_print_file
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.oversight.services.cases import advance_case, open_case
from products.oversight.services.inspections import plan_inspection, record_result
from products.registry.models.authorisation import Authorisation
from products.registry.services.use_statements import state_use
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import answer_complaint, file_complaint
from products.scans.services.visitors import Visitor
from products.trace.models.batch import Batch
from products.trace.models.certificate import ConformityCertificate
from products.trace.models.lot import Lot, LotOperation
from products.trace.models.plot import Grower, Plot
from products.trace.services.batches import correct_batch, release_batch
from products.trace.services.certificates import issue_certificate
from products.trace.services.growers import change_grower, register_grower, retire_grower
from products.trace.services.plots import PlotChange, change_plot, retire_plot
from tests.coverage.cast import COUNTY, USCCS, later
from tests.coverage.world import make_register, register
from tests.factories import NOW, TODAY, code_of
from tests.trace.lots.helpers import dispatch, purchase
from tests.trace.plot_helpers import make_plot, square

USERNAME, REAL_NAME, TOKEN_NAME = "marker-wanglaowu", "Marker-Wang-Laowu", "marker-token-of-wang"
TEXT, PLACE, CONTACT = "marker-text-smells-odd", "marker-place-stall-3", "13912345678"
PHONE = "13987650123"
PLOT, OLD_PLOT = "marker-plot-east-slope", "marker-plot-west-slope"
GROWER, OLD_GROWER = "marker-farmer-zhao", "marker-farmer-chao"
GROWER_PHONE = "13765430987"
FIELD, OLD_FIELD, YARD = "marker-field-of-zhao", "marker-field-of-chao", "marker-yard-of-somebody"
# What the outlines look like in a file: numbers that stand nowhere else.
CORNER, YARD_CORNER = "103.8312347", "103.8543217"
SELLER, CONSIGNEE = "marker-seller-qian", "marker-consignee-sun"
NOTE, FINDINGS = "marker-note-of-the-case", "marker-findings-of-the-day"


@dataclass
class World:
    """Rows by what they are erased as; `secrets` are salts, digests and ciphertexts that have to go as well."""

    signer: Signer
    user: User
    batch: Batch
    certificate: ConformityCertificate
    complaint: Complaint
    case: Case
    inspection: Inspection
    grower: Grower
    yard: Plot
    bought: Lot
    sent: LotOperation
    secrets: dict[str, bytes] = field(default_factory=dict)

    @property
    def markers(self) -> dict[str, bytes]:
        names: tuple[str, ...] = (
            "USERNAME",
            "REAL_NAME",
            "TOKEN_NAME",
            "TEXT",
            "PLACE",
            "CONTACT",
            "PLOT",
            "OLD_PLOT",
            "NOTE",
            "PHONE",
        )
        names += ("SELLER", "CONSIGNEE", "GROWER", "GROWER_PHONE", "FIELD", "YARD", "CORNER", "YARD_CORNER")
        return {name: str(globals()[name]).encode() for name in (*names, "FINDINGS")}

    @property
    def policy(self) -> str:
        return f"log {self.signer.vkey}\nquorum none\n"

    def sign(self) -> int:
        """Sequence what waits; returns the log's size."""
        return sequence_batch(signer=self.signer, now=NOW + timedelta(hours=3)).size

    def everything(self) -> list[list[str]]:
        """The arguments of `erase_person` that erase all of it, in an order that no rule refuses."""
        return [
            ["--user", USERNAME],
            ["--complaint", self.complaint.number],
            ["--case", self.case.number],
            ["--inspection", self.inspection.number],
            ["--plot", str(self.batch.code)],
            ["--certificate", self.certificate.number],
            ["--grower", str(self.grower.code)],
            ["--place", str(self.yard.code)],
            ["--seller", str(self.bought.code)],
            ["--consignee", str(self.sent.code)],
        ]

    def erase_all(self, journal: Path) -> None:
        for arguments in self.everything():
            call_command("erase_person", *arguments, "--yes", "--journal", str(journal))


def make_world(signer: Signer) -> World:
    make_register()
    user, actor = _person()
    right = Authorisation.objects.get(enterprise__uscc=USCCS[0])
    state_use(actor=actor, code=right.code, year=2026, mass_g=1, label_count=1, output_fen=1, now=later(15))
    batch = _batch(actor, right)
    certificate = issue_certificate(
        actor=actor, batch_code=batch.code, product_kind="other", contact=PHONE, basis=["own_promise"], now=later(23)
    )
    run = issue_label_run(actor=actor, batch_code=batch.code, quantity=9, unit_mass_g=500, now=later(30))
    request_print_file(actor=actor, run_code=run.code, kind="csv", first_serial=1, last_serial=9, now=later(31))
    complaint = _complaint(code_of(run, 5))
    case = open_case(actor=COUNTY, act="selling", summary=NOTE, complaint_number=complaint.number, now=later(42))
    advance_case(actor=COUNTY, number=case.number, state="closed", note=f"{NOTE}, closed", now=later(43))
    inspection = plan_inspection(actor=COUNTY, authorisation_code=right.code, planned_on=TODAY, now=later(44))
    inspection = record_result(
        actor=COUNTY, number=inspection.number, result="problems", findings=FINDINGS, done_on=TODAY, now=later(45)
    )
    report = Complaint.objects.get(pk=complaint.pk)
    world = World(signer, user, batch, certificate, report, case, inspection, *_planted(actor, right), *_traded(actor))
    world.secrets = _secrets(world)
    world.sign()
    return world


def _person() -> tuple[User, Actor]:
    user = create_user(username=USERNAME, password="a long enough one", role=Role.PRODUCER, uscc=USCCS[0], now=later(1))
    User.objects.filter(pk=user.pk).update(last_name=REAL_NAME, email=f"{REAL_NAME}@example.org")
    issue_token(actor=user.as_actor(), name=TOKEN_NAME, scopes=["read"], days=30, now=later(2))
    browser = Client()
    browser.force_login(user)
    return user, user.as_actor()


def _batch(actor: Actor, right: Authorisation) -> Batch:
    """Its plot was corrected once; the answer to the registration is still stored."""
    batch = register(actor, right, "E1", plot_name=OLD_PLOT)
    correct_batch(
        actor=actor, code=batch.code, changes={"plot_name": PLOT, "gtin": "6901234567892"}, reason="录错", now=later(21)
    )
    release_batch(actor=actor, code=batch.code, now=later(22))
    colleague = create_user(
        username="colleague", password="a long enough one", role=Role.PRODUCER, uscc=USCCS[0], now=later(3)
    )
    row, _is_new = idempotency.claim(user_id=colleague.pk, key="k1", digest="d" * 64, now=later(22))
    idempotency.remember(row, HttpResponse(f'{{"code": "{batch.code}", "plot_name": "{PLOT}"}}'.encode()))
    other, _is_new = idempotency.claim(user_id=colleague.pk, key="k2", digest="e" * 64, now=later(22))
    idempotency.remember(other, HttpResponse(b'{"code": "of something else"}'))
    return Batch.objects.get(pk=batch.pk)


def _planted(actor: Actor, right: Authorisation) -> tuple[Grower, Plot]:
    """A grower renamed, with a field renamed, and a yard of nobody's; all of them retired since."""
    grower = register_grower(actor=actor, name=OLD_GROWER, phone=GROWER_PHONE, now=later(23))
    change_grower(actor=actor, code=grower.code, name=GROWER, phone=GROWER_PHONE, now=later(24))
    places = {"outline": square(float(CORNER), 30.81, 0.001)}, {"outline": square(float(YARD_CORNER), 30.82, 0.001)}
    field, yard = (
        make_plot(actor, right.indication, name=name, grower=owner, now=later(25), **place)
        for name, owner, place in zip((OLD_FIELD, YARD), (grower.code, None), places, strict=True)
    )
    change = PlotChange(name=FIELD, grower=grower.code, altitude_m=520)
    change_plot(actor=actor, code=field.code, change=change, reason="改名", now=later(26))
    for plot in (field, yard):
        retire_plot(actor=actor, code=plot.code, reason="流转到期", now=later(27))
    retire_grower(actor=actor, code=grower.code, now=later(28))
    return Grower.objects.get(pk=grower.pk), Plot.objects.get(pk=yard.pk)


def _traded(actor: Actor) -> tuple[Lot, LotOperation]:
    """Something bought from one person and sent to another."""
    bought = purchase(actor, seller_name=SELLER, now=later(29))
    return bought, dispatch(actor, {bought: 1_000}, consignee_name=CONSIGNEE, now=later(29))


def _complaint(code: str) -> Complaint:
    complaint = file_complaint(
        code_text=code,
        text=TEXT,
        bought_at=PLACE,
        contact=CONTACT,
        visitor=Visitor(address="192.0.2.9", agent="marker-agent"),
        now=later(40),
    )
    answer_complaint(actor=COUNTY, number=complaint.number, state="accepted", now=later(41))
    answer_complaint(actor=COUNTY, number=complaint.number, state="closed", outcome="已改正", now=later(41))
    return complaint


def _secrets(world: World) -> dict[str, bytes]:
    token: Any = world.user.api_tokens.get()
    secrets = {
        "token digest": token.digest.encode(),
        "password hash": world.user.password.encode(),
        "complaint salt": bytes(world.complaint.salt),
        "visitor": bytes(world.complaint.visitor),
        "ciphertext": bytes(world.complaint.contact),
        "plot salt": bytes(world.batch.plot_salt),
        "contact salt": bytes(world.certificate.contact_salt),
        "grower salt": bytes(world.grower.salt),
        "yard salt": bytes(world.yard.salt),
        "field salt": bytes(world.grower.plots.get().salt),
        "seller salt": bytes(world.bought.seller_salt),
        "consignee salt": bytes(world.sent.consignee_salt),
        "findings salt": bytes(world.inspection.findings_salt),
    }
    for step in CaseStep.objects.filter(case=world.case):
        secrets[f"salt of step {step.pk}"] = bytes(step.note_salt)
    assert all(len(secret) >= 16 for secret in secrets.values())
    return secrets
