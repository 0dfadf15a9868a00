"""A process that issues runs as fast as it can and says, after each commit, the run and its first unit code."""

from __future__ import annotations

import sys
from uuid import UUID

import django
from django.utils import timezone


def main(username: str, batch_code: UUID) -> None:
    from products.accounts.models.user import User
    from products.labels.domain.unit_code import unit_codes
    from products.labels.services.keys import open_key
    from products.labels.services.label_runs import issue_label_run

    actor = User.objects.get(username=username).as_actor()
    while True:
        run = issue_label_run(actor=actor, batch_code=batch_code, quantity=1, unit_mass_g=1, now=timezone.now())
        (code,) = unit_codes(open_key(run), run.code, 1, 1)
        sys.stdout.write(f"{run.code} {code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], UUID(sys.argv[2]))
