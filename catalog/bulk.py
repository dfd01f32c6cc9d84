"""Many rows at once, by the driver itself: for rules that change thousands of goods in one transaction.

Rows are tuples; what SQLAlchemy's types do to a value is done only where they do anything. The caller has flushed.
All names in the statements are those of our tables.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Table, func, select, text
from sqlmodel import Session, SQLModel

AT_ONCE = 1000  # ids in one query: databases limit how many may stand there
_T = TypeVar("_T")


def insert(
    session: Session, table: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]], **same: Any
) -> None:
    """Insert rows with these columns; `same` are the values that all of them share.

    Of other columns the default of the table is taken, NULL where it has none; an id that is not named is given
    by the database.
    """
    connection, sheet = session.connection(), _table(table)
    given = set(columns) | same.keys()
    defaults = {each.name: _default(each) for each in sheet.columns if each.name not in given and not each.primary_key}
    shared = defaults | same
    marks = ", ".join([_mark(connection)] * (len(columns) + len(shared)))
    names = ", ".join(_quoted(connection, name) for name in (*columns, *shared))
    tail = tuple(_bound(connection, sheet, name)(value) for name, value in shared.items())
    values = [(*row, *tail) for row in _processed(connection, sheet, columns, rows)]
    if values:
        into = _quoted(connection, sheet.name)
        connection.exec_driver_sql(f"INSERT INTO {into} ({names}) VALUES ({marks})", values)  # noqa: S608


def update(
    session: Session,
    table: type[SQLModel],
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    *,
    only_if: str = "",
    **same: Any,
) -> int:
    """Set these columns, row by row in the order handed in; each row is the values and then the id.

    `same` are values that all rows get. `only_if` is a condition in SQL that guards each row. Gives how many rows
    were changed; rows that this session knows are read anew when they are looked at.
    """
    connection, sheet = session.connection(), _table(table)
    mark = _mark(connection)
    sets = ", ".join(f"{_quoted(connection, name)} = {mark}" for name in (*same, *columns))
    head = tuple(_bound(connection, sheet, name)(value) for name, value in same.items())
    values = [(*head, *row) for row in _processed(connection, sheet, (*columns, "id"), rows)]
    if not values:
        return 0
    guard = f" AND ({only_if})" if only_if else ""
    statement = f"UPDATE {_quoted(connection, sheet.name)} SET {sets} WHERE id = {mark}{guard}"  # noqa: S608
    changed = connection.exec_driver_sql(statement, values).rowcount
    forget(session, table, {row[-1] for row in values})
    return changed


def reserve(session: Session, table: type[SQLModel], number: int) -> Sequence[int]:
    """Ids for so many new rows, ascending, that nobody else gets.

    SQLite: the writing transaction is alone, and gives the same ids that the database would have given.
    """
    connection, name = session.connection(), _table(table).name
    if connection.dialect.name == "sqlite":
        last = connection.execute(select(func.max(_table(table).c.id))).scalar() or 0
        return range(last + 1, last + 1 + number)
    query = text("SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :number)")
    return sorted(connection.execute(query, {"name": _quoted(connection, name), "number": number}).scalars())


def forget(session: Session, table: type[SQLModel], ids: Collection[int]) -> None:
    """Let rows that this session knows be read anew: a statement has changed them beside it."""
    for each in list(session.identity_map.values()):
        if isinstance(each, table) and each.__dict__.get("id") in ids:
            session.expire(each)


def some(every: Iterable[_T], number: int = AT_ONCE) -> Iterator[list[_T]]:
    """Part what is many into lists of at most so many."""
    rest = iter(every)
    while part := list(islice(rest, number)):
        yield part


def _processed(
    connection: Connection, sheet: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> Iterable[tuple[Any, ...]]:
    """The rows as the driver takes them."""
    processors = [
        (place, found) for place, name in enumerate(columns) if (found := _processor(connection, sheet, name))
    ]
    if not processors:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for place, process in processors:
            values[place] = process(values[place])
        yield tuple(values)


def _bound(connection: Connection, sheet: Table, name: str) -> Callable[[Any], Any]:
    return _processor(connection, sheet, name) or (lambda value: value)


def _processor(connection: Connection, sheet: Table, name: str) -> Callable[[Any], Any] | None:
    kind = sheet.columns[name].type.dialect_impl(connection.dialect)
    return kind.bind_processor(connection.dialect)


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


def _table(table: type[SQLModel]) -> Table:
    sheet: Table = table.__table__  # type: ignore[attr-defined]
    return sheet


def _quoted(connection: Connection, name: str) -> str:
    quoted: str = connection.dialect.identifier_preparer.quote(name)
    return quoted


def _mark(connection: Connection) -> str:
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"
