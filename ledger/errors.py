"""What can go wrong with the log, in two classes: a person must look, or try again."""

from __future__ import annotations


class LedgerFatal(Exception):
    """The log's own records contradict each other. Nothing was signed; stop, a person must look.

    Anything else that fails (a lost connection, a full disk) may be tried again: the transaction is whole or absent.
    """


class EntryRefused(ValueError):
    """The caller offered something that can never be an entry: too long, empty, or outside a transaction."""


class NoRoom(Exception):
    """The disk is nearly full. Nothing was written; free some space, then try again."""


class NotInLog(LookupError):
    """No such entry, or not sequenced yet."""


class NotAnchored(Exception):
    """A chain or a time-stamp authority did not take or confirm a checkpoint. To be tried again; says why."""
