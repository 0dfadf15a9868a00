"""Conformity certificates of a batch: which one stands, whether it still says what is so, what it stands in for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.access import Actor
from products.errors import NotFound
from products.registry.models.region import Region
from products.trace.certificate_errors import CertificateMissing
from products.trace.domain.certificate import KIND_OF_CATEGORY, PROCESSED_CATEGORIES, PROMISES
from products.trace.models.batch import Batch
from products.trace.models.certificate import CollectedCertificate, ConformityCertificate
from products.trace.models.lot import Lot, LotMove
from products.trace.queries.batches import find_batch

# Steps upward from a batch in search of the certificates that its goods came with.
_LEVELS = 10
_SENT = "moves__operation__dispatch__moves__lot__batch__certificates"

BASIS_WORDS: dict[str, Promise | str] = {
    "commissioned_test": gettext_lazy("委托检测"),
    "own_test": gettext_lazy("自我检测"),
    "quality_control": gettext_lazy("内部质量控制"),
    "own_promise": gettext_lazy("自我承诺"),
}
# The wording of domain.certificate.PROMISES; on paper it is always Chinese.
_PROMISE_WORDS: dict[str, tuple[Promise | str, ...]] = {
    "2026-02": (
        gettext_lazy("不使用国家禁止使用的农药、兽药及其他化合物"),
        gettext_lazy("使用的常规农药、兽药残留不超过国家标准"),
        gettext_lazy("对以上承诺的真实性负责"),
    ),
}


@dataclass(frozen=True)
class MixedLot:
    """A lot whose goods went into a batch, and a certificate that came with it; no number where none is known; `code` is our lot's."""

    lot: str
    number: str
    code: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True)
class CertificateView:
    """A certificate as pages show it. `is_standing`: no later one takes its place.

    `changed` names what the batch says otherwise by now; `earlier` are those it takes the place of, the newest first.
    """

    row: ConformityCertificate
    is_standing: bool
    changed: tuple[str, ...]
    mixed_from: tuple[MixedLot, ...]
    earlier: tuple[ConformityCertificate, ...] = ()

    @property
    def promises(self) -> tuple[str, ...]:
        words = _PROMISE_WORDS.get(self.row.text_version) or PROMISES.get(self.row.text_version, ())
        return tuple(str(each) for each in words)

    @property
    def basis(self) -> tuple[str, ...]:
        return tuple(str(BASIS_WORDS.get(each, each)) for each in self.row.basis)

    @property
    def is_stopped(self) -> bool:
        return self.row.batch.state in {Batch.State.HELD, Batch.State.RECALLED}


def origin_text(origin: Region) -> str:
    """The county with its prefecture, as a certificate in Chinese says it."""
    return f"{origin.parent.name if origin.parent else ''}{origin.name}"


def certificates_of(batch: Batch) -> list[CertificateView]:
    """Every certificate of a batch, the newest first; two queries, however many there are."""
    found = list(batch.certificates.order_by("-pk").prefetch_related("mixed_from"))
    replaced = {row.replaces_id for row in found}
    views = []
    for place, row in enumerate(found):
        row.batch = batch
        is_standing = row.pk not in replaced
        views.append(
            CertificateView(
                row=row,
                is_standing=is_standing,
                changed=changed_facts(row, batch) if is_standing else (),
                mixed_from=tuple(MixedLot(each.lot, each.number) for each in row.mixed_from.all()),
                earlier=tuple(found[place + 1 :]) if is_standing else (),
            )
        )
    return views


def standing_certificate(batch: Batch) -> CertificateView | None:
    """The certificate that counts, or None."""
    return next((view for view in certificates_of(batch) if view.is_standing), None)


def changed_facts(row: ConformityCertificate, batch: Batch) -> tuple[str, ...]:
    """What the batch says otherwise since the certificate was issued: it should be issued again."""
    names = {
        _("产品名称"): (row.product_name, batch.authorisation.product_name),
        _("数量"): (row.quantity_g, batch.net_mass_g),
        _("产地"): (row.origin, origin_text(batch.origin)),
    }
    return tuple(name for name, (then, now) in names.items() if then != now)


def find_certificate(*, actor: Actor, batch_code: UUID, code: UUID | None = None) -> CertificateView:
    """One certificate of a batch the actor may see, the standing one unless named. Raises NotFound, CertificateMissing."""
    views = certificates_of(find_batch(actor=actor, code=batch_code))
    found = next((view for view in views if (view.is_standing if code is None else view.row.code == code)), None)
    if found is None:
        raise CertificateMissing(_("这个批次没有这张承诺达标合格证。请先开具。"))
    return found


def mixed_lots(batch: Batch) -> list[MixedLot]:
    """The lots with certificates, or bought without one, whose goods went into this batch, in their numbers' order.

    Walks up from the batch's own lot and stops at the first certificate on each way: that one already stands in for
    what lies behind it. Empty for what the maker grew. A fixed number of queries a level.
    """
    traced = Lot.objects.filter(batch=batch).first()
    found: list[MixedLot] = []
    level, seen = ([traced.pk] if traced else []), {traced.pk if traced else 0}
    for _level in range(_LEVELS):
        operations = LotMove.objects.filter(lot__in=level, mass_g__gt=0).order_by().values("operation_id")
        lots = (
            Lot.objects.filter(moves__operation__in=operations, moves__mass_g__lt=0)
            .exclude(pk__in=seen)
            .distinct()
            .prefetch_related("batch__certificates", "collected_certificates", _SENT)
        )
        level = []
        for lot in lots:
            seen.add(lot.pk)
            numbers = _numbers_of(lot)
            found += [MixedLot(lot.lot, number, lot.code) for number in numbers]
            if numbers:
                continue
            if lot.kind == Lot.Kind.PURCHASE:
                found.append(MixedLot(lot.lot, "", lot.code))
            else:
                level.append(lot.pk)
        if not level:
            break
    return sorted(set(found), key=lambda each: (each.lot, each.number))


def _numbers_of(lot: Lot) -> list[str]:
    """Of our own certificate, of those collected, and of the seller's where the goods were dispatched on the platform."""
    batches = [lot.batch]
    for move in lot.moves.all() if lot.kind == Lot.Kind.PURCHASE else ():
        if move.operation.dispatch:
            batches += [sent.lot.batch for sent in move.operation.dispatch.moves.all() if sent.mass_g < 0]
    numbers = [row.number for row in lot.collected_certificates.all()]
    for batch in batches:
        rows = list(batch.certificates.all()) if batch else []
        replaced = {row.replaces_id for row in rows}
        numbers += [row.number for row in rows if row.pk not in replaced]
    return numbers


@dataclass(frozen=True)
class CertificateStart:
    """What the form starts from: the maker's last certificate of the same product, or what the register suggests.

    `is_ready`: nothing is left to be asked, one tap issues. `is_processed`: the register's category speaks of made
    goods, which the rule does not mean.
    """

    product_kind: str
    contact: str
    basis: tuple[str, ...]
    is_processed: bool

    @property
    def is_ready(self) -> bool:
        return bool(self.product_kind and self.contact and self.basis)

    @property
    def kind_text(self) -> str:
        return str(ConformityCertificate.ProductKind(self.product_kind).label)

    @property
    def basis_text(self) -> str:
        return "、".join(str(BASIS_WORDS[each]) for each in self.basis)


def certificate_start(batch: Batch, *, has_passed: bool) -> CertificateStart:
    """`has_passed`: a laboratory found the batch up to its standard."""
    category = batch.authorisation.indication.category
    mine = ConformityCertificate.objects.filter(batch__authorisation__enterprise=batch.authorisation.enterprise)
    same = mine.filter(batch__authorisation=batch.authorisation).order_by("-pk").first()
    any_last = same or mine.exclude(contact="").order_by("-pk").first()
    # A promise is never said to rest on a test because the one before did.
    basis = tuple(each for each in same.basis if not each.endswith("_test")) if same else ()
    if has_passed:
        basis = ("commissioned_test", *basis)
    return CertificateStart(
        product_kind=same.product_kind if same else KIND_OF_CATEGORY.get(category, ""),
        contact=any_last.contact if any_last else "",
        basis=basis or ("quality_control",),
        is_processed=category in PROCESSED_CATEGORIES,
    )


def collected_of(*, actor: Actor, lot_code: UUID) -> Sequence[CollectedCertificate]:
    """The sellers' certificates kept with a lot that the actor may see. Raises NotFound."""
    return list(find_lot(actor=actor, code=lot_code).collected_certificates.all())


def find_lot(*, actor: Actor, code: UUID) -> Lot:
    lot = Lot.objects.visible_to(actor).filter(code=code).first()
    if lot is None:
        raise NotFound(_("没有这个批号的原料，或您无权查看。"))
    return lot
