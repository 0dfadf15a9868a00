from __future__ import annotations

from typing import Any

import pytest

from products.labels.domain.mark_rules import HolderKind, IndicationType, Missing, missing_facts
from tests.labels.domain.factories import make_facts

PRODUCT, COLLECTIVE = IndicationType.GI_PRODUCT, IndicationType.COLLECTIVE_MARK
CERTIFICATION, AGRICULTURAL = IndicationType.CERTIFICATION_MARK, IndicationType.AGRICULTURAL


def test_a_complete_label_lacks_nothing() -> None:
    assert missing_facts(make_facts()) == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"name_zh": " "}, "indication_name_missing"),
        ({"indication_types": ()}, "indication_type_missing"),
        ({"holder_kind": 5}, "holder_kind_unknown"),
        ({"producer_name": ""}, "producer_name_missing"),
        ({"uscc": ""}, "uscc_missing"),
        ({"uscc": "91510500204706718I"}, "uscc_malformed"),
        ({"lot": ""}, "lot_missing"),
        ({"produced_on": None}, "produced_on_missing"),
        ({"net_mass_g": 0}, "net_mass_missing"),
        ({"unit_code": ""}, "unit_code_missing"),
        ({"unit_code": "GABC"}, "unit_code_malformed"),
        ({"standard_or_announcement": ""}, "standard_or_announcement_missing"),
    ],
)
def test_each_missing_fact_has_its_code(change: dict[str, Any], code: str) -> None:
    assert missing_facts(make_facts(**change)) == [code]


def test_a_legal_code_with_a_wrong_check_digit_is_no_obstacle() -> None:
    assert missing_facts(make_facts(uscc="91350203M0001FUE2P")) == []


@pytest.mark.parametrize(
    ("holder", "types", "missing"),
    [
        (HolderKind.APPROVED_PRODUCER, (PRODUCT,), [Missing.STANDARD]),
        (HolderKind.COLLECTIVE_MEMBER, (COLLECTIVE,), [Missing.TRADEMARK]),
        (HolderKind.CERTIFICATION_LICENSEE, (CERTIFICATION, PRODUCT), [Missing.TRADEMARK]),
        (HolderKind.COLLECTIVE_MEMBER, (CERTIFICATION,), [Missing.HOLDER_KIND_TYPE, Missing.TRADEMARK]),
        (HolderKind.OTHER_REGISTERED, (PRODUCT,), [Missing.STANDARD]),
        (HolderKind.OTHER_REGISTERED, (PRODUCT, COLLECTIVE), [Missing.STANDARD, Missing.TRADEMARK]),
        (HolderKind.OTHER_REGISTERED, (CERTIFICATION,), [Missing.TRADEMARK]),
        (HolderKind.OTHER_REGISTERED, (AGRICULTURAL,), [Missing.STANDARD]),
    ],
)
def test_the_kind_of_right_decides_what_has_to_stand_beside_the_mark(
    holder: HolderKind, types: tuple[IndicationType, ...], missing: list[Missing]
) -> None:
    facts = make_facts(
        holder_kind=holder, indication_types=types, standard_or_announcement="", trademark_registration_no=""
    )

    assert missing_facts(facts) == missing


def test_everything_missing_is_said_at_once_in_the_order_of_the_label() -> None:
    facts = make_facts(name_zh="", producer_name="", lot="", unit_code="")

    assert missing_facts(facts) == [Missing.INDICATION_NAME, Missing.PRODUCER, Missing.LOT, Missing.UNIT_CODE]
