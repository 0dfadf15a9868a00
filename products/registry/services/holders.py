"""What each kind of lawful user has to show (公告第354号)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from products.errors import InvalidInput
from products.registry.domain.authorisation_states import HolderKind
from products.registry.domain.identifiers import (
    find_standard_nos,
    parse_agi_no,
    parse_announcement_no,
    parse_trademark_no,
)
from products.registry.errors import BasisMalformed, EvidenceMissing
from products.registry.models.indication import RegistrantDecision

MARK_USERS = frozenset({HolderKind.COLLECTIVE_MEMBER, HolderKind.CERTIFICATION_LICENSEE})
# Where no number was given yet, the rules of the product are named in words.
_RULE_WORDS = ("标准", "规范", "规则")


def check_holder(kind: int, basis_no: str, *, indication_id: int, uscc: str) -> None:
    """Raise InvalidInput, EvidenceMissing or BasisMalformed unless this kind of user shows what it must.

    `basis_no` is what will stand on the pack: a standard or announcement number, or the trademark's registration.
    """
    if kind not in set(HolderKind):
        raise InvalidInput(_("使用人类型须为 1 至 4（公告第354号）。"), field="holder_kind")
    if not basis_no:
        raise EvidenceMissing(_("请填写标准号、公告号；证明商标或集体商标的使用人填写商标注册号。"), field="basis_no")
    if kind in MARK_USERS:
        if not is_trademark_no(basis_no):
            raise BasisMalformed(_("商标注册号的格式不对，例如 1234567。请对照商标注册证填写。"), field="basis_no")
        _require_admitted(indication_id, uscc)
    elif not is_standard_or_announcement(basis_no) and not (
        kind == HolderKind.OTHER_REGISTERED and is_trademark_no(basis_no)
    ):
        raise BasisMalformed(_("请填写标准号或公告号，例如 GB/T 20560-2006、质检总局2005年第130号。"), field="basis_no")


def _require_admitted(indication_id: int, uscc: str) -> None:
    newest = (
        RegistrantDecision.objects.filter(indication_id=indication_id, applicant_uscc=uscc)
        .order_by("-decided_on", "-pk")
        .first()
    )
    if newest is None or newest.outcome != RegistrantDecision.Outcome.ADMITTED:
        raise EvidenceMissing(_("商标注册人尚未同意该企业入会或许可。请先向注册人申请。"), field="holder_kind")


def is_trademark_no(text: str) -> bool:
    try:
        parse_trademark_no(text)
    except ValueError:
        return False
    return True


def is_standard_or_announcement(text: str) -> bool:
    """Whether the text holds a standard number, is an announcement or AGI number, or names the product's rules."""
    if find_standard_nos(text) or any(word in text for word in _RULE_WORDS):
        return True
    for parse in (parse_announcement_no, parse_agi_no):
        try:
            parse(text)
        except ValueError:
            continue
        return True
    return False
