"""The database itself keeps published versions and their limits from being rewritten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, transaction

from products.registry.models.indication import Indication
from products.registry.models.standard import Limit, StandardVersion
from products.registry.models.version_record import VersionRecord, VersionStep
from products.registry.services.erasure import forget_name
from tests.factories import NOW, make_indication, make_limit, make_version

pytestmark = pytest.mark.django_db


@pytest.fixture
def version(indication: Indication) -> StandardVersion:
    """A published one with a limit."""
    row = make_version(indication)
    make_limit(row, "total_acid", "ge", "0.6")
    VersionRecord.objects.create(
        indication=indication,
        standard_code=row.standard.code,
        title=row.standard.title,
        version=row,
        state="published",
        created_at=NOW,
        changed_at=NOW,
    )
    return row


def refused(change: Callable[[], object]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError as error:
        return "evidence is never" in str(error) or "published version is never" in str(error)
    return False


def test_what_a_published_version_says_stays(version: StandardVersion) -> None:
    rows = StandardVersion.objects.filter(pk=version.pk)

    assert refused(lambda: rows.update(label="other"))
    assert refused(lambda: rows.update(source="other"))
    assert refused(lambda: rows.update(effective_from=date(2000, 1, 1)))
    assert refused(lambda: rows.update(status="disputed"))
    assert refused(lambda: rows.update(max_yield_kg_per_ha=9_000))
    assert refused(lambda: rows._raw_delete(rows.db))
    assert rows.update(label=version.label, source=version.source) == 1


def test_a_published_version_may_end_and_never_begin_again(version: StandardVersion) -> None:
    rows = StandardVersion.objects.filter(pk=version.pk)

    assert rows.update(effective_to=date(2027, 1, 1)) == 1
    assert rows.update(effective_to=date(2026, 12, 1), status="repealed") == 1
    assert refused(lambda: rows.update(effective_to=date(2027, 1, 1)))
    assert refused(lambda: rows.update(effective_to=None))
    assert refused(lambda: rows.update(status="in_force"))


def test_limits_of_a_published_version_are_neither_changed_nor_deleted_nor_added(
    version: StandardVersion,
) -> None:
    limits = Limit.objects.filter(version=version)
    other = make_limit(make_version(make_indication()), "lead", "le", "0.1")

    assert refused(lambda: limits.update(values=["0.5"]))
    assert refused(lambda: limits._raw_delete(limits.db))
    assert refused(lambda: make_limit(version, "solids", "le", "1"))
    assert refused(lambda: Limit.objects.filter(pk=other.pk).update(version=version))
    assert Limit.objects.filter(pk=other.pk).update(values=["0.2"]) == 1


def test_a_published_record_and_every_step_stay(version: StandardVersion) -> None:
    record = VersionRecord.objects.filter(version=version)
    VersionStep.objects.create(
        record=record.get(), action="publish", content_sha256="0" * 64, by="office:510000", decided_by="x", at=NOW
    )

    assert refused(lambda: record.update(title="other"))
    assert refused(lambda: record.update(state="draft", version=None))
    assert refused(lambda: VersionStep.objects.update(reason="other"))
    assert refused(lambda: VersionStep.objects.update(action="repeal"))
    assert refused(lambda: VersionStep.objects.all().delete())


def test_who_took_a_step_can_be_erased_and_never_replaced(version: StandardVersion) -> None:
    VersionStep.objects.create(
        record=version.record, action="publish", content_sha256="0" * 64, by="office:510000", decided_by="x", at=NOW
    )

    with pytest.raises(DatabaseError, match="may be erased"), transaction.atomic():
        VersionStep.objects.update(decided_by="y")
    assert forget_name("x") == 1
    assert VersionStep.objects.get().decided_by == ""


def test_reference_data_that_nobody_took_up_is_still_put_right(indication: Indication) -> None:
    version = make_version(indication)
    make_limit(version, "total_acid", "ge", "0.6")

    assert Limit.objects.filter(version=version).update(values=["0.5"]) == 1
    assert StandardVersion.objects.filter(pk=version.pk).update(label="2006") == 1
