"""What a producer fills in about an operation with lots. Shapes are checked here, rules by the services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.trace.domain.facts import write_kg
from products.trace.forms.batches import DayField, MassField, PlainField
from products.trace.models.batch import Batch
from products.trace.models.lot import Lot, LotOperation
from products.trace.services.lot_checks import Given, NewOperation, Taken

Kind = LotOperation.Kind
# Shown at once; the others are folded away.
SHOWN: Final = 8
OUTPUTS: Final = {Kind.HARVEST: 1, Kind.PURCHASE: 1, Kind.MERGE: 1, Kind.SPLIT: 4, Kind.PROCESS: 3}
TAKES: Final = (Kind.SPLIT, Kind.MERGE, Kind.PROCESS, Kind.LOSS, Kind.STOCKTAKE, Kind.DISPATCH)
_TEXTS: Final = (
    "process", "reason", "document_no", "indication_code", "origin_code", "seller_name", "seller_uscc", "consignee_name",
    "consignee_uscc",
)  # fmt: skip
_OFF: Final = {"autocomplete": "off"}
_DECIMAL: Final = {"inputmode": "decimal", "autocomplete": "off"}


class OptionalMassField(MassField):
    """As MassField; a row left empty is None: not used."""

    def clean(self, value: Any) -> Any:
        return super().clean(value) if self.required or str(value or "").strip() else None


@dataclass(frozen=True)
class Source:
    """Something that can be taken from: a lot, or a batch that has no lot yet."""

    code: UUID
    is_batch: bool
    label: str
    stock_g: int

    @property
    def field(self) -> str:
        return f"taken-{self.code.hex}"

    @classmethod
    def of_lot(cls, lot: Lot) -> Source:
        number = lot.batch.lot if lot.batch else lot.lot
        return cls(lot.code, False, f"{number} · {lot.material}", lot.stock_g)

    @classmethod
    def of_batch(cls, batch: Batch) -> Source:
        return cls(batch.code, True, f"{batch.lot} · {batch.authorisation.product_name}", batch.net_mass_g)

    def take(self, grams: int) -> Taken:
        return Taken(mass_g=grams, batch=self.code) if self.is_batch else Taken(mass_g=grams, lot=self.code)


@dataclass(frozen=True)
class Choices:
    """What the form offers: (value, words) pairs, and what can be taken from; `chosen` comes first and is filled in."""

    sources: Sequence[Source] = ()
    chosen: UUID | None = None
    batches: Sequence[Batch] = ()
    plots: Sequence[tuple[str, str]] = ()
    indications: Sequence[tuple[str, str]] = ()
    counties: Sequence[tuple[str, str]] = ()


class OperationForm(forms.Form):
    """One operation of one kind."""

    done_on = DayField(label=gettext_lazy("日期"))

    def __init__(self, *args: Any, kind: str, choices: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, self.choices = kind, choices
        self.taken: list[Source] = []
        self.given: list[str] = []
        if kind in TAKES:
            self._add_sources()
        self._add_outputs()
        self._add_rest()

    def _add_sources(self) -> None:
        is_count = self.kind == Kind.STOCKTAKE
        for source in self.choices.sources:
            left = _("账面 %(kg)s 公斤") if is_count else _("现有 %(kg)s 公斤")
            self.fields[source.field] = OptionalMassField(
                label=source.label,
                required=False,
                max_length=30,
                help_text=left % {"kg": write_kg(source.stock_g)},
                widget=forms.TextInput(attrs=_DECIMAL),
            )
            # A batch or lot that the reader came from is meant as a whole, unless they say otherwise.
            if source.code == self.choices.chosen and self.kind in (Kind.DISPATCH, Kind.PROCESS, Kind.MERGE):
                self.fields[source.field].initial = source.stock_g

    def _add_outputs(self) -> None:
        kind = self.kind
        if kind == Kind.PROCESS:
            batches = [
                (str(each.code), f"{each.lot} · {each.authorisation.product_name} · {write_kg(each.net_mass_g)} kg")
                for each in self.choices.batches
            ]
            self.fields["batch"] = forms.ChoiceField(
                label=_("做成了哪个产品批次"),
                required=False,
                choices=[("", _("还没有做成产品批次")), *batches],
                help_text=_("产出按这个批次登记的净重计。没有列出的，请先登记批次。"),
            )
        for place in range(OUTPUTS.get(Kind(kind), 0)):
            is_needed = place == 0 and kind != Kind.PROCESS
            self.fields[f"lot-{place}"] = PlainField(
                label=_("新批的批号") if place == 0 else _("新批 %(number)d 的批号") % {"number": place + 1},
                required=is_needed,
                max_length=60,
                widget=forms.TextInput(attrs=_OFF | {"autocapitalize": "characters"}),
            )
            if kind != Kind.MERGE:
                self.fields[f"mass-{place}"] = OptionalMassField(
                    label=_("质量"), required=is_needed, max_length=30, widget=forms.TextInput(attrs=_DECIMAL)
                )
            if kind in (Kind.HARVEST, Kind.PURCHASE, Kind.PROCESS):
                self.fields[f"material-{place}"] = forms.CharField(
                    label=_("品名"),
                    required=is_needed,
                    max_length=80,
                    help_text=_("例如 鲜辣椒") if place == 0 else "",
                    widget=forms.TextInput(attrs=_OFF),
                )

    def _add_rest(self) -> None:
        kind, fields, choices = self.kind, self.fields, self.choices
        if kind == Kind.HARVEST:
            fields["plot"] = forms.ChoiceField(
                label=_("从哪个地块采收"), required=False, choices=[("", _("没有登记地块")), *choices.plots]
            )
            fields["origin_code"] = forms.ChoiceField(
                label=_("产地"),
                required=False,
                choices=[("", _("与地块相同")), *choices.counties],
                help_text=_("没有选地块的，请选县（市、区）"),
            )
        if kind in (Kind.HARVEST, Kind.PURCHASE):
            fields["indication_code"] = forms.ChoiceField(
                label=_("用于哪个地理标志"), required=False, choices=[("", _("不限，或还没定")), *choices.indications]
            )
        if kind == Kind.PURCHASE:
            fields["seller_name"] = _text(
                _("卖方"), 120, help_text=_("企业全称，或农户姓名；不公开，账本里只存加盐摘要")
            )
            fields["seller_uscc"] = _text(_("卖方的统一社会信用代码"), 40, help_text=_("农户等个人没有的，留空"))
            fields["dispatch"] = forms.UUIDField(
                label=_("对方的发货编号"),
                required=False,
                help_text=_("对方也用本平台时填送货单上的编号，卖方不用再填，来源自动连上"),
                widget=forms.TextInput(attrs=_OFF),
                error_messages={"invalid": _("发货编号应是送货单上那样的 36 位编号。")},
            )
        if kind == Kind.PROCESS:
            fields["process"] = _text(_("工序"), 60, is_required=True, help_text=_("例如 烘干、发酵、分装"))
        if kind == Kind.DISPATCH:
            fields["consignee_name"] = _text(
                _("收货方"), 120, is_required=True, help_text=_("企业全称，或收货人姓名；不公开，账本里只存加盐摘要")
            )
            fields["consignee_uscc"] = _text(
                _("收货方的统一社会信用代码"), 40, help_text=_("对方也用本平台的，填了对方才能收货；个人留空")
            )
        if kind in (Kind.PURCHASE, Kind.DISPATCH, Kind.PROCESS):
            words = _("生产记录或称重单编号") if kind == Kind.PROCESS else _("凭证编号")
            fields["document_no"] = _text(words, 60, help_text=_("例如收购发票、合格证、送货单的编号"))
        if kind in (Kind.LOSS, Kind.STOCKTAKE, Kind.PROCESS):
            fields["reason"] = forms.CharField(
                label=_("原因"),
                required=kind != Kind.PROCESS,
                max_length=500,
                help_text=_("会写入账本，请不要写个人姓名和电话")
                if kind != Kind.PROCESS
                else _("得率超出规范范围时须写明；会写入账本"),
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    @property
    def shown_sources(self) -> list[forms.BoundField]:
        return [self[source.field] for source in self.choices.sources[:SHOWN]]

    @property
    def folded_sources(self) -> list[forms.BoundField]:
        return [self[source.field] for source in self.choices.sources[SHOWN:]]

    @property
    def is_folded_open(self) -> bool:
        return any(field.errors or field.value() for field in self.folded_sources)

    @property
    def outputs(self) -> list[list[tuple[forms.BoundField, str]]]:
        """The rows of new lots, each its fields with their units."""
        names = ("lot", "material", "mass")
        return [
            [
                (self[f"{name}-{place}"], _("公斤") if name == "mass" else "")
                for name in names
                if f"{name}-{place}" in self.fields
            ]
            for place in range(OUTPUTS.get(Kind(self.kind), 0))
        ]

    @property
    def others(self) -> list[forms.BoundField]:
        """Everything but the day, the sources and the outputs."""
        dynamic = ("taken-", "lot-", "mass-", "material-")
        return [self[name] for name in self.fields if not name.startswith(dynamic) and name not in ("done_on", "batch")]

    def operation(self) -> NewOperation:
        """What was typed. Of a split the mass taken is what the parts weigh; of a merge the part is what went in."""
        data = self.cleaned_data
        self.taken = [each for each in self.choices.sources if data.get(each.field) not in (None, "")]
        taken = [each.take(data[each.field]) for each in self.taken]
        given = self._given()
        if self.kind == Kind.MERGE and given:
            given = [Given(lot=given[0].lot, mass_g=sum(each.mass_g for each in taken))]
        return NewOperation(
            kind=self.kind,
            done_on=data["done_on"],
            taken=taken,
            given=given,
            plot=UUID(data["plot"]) if data.get("plot") else None,
            dispatch=data.get("dispatch") or None,
            **{name: data.get(name) or "" for name in _TEXTS},
        )

    def _given(self) -> list[Given]:
        data, found = self.cleaned_data, []
        if data.get("batch"):
            batch = next(each for each in self.choices.batches if str(each.code) == data["batch"])
            found.append(Given(batch=batch.code, mass_g=batch.net_mass_g))
            self.given.append("batch")
        for place in range(OUTPUTS.get(Kind(self.kind), 0)):
            number, mass = data.get(f"lot-{place}") or "", data.get(f"mass-{place}")
            if number or mass not in (None, ""):
                grams = mass if isinstance(mass, int) else 0
                found.append(Given(lot=number, material=data.get(f"material-{place}") or "", mass_g=grams))
                self.given.append(str(place))
        return found

    def refuse(self, error: DomainError) -> None:
        """Put a service's refusal beside the field that has to change."""
        self.add_error(self._field_of(error.field), ValidationError(error.text, error.code))

    def _field_of(self, field: str) -> str | None:
        part, _dot, rest = field.partition(".")
        place, _dot, column = rest.partition(".")
        if part == "taken" and place.isdecimal():
            return self.taken[int(place)].field
        if part == "given" and place.isdecimal():
            where = self.given[int(place)]
            own = {"mass_g": "mass"}.get(column, column or "lot")
            field = "batch" if where == "batch" else f"{own}-{where}"
        return field if field in self.fields else None


def _text(label: str, most: int, *, help_text: str = "", is_required: bool = False) -> forms.CharField:
    return PlainField(
        label=label,
        required=is_required,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs=_OFF),
    )
