"""What was done with lots, as EPCIS 2.0 events."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from products.trace.domain.epcis_own.facts import Event, Said, Surroundings, common, filled, quantity, urn
from products.trace.domain.epcis_own.identifiers import lot_class

MOVED: Final = "trace.lots_moved"
OPENED: Final = "trace.lot_opened"
BATCH: Final = "batch"


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot as its opening states it; `epc_class` of a product batch is the batch's."""

    code: str
    kind: str
    number: str
    material: str
    epc_class: str

    @classmethod
    def of(cls, said: Said, *, batch_class: str = "") -> LotFacts:
        own = lot_class(code=said.code, gtin="", lot="")
        return cls(said.code, said.data["kind"], said.data["lot"], said.data["material"], batch_class or own)

    @property
    def is_batch(self) -> bool:
        return self.kind == BATCH


@dataclass(frozen=True, slots=True)
class _Moved:
    lot: LotFacts
    mass_g: int


Make = Callable[[list[_Moved]], Event]


def lot_event(said: Said, lots: Mapping[str, LotFacts], where: Surroundings) -> Event | None:
    """The event that a statement about an operation stands for; None where it is none, as for a declared batch.

    Whom something was bought from or sent to is in no event: the log keeps it behind a salt.
    """
    make = _MAKERS.get(said.data["kind"])
    moves = [_Moved(lots[each["lot"]], int(each["mass_g"])) for each in said.data["moves"] if each["lot"] in lots]
    if make is None or not moves:
        return None
    data = said.data
    event = common(said, where, act=f"lots_{data['kind']}", uscc=str(data["enterprise"]))
    # Only the day is known: its first moment in Sichuan, so that nothing lies in the future.
    event |= {"eventTime": f"{data['done_on']}T00:00:00.000+08:00", "gi:dayOnly": data["done_on"]}
    event |= {"gi:operation": urn(said.code)} | filled(
        {
            "gi:process": data.get("process"),
            "gi:reason": data.get("reason"),
            "gi:yieldPermille": data.get("yield_permille"),
            "gi:yieldMinPermille": data.get("yield_min_permille"),
            "gi:yieldMaxPermille": data.get("yield_max_permille"),
            "gi:documentNo": data.get("document_no"),
            "gi:dispatch": urn(data["dispatch"]) if data.get("dispatch") else "",
            "gi:lot": [_named(move, data["kind"]) for move in moves],
        }
    )
    return event | make(moves)


def _named(move: _Moved, kind: str) -> Event:
    lot = move.lot
    named: Event = {"gi:class": lot.epc_class, "gi:lotNumber": lot.number, "gi:material": lot.material}
    return named | ({"gi:differenceG": move.mass_g} if kind == "stocktake" else {})


def _quantity(move: _Moved) -> Event:
    return quantity(move.lot.epc_class, abs(move.mass_g))


def _whole(moves: list[_Moved]) -> list[Event]:
    return [_quantity(move) for move in moves]


def _harvested(moves: list[_Moved]) -> Event:
    return {
        "action": "ADD",
        "bizStep": "commissioning",
        "disposition": "active",
        "quantityList": _whole(moves),
    }


def _purchased(moves: list[_Moved]) -> Event:
    # It is given its number here, which is what ADD says.
    return {"action": "ADD", "bizStep": "receiving", "disposition": "in_progress", "quantityList": _whole(moves)}


def _transformed(biz_step: str) -> Make:
    def make(moves: list[_Moved]) -> Event:
        taken = [move for move in moves if move.mass_g < 0]
        given = [move for move in moves if move.mass_g > 0]
        return {
            "type": "TransformationEvent",
            "bizStep": biz_step,
            "disposition": "active",
            "inputQuantityList": _whole(taken),
            # A batch's mass stands in its registration, which commissions it: stated twice, it would count twice.
            "outputQuantityList": [
                {"epcClass": move.lot.epc_class} if move.lot.is_batch else _quantity(move) for move in given
            ],
        }

    return make


def _lost(moves: list[_Moved]) -> Event:
    # Dried up, spoilt or spilt: no step of the CBV is all of these.
    return {"action": "DELETE", "bizStep": "other", "quantityList": _whole(moves)}


def _counted(moves: list[_Moved]) -> Event:
    return {
        "action": "OBSERVE",
        "bizStep": "stock_taking",
        "quantityList": [{"epcClass": move.lot.epc_class} for move in moves],
    }


def _dispatched(moves: list[_Moved]) -> Event:
    return {"action": "OBSERVE", "bizStep": "shipping", "disposition": "in_transit", "quantityList": _whole(moves)}


_MAKERS: Final[Mapping[str, Make]] = {
    "harvest": _harvested,
    "purchase": _purchased,
    "process": _transformed("commissioning"),
    "split": _transformed("repackaging"),
    "merge": _transformed("repackaging"),
    "loss": _lost,
    "stocktake": _counted,
    "dispatch": _dispatched,
}


def lots_of(said: Said) -> list[str]:
    """The codes of the lots that a statement about an operation moves."""
    moves: list[Mapping[str, Any]] = said.data.get("moves") or []
    return [str(each["lot"]) for each in moves]
