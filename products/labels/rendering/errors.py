"""Why a label was not drawn. Every refusal has a stable `reason`; nothing is ever printed half."""

from __future__ import annotations

from collections.abc import Sequence

from products.labels.domain.mark_rules import Missing


class RenderingRefused(ValueError):
    """Base of all refusals. `reason` is stable."""

    reason = "rendering_refused"


class FactsMissing(RenderingRefused):
    """The label would lack something it has to say; `missing` lists what."""

    reason = "facts_missing"

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class LabelTooSmall(RenderingRefused):
    """The text does not fit this size in legible type: take a larger label."""

    reason = "label_too_small"


class ModuleTooSmall(RenderingRefused):
    """The QR code's squares would be too small to be printed and read."""

    reason = "qr_module_too_small"


class AddressTooLong(RenderingRefused):
    """The scan address does not fit a QR code small enough for a label."""

    reason = "address_too_long"


class UnprintableText(RenderingRefused):
    """A character the label's typeface does not have, or a control character."""

    reason = "unprintable_text"

    def __init__(self, character: str) -> None:
        super().__init__(f"U+{ord(character):04X} cannot be printed")
        self.character = character


class MarkImageUnusable(RenderingRefused):
    """The picture of the official mark is not a PNG, or is too coarse to print."""

    reason = "mark_image_unusable"
