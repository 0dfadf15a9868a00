"""What the public pages of the register show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.errors import NotFound
from products.registry.domain.zone_states import THRESHOLD_PERCENT, Grade, ZoneReadiness, zone_readiness
from products.registry.models.authorisation import Authorisation
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication, IndicationChange
from products.registry.models.region import Region
from products.registry.models.standard import LawCitation, StandardVersion
from products.registry.models.zone import Zone, ZoneCensus, ZoneStep
from products.registry.queries.indications import find_indication


@dataclass(frozen=True)
class IndicationPage:
    """An indication with everything public about it."""

    indication: Indication
    counties: list[Region]
    versions: list[StandardVersion]
    authorisations: list[Authorisation]
    changes: list[IndicationChange]
    zones: list[Zone]

    @property
    def map_values(self) -> dict[str, int]:
        """The prefecture to shade on the map."""
        return {self.indication.prefecture_id: 1} if self.indication.prefecture_id else {}


def _public() -> QuerySet[Authorisation]:
    return Authorisation.objects.visible_to(NOBODY).select_related("enterprise__region", "indication")


def indication_page(code: str) -> IndicationPage:
    """Raises NotFound."""
    indication = find_indication(code)
    return IndicationPage(
        indication=indication,
        counties=list(indication.counties.select_related("parent")),
        versions=list(
            StandardVersion.objects.filter(standard__indication=indication)
            .select_related("standard")
            .prefetch_related("limits")
        ),
        authorisations=list(_public().filter(indication=indication).order_by("enterprise__name")),
        changes=list(indication.changes.order_by("effective_on", "pk")),
        zones=list(indication.zones.select_related("region")),
    )


@dataclass(frozen=True)
class EnterprisePage:
    """An enterprise and the authorisations that were announced."""

    enterprise: Enterprise
    authorisations: list[Authorisation]


def enterprise_page(uscc: str) -> EnterprisePage:
    """Raises NotFound for one that has no public authorisation: applying is nobody else's business."""
    enterprise = Enterprise.objects.filter(uscc=uscc.upper()).select_related("region__parent").first()
    authorisations = list(
        _public().filter(enterprise=enterprise).prefetch_related("quotas", "decisions").order_by("-announced_on")
    )
    if enterprise is None or not authorisations:
        raise NotFound(_("没有这家企业获准使用专用标志的公开记录。"))
    return EnterprisePage(enterprise=enterprise, authorisations=authorisations)


def search_enterprises(text: str) -> QuerySet[Enterprise]:
    """Enterprises with a public authorisation, by part of the name or by the whole code."""
    text = text.replace("\x00", "").strip()
    return (
        Enterprise.objects.filter(authorisations__state__in=Authorisation.PUBLIC_STATES)
        .filter(Q(name__icontains=text) | Q(uscc__iexact=text))
        .select_related("region__parent")
        .distinct()
        .order_by("name")
    )


@dataclass(frozen=True)
class Share:
    """A year's count of a zone, held against the thresholds of its grade."""

    census: ZoneCensus
    readiness: ZoneReadiness


@dataclass(frozen=True)
class ZonePage:
    """A zone, its stages and its yearly shares."""

    zone: Zone
    steps: list[ZoneStep]
    shares: list[Share]
    threshold: int
    indications: list[Indication]


def zone_page(code: str) -> ZonePage:
    """Raises NotFound."""
    zone = Zone.objects.filter(code=code).select_related("region__parent").first()
    if zone is None:
        raise NotFound(_("没有这个示范区。"))
    indications = list(zone.indications.order_by("code"))
    protected_since = min((row.announced_on for row in indications if row.announced_on), default=None)
    shares = [
        Share(
            census=census,
            readiness=zone_readiness(
                grade=zone.grade,
                producer_count=census.producer_count,
                user_count=census.user_count,
                output_fen=census.output_fen,
                user_output_fen=census.user_output_fen,
                protected_since=protected_since,
                on=date(census.year, 12, 31),
            ),
        )
        for census in zone.censuses.order_by("-year")
    ]
    return ZonePage(
        zone=zone,
        steps=list(zone.steps.order_by("effective_on", "pk")),
        shares=shares,
        threshold=THRESHOLD_PERCENT[Grade(zone.grade)],
        indications=indications,
    )


def all_zones() -> QuerySet[Zone]:
    return Zone.objects.select_related("region__parent").order_by("grade", "code")


def indications_by_prefecture() -> dict[str, int]:
    """How many protected indications each prefecture has, by GB/T 2260 code."""
    rows = (
        Indication.objects.filter(status="protected", prefecture__isnull=False)
        .order_by()
        .values_list("prefecture_id")
        .annotate(count=Count("pk"))
    )
    return {str(code): count for code, count in rows}


def citations_on(day: date) -> QuerySet[LawCitation]:
    """The citations in force on `day`, and those that will be."""
    return LawCitation.objects.filter(Q(effective_to__isnull=True) | Q(effective_to__gte=day))


def find_enterprise(uscc: str) -> Enterprise | None:
    """The enterprise with this code, whether or not it has a public authorisation."""
    return Enterprise.objects.filter(uscc=uscc).select_related("region").first()
