"""Whether the masses of a year add up: what the land can bear, what was harvested, what was made, what labels say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Of one step, or of all. What is not stated is never taken for fine."""

    BROKEN = "broken"
    UNSTATED = "unstated"
    BOUGHT = "bought"
    OK = "ok"


# From the worst to the best; the whole is as bad as its worst step.
ORDER: Final = (State.BROKEN, State.UNSTATED, State.BOUGHT, State.OK)


@dataclass(frozen=True)
class Figures:
    """Grams of one production year; None where nobody has stated it.

    `opening_g` is raw material and work in progress left from earlier years; `reworked_in_g` what batches gave to
    others in the year, `reworked_out_g` what the batches of the year gave to others whenever; `unassigned_g` raw
    material that was entered for no indication, and may have gone into any. A part is unstated where some of several
    enterprises have not stated theirs: then too little is no proof that something is wrong.
    """

    capacity_g: int | None = None
    harvest_g: int | None = None
    purchased_g: int = 0
    opening_g: int = 0
    unassigned_g: int = 0
    reworked_in_g: int = 0
    reworked_out_g: int = 0
    product_g: int = 0
    issued_g: int = 0
    activated_g: int = 0
    is_capacity_partial: bool = False
    is_harvest_partial: bool = False

    @property
    def net_product_g(self) -> int:
        """What is left of the year's batches to be sold, and so to be labelled."""
        return max(0, self.product_g - self.reworked_out_g)


@dataclass(frozen=True)
class Step:
    """One comparison: at most `most_g` (None: not known) against `is_g`. `over_g` is by how much it is broken."""

    name: str
    most_g: int | None
    is_g: int | None
    state: State

    @property
    def gap_g(self) -> int | None:
        """Grams left, negative where there is more than there can be; None where it cannot be told."""
        return None if self.most_g is None or self.is_g is None else self.most_g - self.is_g

    @property
    def over_g(self) -> int:
        return max(0, -(self.gap_g or 0)) if self.state is State.BROKEN else 0


def steps_of(figures: Figures) -> tuple[Step, ...]:
    """capacity >= harvest >= product >= labels issued >= labels in use, in this order."""
    product = _product(figures)
    return (
        _harvest(figures, all_bought=product.state is State.BOUGHT),
        product,
        _sum("labels", figures.net_product_g, figures.issued_g),
        _sum("activated", figures.issued_g, figures.activated_g),
    )


def _sum(name: str, most_g: int, is_g: int) -> Step:
    return Step(name, most_g, is_g, State.OK if is_g <= most_g else State.BROKEN)


def _harvest(figures: Figures, *, all_bought: bool) -> Step:
    most_g, is_g = figures.capacity_g, figures.harvest_g
    if most_g is None or is_g is None:
        # Who has no land and bought everything has nothing to state.
        state = State.BOUGHT if all_bought and most_g is None and is_g is None else State.UNSTATED
        return Step("harvest", most_g, is_g, state)
    if is_g > most_g:
        state = State.UNSTATED if figures.is_capacity_partial else State.BROKEN
    else:
        state = State.UNSTATED if figures.is_harvest_partial else State.OK
    return Step("harvest", most_g, is_g, state)


def _product(figures: Figures) -> Step:
    """What was made, against the harvest, what was left over, and what was bought.

    Without a stated harvest the capacity is the most that can have been harvested: more than that is broken, less is
    still not shown to be right.
    """
    made_g, left_g = figures.product_g, figures.opening_g + figures.reworked_in_g
    is_stated = figures.harvest_g is not None
    source_g = figures.harvest_g if is_stated else figures.capacity_g
    is_partial = figures.is_harvest_partial if is_stated else figures.is_capacity_partial
    own_g = left_g + (source_g or 0)
    most_g = own_g + figures.purchased_g
    if not made_g:
        return Step("product", None if source_g is None else most_g, 0, State.OK)
    if made_g > most_g:
        is_proof = source_g is not None and not is_partial and made_g > most_g + figures.unassigned_g
        state = State.BROKEN if is_proof else State.UNSTATED
    elif is_stated or made_g <= left_g + figures.purchased_g:
        state = State.OK if made_g <= (own_g if is_stated else left_g) else State.BOUGHT
    else:
        state = State.UNSTATED
    return Step("product", most_g if source_g is not None or state is not State.UNSTATED else None, made_g, state)


def worst(steps: tuple[Step, ...]) -> State:
    """The state of the whole."""
    return min((step.state for step in steps), key=ORDER.index)


def first_broken(steps: tuple[Step, ...]) -> Step | None:
    """Where it stops adding up first, on the way from land to label."""
    return next((step for step in steps if step.state is State.BROKEN), None)
