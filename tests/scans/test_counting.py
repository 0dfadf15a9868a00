"""How often a unit was scanned: exact, however many ask at once, and kept about no one."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from products.labels.models.label_run import LabelRun
from products.scans.domain.verdict import OFTEN
from products.scans.models.scan import Scan, UnitSeen, VisitorSalt
from products.scans.services.scans import ScanAnswer, answer_scan
from products.scans.services.visitors import Visitor, forget_salts, visitor_hash
from tests.factories import NOW, make_run
from tests.scans.helpers import code_of, get_json, get_page

pytestmark = pytest.mark.usefixtures("regions")
AT_ONCE = 40
A_DAY = timedelta(days=1)


def scan_by(run: LabelRun, phone: str, *, serial: int = 1, minutes: float = 0, region: str = "") -> ScanAnswer:
    visitor = Visitor(address="192.0.2.1", agent=phone, region=region)
    return answer_scan(text=code_of(run, serial), visitor=visitor, now=NOW + timedelta(minutes=minutes))


def count_of(answer: ScanAnswer) -> int:
    assert answer.seen is not None
    return answer.seen.count


@pytest.mark.django_db(transaction=True)
def test_forty_scans_at_once_count_to_forty_and_none_twice() -> None:
    run = make_run()
    start = Barrier(AT_ONCE)

    def scan(number: int) -> tuple[int, str]:
        start.wait(timeout=30)
        try:
            answer = scan_by(run, f"phone {number}")
            return count_of(answer), answer.verdict.value
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = [future.result(timeout=120) for future in [pool.submit(scan, n) for n in range(AT_ONCE)]]

    assert sorted(count for count, _verdict in results) == list(range(1, AT_ONCE + 1))
    assert {count for count, verdict in results if verdict == "attention"} == set(range(OFTEN, AT_ONCE + 1))
    assert UnitSeen.objects.get().scan_count == AT_ONCE
    assert Scan.objects.count() == AT_ONCE


@pytest.mark.django_db(transaction=True)
def test_scans_at_once_over_http_count_exactly() -> None:
    run = make_run()
    start = Barrier(8)

    def scan(number: int) -> int:
        start.wait(timeout=30)
        try:
            return int(get_json(code_of(run), **{"User-Agent": f"phone {number}"}).json()["scans"]["count"])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        counts = [future.result(timeout=60) for future in [pool.submit(scan, n) for n in range(8)]]

    assert sorted(counts) == list(range(1, 9))


def test_units_are_counted_apart() -> None:
    run, other = make_run(), make_run()

    answers = [scan_by(run, "a"), scan_by(run, "b"), scan_by(run, "c", serial=2), scan_by(other, "d")]

    assert [count_of(answer) for answer in answers] == [1, 2, 1, 1]


def test_the_same_phone_looking_again_within_ten_minutes_is_one_scan() -> None:
    run = make_run()

    counts = [count_of(scan_by(run, "a", minutes=minutes)) for minutes in (0, 5, 9.9)]
    other = count_of(scan_by(run, "b", minutes=5))
    later = count_of(scan_by(run, "a", minutes=10.1))

    assert (counts, other, later) == ([1, 1, 1], 2, 3)
    assert Scan.objects.count() == 3


def test_the_first_scan_is_remembered() -> None:
    run = make_run()
    scan_by(run, "a", region="511500")

    seen = scan_by(run, "b", minutes=60, region="510100").seen

    assert seen is not None
    assert (seen.count, seen.first_at, seen.first_region) == (2, NOW, "511500")


def test_head_and_prefetch_count_nothing() -> None:
    code = code_of(make_run())

    assert Client().head(f"/t/{code}").status_code == 200
    for headers in ({"Sec-Purpose": "prefetch"}, {"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}):
        assert get_page(code, **headers).status_code == 200
    assert get_json(code, Purpose="prefetch").json()["scans"] == {
        "count": 0,
        "first_at": None,
        "first_region": "",
    }
    assert not UnitSeen.objects.exists()
    assert "本码还没有被扫过" in get_page(code, Purpose="prefetch").content.decode()
    assert "这是本码第 1 次被扫" in get_page(code).content.decode()


def test_only_looking_is_allowed() -> None:
    code = code_of(make_run())

    assert {Client().post(f"/t/{code}").status_code, Client().delete(f"/t/{code}").status_code} == {405}


def test_forged_headers_change_nothing_unless_configured() -> None:
    code = code_of(make_run())

    for number in range(3):
        forged = {"X-Forwarded-For": f"198.51.100.{number}", "X-Region": "510100", "X-Real-IP": f"198.51.100.{number}"}
        assert get_json(code, **forged).json()["scans"]["count"] == 1
    assert Scan.objects.get().region == ""


def test_headers_of_ones_own_proxy_are_believed(settings: Settings) -> None:
    settings.ADDRESS_HEADER, settings.REGION_HEADER = "X-Forwarded-For", "X-Region"
    code = code_of(make_run())

    def count(address: str, region: str = "") -> int:
        return int(get_json(code, **{"X-Forwarded-For": address, "X-Region": region}).json()["scans"]["count"])

    assert [count("192.0.2.1", "510117"), count("192.0.2.2")] == [1, 2]
    # A visitor may put addresses in front; the proxy's own is the last.
    assert [count("198.51.100.7, 192.0.2.2"), count("198.51.100.8, 192.0.2.2")] == [2, 2]
    assert UnitSeen.objects.get().first_region == "510100"
    for region in ("51", "abcdef", "５１０１００", "5101000"):
        count(f"192.0.2.{len(region)}{ord(region[0])}", region)
    assert set(Scan.objects.values_list("region", flat=True)) == {"510100", ""}
    assert "成都市" in get_page(code, **{"X-Forwarded-For": "192.0.2.1"}).content.decode()


def test_a_visitor_has_another_hash_every_day_and_in_every_browser() -> None:
    phone = Visitor(address="192.0.2.1", agent="a")
    hashes = [
        visitor_hash(phone, now=NOW),
        visitor_hash(phone, now=NOW + timedelta(hours=1)),
        visitor_hash(phone, now=NOW + A_DAY),
        visitor_hash(Visitor(address="192.0.2.1", agent="b"), now=NOW),
        visitor_hash(Visitor(address="192.0.2.2", agent="a"), now=NOW),
    ]

    assert hashes[0] == hashes[1]
    assert len(set(hashes)) == 4
    assert {len(value) for value in hashes} == {16}


def test_the_days_of_china_part_the_hashes() -> None:
    phone = Visitor(address="192.0.2.1", agent="a")
    midnight = timezone.localtime(NOW).replace(hour=0, minute=0) + A_DAY

    before, after = visitor_hash(phone, now=midnight - timedelta(seconds=1)), visitor_hash(phone, now=midnight)

    assert before != after
    assert set(VisitorSalt.objects.values_list("day", flat=True)) == {midnight.date(), midnight.date() - A_DAY}


def test_salts_are_forgotten_after_the_next_day() -> None:
    for days in range(4):
        visitor_hash(Visitor(address="192.0.2.1", agent="a"), now=NOW + days * A_DAY)

    assert forget_salts(now=NOW + 3 * A_DAY) == 2
    assert VisitorSalt.objects.count() == 2


def test_no_address_and_no_browser_is_kept() -> None:
    Client(REMOTE_ADDR="203.0.113.77").get(f"/t/{code_of(make_run())}", headers={"User-Agent": "Tell-Tale/1.0"})

    kept = [
        str(value)
        for model in (Scan, UnitSeen, VisitorSalt)
        for row in model.objects.values()
        for value in row.values()
    ]
    assert len(kept) > 10
    assert not [text for text in kept if "203.0.113" in text or "Tell-Tale" in text]


@pytest.mark.parametrize("agent", ["\udc80\udcff", "é", "x" * 10_000])
def test_any_agent_is_a_visitor(agent: str) -> None:
    assert count_of(scan_by(make_run(), agent)) == 1


def test_a_scan_takes_few_queries() -> None:
    run = make_run()
    get_json(code_of(run, 2))  # the day's salt

    with CaptureQueriesContext(connection) as first:
        get_json(code_of(run), **{"User-Agent": "a"})
    with CaptureQueriesContext(connection) as later:
        get_json(code_of(run), **{"User-Agent": "b"})
    with CaptureQueriesContext(connection) as page:
        get_page(code_of(run), **{"User-Agent": "c"})

    for queries, most in ((first, 10), (later, 10), (page, 18)):
        tables = Counter(query["sql"].split(" ")[0] for query in queries)
        assert len(queries) <= most, tables
    assert not [query for query in page if "django_session" in query["sql"] or "products_user" in query["sql"]]
