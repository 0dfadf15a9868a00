"""Values the log holds commitments to: changed, half erased, erased and said so; and the plots of a batch."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import models

from products.access import NOBODY
from products.accounts.models.token import ApiToken
from products.accounts.services.erasure import ERASED_DIGEST
from products.audit import record
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.scans.models.complaint import Complaint
from products.trace.models.batch import Batch, BatchCorrection
from tests.coverage import accounts, world
from tests.coverage.reading import after, behind_its_back, change, differences
from tests.factories import NOW


def gone(model: type[models.Model], pk: int, **values: Any) -> None:
    """Several columns at once, for a constraint holds some of them together."""
    model._default_manager.filter(pk=pk).update(**values)


@pytest.mark.django_db
def test_a_secret_that_was_changed_is_named_and_not_shown() -> None:
    world.make_oversight()
    complaint = Complaint.objects.filter(run__isnull=False).order_by("pk")[0]

    found = after(complaint, text="我的电话是 13911112222")

    assert len(found) == 1
    assert found[0].startswith(f"complaint {complaint.number}: text does not fit the commitment of queued entry ")
    assert "13911112222" not in found[0]
    assert "批号" not in found[0]


@pytest.mark.django_db
def test_what_an_entry_says_was_erased_with_its_salt_is_no_difference_and_else_it_is() -> None:
    world.make_oversight()
    complaint = Complaint.objects.order_by("pk")[0]
    inspection = Inspection.objects.filter(state="problems").order_by("pk")[0]
    case = Case.objects.order_by("pk")[0]
    batch = Batch.objects.filter(lot="A1").get()
    with behind_its_back():
        gone(Complaint, complaint.pk, text="", bought_at="", contact=b"", salt=b"")
        gone(Inspection, inspection.pk, findings="", findings_salt=b"")
        CaseStep.objects.filter(case=case).update(note="", note_salt=b"")
        gone(Case, case.pk, summary="")
        gone(Batch, batch.pk, plot_name="", longitude_e6=None, latitude_e6=None, datum="", plot_salt=b"")
        unsaid = differences()
        for kind, subject in (
            ("scans.complaint_erased", f"complaint:{complaint.number}"),
            ("oversight.findings_erased", f"inspection:{inspection.number}"),
            ("oversight.case_erased", f"case:{case.number}"),
            ("trace.plot_erased", f"batch:{batch.code}"),
        ):
            record(actor=NOBODY, kind=kind, subject=subject, data={}, now=NOW)

        assert differences() == []
    assert {text.partition(" ")[0] for text in unsaid} == {"complaint", "inspection", "case", "batch"}
    assert all(text.endswith("is gone with its salt, no entry says that it was erased") for text in unsaid)


@pytest.mark.django_db
def test_what_is_said_to_be_erased_is_not_there() -> None:
    world.make_oversight()
    complaint = Complaint.objects.order_by("pk")[0]
    batch = Batch.objects.filter(lot="A1").get()
    record(actor=NOBODY, kind="scans.complaint_erased", subject=f"complaint:{complaint.number}", data={}, now=NOW)
    record(actor=NOBODY, kind="trace.plot_erased", subject=f"batch:{batch.code}", data={}, now=NOW)

    found = differences()

    assert [text.partition(":")[0] for text in found] == [f"batch {batch.code}", f"complaint {complaint.number}"]
    assert "plot is there" in found[0]
    assert "is_erased is false" in found[1]


@pytest.mark.django_db
def test_the_token_of_an_erased_account_was_revoked() -> None:
    accounts.make_accounts()
    live, revoked = (ApiToken.objects.get(user__username=name) for name in ("p1", "p2"))

    assert after(revoked, digest=f"{ERASED_DIGEST}{revoked.code.hex}") == []
    assert len(after(live, digest=f"{ERASED_DIGEST}{live.code.hex}")) == 2


@pytest.mark.django_db
def test_half_an_erasure_hides_nothing() -> None:
    world.make_oversight()
    complaint = Complaint.objects.order_by("pk")[0]
    inspection = Inspection.objects.filter(state="problems").order_by("pk")[0]
    batch = Batch.objects.filter(lot="A0").get()

    assert after(complaint, salt=b"", text="另一种说法")
    assert after(complaint, text="")
    assert after(inspection, findings="")
    assert after(inspection, findings="没有问题", findings_salt=b"")
    assert after(batch, plot_name="别处", plot_salt=b"")


@pytest.mark.django_db
def test_a_published_inspection_keeps_its_words() -> None:
    world.make_oversight()
    inspection = Inspection.objects.filter(state="published").order_by("pk")[0]

    found = after(inspection, findings="", findings_salt=b"")

    assert len(found) == 2
    assert "findings is gone with its salt" in found[0]
    assert "published_findings is " in found[1]


@pytest.mark.django_db
def test_the_plots_of_a_batch_are_checked_back_to_its_registration() -> None:
    world.make_batches()
    corrections = list(BatchCorrection.objects.filter(batch__lot="A0").order_by("pk"))
    first = dict(corrections[0].changes)

    for field, pair in {
        "plot_name": ["别处", "四组"],  # where it was said to lie before
        "longitude_e6": ["", "103800001"],  # not what followed
        "datum": ["GCJ-02"],  # no pair
        "latitude_e6": ["north", "30800000"],
    }.items():
        assert after(corrections[0], changes=first | {field: pair})
    public = {field: pair for field, pair in first.items() if field not in {"longitude_e6", "latitude_e6"}}
    assert after(corrections[0], changes=public)
    assert after(corrections[0], changes={})
    assert after(corrections[1], changes=dict(corrections[1].changes) | {"plot_name": ["三组", "四组"]})


@pytest.mark.django_db
def test_a_plot_taken_away_by_a_correction_cannot_be_slipped_back_in() -> None:
    world.make_batches()
    batch = Batch.objects.get(lot="B0")
    last = BatchCorrection.objects.filter(batch=batch).order_by("-pk")[0]

    assert last.changes == {"plot_name": ["五组", ""]}
    assert after(batch, plot_name="五组")
    with behind_its_back():
        change(batch, plot_name="五组")
        change(last, changes={})
        assert differences()
