"""Plain functions of the tests of scans."""

from __future__ import annotations

from typing import Any

from django.test import Client

from products.labels.domain.unit_code import unit_codes
from products.labels.models.label_run import LabelRun
from tests.factories import RUN_KEY


def code_of(run: LabelRun, serial: int = 1) -> str:
    """The genuine code of one unit of a run of the factory."""
    return next(unit_codes(RUN_KEY, run.code, serial, serial))


def with_wrong_tag(code: str) -> str:
    return code[:-1] + ("1" if code[-1] != "1" else "2")


def get_page(code: str, **headers: str) -> Any:
    return Client().get(f"/t/{code}", headers=headers)


def get_json(code: str, **headers: str) -> Any:
    return Client().get(f"/t/{code}", headers={"accept": "application/json", **headers})
