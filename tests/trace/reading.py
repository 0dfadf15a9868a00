"""Pages as a browser without JavaScript reads and sends them."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from bs4 import BeautifulSoup, Tag
from django.test import Client


def page(client: Client, path: str, status: int = 200) -> BeautifulSoup:
    answer = client.get(path)
    assert answer.status_code == status, path
    return BeautifulSoup(answer.content, "html.parser")


def text_of(soup: Tag) -> str:
    return re.sub(r"\s+", " ", soup.get_text(" "))


def errors_at(soup: BeautifulSoup) -> dict[str, str]:
    """{name of the field: the error that stands under it}"""
    return {
        str(widget["name"]): text_of(error)
        for wrapper in soup.select("div.field")
        for error in wrapper.select(".error")
        for widget in wrapper.select("input, select, textarea")
    }


def field(soup: Tag, name: str) -> Tag:
    """The one input, list or text of this name."""
    (found,) = soup.select(f"[name={name}]")
    return found


def send(client: Client, path: str, content: dict[str, str]) -> Any:
    """As a browser sends a form."""
    return client.post(path, urlencode(content), content_type="application/x-www-form-urlencoded")
