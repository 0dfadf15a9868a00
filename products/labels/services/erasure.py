"""Forgetting who asked for a print file."""

from __future__ import annotations

from products.labels.models.label_run import PrintFile


def forget_requester(username: str) -> int:
    """Files themselves hold codes and facts of the batch, never a person or a plot; `purge` deletes them."""
    return PrintFile.objects.filter(requested_by=username).update(requested_by="")
