"""A partner's system that talks to /epcis."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from products.access import ROLE_SCOPES, Actor, Role
from products.accounts.services.tokens import issue_token
from tests.factories import NOW


def token_of(actor: Actor, *scopes: str) -> str:
    """A token with all that the role may do, or with these scopes."""
    given = scopes or tuple(scope.value for scope in ROLE_SCOPES[Role(actor.role or "")])
    return issue_token(actor=actor, name="EPCIS", scopes=given, days=30, now=NOW)[1]


@dataclass
class Partner:
    client: Client
    token: str

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} | headers

    def get(self, path: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        return self.client.get(f"/epcis/{path}", query or {}, headers=self._headers(headers))

    def post(self, path: str, body: Any, *, kind: str = "application/json", **headers: str) -> Any:
        content = body if isinstance(body, str | bytes) else json.dumps(body, ensure_ascii=False)
        return self.client.post(f"/epcis/{path}", content, content_type=kind, headers=self._headers(headers))

    def delete(self, path: str) -> Any:
        return self.client.delete(f"/epcis/{path}", headers=self._headers({}))

    def options(self, path: str) -> Any:
        return self.client.options(f"/epcis/{path}", headers=self._headers({}))

    def job(self, response: Any) -> dict[str, Any]:
        """The capture job that a capture's answer points to."""
        assert response.status_code == 202, response.content
        return self.get(response["Location"].removeprefix("/epcis/")).json()  # type: ignore[no-any-return]

    def events(self, path: str = "events", **query: Any) -> list[dict[str, Any]]:
        response = self.get(path, query)
        assert response.status_code == 200, response.content
        return events_of(response)

    def pages(self, path: str, **query: Any) -> list[list[dict[str, Any]]]:
        """Every page, as the links lead from one to the next."""
        response = self.get(path, query)
        found = [events_of(response)]
        while "Link" in response:
            address = urlsplit(response["Link"].partition(">")[0].removeprefix("<"))
            assert response["Link"].endswith('; rel="next"')
            response = self.client.get(f"{address.path}?{address.query}", headers=self._headers({}))
            found.append(events_of(response))
        return found


def events_of(response: Any) -> list[dict[str, Any]]:
    body = response.json()
    assert body["type"] == "EPCISQueryDocument"
    found: list[dict[str, Any]] = body["epcisBody"]["queryResults"]["resultsBody"]["eventList"]
    return found
