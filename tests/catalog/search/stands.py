"""The engines that the contract is tried on: each an empty index, and the same as another process opens it."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from catalog.search.engines.database_engine import DatabaseEngine
from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.postgres_engine import postgres_engine
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.port import Alternative, Document, Engine, Word
from shop.db import Database


@dataclass(frozen=True)
class Stand:
    """An empty index to try the contract on; `again` opens the same index as another process would."""

    engine: Engine
    again: Callable[[], Engine]


def _whoosh(request: pytest.FixtureRequest) -> Stand:
    folder: Path = request.getfixturevalue("tmp_path") / "index"
    return Stand(WhooshEngine(folder), lambda: WhooshEngine(folder))


def _fts5(request: pytest.FixtureRequest) -> Stand:
    return _in_database(request, "database", fts5_engine)


def _postgres(request: pytest.FixtureRequest) -> Stand:
    return _in_database(request, "postgres_for_engines", postgres_engine)


def _in_database(request: pytest.FixtureRequest, name: str, make: Callable[[Database], DatabaseEngine]) -> Stand:
    database: Database = request.getfixturevalue(name)
    engine = make(database)
    engine.forget()
    here = os.getpid()

    def again() -> Engine:
        return make(database if os.getpid() == here else Database(database.url))

    return Stand(engine, again)


MAKERS: Mapping[str, Callable[[pytest.FixtureRequest], Stand]] = {
    "whoosh": _whoosh,
    "fts5": _fts5,
    "postgresql": _postgres,
}
EVERY_ENGINE: Sequence[object] = ["whoosh", "fts5", pytest.param("postgresql", marks=pytest.mark.postgres)]


def goods(*texts: str, first: int = 1) -> list[Document]:
    """Documents numbered from `first`, whose words are terms: "knopf knopf horn" counts knopf twice."""
    return [
        Document(number, {term: text.split().count(term) for term in text.split()})
        for number, text in enumerate(texts, first)
    ]


def words(text: str) -> list[Word]:
    """Each word of a text, to be met as it stands."""
    return [[Alternative((term,))] for term in text.split()]


def found(engine: Engine, *asked: Word) -> list[int]:
    """The ids that are found, the best first."""
    hits = engine.search(asked)
    return [each for _, each in sorted(zip([-score for score in hits.scores], hits.ids, strict=True))]


def ids(engine: Engine, text: str) -> set[int]:
    """The ids that all words of a text find."""
    return set(engine.search(words(text)).ids)


def begin_child(work: Callable[[], object]) -> int:
    """Do something in a process of its own and give its number."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # noqa: BLE001
            os._exit(1)
        os._exit(0)
    return child


def end_of(child: int) -> int:
    """How a child ends: with 0, or the negative signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
