"""Deleting what is kept of a person, in one transaction over all contexts (PIPL Art. 47)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from products.access import NOBODY
from products.accounts.models.user import User
from products.accounts.services.erasure import erase_account, find_account, forget_answers, is_erased
from products.audit import record, timestamp
from products.errors import ErasureRefused, InvalidInput, NotFound
from products.labels.services.erasure import forget_requester
from products.oversight.models.case import Case, CaseStep
from products.oversight.models.inspection import Inspection
from products.oversight.services.erasure_journal import note
from products.oversight.services.evidence import purge_evidence
from products.registry.services.erasure import forget_name
from products.scans.services.erasure import erase_complaint
from products.trace.domain.lineage import LOT, lot_node, operation_node
from products.trace.models.certificate import ConformityCertificate
from products.trace.queries.lineage import ancestors, descendants
from products.trace.services.erasure import erase_contact, erase_plot
from products.trace.services.import_files import forget_imports
from products.trace.services.lot_erasure import erase_consignee, erase_seller
from products.trace.services.plot_erasure import erase_grower, erase_place


class Kind(StrEnum):
    """What an erasure is asked for."""

    ACCOUNT = "account"
    COMPLAINT = "complaint"
    PLOT = "plot"
    CERTIFICATE = "certificate"
    GROWER = "grower"
    PLACE = "place"
    SELLER = "seller"
    CONSIGNEE = "consignee"
    CASE = "case"
    INSPECTION = "inspection"


@dataclass(frozen=True)
class Target:
    """One thing to erase. `key` is opaque: a number, a UUID, or for an account its row and the time it was opened."""

    kind: Kind
    key: str


def account_target(username: str) -> Target:
    """A journal outlives the database and must not hold the name it was asked to forget. Raises NotFound.

    The time keeps a replay from taking an account that later got the same row number.
    """
    user = find_account(username)
    return Target(Kind.ACCOUNT, f"{user.pk}@{timestamp(user.date_joined)}")


@transaction.atomic
def erase(*, target: Target, journal: Path | None, is_replay: bool = False, now: datetime) -> Counter[str]:
    """Delete values and salts of one target; returns how many of what went, all zero where nothing was left.

    `journal`: the file that a restored backup is held against; written before the commit, so that a crash in between
    leaves an erasure that a replay completes, never one that it does not know of. `is_replay`: decided before, so
    that an older state of the rows refuses nothing.
    Raises NotFound, InvalidInput, ErasureRefused, having written nothing.
    """
    erased = _BY_KIND[target.kind](target.key, is_replay, now)
    if any(erased.values()):
        # Bundles quote values with their salts. They last a day and are soon made again: all go, once it is done.
        transaction.on_commit(lambda: purge_evidence(now=datetime.max.replace(tzinfo=UTC)))
    if journal is not None and any(erased.values()):
        note(journal, kind=target.kind.value, key=target.key, now=now)
    return erased


def preview(*, target: Target, now: datetime) -> Counter[str]:
    """What `erase` would delete: it is done and rolled back, so that nothing can be listed wrongly. Raises as `erase`."""
    with transaction.atomic():
        erased = erase(target=target, journal=None, now=now)
        transaction.set_rollback(True)
    return erased


def _account(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    number, _at, joined = key.partition("@")
    user = User.objects.filter(pk=number).first() if number.isdecimal() else None
    if user is None or timestamp(user.date_joined) != joined:
        raise NotFound(_("没有这个账户。"))
    if is_erased(user):
        return Counter()
    name = user.username
    erased = Counter({"decisions": forget_name(name), "print files": forget_requester(name)})
    erased["imports"] = forget_imports(user_id=user.pk)
    return erased + erase_account(user=user, now=now)


def _complaint(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    case = Case.objects.select_for_update().filter(complaint__number=key.upper()).first()
    if case is not None and not is_replay:
        _require_closed(case)
    return erase_complaint(number=key.upper(), is_replay=is_replay, now=now)


def _plot(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    try:
        code = UUID(key)
    except ValueError as error:
        raise InvalidInput(_("批次以其 UUID 指明。")) from error
    for case in Case.objects.filter(complaint__run__batch__code=code) if not is_replay else ():
        _require_closed(case)
    return erase_plot(code=code, is_replay=is_replay, now=now)


def _certificate(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """The contact on a certificate, named by its number."""
    row = ConformityCertificate.objects.filter(number=key.upper()).first()
    if row is None:
        raise NotFound(_("没有这张承诺达标合格证。"))
    for case in Case.objects.filter(complaint__run__batch=row.batch_id) if not is_replay else ():
        _require_closed(case)
    return erase_contact(code=row.code, is_replay=is_replay, now=now)


def _grower(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """A co-operative's grower and the plots in their name, by the grower's UUID."""
    code = _uuid(key)
    for case in (
        Case.objects.filter(complaint__run__batch__batch_plots__plot__grower__code=code) if not is_replay else ()
    ):
        _require_closed(case)
    return erase_grower(code=code, is_replay=is_replay, now=now)


def _place(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """Name and outline of a registered plot, by its UUID."""
    code = _uuid(key)
    for case in Case.objects.filter(complaint__run__batch__batch_plots__plot__code=code) if not is_replay else ():
        _require_closed(case)
    return erase_place(code=code, is_replay=is_replay, now=now)


def _seller(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """A person whom a lot was bought from, by the lot's UUID."""
    code = _uuid(key)
    if not is_replay:
        _require_no_case(lot_node(code))
    return erase_seller(code=code, is_replay=is_replay, now=now)


def _consignee(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """A person whom something was sent to, by the dispatch's UUID."""
    code = _uuid(key)
    if not is_replay:
        _require_no_case(operation_node(code))
    return erase_consignee(code=code, is_replay=is_replay, now=now)


def _require_no_case(node: str) -> None:
    """Nobody looks into packs of a batch that it went into or came of: it may be what the case turns on."""
    names = [node, *(each.name for each in (*ancestors([node]), *descendants([node])))]
    codes = [name.removeprefix(LOT) for name in names if name.startswith(LOT)]
    for start in range(0, len(codes), 500):
        lots = codes[start : start + 500]
        for case in Case.objects.filter(complaint__run__batch__traced_lot__code__in=lots):
            _require_closed(case)


def _uuid(key: str) -> UUID:
    try:
        return UUID(key)
    except ValueError as error:
        raise InvalidInput(_("农户、地块、批和发货以其 UUID 指明。")) from error


def _require_closed(case: Case) -> None:
    if case.state != Case.State.CLOSED:
        raise ErasureRefused(
            _(
                "案件 %(number)s 尚未结案，相关内容是办案证据；结案前仅限办案使用（个人信息保护法第四十七条第二款）。"
                "请在结案后再删除。"
            )
            % {"number": case.number}
        )


def _case(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """Summary, notes and salts of a closed case. The operator has checked that its file need not be kept any longer."""
    case = Case.objects.select_for_update().filter(number=key).first()
    if case is None:
        raise NotFound(_("没有这个案件。"))
    if not is_replay:
        _require_closed(case)
    steps = CaseStep.objects.filter(case=case).exclude(note="", note_salt=b"")
    erased: Counter[str] = Counter({"notes": steps.update(note="", note_salt=b"")})
    if case.summary:
        case.summary = ""
        case.save(update_fields=["summary"])
        erased["cases"] = 1
    if any(erased.values()):
        erased["stored answers"] = forget_answers(naming=[case.number])
        record(actor=NOBODY, kind="oversight.case_erased", subject=f"case:{case.number}", data={}, now=now)
    return erased


def _inspection(key: str, is_replay: bool, now: datetime) -> Counter[str]:
    """Findings of an inspection that were not published; published ones stand in the log in words, for ever."""
    inspection = Inspection.objects.select_for_update().filter(number=key).first()
    if inspection is None:
        raise NotFound(_("没有这次检查。"))
    if not inspection.findings_salt and not inspection.findings:
        return Counter()
    if inspection.state == Inspection.State.PUBLISHED:
        raise ErasureRefused(_("检查情况已依法公示并写入公开账本，不能删除。"))
    inspection.findings, inspection.findings_salt = "", b""
    inspection.save(update_fields=["findings", "findings_salt"])
    erased = Counter({"findings": 1, "stored answers": forget_answers(naming=[inspection.number])})
    record(actor=NOBODY, kind="oversight.findings_erased", subject=f"inspection:{inspection.number}", data={}, now=now)
    return erased


_BY_KIND: dict[Kind, Callable[[str, bool, datetime], Counter[str]]] = {
    Kind.ACCOUNT: _account,
    Kind.COMPLAINT: _complaint,
    Kind.PLOT: _plot,
    Kind.CERTIFICATE: _certificate,
    Kind.GROWER: _grower,
    Kind.PLACE: _place,
    Kind.SELLER: _seller,
    Kind.CONSIGNEE: _consignee,
    Kind.CASE: _case,
    Kind.INSPECTION: _inspection,
}
