"""Which engine searches, as the setting `search_engine` says, and what of it is kept up by whom.

Whoosh lies in a folder of each host and is kept up by its worker. An index in the database is written in the
article's own transaction where it is the chosen one, else by the worker, to stand in while Whoosh cannot answer.
"""

import logging
import shutil

from sqlmodel import Session

from catalog import products
from catalog.search import index
from catalog.search.engines.database_engine import DatabaseEngine
from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.names_engine import NamesEngine
from catalog.search.engines.postgres_engine import postgres_engine
from catalog.search.engines.sheets import CannotSearchHere
from catalog.search.engines.stand_in import WithStandIn
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.port import Engine
from catalog.search.vocabulary import Vocabulary
from shop.db import Database
from shop.settings import WHOOSH, Settings

log = logging.getLogger("dorfladen.search")

_AT_ONCE = 300  # products in one transaction; what changes more leaves it to the worker


def engine(settings: Settings, database: Database) -> Engine:
    """The engine that the setting names. Opens nothing yet."""
    if settings.search_engine != WHOOSH:
        return in_database(database)
    return WithStandIn(WhooshEngine(settings.index), in_database(database), NamesEngine(database))


def in_database(database: Database) -> DatabaseEngine:
    """The engine of a database itself: FTS5 or PostgreSQL's own."""
    return fts5_engine(database) if database.is_sqlite else postgres_engine(database)


def kept(chosen: Engine) -> list[Engine]:
    """The indexes that the worker keeps up, the one that answers first; without a stand-in that cannot be here."""
    if not isinstance(chosen, WithStandIn):
        return [chosen]
    return [chosen.first, chosen.second] if _can_be(chosen.second) else [chosen.first]


def check(settings: Settings, database: Database) -> None:
    """Raise CannotSearchHere where the database lacks what the chosen engine needs."""
    chosen = engine(settings, database)
    if isinstance(chosen, DatabaseEngine):
        chosen.check()


def write_along(database: Database, chosen: Engine, vocabulary: Vocabulary) -> None:
    """Let each transaction write the words that it has changed into the index, where that lies in the database."""
    if isinstance(chosen, DatabaseEngine):
        database.at_commit(lambda session: _take_in(session, chosen, vocabulary))


def tidy(settings: Settings) -> None:
    """Remove the index that the setting does not name; what stands in for it stays."""
    if settings.search_engine != WHOOSH:
        shutil.rmtree(settings.index, ignore_errors=True)


def _can_be(engine: Engine) -> bool:
    try:
        if isinstance(engine, DatabaseEngine):
            engine.check()
    except CannotSearchHere:
        return False
    return True


def _take_in(session: Session, engine: DatabaseEngine, vocabulary: Vocabulary) -> None:
    """Within a savepoint: an index that cannot be written must not cost an order. The worker will try again."""
    touched = products.reworded(session)
    if not 0 < len(touched) <= _AT_ONCE:
        return
    session.flush()
    try:
        with session.begin_nested():
            index.take_in(session, engine, touched, vocabulary)
    except Exception:  # the edge of what is done by the way
        log.exception("the search index could not be written in a transaction")
