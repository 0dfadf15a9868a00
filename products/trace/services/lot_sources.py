"""One step up and one step down: where a new lot comes from, and who gets what is dispatched (GB/T 38155)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from products.access import Actor
from products.audit import new_salt
from products.errors import NotFound
from products.registry.errors import OutsideArea, UnknownCounty
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.queries.indications import area_county_codes
from products.registry.queries.regions import find_county
from products.trace.domain.facts import write_kg
from products.trace.lot_errors import (
    DispatchReceived,
    LotFieldMissing,
    MoreThanDispatched,
    OperationDateImplausible,
    OperationMalformed,
)
from products.trace.models.lot import Lot, LotOperation
from products.trace.models.plot import Plot
from products.trace.services.lot_checks import NewOperation
from products.trace.services.plot_checks import check_indication

Kind = LotOperation.Kind


def received_dispatch(new: NewOperation, *, enterprise: Enterprise) -> LotOperation | None:
    """The seller's dispatch that arrived with a purchase, locked: it is received once, and never more than was sent.

    Raises NotFound unless it was sent to this enterprise; DispatchReceived, MoreThanDispatched,
    OperationDateImplausible.
    """
    if new.dispatch is None:
        return None
    if new.kind != Kind.PURCHASE:
        raise OperationMalformed(_("只有“购进”能填写对方的发货编号。"), field="dispatch")
    row = (
        LotOperation.objects.filter(code=new.dispatch, kind=Kind.DISPATCH, consignee_uscc=enterprise.uscc)
        .select_for_update(of=("self",))
        .select_related("enterprise")
        .first()
    )
    if row is None:
        raise NotFound(
            _("没有发给本单位的这次发货。请核对发货编号，并请对方确认收货方填的是本单位的统一社会信用代码。"),
            field="dispatch",
        )
    if LotOperation.objects.filter(dispatch=row).exists():
        raise DispatchReceived(_("这次发货已经登记过收货，不能重复登记。"), field="dispatch")
    sent_g = -sum(row.moves.values_list("mass_g", flat=True))
    if sum(each.mass_g for each in new.given) > sent_g:
        raise MoreThanDispatched(
            _("对方发出 %(kg)s 公斤，收到的不会更多。请核对质量，或请对方核对发货。") % {"kg": write_kg(sent_g)},
            field="given.0.mass_g",
        )
    if new.done_on < row.done_on:
        raise OperationDateImplausible(
            _("对方 %(day)s 才发货，收货不能更早。请核对日期。") % {"day": row.done_on.isoformat()}, field="done_on"
        )
    return row


def fill_source(lot: Lot, row: LotOperation, new: NewOperation, *, place: int, actor: Actor) -> None:
    """Write into a new lot where it was harvested or from whom it was bought; nothing for other operations.

    Raises NotFound for another's plot, IndicationNotOwn, UnknownCounty, OutsideArea.
    """
    if row.kind not in (Kind.HARVEST, Kind.PURCHASE):
        return
    if new.indication_code.strip():
        lot.indication = check_indication(actor, new.indication_code.strip())
    if new.plot is not None:
        _fill_plot(lot, new, new.plot)
    if new.origin_code.strip():
        lot.origin = find_county(new.origin_code.strip())
    if row.kind == Kind.HARVEST and lot.indication and lot.origin:
        _require_in_area(lot.indication, lot.origin.code)
    lot.document_no, lot.document_sha256 = row.document_no, row.document_sha256
    if row.kind == Kind.PURCHASE:
        seller = row.dispatch.enterprise if row.dispatch else None
        lot.seller_name = seller.name[:120] if seller else new.seller_name
        lot.seller_uscc = seller.uscc if seller else new.seller_uscc
        lot.seller_salt = new_salt()


def _fill_plot(lot: Lot, new: NewOperation, code: UUID) -> None:
    plot = Plot.objects.filter(enterprise=lot.enterprise, code=code, is_active=True).first()
    if plot is None or new.kind != Kind.HARVEST:
        raise NotFound(_("没有这个地块，或它已停用，或不属于本企业。请从列表中选择。"), field="plot")
    if lot.indication and plot.indication_id != lot.indication.pk:
        raise NotFound(_("这个地块登记在另一个地理标志下。请重新选择地块。"), field="plot")
    lot.plot, lot.indication, lot.origin = plot, plot.indication, plot.region


def _require_in_area(indication: Indication, county: str) -> None:
    if county not in area_county_codes(indication):
        raise OutsideArea(
            _("这个县（市、区）不在“%(name)s”的保护范围内。用于其他产品的，请不要选择地理标志。")
            % {"name": indication.name},
            field="origin_code",
        )


def consignee_of(row: LotOperation, new: NewOperation) -> None:
    """Write down who gets it, behind a salt. Raises OperationMalformed, LotFieldMissing, UnknownCounty."""
    row.consignee_name, row.consignee_uscc = new.consignee_name, new.consignee_uscc
    if row.consignee_uscc and row.consignee_uscc == row.enterprise.uscc:
        raise OperationMalformed(_("收货方是本单位。在本单位内部分开存放的，请登记“分批”。"), field="consignee_uscc")
    if code := new.consignee_region_code.strip():
        row.consignee_region = Region.objects.filter(code=code).first()
        if row.consignee_region is None:
            raise UnknownCounty(
                _("收货地须为四川省内的市（州）或县（市、区）的 6 位代码（GB/T 2260）。省外的请留空。"),
                field="consignee_region_code",
            )
    if not row.consignee_name:
        raise LotFieldMissing(_("请填写收货方：企业全称，或收货人姓名。"), field="consignee_name")
    row.consignee_salt = new_salt()
