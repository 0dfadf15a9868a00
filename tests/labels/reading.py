"""Where the label pages are, and what they answer."""

from __future__ import annotations

from bs4 import BeautifulSoup

from products.labels.models.label_run import LabelRun
from products.trace.models.batch import Batch


def new_run(batch: Batch) -> str:
    return f"/producer/batches/{batch.code}/labels"


def address(run: LabelRun, rest: str = "") -> str:
    return f"/producer/runs/{run.code}{rest}"


def soup_of(answer: object) -> BeautifulSoup:
    return BeautifulSoup(getattr(answer, "content", b""), "html.parser")
