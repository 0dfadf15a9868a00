"""Create the deployment's secret files where they are missing."""

from __future__ import annotations

import secrets
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.management.base import BaseCommand

from products.crypto import create_secret


class Command(BaseCommand):
    help = "Create the signing key of sessions and the key of encrypted fields, unless they exist."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        files = {
            settings.VAR_DIR / "secret_key": secrets.token_urlsafe(48),
            settings.FIELD_KEYS_FILE: Fernet.generate_key().decode(),
        }
        for path, content in files.items():
            made = create_secret(path, content + "\n")
            self.stdout.write(f"{'created' if made else 'kept'} {path}")
