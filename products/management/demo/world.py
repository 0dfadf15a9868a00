"""The whole demonstration, in the order in which it happened."""

from __future__ import annotations

import random
from datetime import datetime
from typing import Any

from django.utils import timezone

from ledger.queries import vkey
from products.access import Role
from products.labels.domain.unit_code import UnitCode, format_unit_code, tag_for
from products.labels.services.keys import open_key
from products.management.demo import certificates, lab, lots, making, oversight, plots, public, recall, register
from products.management.demo.cast import PROVINCE, Account, make_account
from products.management.demo.making import Made
from products.management.demo.register import Licensed, Progress

SEED = 48


def unit_code(made: Made, serial: int) -> str:
    key = open_key(made.run)
    return format_unit_code(UnitCode(made.run.code, serial, tag_for(key, made.run.code, serial)))


def build(*, scale: float, now: datetime, progress: Progress) -> dict[str, Any]:
    """Load everything; returns what var/demo.json says, but for the address."""
    rng = random.Random(SEED)  # noqa: S311
    today = timezone.localdate(now)
    register.add_new_indications(rng, today=today)
    register.add_zones(rng)
    licensed = list(register.add_enterprises(rng, today=today, progress=progress))
    made = making.make_batches(rng, licensed, scale=scale, today=today, progress=progress)
    # The first screen of those one can sign in as should be an ordinary day.
    spared = {one.uscc for one in licensed[:2]}
    mishaps = making.add_mishaps(rng, made, spared=spared, today=today)
    lab.add_lab_reports(licensed, made, today=today)
    plots.add_plots(licensed, today=today)
    lots.add_lots(licensed, today=today)
    certificates.add_certificates(made, today=today)
    making.add_work_in_hand(rng, licensed, today=today)
    recall.add_recall(rng, licensed[1], today=today)
    public.add_scans(rng, made, scale=scale, now=now, progress=progress)
    oversight.add_reports_and_cases(rng, made, now=now, progress=progress)
    accounts = make_accounts(licensed, now=now)
    spoilt = {one.licensed.code for one in mishaps.values()} | {one.run.pk for one in mishaps.values()}
    genuine = [one for one in made if one.licensed.code not in spoilt and _is_genuine(one)]
    # The first producer's come first: whoever signs in finds the codes among their own.
    good = sorted(genuine, key=lambda one: one.licensed is not licensed[0])[:8]
    return {
        "vkey": vkey(),
        "accounts": [vars(account) for account in accounts],
        "unit_codes": [unit_code(one, one.run.quantity // 2) for one in good],
        "suspended_code": unit_code(mishaps["suspended"], 30),
        "recalled_code": unit_code(mishaps["recalled"], 30),
        "voided_code": unit_code(mishaps["voided"], 3),
        "batch_codes": [str(one.run.batch.code) for one in good],
    }


def _is_genuine(one: Made) -> bool:
    """Activated, released, in date, and of one of the two producers one can sign in as, or anybody's."""
    batch = one.run.batch
    batch.refresh_from_db()
    authorisation = batch.authorisation
    authorisation.refresh_from_db()
    return (
        one.run.ranges.filter(kind="activated", last_serial__gte=one.run.quantity // 2).exists()
        and not one.run.units_seen.filter(serial=one.run.quantity // 2).exists()
        and batch.state == "released"
        and authorisation.state == "announced"
        and (batch.best_before is None or batch.best_before > timezone.localdate())
    )


def make_accounts(licensed: list[Licensed], *, now: datetime) -> list[Account]:
    """One for each kind of user; the offices are those of the first producer's county and city."""
    first, second = licensed[0], licensed[1]
    city = first.county[:4] + "00"
    wanted: list[tuple[Role, str, str, str, tuple[str, ...]]] = [
        (Role.PRODUCER, "producer", "producer-1", first.uscc, ()),
        (Role.PRODUCER, "producer", "producer-2", second.uscc, ()),
        (Role.ASSOCIATION, "association", "association", register.ASSOCIATION_USCC, ()),
        (Role.INSPECTOR, "inspector_county", "inspector-county", "", (first.county,)),
        (Role.INSPECTOR, "inspector_city", "inspector-city", "", (city,)),
        (Role.INSPECTOR, "inspector_province", "inspector-province", "", (PROVINCE,)),
        (Role.AUDITOR, "auditor", "auditor", "", (PROVINCE,)),
        (Role.ADMIN, "admin", "admin", "", ()),
    ]
    return [
        make_account(role, label, username, uscc=uscc, regions=regions, now=now)[0]
        for role, label, username, uscc, regions in wanted
    ]
