from __future__ import annotations

import threading
from datetime import datetime

import pytest
from django.db import IntegrityError, connection

from products.access import Actor
from products.oversight.models.case import Case
from products.oversight.services.cases import open_case
from products.oversight.services.numbers import create_numbered


@pytest.mark.django_db(transaction=True)
def test_offices_that_open_cases_at_once_get_different_numbers(officer_north: Actor, now: datetime) -> None:
    failures: list[Exception] = []

    def work() -> None:
        try:
            for _number in range(5):
                open_case(actor=officer_north, act="selling", summary="巡查", now=now)
        except Exception as error:  # shown by the assertion below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _office in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sorted(Case.objects.values_list("number", flat=True)) == [f"AJ-2026-{n:04d}" for n in range(1, 21)]


@pytest.mark.django_db
def test_another_constraint_is_not_taken_for_a_number_that_is_gone(now: datetime) -> None:
    def create(number: str) -> Case:
        return Case.objects.create(
            number=number, act="selling", region="510117", state="lost", summary="", opened_at=now
        )

    with pytest.raises(IntegrityError):
        create_numbered(Case.objects.all(), kind="AJ", now=now, create=create)
