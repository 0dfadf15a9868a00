"""Captures, and the values that occur in the events that somebody may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from products.access import Actor
from products.errors import NotFound
from products.trace.epcis_errors import EpcisQueryInvalid
from products.trace.models.epcis import EpcisCapture, EpcisEvent, EpcisEventEpc

_COLUMNS: Final = {
    "bizSteps": "biz_step",
    "bizLocations": "biz_location",
    "readPoints": "read_point",
    "dispositions": "disposition",
}


def find_capture(*, actor: Actor, code: UUID) -> EpcisCapture:
    """Raises NotFound."""
    row = EpcisCapture.objects.visible_to(actor).filter(code=code).first()
    if row is None:
        raise NotFound(_("没有这次采集，或您无权查看。"))
    return row


def captures_page(*, actor: Actor, per_page: int, token: str) -> tuple[Sequence[EpcisCapture], str]:
    """Newest first; the token is the last capture's code."""
    rows = EpcisCapture.objects.visible_to(actor)
    if token:
        try:
            last = find_capture(actor=actor, code=UUID(token))
        except (ValueError, NotFound) as error:
            raise EpcisQueryInvalid(
                _("nextPageToken 无效。请使用上一页 Link 中的地址。"), field="nextPageToken"
            ) from error
        rows = rows.filter(pk__lt=last.pk)
    found = list(rows.order_by("-pk")[: per_page + 1])
    return found[:per_page], str(found[per_page - 1].code) if len(found) > per_page else ""


def values_page(*, actor: Actor, resource: str, per_page: int, token: str) -> tuple[list[str], str]:
    """Values in their order, from the one after `token` on."""
    events = EpcisEvent.objects.visible_to(actor)
    if resource == "epcs":
        named = EpcisEventEpc.objects.filter(event__in=events.order_by(), epc__gt=token)
        found = list(named.order_by("epc").values_list("epc", flat=True).distinct()[: per_page + 1])
    else:
        column = _COLUMNS[resource]
        rows = events.filter(**{f"{column}__gt": token}).order_by(column)
        found = list(rows.values_list(column, flat=True).distinct()[: per_page + 1])
    return found[:per_page], found[per_page - 1] if len(found) > per_page else ""
