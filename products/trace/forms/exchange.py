"""What people choose when they export a period for another platform."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from products.access import Actor, Role
from products.errors import DomainError
from products.trace.forms.batches import DayField, PlainField

STANDARDS = (("ny4712", _("农业行业标准 NY/T 4712-2025")), ("gb38154", _("国家标准 GB/T 38154-2019")))


class ExportForm(forms.Form):
    """A producer exports its own batches; everybody else names the enterprise."""

    uscc = PlainField(label=_("企业的统一社会信用代码"), max_length=18, strip=True)
    first = DayField(label=_("生产日期从"))
    last = DayField(label=_("到"), help_text=_("一次最多一年。"))
    standard = forms.ChoiceField(label=_("按哪个标准的内容"), choices=STANDARDS)
    form = forms.ChoiceField(label=_("文件"), choices=(("xlsx", _("Excel 表格")), ("json", _("JSON（交给系统）"))))

    def __init__(self, data: Any, *, actor: Actor, today: date) -> None:
        # The year so far is what is asked for most.
        initial = {"first": date(today.year, 1, 1), "last": today}
        super().__init__(data, initial=initial)
        if actor.is_role(Role.PRODUCER):
            del self.fields["uscc"]

    def refuse(self, error: DomainError) -> None:
        """Show a service's refusal at its field."""
        self.add_error(error.field if error.field in self.fields else None, error.text)
