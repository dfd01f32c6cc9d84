"""SQLite FTS5 behind the port: nothing to install, and written in the article's own transaction.

Needs SQLite 3.43 or newer (contentless tables from which can be deleted). FTS5 keeps no texts here, no positions
and no columns (`detail=none`): a tenth of the room that it usually takes.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection

from catalog.search.engines.database_engine import DatabaseEngine
from catalog.search.engines.sheets import CannotSearchHere, Doors

_NEEDED = (3, 43)
_ANY_OF = 200  # tokens in one query: FTS5 limits how deep an expression may be
_AFTER_ALL = "\x7f"
_ERROR, _CORRUPT, _CONSTRAINT = 1, 11, 19  # SQLite's codes; the first is that of many things
_LOST = ("no such table", "no such fts5 table", "SQL logic error", "vtable constructor failed")


def fts5_engine(doors: Doors) -> DatabaseEngine:
    """The index in an SQLite database."""
    return DatabaseEngine(doors, Fts5Shelf())


class Fts5Shelf:
    """A sheet is a table of FTS5 whose row ids are the products, and one that lists its tokens."""

    def check(self, connection: Connection) -> None:
        """Raise CannotSearchHere on another database, an old SQLite, and one without FTS5."""
        if connection.dialect.name != "sqlite":
            raise CannotSearchHere("Die Suche mit FTS5 gibt es nur auf SQLite, nicht auf PostgreSQL.")
        database = _bare(connection)
        version, has_fts5 = database.execute(
            "SELECT sqlite_version(), sqlite_compileoption_used('ENABLE_FTS5')"
        ).fetchone()
        if tuple(map(int, version.split(".")))[:2] < _NEEDED or not has_fts5:
            raise CannotSearchHere(
                f"Die Suche mit FTS5 braucht SQLite ab {_NEEDED[0]}.{_NEEDED[1]} mit FTS5; hier ist {version}. "
                "Bitte das Paket pysqlite3 einrichten oder search_engine auf whoosh lassen."
            )

    def wait_turn(self, connection: Connection) -> None:
        """SQLite has one writer at a time anyway."""

    def be_brief(self, connection: Connection) -> None:
        """Whoever writes waits for nobody any more."""

    def is_damaged_by(self, error: Exception) -> bool:
        """Whether a table is lost, or its contents make no sense to FTS5 (which calls that a constraint at times)."""
        told = getattr(error, "orig", None) or error
        code = (getattr(told, "sqlite_errorcode", None) or 0) & 0xFF
        return code in (_CORRUPT, _CONSTRAINT) or (code == _ERROR and str(told).startswith(_LOST))

    def has(self, connection: Connection, table: str) -> bool:
        """Whether there is such a table."""
        named = _bare(connection).execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,))
        return named.fetchone() is not None

    def make(self, connection: Connection, sheet: str) -> None:
        """Make the table, and the list of its tokens."""
        database = _bare(connection)
        database.execute(
            f"CREATE VIRTUAL TABLE {sheet} USING fts5(tokens, content='', contentless_delete=1, detail=none, "
            "tokenize=\"ascii tokenchars '_/'\")"
        )
        database.execute(f"CREATE VIRTUAL TABLE {sheet}_tokens USING fts5vocab({sheet}, row)")

    def drop(self, connection: Connection, sheet: str) -> None:
        """Drop both."""
        for table in (f"{sheet}_tokens", sheet):
            _bare(connection).execute(f"DROP TABLE IF EXISTS {table}")

    def put(self, connection: Connection, sheet: str, rows: Sequence[tuple[int, Sequence[str]]]) -> None:
        """Write products with their tokens; a savepoint makes FTS5 write what it would keep until the commit."""
        database = _bare(connection)
        database.executemany(
            f"INSERT OR REPLACE INTO {sheet}(rowid, tokens) VALUES (?, ?)",  # noqa: S608
            [(product_id, " ".join(tokens)) for product_id, tokens in rows],
        )
        for statement in ("SAVEPOINT written", "RELEASE written"):
            database.execute(statement)

    def remove(self, connection: Connection, sheet: str, ids: Sequence[int]) -> None:
        """Forget products."""
        _bare(connection).executemany(f"DELETE FROM {sheet} WHERE rowid = ?", [(each,) for each in ids])  # noqa: S608

    def lists(self, connection: Connection, sheet: str, groups: Sequence[Sequence[str]]) -> list[Sequence[int]]:
        """The ids for each group, in one query: as JSON, which is read twice as fast as rows."""
        parts = [(place, part) for place, group in enumerate(groups) for part in _parts(group)]
        found = _bare(connection).execute(
            f"SELECT (SELECT json_group_array(rowid) FROM {sheet} WHERE {sheet} MATCH value) FROM json_each(?)",  # noqa: S608
            (json.dumps([" OR ".join(f'"{token}"' for token in part) for _, part in parts]),),
        )
        lists: list[list[int]] = [[] for _ in groups]
        for (place, _), (ids,) in zip(parts, found, strict=True):
            if ids != "[]":
                lists[place] += json.loads(ids)
        return [*lists]

    def beginning_with(
        self, connection: Connection, sheet: str, beginning: str, limit: int
    ) -> Iterable[tuple[str, int]]:
        """Tokens that begin like this, with the number of their products."""
        found: Iterable[tuple[str, int]] = _bare(connection).execute(
            f"SELECT term, doc FROM {sheet}_tokens WHERE term >= ? AND term < ?",  # noqa: S608
            (beginning, beginning + _AFTER_ALL),
        )
        return found

    def size(self, connection: Connection, sheet: str) -> int:
        """The highest id, which costs nothing to know."""
        (highest,) = _bare(connection).execute(f"SELECT max(id) FROM {sheet}_docsize").fetchone()  # noqa: S608
        return int(highest or 0)


def _parts(tokens: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(tokens), _ANY_OF):
        yield tokens[start : start + _ANY_OF]


def _bare(connection: Connection) -> Any:
    """The driver's own connection, in the transaction that has begun: a third of the time for small queries."""
    return connection.connection.driver_connection
