"""Who is refused and why, what the database itself allows, and what pages say afterwards."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, models, transaction
from django.test import Client
from pytest_django import Settings

from products.access import Role
from products.accounts.models.idempotency import IdempotencyRecord
from products.accounts.models.token import ApiToken
from products.accounts.models.user import User
from products.accounts.services.users import create_user
from products.errors import ErasureRefused
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.oversight.services.cases import open_case
from products.oversight.services.erasure import Kind, Target, account_target, erase, preview
from products.oversight.services.inspections import publish_result
from products.registry.models.authorisation import AuthorisationDecision, UseStatement
from products.scans.models.complaint import Complaint
from products.scans.services.complaints import answer_complaint, file_complaint
from products.scans.services.visitors import Visitor
from products.trace.models.batch import Batch, BatchCorrection
from products.trace.models.certificate import ConformityCertificate
from products.trace.services.batches import correct_batch
from tests.coverage.cast import COUNTY, PROVINCE, UNKNOWN_CODE, USCCS, later, maker
from tests.coverage.reading import differences
from tests.erasure.world import PLOT, TEXT, USERNAME, World
from tests.factories import NOW


def erased(kind: Kind, key: str, now: datetime) -> None:
    erase(target=Target(kind, key), journal=None, now=now)


def refused(rows: models.QuerySet[models.Model], **values: object) -> bool:
    try:
        with transaction.atomic():
            rows.update(**values)
            transaction.set_rollback(True)
    except DatabaseError:
        return True
    return False


def test_a_report_is_kept_until_it_is_answered(world: World, now: datetime) -> None:
    waiting = file_complaint(
        code_text=UNKNOWN_CODE, text="还没有答复", visitor=Visitor("192.0.2.1", "a"), now=later(90)
    )
    with pytest.raises(ErasureRefused, match="尚未办结"):
        erased(Kind.COMPLAINT, waiting.number, now)

    for state in ("accepted", "closed"):
        answer_complaint(actor=PROVINCE, number=waiting.number, state=state, outcome="好", now=later(91))
    erased(Kind.COMPLAINT, waiting.number, now)
    assert Complaint.objects.get(pk=waiting.pk).text == ""


def test_a_report_is_kept_while_its_case_is_open(world: World, now: datetime) -> None:
    second = file_complaint(code_text=world.complaint.code_text, text="另一件举报", visitor=Visitor("b", "b"), now=NOW)
    for state in ("accepted", "closed"):
        answer_complaint(actor=COUNTY, number=second.number, state=state, outcome="好", now=later(91))
    case = open_case(actor=COUNTY, act="selling", summary="线索", complaint_number=second.number, now=later(92))

    for kind, key in ((Kind.COMPLAINT, second.number), (Kind.CASE, case.number), (Kind.PLOT, str(world.batch.code))):
        with pytest.raises(ErasureRefused, match=case.number):
            erased(kind, key, now)


def test_a_plot_is_kept_as_long_as_the_longest_rule_demands(world: World, now: datetime) -> None:
    with pytest.raises(ErasureRefused, match="2028-11-20"):
        erased(Kind.PLOT, str(world.batch.code), now)
    assert Batch.objects.get(pk=world.batch.pk).plot_name == PLOT


def test_the_contact_on_a_certificate_is_kept_for_six_months(world: World, now: datetime, much_later: datetime) -> None:
    with pytest.raises(ErasureRefused, match="2027-05-26"):
        erased(Kind.CERTIFICATE, world.certificate.number, now)
    row = ConformityCertificate.objects.filter(pk=world.certificate.pk)
    assert refused(row, contact="another")
    assert refused(row, contact="")
    assert refused(row, quantity_g=5)

    erased(Kind.CERTIFICATE, world.certificate.number.lower(), much_later)

    assert (row.get().contact, bytes(row.get().contact_salt)) == ("", b"")
    assert differences() == []
    assert "已按申请删除" in Client().get(f"/b/{world.batch.code}").content.decode()


def test_published_findings_stand_in_the_log_and_are_refused(world: World, much_later: datetime) -> None:
    publish_result(actor=COUNTY, number=world.inspection.number, now=later(93))

    with pytest.raises(ErasureRefused, match="公示"):
        erased(Kind.INSPECTION, world.inspection.number, much_later)


def test_an_account_loses_its_person_and_keeps_its_office(world: World, now: datetime) -> None:
    erase(target=account_target(USERNAME), journal=None, now=now)

    user = User.objects.get(pk=world.user.pk)
    assert (user.username, user.last_name, user.email, user.is_active) == (f"erased-{user.pk}", "", "", False)
    assert (user.uscc, user.role, user.date_joined) == (world.user.uscc, world.user.role, world.user.date_joined)
    token = ApiToken.objects.get(user=user)
    assert token.revoked_at == now
    assert token.name == ""
    assert UseStatement.objects.filter(stated_by="").count() == 1
    assert AuthorisationDecision.objects.filter(decided_by="").count() == 0
    assert differences() == []
    # Somebody new may have the name.
    create_user(username=USERNAME, password="a long enough one", role=Role.PRODUCER, uscc=USCCS[0], now=later(95))


def test_only_the_stored_answer_about_the_batch_goes(world: World, much_later: datetime) -> None:
    erased(Kind.PLOT, str(world.batch.code), much_later)

    assert set(IdempotencyRecord.objects.values_list("key", flat=True)) == {"k2"}


def test_a_plot_given_after_an_erasure_is_compared_again(world: World, much_later: datetime) -> None:
    erased(Kind.PLOT, str(world.batch.code), much_later)
    correction = BatchCorrection.objects.get(batch=world.batch)
    assert correction.changes == {"gtin": ["", "06901234567892"]}
    assert differences() == []

    correct_batch(actor=maker(0), code=world.batch.code, changes={"plot_name": "新地块"}, reason="补录", now=much_later)
    assert differences() == []


def test_the_database_lets_values_go_but_never_change(world: World) -> None:
    complaint = Complaint.objects.filter(pk=world.complaint.pk)
    step = CaseStep.objects.filter(case=world.case)[:1].get()
    steps = CaseStep.objects.filter(pk=step.pk)
    statements = UseStatement.objects.filter(stated_by=USERNAME)
    corrections = BatchCorrection.objects.filter(batch=world.batch)
    (changes,) = corrections.values_list("changes", flat=True)
    kept = {"gtin": changes["gtin"]}

    rewritten: list[tuple[models.QuerySet[models.Model], dict[str, object]]] = [
        (complaint, {"text": "another"}),
        (complaint, {"text": ""}),  # a text without its salt: neither erased nor whole
        (complaint, {"salt": b"s" * 16}),
        (steps, {"note": "another"}),
        (steps, {"note": "", "note_salt": b"s" * 16}),
        (steps, {"note": "", "note_salt": b"", "state": "decided"}),
        (statements, {"stated_by": "another"}),
        (statements, {"stated_by": "", "mass_g": 5}),
        (corrections, {"changes": {}}),
        (corrections, {"changes": kept | {"plot_name": ["", ""]}}),
        (corrections, {"changes": kept, "reason": "another"}),
        (Inspection.objects.filter(pk=world.inspection.pk), {"findings": "another"}),
        (Batch.objects.filter(pk=world.batch.pk), {"plot_salt": b"s" * 16}),
        (Case.objects.filter(pk=world.case.pk), {"summary": "another"}),
        (ApiToken.objects.filter(user=world.user), {"digest": "0" * 64}),
    ]
    assert [values for rows, values in rewritten if not refused(rows, **values)] == []

    assert not refused(complaint, text="", bought_at="", contact=b"", salt=b"")
    assert not refused(steps, note="", note_salt=b"")
    assert not refused(statements, stated_by="")
    assert not refused(corrections, changes=kept)
    assert not refused(Inspection.objects.filter(pk=world.inspection.pk), findings="", findings_salt=b"")


def test_pages_say_in_words_what_was_erased(world: World, much_later: datetime, tmp_path: Path) -> None:
    world.erase_all(tmp_path / "erasure.journal")
    officer = create_user(
        username="officer", password="a long enough one", role=Role.INSPECTOR, regions=("510117",), now=NOW
    )
    browser = Client()
    browser.force_login(officer)
    for address in (
        f"/regulator/complaints/{world.complaint.number}",
        f"/regulator/cases/{world.case.number}",
        f"/regulator/inspections/{world.inspection.number}",
        f"/producer/batches/{world.batch.code}",
        f"/report/{world.complaint.number}",
    ):
        page = browser.get(address, follow=True)
        assert page.status_code == 200, address
        assert "已按申请删除" in page.content.decode(), address


def test_a_dry_run_lists_and_leaves_everything(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = tmp_path / "erasure.journal"
    call_command("erase_person", "--complaint", world.complaint.number, "--dry-run", "--journal", str(journal))

    assert capsys.readouterr().out.splitlines() == ["reports: 1"]
    assert Complaint.objects.get(pk=world.complaint.pk).text == TEXT
    assert not journal.exists()
    assert differences() == []


def test_without_the_word_yes_nothing_goes(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("builtins.input", lambda _question: "y")
    with pytest.raises(CommandError, match="nothing was erased"):
        call_command("erase_person", "--complaint", world.complaint.number, "--journal", str(tmp_path / "j"))
    assert Complaint.objects.get(pk=world.complaint.pk).text == TEXT


def test_what_is_not_there_or_gone_already_is_said(world: World, tmp_path: Path) -> None:
    journal = tmp_path / "j"
    for arguments in (["--user", "nobody"], ["--complaint", "JB000000-AAAAAA"], ["--plot", "no-uuid"]):
        with pytest.raises(CommandError):
            call_command("erase_person", *arguments, "--yes", "--journal", str(journal))
    for _time in range(2):
        call_command("erase_person", "--complaint", world.complaint.number, "--yes", "--journal", str(journal))
    assert len(journal.read_text().splitlines()) == 1


def test_bundles_of_evidence_go_with_the_values_they_quote(
    world: World, now: datetime, tmp_path: Path, settings: Settings
) -> None:
    settings.VAR_DIR = tmp_path
    bundle = tmp_path / "files" / "evidence" / "7" / f"{'0' * 64}.zip"
    bundle.parent.mkdir(parents=True)
    bundle.write_bytes(PLOT.encode())

    preview(target=Target(Kind.COMPLAINT, world.complaint.number), now=now)
    assert bundle.exists()
    erased(Kind.COMPLAINT, world.complaint.number, now)
    assert not bundle.exists()
