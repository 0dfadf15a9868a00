"""What the worker does for batches."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from products.trace.services.import_running import run_import


@task()
def run_batch_import(code: str) -> None:
    run_import(UUID(code))
