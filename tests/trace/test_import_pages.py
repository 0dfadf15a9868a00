"""The pages of an import, as a browser without JavaScript uses them."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from python_calamine import CalamineWorkbook, SheetVisibleEnum

from products.access import Actor, Role
from products.registry.models.authorisation import Authorisation
from products.trace.models.batch import Batch
from products.trace.models.batch_import import BatchImport
from products.trace.services.import_files import purge_imports
from products.trace.services.import_running import run_import
from products.trace.services.imports import AT_ONCE
from products.trace.spreadsheets.grid import MAX_BYTES
from tests.conftest import signed_in
from tests.factories import NOW, PIDU, make_batch, make_user
from tests.trace.import_files import many_rows, row_of, workbook
from tests.trace.reading import errors_at, field, page, text_of


def upload(client: Client, content: bytes, name: str = "台账.xlsx") -> Any:
    return client.post("/producer/import", {"file": SimpleUploadedFile(name, content)})


def test_the_template_offers_what_is_the_producers_own(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)

    content = client.get("/producer/import/template.xlsx").content
    english = client.get("/producer/import/template.xlsx?lang=en").content

    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        assert [sheet.name for sheet in book.sheets_metadata] == ["批次", "填写说明", "选项"]
        assert book.sheets_metadata[2].visible == SheetVisibleEnum.Hidden
        rows = book.get_sheet_by_name("批次").to_python()
        options = book.get_sheet_by_name("选项").to_python()
    assert rows[0][1:4] == ["产品（必填）", "批号（必填）", "净重（公斤，必填）"]
    assert rows[1][0] == "示例（此行不导入）"
    assert options[0][:2] == ["郫县豆瓣 · 郫县豆瓣", f"郫都区 {PIDU}"]
    with CalamineWorkbook.from_filelike(io.BytesIO(english)) as book:
        assert book.sheet_names == ["Batches", "Instructions", "Options"]
        assert book.get_sheet_by_name("Options").to_python()[0][1] == f"Pidu District {PIDU}"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_template_sent_back_has_only_its_example(
    maker: Actor, authorisation: Authorisation, kind: str, language: str
) -> None:
    client = signed_in(maker)
    content = client.get(f"/producer/import/template.{kind}?lang={language}").content

    answer = upload(client, content, f"t.{kind}")

    assert answer.status_code == 422
    assert BatchImport.objects.count() == 0


def test_a_sheet_is_checked_shown_and_registered(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    make_batch(authorisation=authorisation, lot="OLD", net_mass_g=7_000)

    answer = upload(client, workbook([row_of(), row_of(lot="OLD", net_mass=8)]))

    assert answer.status_code == 302
    shown = page(client, f"{answer['Location']}?show=create")
    assert "261120-01" in text_of(shown)
    assert "已登记 7，表格里是 8" in text_of(page(client, answer["Location"]))
    assert Batch.objects.count() == 1
    plan = str(field(shown, "plan")["value"])
    stale = client.post(f"{answer['Location']}/confirm", {"plan": "0" * 64})
    assert stale.status_code == 409
    done = client.post(f"{answer['Location']}/confirm", {"plan": plan}, follow=True)
    assert "已登记 1 个批次" in done.content.decode()
    assert Batch.objects.filter(lot="261120-01", state="registered").count() == 1
    again = client.post(f"{answer['Location']}/confirm", {"plan": plan})
    assert (again.status_code, Batch.objects.count()) == (302, 2)


def test_cells_at_fault_are_listed_with_their_address(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    answer = upload(client, workbook([row_of(), row_of(lot="B", net_mass="很多")]))

    shown = page(client, answer["Location"])

    assert [text_of(each) for each in shown.select("li.bad strong")] == ["C3"]
    assert shown.select("[name=plan]") == []
    row = BatchImport.objects.get()
    refused = client.post(f"{answer['Location']}/confirm", {"plan": row.plan_sha256})
    assert (refused.status_code, Batch.objects.count()) == (422, 0)


def test_an_upload_is_its_senders_alone(maker: Actor, rival: Actor, authorisation: Authorisation) -> None:
    address = upload(signed_in(maker), workbook([row_of()]))["Location"]
    colleague = make_user(Role.PRODUCER, organisation=maker.uscc)

    for other in (rival, colleague):
        assert signed_in(other).get(address).status_code == 404
        assert signed_in(other).post(f"{address}/confirm", {"plan": "x"}).status_code == 404
    assert "台账.xlsx" not in text_of(page(signed_in(colleague), "/producer/import"))
    assert "台账.xlsx" in text_of(page(signed_in(maker), "/producer/import"))


def test_a_long_sheet_shows_its_progress_and_waits_for_the_worker(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    answer = upload(client, workbook(many_rows(authorisation, AT_ONCE + 1)))
    row = BatchImport.objects.get()

    waiting = page(client, answer["Location"])
    assert waiting.select("meta[http-equiv=refresh]")
    assert waiting.select("progress")[0]["max"] == str(AT_ONCE + 1)
    run_import(row.code)
    checked = page(client, answer["Location"])
    assert not checked.select("meta[http-equiv=refresh]")
    client.post(f"{answer['Location']}/confirm", {"plan": field(checked, "plan")["value"]})
    assert page(client, answer["Location"]).select("meta[http-equiv=refresh]")
    run_import(row.code)

    assert Batch.objects.count() == AT_ONCE + 1
    assert f"已登记 {AT_ONCE + 1} 个批次" in text_of(page(client, answer["Location"]))


def test_a_file_beyond_the_bound_is_refused_in_words(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)

    just = upload(client, b"PK" + b"x" * (6 * 1024 * 1024))
    beyond = upload(client, b"x" * (MAX_BYTES + 100_000))

    assert "文件已损坏" in " ".join(errors_at(soup_of(just)).values())
    assert (beyond.status_code, "超过 10 MB" in beyond.content.decode()) == (413, True)
    assert signed_in(make_user(Role.ADMIN)).post("/producer/import", {"file": "x"}).status_code == 403


def soup_of(answer: Any) -> Any:
    from bs4 import BeautifulSoup

    return BeautifulSoup(answer.content, "html.parser")


def test_uploads_go_after_a_day(maker: Actor, authorisation: Authorisation) -> None:
    client = signed_in(maker)
    address = upload(client, workbook([row_of()]))["Location"]

    assert purge_imports(now=NOW + timedelta(hours=23)) == 0
    assert purge_imports(now=NOW + timedelta(hours=25)) == 1
    assert client.get(address).status_code == 404
    assert BatchImport.objects.count() == 0


def test_without_a_right_there_is_nothing_to_import(maker: Actor) -> None:
    client = signed_in(maker)

    assert client.get("/producer/import").status_code == 200
    assert client.get("/producer/import/template.xlsx").status_code == 409
