"""Write the API's description to docs/openapi.json, so that a change of the API is seen in review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


def snapshot() -> str:
    schema = import_string("gi_trace.api.api").get_openapi_schema()
    return json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"


class Command(BaseCommand):
    help = "Write docs/openapi.json."

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.BASE_DIR) / "docs" / "openapi.json"
        path.write_text(snapshot(), encoding="utf-8")
        self.stdout.write(f"wrote {path}")
