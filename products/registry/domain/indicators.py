"""The indicators that standards of geographical indications limit, with their usual names and units.

A standard may limit others: the list is what the editor offers, and how the rest of the platform finds the process
limits that its own records can answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PRODUCT: Final = "product"
PROCESS: Final = "process"
SCOPES: Final = (PRODUCT, PROCESS)

# Process limits that records of a batch answer. The mass made out of a mass taken, in thousandths: made * 1000 / taken.
YIELD_PERMILLE: Final = "yield_permille"
ALTITUDE: Final = "altitude"
PRODUCTION_MONTH: Final = "production_month"

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class Indicator:
    """`unit` is the usual one, as `units` spells it; '' where the indicator has none."""

    key: str
    name: str
    name_en: str
    unit: str
    scope: str


_ROWS: Final = """
alcohol|酒精度|Alcohol|%vol|product
total_acid|总酸|Total acid|g/L|product
total_ester|总酯|Total ester|g/L|product
ethyl_hexanoate|己酸乙酯|Ethyl hexanoate|g/L|product
ethyl_acetate|乙酸乙酯|Ethyl acetate|g/L|product
ethyl_lactate|乳酸乙酯|Ethyl lactate|g/L|product
solids|固形物|Solids|g/L|product
moisture|水分|Moisture|%|product
protein|蛋白质|Protein|%|product
total_sugar|总糖|Total sugar|%|product
amino_nitrogen|氨基酸态氮|Amino nitrogen|g/100g|product
salt|食盐（以氯化钠计）|Salt|g/100g|product
total_ash|总灰分|Total ash|%|product
water_extract|水浸出物|Water extract|%|product
tea_polyphenols|茶多酚|Tea polyphenols|%|product
volatile_oil|挥发油|Volatile oil|mL/100g|product
soluble_solids|可溶性固形物|Soluble solids|%|product
titratable_acid|可滴定酸|Titratable acid|%|product
edible_share|可食率|Edible share|%|product
juice_share|出汁率|Juice share|%|product
vitamin_c|维生素C|Vitamin C|mg/100g|product
cholesterol|胆固醇|Cholesterol|mg/100g|product
swelling_ratio|干湿比（泡发后与干品质量之比）|Swelling ratio|1|product
unit_mass|单个质量|Mass of one piece|g|product
fruit_diameter|果实横径|Fruit diameter|mm|product
fruit_height|果高|Fruit height|mm|product
lead|铅|Lead|mg/kg|product
cadmium|镉|Cadmium|mg/kg|product
sulphur_dioxide|二氧化硫残留量|Sulphur dioxide residue|g/kg|product
aflatoxin_b1|黄曲霉毒素B1|Aflatoxin B1|µg/kg|product
preservatives|防腐剂|Preservatives|g/kg|product
grade|质量等级|Grade|grade|product
altitude|海拔|Altitude|m|process
production_month|生产或采收月份|Month of production or harvest|month|process
inoculation_month|接种月份|Month of inoculation|month|process
planting_density|栽植密度|Planting density|plants/ha|process
yield_permille|得率（成品占投入原料的千分比）|Yield (product in thousandths of what went in)|permille|process
soil_ph|土壤pH|Soil pH|pH|process
soil_organic_matter|土壤有机质|Soil organic matter|%|process
organic_fertiliser|有机肥用量|Organic fertiliser|kg/ha|process
fruit_load|留果量|Fruit left to grow|fruits/ha|process
fermentation_days|发酵时间|Fermentation|d|process
ageing_days|贮存（陈酿）时间|Ageing|d|process
spawn_temperature|发菌温度|Temperature of spawn running|°C|process
spawn_days|发菌天数|Days of spawn running|d|process
log_tree_age|段木树龄|Age of the log's tree|a|process
log_diameter|段木树径|Diameter of the log|cm|process
sulphur_fumigation|硫磺熏蒸|Fumigation with sulphur||process
synthetic_pigment|合成色素|Synthetic colouring||process
"""

INDICATORS: Final = {
    row.partition("|")[0]: Indicator(*row.split("|")) for row in _ROWS.strip().splitlines()
}  # fmt: skip


def is_indicator_key(text: str) -> bool:
    """Whether it is shaped like a key: lower-case letters, digits and underscores, a letter first."""
    return _KEY.fullmatch(text) is not None
