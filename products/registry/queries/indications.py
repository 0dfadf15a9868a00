"""Reads of indications."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from products.errors import NotFound
from products.registry.models.indication import Indication
from products.registry.models.region import Region


def find_indication(code: str) -> Indication:
    """Raises NotFound."""
    indication = Indication.objects.filter(code=code).select_related("prefecture").first()
    if indication is None:
        raise NotFound(_("没有这个地理标志。请检查编号，或从首页按名称查询。"))
    return indication


def area_county_codes(indication: Indication) -> frozenset[str]:
    """The counties of the protected area; the whole prefecture where the source names no county."""
    codes = frozenset(indication.counties.values_list("code", flat=True))
    if codes or indication.prefecture_id is None:
        return codes
    return frozenset(Region.objects.filter(parent_id=indication.prefecture_id).values_list("code", flat=True))


def search_indications(text: str = "", *, prefecture: str = "", kind: str = "") -> QuerySet[Indication]:
    """By part of the name, code or category, in one prefecture, of one type."""
    found = Indication.objects.select_related("prefecture").order_by("is_demo", "code")
    # PostgreSQL cannot even be asked for a NUL.
    if text := text.replace("\x00", "").strip():
        found = found.filter(
            Q(name__icontains=text) | Q(name_en__icontains=text) | Q(code__iexact=text) | Q(category__icontains=text)
        )
    if prefecture:
        found = found.filter(Q(prefecture_id=prefecture) | Q(counties__parent_id=prefecture)).distinct()
    if kind:
        # A quoted substring: JSON containment differs between the databases, and the keys are ours.
        found = found.filter(types__icontains=f'"{kind}"')
    return found


def indications_covering(county: str) -> list[Indication]:
    """The protected indications whose area includes a county; one without counties covers its whole prefecture."""
    inside = Q(counties__code=county) | Q(counties__isnull=True, prefecture__code=f"{county[:4]}00")
    return list(Indication.objects.filter(inside, status="protected").distinct().order_by("is_demo", "code"))
