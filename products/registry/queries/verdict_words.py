"""The verdict on one limit in words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from products.registry.domain.limits import IndicatorVerdict

# verdict -> (word, tone)
VERDICTS: dict[str, tuple[Promise | str, str]] = {
    IndicatorVerdict.PASSED: (gettext_lazy("合格"), "good"),
    IndicatorVerdict.FAILED: (gettext_lazy("不合格"), "bad"),
    IndicatorVerdict.MISSING: (gettext_lazy("未判定"), "warn"),
    IndicatorVerdict.NO_LIMIT: (gettext_lazy("未判定"), "warn"),
}
DETAILS: dict[str, Promise | str] = {
    "below_limit": gettext_lazy("低于要求"),
    "above_limit": gettext_lazy("超过要求"),
    "outside_range": gettext_lazy("不在要求的范围内"),
    "beyond_tolerance": gettext_lazy("与标签标示相差过大"),
    "present": gettext_lazy("检出了不得检出的"),
    "grade_too_low": gettext_lazy("等级不够"),
    "ratio_too_high": gettext_lazy("比值过高"),
    "ratio_too_low": gettext_lazy("比值过低"),
    "not_measured": gettext_lazy("没有检验结果"),
    "condition_not_measured": gettext_lazy("缺少用来分档的数值或等级"),
    "reference_not_measured": gettext_lazy("没有填标签标示的数值"),
    "below_detection": gettext_lazy("检出限太高，判断不了"),
    "basis_differs": gettext_lazy("计算基准与标准不同"),
    "unit_differs": gettext_lazy("单位不能换算成标准的单位"),
    "outside_bands": gettext_lazy("标准的各档都不适用"),
    "limit_unclear": gettext_lazy("标准原文不明，不作判定"),
}
