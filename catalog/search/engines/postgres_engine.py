"""PostgreSQL's full-text search behind the port: for several hosts, with no further server.

The tokens of a product are one `tsvector` under a GIN index. The vectors lie beside their rows (TOAST), since a
search reads only the index and the ids: the rows of 100,000 products are then a few megabytes. The index keeps no list
of what is new (`fastupdate`), which each of a search's queries would read from end to end.
"""

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from catalog.search.engines.database_engine import DatabaseEngine
from catalog.search.engines.sheets import CannotSearchHere, Doors

_TURN = 42101  # the advisory lock of those who write sheets
_BRIEFLY_MS = 500
_DAMAGED = ("42P01", "XX001", "XX002")  # a table that is not there; damaged data; a damaged index
_LONGEST = 1000  # characters of a token that stand as they are: PostgreSQL allows 2 kB
_TERMS = 200  # that begin alike are counted at least, the shortest first


def postgres_engine(doors: Doors) -> DatabaseEngine:
    """The index in a PostgreSQL database."""
    return DatabaseEngine(doors, PostgresShelf())


class PostgresShelf:
    """A sheet is a table of products with their vectors, and one of all terms that were ever in it."""

    def check(self, connection: Connection) -> None:
        """Raise CannotSearchHere on another database."""
        if connection.dialect.name != "postgresql":
            raise CannotSearchHere("Die Suche mit PostgreSQL braucht eine Datenbank auf PostgreSQL, nicht SQLite.")

    def wait_turn(self, connection: Connection) -> None:
        """Until the transaction ends: those who write the same words would else wait for each other in a ring."""
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (_TURN,))

    def be_brief(self, connection: Connection) -> None:
        """Wait half a second for a lock at most until the transaction ends."""
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_BRIEFLY_MS}ms'")

    def is_damaged_by(self, error: Exception) -> bool:
        """Whether PostgreSQL says that a table is lost, or its data or index damaged."""
        return getattr(getattr(error, "orig", None), "sqlstate", None) in _DAMAGED

    def has(self, connection: Connection, table: str) -> bool:
        """Whether there is such a table."""
        return connection.exec_driver_sql("SELECT to_regclass(%s)", (table,)).scalar() is not None

    def make(self, connection: Connection, sheet: str) -> None:
        """Make both tables and the index."""
        for statement in (
            f"CREATE TABLE {sheet} (product_id INTEGER PRIMARY KEY, tokens tsvector NOT NULL) "
            "WITH (toast_tuple_target = 128)",
            f"CREATE INDEX {sheet}_by_token ON {sheet} USING gin (tokens) WITH (fastupdate = off)",
            f'CREATE TABLE {sheet}_terms (key TEXT COLLATE "C" PRIMARY KEY, term TEXT NOT NULL)',
        ):
            connection.exec_driver_sql(statement)

    def drop(self, connection: Connection, sheet: str) -> None:
        """Drop both, in the order in which readers lock them: else they wait for each other."""
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {sheet}_terms, {sheet}")

    def put(self, connection: Connection, sheet: str, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Write products with their tokens, and what terms are new."""
        if not rows:
            return
        fitting = [(product_id, [_fitting(token) for token in tokens]) for product_id, tokens in rows]
        connection.exec_driver_sql(
            f"INSERT INTO {sheet} VALUES (%s, array_to_tsvector(%s::text[])) "  # noqa: S608
            "ON CONFLICT (product_id) DO UPDATE SET tokens = excluded.tokens",
            fitting,
        )
        terms = {token.rpartition("/")[0] for _, tokens in rows for token in tokens}
        connection.exec_driver_sql(
            f"INSERT INTO {sheet}_terms SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",  # noqa: S608
            ([_fitting(term) for term in sorted(terms)], sorted(terms)),
        )

    def remove(self, connection: Connection, sheet: str, ids: Sequence[int]) -> None:
        """Forget products."""
        connection.exec_driver_sql(f"DELETE FROM {sheet} WHERE product_id = ANY(%s)", (list(ids),))  # noqa: S608

    def lists(self, connection: Connection, sheet: str, groups: Sequence[Sequence[str]]) -> list[Sequence[int]]:
        """The ids for each group, all in one round trip."""
        asked = [" | ".join(f"'{_fitting(token)}'" for token in group) for group in groups]
        found = connection.exec_driver_sql(
            f"SELECT (SELECT json_agg(product_id) FROM {sheet} WHERE tokens @@ asked::tsquery) "  # noqa: S608
            "FROM unnest(%s::text[]) WITH ORDINALITY AS groups(asked, place) ORDER BY place",
            (asked,),
        )
        return [ids or [] for ids in found.scalars()]

    def beginning_with(
        self, connection: Connection, sheet: str, beginning: str, limit: int
    ) -> Iterable[tuple[str, int]]:
        """Terms that begin like this, with the number of their products."""
        start = beginning[:_LONGEST]
        found = connection.exec_driver_sql(
            f"SELECT term, (SELECT count(*) FROM {sheet} WHERE tokens @@ ('''' || key || '/'':*')::tsquery) "  # noqa: S608
            f"FROM (SELECT key, term FROM {sheet}_terms WHERE key >= %s AND key < %s AND starts_with(term, %s) "
            f"ORDER BY length(key), key LIMIT {max(_TERMS, int(limit))}) AS longer",
            (start, f"{start}\x7f", beginning),
        )
        return [(f"{term}/", number) for term, number in found]

    def size(self, connection: Connection, sheet: str) -> int:
        """The highest id, which costs nothing to know."""
        return int(connection.exec_driver_sql(f"SELECT max(product_id) FROM {sheet}").scalar() or 0)  # noqa: S608


def _fitting(token: str) -> str:
    """A token or term, a very long one with a digest in place of most of it; its level stays at its end."""
    term, between, level = token.partition("/")
    if len(term) <= _LONGEST:
        return token
    return f"{term[:_LONGEST]}{hashlib.sha256(term.encode()).hexdigest()}{between}{level}"
