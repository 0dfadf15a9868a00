"""After an erasure: what a database keeps of deleted values in its files."""

from __future__ import annotations

from django.apps import apps
from django.db import connection

from products.errors import Conflict, Forbidden

# Tables of these apps may have held what was erased; the log's never do, and are far larger.
_APPS = ("products", "auth", "sessions", "django_tasks_database")
# A quarter of a second each: an automatic ANALYZE is over by then, a forgotten session is not.
_ATTEMPTS = 40


class DatabaseBusy(Conflict):
    """Another process reads an older state of the database, so that its file cannot be cleaned yet."""

    code = "database_busy"


def overwrite_deleted() -> None:
    """SQLite only: from now on this connection overwrites what it deletes with zeros."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def clean_files() -> str:
    """Write the tables anew without what was deleted, and empty the write-ahead log; returns what was done.

    Must run outside a transaction. Takes as long as copying the database, and locks each table meanwhile.
    Raises DatabaseBusy, Forbidden where the database's role does not own the tables.
    """
    if connection.vendor == "sqlite":
        return _clean_sqlite()
    names = sorted(
        model._meta.db_table
        for label in _APPS
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    )
    with connection.cursor() as cursor:
        # PostgreSQL passes over what is another's with a warning that nobody sees.
        cursor.execute(
            "SELECT relname FROM pg_class WHERE oid = ANY(%s::regclass[]) AND NOT pg_has_role(relowner, 'USAGE')",
            [[connection.ops.quote_name(name) for name in names]],
        )
        if others := [name for (name,) in cursor.fetchall()]:
            raise Forbidden(f"run this as the owner of the tables: {', '.join(others)}")
        _await_older_snapshots()
        for name in names:
            # FULL: a plain VACUUM leaves the bytes in the page. ANALYZE: its statistics quote common values.
            cursor.execute(f"VACUUM (FULL, ANALYZE) {connection.ops.quote_name(name)}")
        # The statistics' own table keeps what it quoted before; only a superuser may write it anew.
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (is_superuser,) = cursor.fetchone()
        if is_superuser:
            # What ANALYZE has just replaced died after the first wait.
            _await_older_snapshots()
            cursor.execute("VACUUM FULL pg_catalog.pg_statistic")
    rest = "" if is_superuser else "; a superuser has yet to run VACUUM FULL pg_catalog.pg_statistic"
    return f"{len(names)} tables written anew{rest}"


def _await_older_snapshots() -> None:
    """Rows that another transaction may still see are copied by VACUUM FULL, however dead. Raises DatabaseBusy."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text::numeric % 4294967296")
        (now,) = cursor.fetchone()
        for _attempt in range(_ATTEMPTS):
            # Snapshots of this database, and transactions of any: every later snapshot, that of VACUUM as well,
            # reaches back to the oldest transaction that runs anywhere. `age` counts back from the newest.
            cursor.execute(
                "SELECT count(*) FROM (SELECT backend_xmin AS held FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " UNION ALL SELECT backend_xid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
                " UNION ALL SELECT xmin FROM pg_replication_slots"
                " UNION ALL SELECT transaction FROM pg_prepared_xacts) AS holders"
                " WHERE held IS NOT NULL AND age(held) >= age(%s::text::xid)",
                [str(now)],
            )
            if not cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.25)")
    raise DatabaseBusy("another transaction is older than this: end it (pg_stat_activity), then run this again")


def _clean_sqlite() -> str:
    overwrite_deleted()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, _pages, _moved = cursor.fetchone()
        if is_busy:
            raise DatabaseBusy("another process is reading: stop web server, worker and sequencer, then run this again")
    return "file written anew, write-ahead log emptied"
