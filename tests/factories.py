"""Plain functions that put rows in place; each has sensible facts and lets a test change any of them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from stdnum.cn import uscc as uscc_number

from products.access import Actor, Role
from products.accounts.models.user import User
from products.crypto import encrypt
from products.labels.domain.unit_code import UnitCode, format_unit_code, tag_for
from products.labels.models.label_run import LabelRange, LabelRun
from products.labels.services.keys import open_key
from products.registry.models.authorisation import Authorisation, YearQuota
from products.registry.models.enterprise import Enterprise
from products.registry.models.indication import Indication
from products.registry.models.region import Region
from products.registry.models.standard import Limit, Standard, StandardVersion
from products.trace.models.batch import Batch

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PIDU, PUJIANG, CUIPING = "510117", "510131", "511502"
# (code, name, English name, parent, west, south, east, north): squares, not real outlines.
_REGIONS = [
    ("510000", "四川省", "Sichuan", None, 97.3, 26.0, 108.6, 34.3),
    ("510100", "成都市", "Chengdu", "510000", 103.0, 30.0, 105.0, 31.5),
    ("511500", "宜宾市", "Yibin", "510000", 103.6, 27.8, 105.4, 29.3),
    (PIDU, "郫都区", "Pidu District", "510100", 103.7, 30.7, 104.0, 30.95),
    (PUJIANG, "蒲江县", "Pujiang County", "510100", 103.3, 30.1, 103.6, 30.3),
    (CUIPING, "翠屏区", "Cuiping District", "511500", 104.4, 28.6, 104.8, 28.9),
]
_numbers = count(1)
RUN_KEY = bytes(range(32))


def uscc(number: int, *, prefix: str = "91510117") -> str:
    """A well-formed 统一社会信用代码 that belongs to nobody."""
    head = f"{prefix}MADEM{number:04d}"
    return head + uscc_number.calc_check_digit(head)


def make_regions() -> None:
    """A province, two prefectures and three counties with square boundaries."""
    for code, name, name_en, parent, west, south, east, north in _REGIONS:
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        level = {None: "province", "510000": "prefecture"}.get(parent, "county")
        Region.objects.get_or_create(
            code=code,
            defaults={
                "name": name,
                "name_en": name_en,
                "level": level,
                "parent_id": parent,
                "boundary": json.dumps({"type": "Polygon", "coordinates": [ring]}),
            },
        )


def make_indication(*, counties: tuple[str, ...] = (PIDU,), **changes: Any) -> Indication:
    number = next(_numbers)
    facts: dict[str, Any] = {
        "code": f"T-{number:04d}",
        "name": "郫县豆瓣",
        "name_en": "Pixian Douban",
        "types": ["gi_product"],
        "category": "调味品",
        "prefecture_id": "510100",
        "announcement_no": "质检总局2005年第130号",
        "standard_text": "GB/T 20560-2006",
        "source": "tests",
        "confidence": "high",
    }
    indication = Indication.objects.create(**(facts | changes))
    indication.counties.set(Region.objects.filter(code__in=counties))
    return indication


def make_version(indication: Indication, **changes: Any) -> StandardVersion:
    standard = Standard.objects.create(
        code=f"GB/T 20560-2006/{indication.code}", title=indication.name, indication=indication
    )
    facts: dict[str, Any] = {"status": "in_force", "effective_from": date(2006, 12, 1), "source": "tests"}
    return StandardVersion.objects.create(standard=standard, **(facts | changes))


def make_limit(version: StandardVersion, indicator: str, comparator: str, *values: str, **changes: Any) -> Limit:
    """A usable product limit in g/L that always applies."""
    facts: dict[str, Any] = {
        "key": indicator,
        "indicator": indicator,
        "name": indicator,
        "name_en": indicator,
        "unit": "g/L",
        "comparator": comparator,
        "values": list(values),
        "scope": "product",
        "source": "tests",
        "confidence": "high",
    }
    return Limit.objects.create(version=version, **(facts | changes))


def make_enterprise(**changes: Any) -> Enterprise:
    number = next(_numbers)
    facts: dict[str, Any] = {
        "uscc": uscc(number),
        "name": f"郫都豆瓣厂{number}",
        "region_id": PIDU,
        "uscc_verdict": "valid",
        "registered_at": NOW,
    }
    return Enterprise.objects.create(**(facts | changes))


def make_authorisation(
    *,
    enterprise: Enterprise | None = None,
    indication: Indication | None = None,
    quota_g: int = 1_000_000,
    **changes: Any,
) -> Authorisation:
    """An announced authorisation for 2025 to 2027 with a quota for each of these years."""
    facts: dict[str, Any] = {
        "indication": indication or make_indication(),
        "enterprise": enterprise or make_enterprise(),
        "product_name": "郫县豆瓣",
        "holder_kind": 1,
        "basis_no": "GB/T 20560-2006",
        "announcement_no": "国知局公告第400号",
        "valid_from": date(2025, 1, 1),
        "valid_until": date(2027, 12, 31),
        "state": "announced",
        "announced_on": date(2025, 1, 1),
        "submitted_at": NOW,
    }
    authorisation = Authorisation.objects.create(**(facts | changes))
    for year in (2025, 2026, 2027):
        YearQuota.objects.create(authorisation=authorisation, year=year, quota_g=quota_g)
    return authorisation


def make_batch(*, authorisation: Authorisation | None = None, **changes: Any) -> Batch:
    """A released batch of 100 kg."""
    facts: dict[str, Any] = {
        "authorisation": authorisation or make_authorisation(),
        "lot": f"L{next(_numbers):06d}",
        "origin_id": PIDU,
        "produced_on": date(2026, 11, 1),
        "net_mass_g": 100_000,
        "state": "released",
        "created_at": NOW,
    }
    return Batch.objects.create(**(facts | changes))


def make_run(*, batch: Batch | None = None, activated: bool = True, **changes: Any) -> LabelRun:
    """A run of 10 labels of 500 g under RUN_KEY, all of them activated."""
    facts: dict[str, Any] = {
        "code": f"{next(_numbers):06d}",
        "batch": batch or make_batch(),
        "quantity": 10,
        "unit_mass_g": 500,
        "key": encrypt(RUN_KEY),
        "issued_by": "uscc:test",
        "issued_at": NOW,
    }
    run = LabelRun.objects.create(**(facts | changes))
    if activated:
        LabelRange.objects.create(
            run=run, kind="activated", first_serial=1, last_serial=run.quantity, by=run.issued_by, at=NOW
        )
    return run


def make_user(role: Role, *, organisation: str = "", regions: tuple[str, ...] = ()) -> Actor:
    """A person who can be signed in by `signed_in`; without a password, whose hashing would take most of a test's time."""
    user = User.objects.create(
        username=f"{role.value}{next(_numbers)}", password="!", role=role, uscc=organisation, regions=list(regions)
    )
    return user.as_actor()


def code_of(run: LabelRun, serial: int) -> str:
    """The unit code of a serial, as printed."""
    return format_unit_code(UnitCode(run.code, serial, tag_for(open_key(run), run.code, serial)))
