"""Template helpers: areas as people read them."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from products.trace.domain.capacity import write_mu

register = template.Library()


@register.filter
def area(area_m2: int) -> str:
    """Square metres with the 亩 that farmers reckon in: 3.5 亩（2,333 平方米）."""
    metres = number_format(area_m2, use_l10n=True, force_grouping=True)
    return _("%(mu)s 亩（%(metres)s 平方米）") % {"mu": write_mu(area_m2), "metres": metres}
