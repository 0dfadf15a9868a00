"""What a producer fills in about growers and plots. Shapes are checked here, rules by the services."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.errors import DomainError
from products.registry.models.indication import Indication
from products.trace.domain.capacity import read_area_m2
from products.trace.domain.outline import MAX_TEXT, stored_outline
from products.trace.forms.batches import DegreesField, PlainField
from products.trace.models.plot import Grower, Plot
from products.trace.services.plot_checks import NewPlace
from products.trace.services.plots import NewPlot, PlotChange

# Bytes: a character of GeoJSON is one, but for names within it.
_MAX_FILE: Final = MAX_TEXT * 2
_FOLDED: Final = ("region_code", "altitude_m")


class AreaField(forms.CharField):
    """An area as people type it, in 亩 unless they say otherwise; the value is in square metres."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_area_m2(text)
        except ValueError as error:
            raise ValidationError(
                _("请填数字，单位是亩，例如 3.5；也可以写 2300平方米、1.2公顷。"), code="not_an_area"
            ) from error


class GrowerForm(forms.Form):
    """A grower's name and telephone."""

    name = forms.CharField(
        label=gettext_lazy("姓名"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = PlainField(
        label=gettext_lazy("电话"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("只有本企业看得到；账本里只存它的加盐摘要"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def refuse(self, error: DomainError) -> None:
        self.add_error(error.field if error.field in self.fields else None, ValidationError(error.text, error.code))


class PlotForm(forms.Form):
    """Where a plot lies and what it is; `place` and the like give it as the services take it."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=120,
        help_text=gettext_lazy("自己认得出就行，例如：东坡二号田。不公开，账本里只存它的加盐摘要"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    longitude = DegreesField(example="103.8872", label=gettext_lazy("经度"))
    latitude = DegreesField(example="30.8105", label=gettext_lazy("纬度"))
    area_m2 = AreaField(
        label=gettext_lazy("面积（亩）"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("只有一个点时填写，例如 3.5；有轮廓的由系统计算"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    outline_file = forms.FileField(
        label=gettext_lazy("轮廓文件（GeoJSON）"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("从测绘、地图软件或遥感平台导出，一个地块一个文件"),
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        error_messages={"empty": gettext_lazy("选择的文件是空的。请重新选择。")},
    )
    outline = forms.CharField(
        label=gettext_lazy("或粘贴轮廓"),
        required=False,
        max_length=MAX_TEXT + 1,
        help_text=gettext_lazy("GeoJSON 的 Polygon，经度在前"),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off"}),
    )
    datum = forms.ChoiceField(
        label=gettext_lazy("坐标系"),
        choices=[
            ("WGS-84", gettext_lazy("WGS-84：手机定位、GPS")),
            ("CGCS2000", gettext_lazy("CGCS2000：测绘成果")),
            ("GCJ-02", gettext_lazy("GCJ-02：高德、腾讯地图")),
            ("BD-09", gettext_lazy("BD-09：百度地图")),
        ],
    )
    grower = forms.ChoiceField(label=gettext_lazy("由谁种"), required=False)
    altitude_m = forms.IntegerField(
        label=gettext_lazy("海拔（米）"),
        required=False,
        help_text=gettext_lazy("标准对海拔有要求时用来核对，例如 1250"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": gettext_lazy("请填整数，例如 1250。")},
    )
    region_code = forms.ChoiceField(
        label=gettext_lazy("所在县（市、区）"),
        required=False,
        help_text=gettext_lazy("一般不用选，系统按位置判断；位置在县界上时才需要"),
    )

    def __init__(
        self, *args: Any, growers: Sequence[Grower], counties: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        people = [(str(one.code), f"{one.name} {one.phone}".strip()) for one in growers]
        self.fields["grower"].choices = [("", _("本企业自己")), *people]  # type: ignore[attr-defined]
        self.fields["region_code"].choices = [("", _("按位置判断")), *counties]  # type: ignore[attr-defined]

    def clean_outline_file(self) -> str:
        """The file's text, which takes the place of what was pasted."""
        file = self.cleaned_data["outline_file"]
        if not file:
            return ""
        if file.size > _MAX_FILE:
            raise ValidationError(_("文件太大。一个地块的轮廓不会超过 400 KB，请只导出这一个地块。"), code="too_large")
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise ValidationError(
                _("不是 GeoJSON 文本文件。请在软件里导出为 GeoJSON（.geojson）。"), code="not_text"
            ) from error
        return text

    @property
    def is_outline_open(self) -> bool:
        return bool(self["outline"].value()) or any(self[field].errors for field in ("outline", "outline_file"))

    @property
    def is_folded_open(self) -> bool:
        return any(self[field].errors or self[field].value() for field in _FOLDED)

    @property
    def place(self) -> NewPlace:
        given = self.cleaned_data
        return NewPlace(
            outline=given["outline_file"] or given["outline"],
            longitude=given["longitude"],
            latitude=given["latitude"],
            datum=given["datum"],
            area_m2=given["area_m2"],
            region_code=given["region_code"],
        )

    @property
    def grower_code(self) -> UUID | None:
        return UUID(self.cleaned_data["grower"]) if self.cleaned_data["grower"] else None

    def refuse(self, error: DomainError) -> None:
        """Put a service's refusal beside the field that has to change."""
        field = error.field
        if field == "outline" and self.cleaned_data.get("outline_file"):
            field = "outline_file"
        self.add_error(field if field in self.fields else None, ValidationError(error.text, error.code))


class NewPlotForm(PlotForm):
    """A plot to be."""

    indication_code = forms.ChoiceField(label=gettext_lazy("地理标志"))
    kind = forms.ChoiceField(
        label=gettext_lazy("种类"), choices=Plot.Kind.choices, widget=forms.RadioSelect, initial=Plot.Kind.FIELD
    )

    def __init__(self, *args: Any, indications: Sequence[Indication], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["indication_code"].choices = [(one.code, one.name) for one in indications]  # type: ignore[attr-defined]

    def plot(self) -> NewPlot:
        given = self.cleaned_data
        return NewPlot(
            indication_code=given["indication_code"],
            kind=given["kind"],
            name=given["name"],
            place=self.place,
            grower=self.grower_code,
            altitude_m=given["altitude_m"],
        )


class PlotChangeForm(PlotForm):
    """What a plot says from now on, and why."""

    reason = forms.CharField(
        label=gettext_lazy("变更原因"),
        max_length=500,
        help_text=gettext_lazy("会写入公开账本，请不要写个人姓名和电话。例如：重新测量"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def change(self) -> PlotChange:
        given = self.cleaned_data
        return PlotChange(name=given["name"], grower=self.grower_code, altitude_m=given["altitude_m"], place=self.place)


class RetireForm(forms.Form):
    """Why a plot is taken out of use."""

    reason = forms.CharField(
        label=gettext_lazy("停用原因"),
        max_length=500,
        help_text=gettext_lazy("会写入公开账本，请不要写个人姓名和电话。例如：流转到期"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def initial_of(plot: Plot) -> dict[str, Any]:
    """The form of a plot as it is now."""
    outline = stored_outline(plot.geometry, plot.datum)
    place: dict[str, Any] = {"outline": plot.geometry}
    if outline.is_point:
        longitude, latitude = outline.pairs[0]
        place = {"longitude": longitude, "latitude": latitude, "area_m2": _("%(area)d平方米") % {"area": plot.area_m2}}
    return place | {
        "name": plot.name,
        "datum": plot.datum,
        "grower": str(plot.grower.code) if plot.grower else "",
        "altitude_m": plot.altitude_m,
        "region_code": plot.region_id,
    }
