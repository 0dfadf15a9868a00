"""Why a label was not drawn, beyond what stops any drawing."""

from __future__ import annotations

from collections.abc import Sequence

from products.labels.domain.mark_rules import Missing
from products.rendering.errors import RenderingRefused


class FactsMissing(RenderingRefused):
    """The label would lack something it has to say; `missing` lists what."""

    reason = "facts_missing"

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(", ".join(missing))
        self.missing = tuple(missing)


class MarkImageUnusable(RenderingRefused):
    """The picture of the official mark is not a PNG, or is too coarse to print."""

    reason = "mark_image_unusable"
