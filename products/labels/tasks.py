"""What the worker does for labels."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from products.labels.services.print_files import make_file


@task()
def make_print_file(code: str) -> None:
    make_file(UUID(code))
