"""Create a user account; the password is read from the terminal or made up and printed once."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from products.access import Role
from products.accounts.services.users import create_user
from products.errors import DomainError


class Command(BaseCommand):
    help = "Create a user account."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("username")
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])
        parser.add_argument("--uscc", default="", help="the organisation of a producer or association")
        parser.add_argument("--region", action="append", default=[], help="GB/T 2260 code; may be given several times")

    def handle(self, *args: Any, **options: Any) -> None:
        asked = sys.stdin.isatty()
        password = getpass.getpass("Password: ") if asked else secrets.token_urlsafe(12)
        try:
            create_user(
                username=options["username"],
                password=password,
                role=Role(options["role"]),
                uscc=options["uscc"],
                regions=options["region"],
                now=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(error.text) from error
        self.stdout.write(f"created {options['username']}" + ("" if asked else f" with password {password}"))
