"""The operator's policy file: which witnesses the log asks, and how many of them make a quorum (c2sp.org/tlog-policy)."""

from __future__ import annotations

import logging
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from ledger.errors import LedgerFatal
from ledger.verifier.errors import VerificationError
from ledger.verifier.policy import Policy, parse_policy

_NO_WITNESS = b"quorum none\n"
log = logging.getLogger("ledger.policy")


def configured_policy() -> Policy:
    """Witnesses, groups and quorum of GI_TRACE_LEDGER_POLICY_FILE; without the file no witness and no quorum.

    Raises LedgerFatal when the file is there but not usable.
    """
    return _parsed(_read())


def policy_for_readers() -> tuple[Policy, str]:
    """The policy and its text. A file that is not usable must not keep anybody from a proof: then no witness counts."""
    try:
        text = _read()
        return _parsed(text), text.decode().strip()
    except LedgerFatal as error:
        log.error("%s", error)
        return _parsed(_NO_WITNESS), _NO_WITNESS.decode().strip()


def _read() -> bytes:
    path = Path(settings.LEDGER_POLICY_FILE)
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return _NO_WITNESS
    except OSError as error:
        raise LedgerFatal(f"the policy {path} cannot be read: {error.strerror}") from error


@lru_cache(maxsize=4)
def _parsed(text: bytes) -> Policy:
    try:
        text.decode()
        policy = parse_policy(text)
    except (VerificationError, UnicodeDecodeError) as error:
        raise LedgerFatal(f"the policy {settings.LEDGER_POLICY_FILE} is not usable ({error})") from error
    if policy.logs:
        raise LedgerFatal(f"the policy {settings.LEDGER_POLICY_FILE} names a log; it is for witnesses alone")
    return policy
