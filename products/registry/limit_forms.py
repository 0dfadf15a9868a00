"""One limit in a form: a kind for each way in which standards limit."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from products.registry.domain.indicators import INDICATORS, PROCESS, PRODUCT
from products.registry.domain.requirements import RATIOS, Comparator
from products.registry.domain.units import units
from products.registry.queries.limit_words import usual_name
from products.registry.standard_forms import RefusableForm

# kind -> (what it is called, an example)
KINDS: Final[dict[str, tuple[Promise | str, Promise | str]]] = {
    "least": (gettext_lazy("不低于"), gettext_lazy("例如 总酸不低于 0.60 g/L")),
    "most": (gettext_lazy("不超过"), gettext_lazy("例如 铅不超过 0.2 mg/kg")),
    "between": (gettext_lazy("介于两个数之间"), gettext_lazy("例如 海拔 500 到 1000 m、3 月到 5 月")),
    "ratio": (gettext_lazy("两个指标之比"), gettext_lazy("例如 乙酸乙酯与己酸乙酯之比低于 1.00")),
    "tolerance": (gettext_lazy("与标签相差不超过"), gettext_lazy("例如 酒精度与标签标示值相差不超过 1.0 %vol")),
    "never": (gettext_lazy("不得检出或使用"), gettext_lazy("例如 不得用硫磺熏蒸")),
    "grade": (gettext_lazy("等级不低于"), gettext_lazy("例如 质量等级至少 2 级")),
}
_KIND_OF: Final = {
    Comparator.GE: "least",
    Comparator.GT: "least",
    Comparator.LE: "most",
    Comparator.LT: "most",
    Comparator.RANGE: "between",
    Comparator.TOLERANCE: "tolerance",
    Comparator.FORBIDDEN: "never",
    Comparator.AT_LEAST_GRADE: "grade",
    **dict.fromkeys(RATIOS, "ratio"),
}
_COMPARATORS: Final[dict[str, list[tuple[str, Promise | str]]]] = {
    "least": [("ge", gettext_lazy("不低于（≥，等于也符合）")), ("gt", gettext_lazy("高于（>，等于不符合）"))],
    "most": [("le", gettext_lazy("不超过（≤，等于也符合）")), ("lt", gettext_lazy("低于（<，等于不符合）"))],
    "ratio": [
        ("ratio_lt", gettext_lazy("低于（<）")),
        ("ratio_le", gettext_lazy("不超过（≤）")),
        ("ratio_ge", gettext_lazy("不低于（≥）")),
    ],
}
_FIXED: Final = {"between": "range", "tolerance": "tolerance", "never": "forbidden", "grade": "at_least_grade"}
_OTHER: Final = "other"
_BANDED: Final = ("alcohol", "altitude", "soluble_solids", "unit_mass")
_UNIT_WORDS: Final[dict[str, Promise | str]] = {
    "1": gettext_lazy("无单位"),
    "grade": gettext_lazy("级"),
    "month": gettext_lazy("月份"),
    "a": gettext_lazy("年"),
    "d": gettext_lazy("天"),
    "h": gettext_lazy("小时"),
    "plants/ha": gettext_lazy("株/公顷"),
    "fruits/ha": gettext_lazy("个/公顷"),
    "kg/ha": gettext_lazy("公斤/公顷"),
    "t/ha": gettext_lazy("吨/公顷"),
    "permille": gettext_lazy("‰（千分比）"),
    "pieces/kg": gettext_lazy("个/公斤"),
    "pieces/500g": gettext_lazy("个/500克"),
}


def kind_of(comparator: str) -> str:
    return _KIND_OF[Comparator(comparator)]


def unit_word(unit: str) -> str:
    return str(_UNIT_WORDS.get(unit, unit))


def _text(
    label: Any, hint: Any = "", *, numeric: bool = False, most: int = 40, required: bool = False
) -> forms.CharField:
    mode = "text" if not numeric else "decimal"
    widget = forms.TextInput(attrs={"inputmode": mode, "autocomplete": "off"})
    errors = {"required": gettext_lazy("请填写数值。")}
    return forms.CharField(
        label=label, help_text=hint, max_length=most, required=required, widget=widget, error_messages=errors
    )


class LimitForm(RefusableForm):
    """One limit of `kind`. Its fields are those of the kind; numbers are read by the service."""

    renamed = {
        "values": "first",
        "ratio_of": "top",
        "comparator": "strictness",
        "condition": "band_from",
        "band_indicator": "band_indicator",
    }

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self._add_what()
        self._add_values()
        if kind not in ("ratio", "tolerance"):
            self._add_condition()
        self.fields["source"] = _text(_("这项限量的来源"), _("和版本的来源不同时填，例如 表2、公告第3条"), most=500)
        self.fields["confidence"] = forms.ChoiceField(
            label=_("数值是从哪里抄的"),
            choices=[("high", _("标准或公告原文")), ("medium", _("转载、网页")), ("low", _("听说、记忆，待核对"))],
        )
        self.fields["is_unclear"] = forms.BooleanField(label=_("原文不清楚，先记下，不作判定"), required=False)

    def _add_what(self) -> None:
        if self.kind == "ratio":
            parts = [(key, usual_name(key)) for key, row in INDICATORS.items() if row.scope == PRODUCT and row.unit]
            self.fields["top"] = forms.ChoiceField(label=_("前一个指标"), choices=parts)
            self.fields["bottom"] = forms.ChoiceField(label=_("后一个指标（分母）"), choices=parts)
            return
        groups = [
            (title, [(key, usual_name(key)) for key, row in INDICATORS.items() if row.scope == scope])
            for scope, title in ((PRODUCT, _("产品指标（检验报告）")), (PROCESS, _("生产过程条件")))
        ]
        groups.append((_("其他"), [(_OTHER, _("列表里没有，自己写"))]))
        self.fields["indicator"] = forms.ChoiceField(label=_("指标"), choices=groups)
        self.fields["name"] = _text(_("自己写的指标名称"), _("列表里有的一般留空"), most=80)
        self.fields["name_en"] = _text(_("英文名称"), most=120)
        self.fields["scope"] = forms.ChoiceField(
            label=_("自己写的指标是对什么的要求"),
            choices=[(PRODUCT, _("产品：看检验报告")), (PROCESS, _("生产过程：看生产记录"))],
            required=False,
        )

    def _add_values(self) -> None:
        if self.kind in _COMPARATORS:
            self.fields["strictness"] = forms.ChoiceField(label=_("怎么比"), choices=_COMPARATORS[self.kind])
        if self.kind != "never":
            words = {"between": _("从"), "grade": _("最低几级"), "tolerance": _("最多相差")}
            hint = _("1 级最好") if self.kind == "grade" else _("例如 0.60")
            self.fields["first"] = _text(words.get(self.kind, _("数值")), hint, numeric=True, required=True)
        if self.kind == "between":
            hint = _("两头都算符合；月份可以跨年，例如 11 到 2")
            self.fields["second"] = _text(_("到"), hint, numeric=True, required=True)
        if self.kind in ("least", "most", "between", "tolerance"):
            choices = [(unit, unit_word(unit)) for unit in units() if unit != "grade"]
            self.fields["unit"] = forms.ChoiceField(label=_("单位"), choices=choices)
        if self.kind in ("least", "most", "between"):
            self.fields["basis"] = _text(_("以什么计"), _("例如 以乙酸计；没有规定的留空"), most=60)

    def _add_condition(self) -> None:
        keys = dict.fromkeys([*_BANDED, str(self.initial.get("band_indicator") or _BANDED[0])])
        bands = [(key, usual_name(key)) for key in keys if key in INDICATORS]
        self.fields["band_indicator"] = forms.ChoiceField(label=_("按哪个指标分档"), choices=bands, required=False)
        self.fields["band_from"] = _text(_("这一档从"), _("例如 46；没有下限的留空"), numeric=True)
        self.fields["band_to"] = _text(_("这一档到"), _("例如 60；没有上限的留空"), numeric=True)
        self.fields["grade"] = _text(_("只对这个等级"), _("例如 特级；不分等级的留空"), most=20)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_unclear"):
            # Of an unclear limit is kept what can be read, perhaps nothing.
            for name in {"first", "second"} & set(self.errors):
                del self.errors[name]
                data[name] = ""
        if data.get("indicator") == _OTHER and not data.get("name"):
            self.add_error("name", _("请写指标名称。"))
        if data.get("grade") and (data.get("band_from") or data.get("band_to")):
            self.add_error("grade", _("一项限量只能按等级，或按一个指标分档。两样都有的，请分成几项。"))
        return data

    def limit(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        comparator = data.get("strictness") or _FIXED[self.kind]
        values = [data[name] for name in ("first", "second") if name in self.fields]
        facts: dict[str, Any] = {
            "comparator": comparator,
            "values": values,
            "source": data["source"],
            "confidence": data["confidence"],
            "is_usable": not data["is_unclear"],
            "unit": data.get("unit", ""),
            "basis": data.get("basis", ""),
            "condition": self._condition(data),
        }
        if self.kind == "ratio":
            top, bottom = INDICATORS[data["top"]], INDICATORS[data["bottom"]]
            return facts | {
                "indicator": f"{top.key}_to_{bottom.key}"[:60],
                "name": f"{top.name}与{bottom.name}之比"[:80],
                "name_en": f"{top.name_en} to {bottom.name_en}",
            }
        if data["indicator"] == _OTHER:
            return facts | {"name": data["name"], "name_en": data["name_en"], "scope": data["scope"] or PRODUCT}
        named = {"name": data["name"], "name_en": data["name_en"]}
        return facts | named | {"indicator": data["indicator"], "scope": INDICATORS[data["indicator"]].scope}

    def _condition(self, data: dict[str, Any]) -> dict[str, Any] | None:
        if self.kind == "ratio":
            return {"ratio_of": [data["top"], data["bottom"]]}
        if data.get("grade"):
            return {"grade": data["grade"]}
        if data.get("band_from") or data.get("band_to"):
            band = INDICATORS[data["band_indicator"] or "alcohol"]
            return {"indicator": band.key, "unit": band.unit, "from": data["band_from"], "to": data["band_to"]}
        return None


def initial_of(facts: dict[str, Any]) -> dict[str, Any]:
    """A limit as its form shows it."""
    condition = facts["condition"] or {}
    is_known = facts["indicator"] in INDICATORS
    values = [*facts["values"], "", ""]
    initial = {
        "indicator": facts["indicator"] if is_known else _OTHER,
        "name": "" if is_known and INDICATORS[facts["indicator"]].name == facts["name"] else facts["name"],
        "name_en": "" if is_known and INDICATORS[facts["indicator"]].name_en == facts["name_en"] else facts["name_en"],
        "strictness": facts["comparator"],
        "first": values[0],
        "second": values[1],
        "is_unclear": not facts["is_usable"],
        "grade": condition.get("grade", ""),
        "band_indicator": condition.get("indicator", ""),
        "band_from": condition.get("from") or "",
        "band_to": condition.get("to") or "",
    }
    initial |= dict(zip(("top", "bottom"), condition.get("ratio_of", ()), strict=False))
    return initial | {name: facts[name] for name in ("scope", "unit", "basis", "source", "confidence")}
