"""User accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY, Role
from products.accounts.models.user import User
from products.audit import record
from products.errors import Conflict, InvalidInput


@transaction.atomic
def create_user(
    *,
    username: str,
    password: str,
    role: Role,
    uscc: str = "",
    regions: Sequence[str] = (),
    is_demo: bool = False,
    now: datetime,
) -> User:
    """A new person with one role; run by the platform's operator from the command line.

    Raises InvalidInput where the role lacks its organisation or regions or the password is weak,
    Conflict for a name that is taken.
    """
    acts_for_organisation = role in {Role.PRODUCER, Role.ASSOCIATION}
    if acts_for_organisation != bool(uscc):
        raise InvalidInput(_("生产者和协会须写明统一社会信用代码，其他角色不写。"), field="uscc")
    if role in {Role.INSPECTOR, Role.AUDITOR} and not regions:
        raise InvalidInput(_("监管和审计人员须写明所辖行政区划代码。"), field="regions")
    if User.objects.filter(username=username).exists():
        raise Conflict(_("用户名已被使用。请换一个。"), field="username")
    user = User(username=username, role=role, uscc=uscc, regions=list(regions), is_demo=is_demo, date_joined=now)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password") from error
    user.set_password(password)
    user.save()
    # The name of a person never enters the log: the entry says only which office or firm gained which role.
    record(
        actor=NOBODY,
        kind="accounts.user_created",
        subject=f"uscc:{uscc}" if uscc else f"office:{regions[0] if regions else 'platform'}",
        data={"role": role.value, "regions": list(regions)},
        now=now,
    )
    return user
