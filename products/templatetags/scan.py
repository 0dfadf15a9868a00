"""Parts of the scan page that every unit of a run has alike."""

from __future__ import annotations

from django import template
from django.template import Context
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from products.scans.services.scans import ScanAnswer

register = template.Library()


@register.simple_tag(takes_context=True)
def kept_part(context: Context, name: str, *depends: object) -> SafeString:
    """The template `name`, rendered once for the run, the language and what else it `depends` on."""
    answer: ScanAnswer = context["answer"]
    engine = context.template.engine  # type: ignore[union-attr]
    if answer.story is None:
        return SafeString("")
    return answer.story.kept((name, get_language(), *depends), lambda: engine.get_template(name).render(context))
