"""An engine in the shop's own database, so that an article and its words can be written in one transaction.

Its tables are its own: made when they are first written, known to no migration, lost without harm. A new sheet
is filled beside the one that answers.
"""

import json
import logging
import time
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from catalog.search import version
from catalog.search.engines import postings
from catalog.search.engines.kept_lists import KeptLists
from catalog.search.engines.postings import Levels, Terms
from catalog.search.engines.sheets import CannotSearchHere, Doors, Shelf, Within
from catalog.search.port import Document, Gaps, Hits, IndexGone, Word
from catalog.search.queue import SearchChange, unseen

log = logging.getLogger("dorfladen.search")

OWN_TABLES = "search_engine_"  # how the names of all tables here begin
_SHEETS = f"{OWN_TABLES}sheets"
_MAKE = (
    f"CREATE TABLE IF NOT EXISTS {_SHEETS} (number INTEGER PRIMARY KEY, terms TEXT NOT NULL, is_current INTEGER "
    "NOT NULL, last_change BIGINT, gaps TEXT NOT NULL, generation BIGINT NOT NULL)"
)
_READ = f"SELECT number, terms, last_change, gaps, generation FROM {_SHEETS} WHERE "  # noqa: S608
_BUILT, _CURRENT, _OVER = 0, 1, -1  # what `is_current` says: being built, the current one, to be dropped
_TRIES, _BETWEEN_TRIES_S = 5, 0.3  # to drop what somebody is reading
_Found = TypeVar("_Found")


@dataclass(frozen=True)
class _Sheet:
    number: int
    terms: str  # which version of the program made them
    last_change: int | None
    gaps: Gaps
    generation: int

    @property
    def name(self) -> str:
        return f"{OWN_TABLES}{self.number}"


class DatabaseEngine:
    """The index in a database: the current sheet there, or the one with a certain number."""

    def __init__(self, doors: Doors, shelf: Shelf, number: int | None = None) -> None:
        self._doors = doors
        self._shelf = shelf
        self._number = number
        self._kept = KeptLists()

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        """Index documents anew and remove products, in one transaction.

        What has changed since `up_to` is left as it is: it was written with that change, or it will be.
        """
        newest = {each.product_id: postings.tokens(each.terms) for each in documents}
        try:
            with self._doors.writing() as session:
                self._write(session, newest, remove, up_to, gaps)
        except Exception as error:
            if self._number is not None or not self._tells_of_damage(error):
                raise
            self._give_up(error)
            raise IndexGone from error

    def _write(
        self, session: Session, newest: Mapping[int, Sequence[str]], remove: Sequence[int], up_to: int, gaps: Gaps
    ) -> None:
        connection = session.connection()
        self._shelf.wait_turn(connection)
        is_there = self._shelf.has(connection, _SHEETS)
        sheet = self._sheet(connection) if is_there else None
        if sheet is not None and self._is_given_up(sheet):
            raise IndexGone
        sheet = sheet or self._begin(connection)
        newer = self._changed_since(session, [*newest, *remove], up_to, gaps)
        self._shelf.remove(connection, sheet.name, [each for each in remove if each not in newer])
        self._shelf.put(connection, sheet.name, [(each, newest[each]) for each in newest if each not in newer])
        self._note(connection, sheet, up_to, gaps)

    @contextmanager
    def anew(self) -> Iterator["DatabaseEngine"]:
        """An empty sheet beside the current one, which takes its place when the block ends well."""
        with self._doors.writing() as session:
            self._shelf.wait_turn(session.connection())
            number = self._begin(session.connection(), is_current=False).number
        try:
            yield DatabaseEngine(self._doors, self._shelf, number)
            with self._doors.writing() as session:
                self._shelf.wait_turn(session.connection())
                self._make_current(session.connection(), number)
        except BaseException:
            with self._doors.writing() as session:
                self._drop(session.connection(), f"number = {number}")
            raise
        self._clear_away()

    def within(self, session: Session) -> "DatabaseEngine":
        """This index as a transaction sees it; what is written there is written with it, or not at all.

        From now on the transaction fails where it would have to wait for long.
        """
        self._shelf.be_brief(session.connection())
        return DatabaseEngine(Within(session), self._shelf, self._number)

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products that meet each of the words."""

        def look(connection: Connection, sheet: _Sheet) -> Hits:
            def levels(terms: Terms) -> Levels:
                return self._shelf.lists(connection, sheet.name, postings.groups_of(terms))

            kept = self._kept.of((sheet.number, sheet.generation))
            return postings.search(
                words,
                lambda terms: kept.get(terms, levels),
                lambda: self._shelf.size(connection, sheet.name),
            )

        return self._read(look) or Hits([], [])

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """Indexed terms that begin with a text, those of the most products first."""

        def look(connection: Connection, sheet: _Sheet) -> list[str]:
            found = self._shelf.beginning_with(connection, sheet.name, postings.spelled(beginning), limit)
            return postings.count_terms(found, limit)

        return self._read(look) or []

    @property
    def is_ready(self) -> bool:
        """Whether there is an index, be it an older one, that this database can read."""

        def look(connection: Connection, sheet: _Sheet) -> bool:
            self._shelf.check(connection)
            return True

        try:
            return bool(self._read(look))
        except CannotSearchHere:
            return False

    @property
    def is_worn(self) -> bool:
        """Never: databases tidy up after themselves."""
        return False

    @property
    def is_being_built(self) -> bool:
        """Never: a sheet that is being filled cannot be told from one that a dead build has left."""
        return False

    @property
    def last_change(self) -> int | None:
        """The last change of the queue in this index; None where it must be built."""
        sheet = self._read(lambda connection, sheet: sheet)
        return sheet.last_change if sheet and sheet.terms == version.of_terms() else None

    @property
    def gaps(self) -> Gaps:
        """The ids below the last change that this index has not taken in."""
        sheet = self._read(lambda connection, sheet: sheet)
        return sheet.gaps if sheet else ()

    @property
    def state(self) -> Hashable:
        """The number of the sheet and of its commits; None where there is no index."""
        sheet = self._read(lambda connection, sheet: sheet)
        return (sheet.number, sheet.generation) if sheet else None

    def check(self) -> None:
        """Raise CannotSearchHere where this database lacks what the engine needs."""
        with self._doors.reading() as session:
            self._shelf.check(session.connection())

    def forget(self) -> None:
        """Drop all tables of this index; nothing happens where there are none."""
        with self._doors.writing() as session:
            connection = session.connection()
            if self._shelf.has(connection, _SHEETS):
                self._drop(connection, "1 = 1")
                connection.exec_driver_sql(f"DROP TABLE {_SHEETS}")

    def _read(self, look: Callable[[Connection, _Sheet], _Found]) -> _Found | None:
        """Look at the sheet; once more where it was dropped at that moment (PostgreSQL lets that happen).

        A sheet that is damaged is given up: there is none then, until it has been built anew.
        """
        try:
            return self._look(look)
        except Exception as error:
            if isinstance(self._doors, Within) or not (isinstance(error, DBAPIError) or self._tells_of_damage(error)):
                raise
        with self._doors.reading() as session:
            if not self._shelf.has(session.connection(), _SHEETS):
                return None
        try:
            return self._look(look)
        except Exception as error:
            if not self._tells_of_damage(error):
                raise
            self._give_up(error)
            return None

    def _tells_of_damage(self, error: Exception) -> bool:
        return not isinstance(self._doors, Within) and self._shelf.is_damaged_by(error)

    def _give_up(self, error: Exception) -> None:
        """Note that the current sheet must be built anew; where that cannot be noted now, the next one will."""
        log.warning("the search index in the database is damaged and will be built anew: %s", error)
        try:
            with self._doors.writing_at_once() as session:
                session.connection().exec_driver_sql(
                    f"UPDATE {_SHEETS} SET last_change = NULL, generation = generation + 1 "  # noqa: S608
                    f"WHERE is_current = {_CURRENT}"
                )
        except (TimeoutError, RuntimeError, DBAPIError):
            log.warning("somebody else is writing; the damage could not be noted")

    def _is_given_up(self, sheet: _Sheet) -> bool:
        return self._number is None and sheet.last_change is None

    def _look(self, look: Callable[[Connection, _Sheet], _Found]) -> _Found | None:
        with self._doors.reading() as session:
            connection = session.connection()
            if isinstance(self._doors, Within) and not self._shelf.has(connection, _SHEETS):
                return None
            sheet = self._sheet(connection)
            return None if sheet is None or self._is_given_up(sheet) else look(connection, sheet)

    def _sheet(self, connection: Connection) -> _Sheet | None:
        which = f"is_current = {_CURRENT}" if self._number is None else f"number = {self._number} AND is_current >= 0"
        row = connection.exec_driver_sql(f"{_READ} {which}").first()
        if row is None:
            return None
        number, terms, last_change, gaps, generation = row
        return _Sheet(number, terms, last_change, tuple((first, last) for first, last in json.loads(gaps)), generation)

    def _begin(self, connection: Connection, *, is_current: bool = True) -> _Sheet:
        """Make an empty sheet, the next one by number."""
        if self._number is not None:
            raise TimeoutError("another process has built the search index meanwhile")
        self._shelf.check(connection)
        connection.exec_driver_sql(_MAKE)
        number = (connection.exec_driver_sql(f"SELECT max(number) FROM {_SHEETS}").scalar() or 0) + 1  # noqa: S608
        sheet = _Sheet(number, version.of_terms(), None, (), 0)
        self._shelf.drop(connection, sheet.name)  # the list of sheets may have been lost
        self._shelf.make(connection, sheet.name)
        connection.exec_driver_sql(
            f"INSERT INTO {_SHEETS} VALUES ({number}, '{sheet.terms}', 0, NULL, '[]', 0)"  # noqa: S608
        )
        if is_current:
            self._make_current(connection, number)
        return sheet

    def _make_current(self, connection: Connection, number: int) -> None:
        done = connection.exec_driver_sql(
            f"UPDATE {_SHEETS} SET is_current = {_CURRENT} WHERE number = {number} AND is_current = {_BUILT}"  # noqa: S608
        )
        if not done.rowcount:
            raise TimeoutError("another process has built the search index meanwhile")
        connection.exec_driver_sql(f"UPDATE {_SHEETS} SET is_current = {_OVER} WHERE number < {number}")  # noqa: S608
        connection.exec_driver_sql(
            f"UPDATE {_SHEETS} SET is_current = {_BUILT} WHERE number > {number}"  # noqa: S608
        )

    def _clear_away(self) -> None:
        """Drop the sheets that are over; those that somebody reads for long (a backup) are left to the next build.

        Whoever waits to drop a table keeps all from it that come later.
        """
        for _ in range(_TRIES):
            try:
                with self._doors.writing() as session:
                    self._shelf.be_brief(session.connection())
                    self._drop(session.connection(), f"is_current = {_OVER}")
                return
            except DBAPIError:
                time.sleep(_BETWEEN_TRIES_S)

    def _drop(self, connection: Connection, which: str) -> None:
        for number in connection.exec_driver_sql(f"SELECT number FROM {_SHEETS} WHERE {which}").scalars().all():  # noqa: S608
            self._shelf.drop(connection, f"{OWN_TABLES}{number}")
        connection.exec_driver_sql(f"DELETE FROM {_SHEETS} WHERE {which}")  # noqa: S608

    def _changed_since(self, session: Session, ids: Sequence[int], up_to: int, gaps: Gaps) -> set[int]:
        if self._number is not None or isinstance(self._doors, Within) or not ids:
            return set()
        newer = select(SearchChange.product_id).where(col(SearchChange.product_id).in_(ids), unseen(up_to, gaps))
        return set(session.exec(newer))

    def _note(self, connection: Connection, sheet: _Sheet, up_to: int, gaps: Gaps) -> None:
        connection.exec_driver_sql(
            f"UPDATE {_SHEETS} SET last_change = {int(up_to)}, gaps = '{json.dumps(gaps)}', "  # noqa: S608
            f"generation = generation + 1 WHERE number = {sheet.number}"
        )
