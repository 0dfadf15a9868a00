"""Laboratory reports by page and API, and what the buyer reads."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from products.access import Actor
from products.registry.models.authorisation import Authorisation
from products.trace.domain.lab_values import MAX_FILE_BYTES
from products.trace.models.batch import Batch
from products.trace.models.lab_report import LabReport
from products.trace.services.batches import release_batch
from tests.conftest import signed_in
from tests.factories import NOW, code_of, make_batch, make_indication, make_run, make_version
from tests.trace.helpers import post_json
from tests.trace.lab_helpers import GOOD, PDF, PNG, changed, enter, lab_batch
from tests.trace.reading import errors_at, field, page, text_of

pytestmark = pytest.mark.usefixtures("reports_folder")
HEAD = {
    "laboratory": "四川某某检验检测有限公司",
    "cma_number": "230020349999",
    "cma_from": "2023-05-01",
    "cma_to": "2029-04-30",
    "report_no": "JY2026-0001",
    "sampled_on": "2026-11-02",
    "issued_on": "2026-11-10",
}
VALUES = {"alcohol": "52.1", "alcohol_label": "52", "total_acid": "0.45", "moisture": "50.0"}


def filled(client: Client, address: str, **values: str) -> dict[str, Any]:
    """The form as it stands, with the good head and `values` typed into the rows of their indicators."""
    soup = page(client, address)
    content = dict(HEAD)
    for place, name in enumerate(("alcohol", "alcohol_label", "moisture", "solids", "total_acid")):
        widget = field(soup, f"value-{place}")
        assert widget.has_attr("id")
        content[f"value-{place}"] = values.get(name, VALUES.get(name, ""))
    return content


def soup_of(answer: Any) -> BeautifulSoup:
    return BeautifulSoup(answer.content, "html.parser")


def address_of(batch: Batch, last: str = "new") -> str:
    return f"/producer/batches/{batch.code}/lab-reports/{last}"


def test_a_report_is_entered_on_the_page_and_shown(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), lab_batch(authorisation)
    form = page(client, address_of(batch))
    assert [label.get_text(strip=True).removesuffix("选填") for label in form.select(".lab-row > label")] == [
        "酒精度（实测）", "酒精度（标签标示）", "水分", "固形物", "总酸（以乙酸计）",
    ]  # fmt: skip
    assert [option["value"] for option in field(form, "unit-4").select("option")][:2] == ["g/L", "mg/mL"]
    content = filled(client, address_of(batch), moisture="５０．０", total_acid="450", solids="1")

    answer = client.post(
        address_of(batch), content | {"unit-4": "mg/L", "file": SimpleUploadedFile("扫描.pdf", PDF)}, follow=True
    )

    assert answer.status_code == 200
    shown = text_of(soup_of(answer))
    assert "检验报告已录入。本批次：检验合格。" in shown
    assert "450 mg/L" in shown
    assert "酒精度（实测） 46～60 %vol 时 不低于 0.40 g/L" in shown
    report = LabReport.objects.get()
    download = client.get(address_of(batch, f"{report.code}/file"))
    assert download.content == PDF
    assert download["Content-Disposition"] == f'attachment; filename="lab-report-{report.code}.pdf"'
    assert (download["Content-Type"], download["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


def test_every_refusal_stands_at_its_field(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), lab_batch(authorisation)
    content = filled(client, address_of(batch), alcohol="NaN", total_acid="-1")

    answer = client.post(address_of(batch), content)
    disguised = client.post(
        address_of(batch), filled(client, address_of(batch)) | {"file": SimpleUploadedFile("a.pdf", b"<html>")}
    )
    expired = client.post(address_of(batch), filled(client, address_of(batch)) | {"cma_to": "2026-11-09"})
    head = client.post(address_of(batch), content | {"laboratory": "", "issued_on": "昨天"})

    assert answer.status_code == 422
    assert set(errors_at(soup_of(answer))) >= {"value-0", "value-4"}
    assert set(errors_at(soup_of(disguised))) == {"file"}
    assert "不在资质认定证书的有效期" in errors_at(soup_of(expired))["cma_to"]
    assert set(errors_at(soup_of(head))) == {"laboratory", "issued_on"}
    assert LabReport.objects.count() == 0


@pytest.mark.parametrize("extra", [1, 1024 * 1024])
def test_a_file_beyond_ten_megabytes_is_refused(maker: Actor, authorisation: Authorisation, extra: int) -> None:
    client, batch = signed_in(maker), lab_batch(authorisation)
    big = SimpleUploadedFile("a.pdf", PDF + bytes(MAX_FILE_BYTES - len(PDF) + extra))

    answer = client.post(address_of(batch), HEAD | {"file": big})

    assert answer.status_code in {413, 422}
    assert "10 MB" in text_of(soup_of(answer))
    assert LabReport.objects.count() == 0


def test_a_wrong_report_is_replaced_and_stays(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), lab_batch(authorisation)
    wrong = enter(maker, batch, results=changed("moisture", "60"))
    address = address_of(batch, f"{wrong.code}/correct")
    assert field(page(client, address), "value-2")["value"] == "60"
    content = filled(client, address)

    without = client.post(address, content)
    answer = client.post(address, content | {"reason": "水分录错"}, follow=True)

    assert set(errors_at(soup_of(without))) == {"reason"}
    assert "本批次：检验合格" in text_of(soup_of(answer))
    assert "已被更正" in text_of(soup_of(answer))


def test_a_failed_batch_says_so_and_cannot_be_released(
    maker: Actor, officer_north: Actor, authorisation: Authorisation
) -> None:
    batch = lab_batch(authorisation)
    enter(maker, batch, results=changed("total_acid", "0.1"), file=PNG)
    client = signed_in(maker)

    answer = client.post(f"/producer/batches/{batch.code}/steps/release", follow=True)

    assert answer.status_code == 409
    assert "检验不合格，不能放行：总酸" in text_of(soup_of(answer))
    office = text_of(page(signed_in(officer_north), f"/producer/batches/{batch.code}"))
    assert "不合格" in office
    assert "下载 PNG" in office


def test_a_product_without_limits_says_so(maker: Actor, authorisation: Authorisation) -> None:
    batch = make_batch(authorisation=authorisation, state="registered")
    client = signed_in(maker)

    assert "未配置判定指标" in text_of(page(client, f"/producer/batches/{batch.code}"))
    answer = client.post(address_of(batch), HEAD | {"file": SimpleUploadedFile("a.pdf", PDF)}, follow=True)

    assert "本批次：未配置判定指标" in text_of(soup_of(answer))


@pytest.mark.parametrize("last", ["new", "{code}/correct", "{code}/file"])
def test_pages_of_another_are_not_there(
    maker: Actor, rival: Actor, officer_south: Actor, authorisation: Authorisation, last: str
) -> None:
    batch = lab_batch(authorisation)
    report = enter(maker, batch, file=PDF)

    for actor in (rival, officer_south):
        status = signed_in(actor).get(address_of(batch, last.format(code=report.code))).status_code
        assert status in ({404} if actor is rival or last.endswith("file") else {403})
    assert Client().get(address_of(batch, last.format(code=report.code))).status_code == 302


def test_the_buyer_reads_the_results_in_plain_words(maker: Actor, authorisation: Authorisation) -> None:
    batch = lab_batch(authorisation)
    release_batch(actor=maker, code=batch.code, now=NOW)
    code = code_of(make_run(batch=batch), 1)
    before = Client().get(f"/t/{code}")
    enter(maker, batch, results=changed("moisture", "60"), file=PDF)

    after = Client().get(f"/t/{code}")
    facts = Client().get(f"/t/{code}", headers={"Accept": "application/json"}).json()["batch"]["laboratory"]

    assert "还没有录入这批产品的检验报告" in text_of(soup_of(before))
    shown = text_of(soup_of(after))
    assert "检验不合格" in shown
    assert "不符合标准的项目：水分" in shown
    assert "数值由企业照报告填报；是否合格由本平台对照标准核对。" in shown
    assert "/file" not in after.content.decode()
    assert (facts["verdict"], facts["reports"][0]["cma_number"]) == ("failed", "230020349999")


def test_the_buyer_of_an_unjudged_product_is_told_so(maker: Actor, authorisation: Authorisation) -> None:
    for version in (None, make_version(make_indication())):
        batch = make_batch(authorisation=authorisation, standard_version=version)
        code = code_of(make_run(batch=batch), 1)

        assert "未配置判定指标" in text_of(soup_of(Client().get(f"/t/{code}")))


def test_a_report_over_the_api(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), lab_batch(authorisation)
    path = f"/batches/{batch.code}/lab-reports"
    body = HEAD | {"results": [vars(each) for each in GOOD], "file": b64encode(PDF).decode(), "file_name": "a.pdf"}

    answer = post_json(client, path, body, key="k1")
    again = post_json(client, path, body, key="k1")
    twice = post_json(client, path, body)
    bad = post_json(client, path, body | {"report_no": "2", "results": [{"indicator": "x", "value": "1"}]})
    no_base64 = post_json(client, path, body | {"report_no": "2", "file": "%PDF"})
    number = post_json(client, path, body | {"report_no": "2", "results": [{"indicator": "moisture", "value": 1}]})

    assert answer.status_code == again.status_code == 201
    assert answer.json()["file"]["type"] == "application/pdf"
    assert (twice.status_code, twice.json()["code"]) == (409, "lab_report_exists")
    assert (bad.json()["code"], bad.json()["errors"][0]["field"]) == ("lab_indicator_unknown", "results.0.indicator")
    assert no_base64.json()["code"] == "lab_file_refused"
    assert number.status_code == 422
    read = client.get(f"/api/v1{path}").json()
    assert (read["verdict"], len(read["reports"])) == ("passed", 1)
    assert {each["limit_key"]: each["verdict"] for each in read["limits"]}["total_acid.2"] == "no_limit"
    assert [each["indicator"] for each in read["process"]] == ["altitude"]


def test_ten_megabytes_in_base64_fit_and_eleven_do_not(maker: Actor, authorisation: Authorisation) -> None:
    client, batch = signed_in(maker), lab_batch(authorisation)
    path = f"/api/v1/batches/{batch.code}/lab-reports"

    def send(size: int, number: str) -> Any:
        file = b64encode(PDF + bytes(size - len(PDF))).decode()
        return client.post(path, json.dumps(HEAD | {"report_no": number, "file": file}), "application/json")

    most, beyond, far = send(MAX_FILE_BYTES, "1"), send(MAX_FILE_BYTES + 1, "2"), send(11 * 1024 * 1024, "3")

    assert most.status_code == 201
    assert [(each.status_code, each.json()["code"]) for each in (beyond, far)] == [(413, "lab_file_too_large")] * 2
