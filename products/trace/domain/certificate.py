"""承诺达标合格证 (农产品质量安全法 Art. 39; 农业农村部令2025年第4号, in force 2026-02-01): what one says."""

from __future__ import annotations

from typing import Final

# Has to stand out on paper and page, beside a QR code too.
TITLE: Final = "承诺达标合格证"
# What is promised (Art. 2 of the rule), in our words. A wording is never changed: a new one gets a new version.
CURRENT_TEXT: Final = "2026-02"
PROMISES: Final[dict[str, tuple[str, ...]]] = {
    "2026-02": (
        "不使用国家禁止使用的农药、兽药及其他化合物",
        "使用的常规农药、兽药残留不超过国家标准",
        "对以上承诺的真实性负责",
    ),
}
# What a promise may rest on, in the order in which it is printed.
BASES: Final[dict[str, str]] = {
    "commissioned_test": "委托检测",
    "own_test": "自我检测",
    "quality_control": "内部质量控制",
    "own_promise": "自我承诺",
}
# Categories of the register that say a product is, or is not, of a kind the rule names. 茶 is not: made tea is
# processed, and only fresh leaves are meant.
KIND_OF_CATEGORY: Final[dict[str, str]] = {"蔬菜": "vegetable", "水果": "fruit", "畜禽": "livestock", "水产": "aquatic"}
PROCESSED_CATEGORIES: Final = frozenset({"白酒", "调味品", "加工食品", "饮料", "工艺品"})

MIN_PHONE_DIGITS: Final = 7
MAX_CONTACT: Final = 40


def is_contact(text: str) -> bool:
    """Whether somebody could be reached by it: a telephone number, an extension behind it, or an e-mail address."""
    digits = sum(char.isdigit() for char in text)
    return digits >= MIN_PHONE_DIGITS or "@" in text.strip("@")
