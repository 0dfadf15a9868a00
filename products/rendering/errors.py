"""Why something was not drawn. Every refusal has a stable `reason`; nothing is ever printed half."""

from __future__ import annotations


class RenderingRefused(ValueError):
    """Base of all refusals. `reason` is stable."""

    reason = "rendering_refused"


class LabelTooSmall(RenderingRefused):
    """The text does not fit this size in legible type: take a larger label."""

    reason = "label_too_small"


class ModuleTooSmall(RenderingRefused):
    """The QR code's squares would be too small to be printed and read."""

    reason = "qr_module_too_small"


class AddressTooLong(RenderingRefused):
    """The address does not fit a QR code small enough for a label."""

    reason = "address_too_long"


class UnprintableText(RenderingRefused):
    """A character the typeface does not have, or a control character."""

    reason = "unprintable_text"

    def __init__(self, character: str) -> None:
        super().__init__(f"U+{ord(character):04X} cannot be printed")
        self.character = character
