"""Making a shop ready to open: folder, tables, goods to look at, index, thumbnails, the owner's account."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlmodel import Session, func, select

from catalog import attributes, kinds
from catalog.refusals import Refusal
from catalog.search import shortcuts, synonyms
from shop import accounts, migrating, places, progress
from shop.accounts import Account
from shop.db import Database
from shop.profile import Profile
from shop.readiness import newest_step
from shop.settings import WHOOSH, Settings

log = logging.getLogger("dorfladen")

DEMO = "schnuckidu"
OWNER = "laden"  # the name of the first account
FIRST_WORDS = "Erstausstattung"  # the author of the synonyms and shortcuts that every shop begins with


class NotSetUp(Refusal):
    """There is no shop in the data folder, or its tables are of an older version."""


class NoSuchDemo(Refusal):
    """There is no demonstration shop of that name."""


class AlreadySetUp(Refusal):
    """A shop lies in the data folder already."""


@dataclass(frozen=True)
class Ready:
    """What the owner must hear; the password is "" where the account was there before."""

    owner: str = OWNER
    password: str = ""


def open_database(settings: Settings) -> Database:
    """The database of a shop that is set up. Raises NotSetUp, migrating.NewerDatabase, CannotSearchHere."""
    database = connect(settings)
    try:
        if not migrating.is_current(database):
            raise NotSetUp(_what_to_do(database))
        _check_search(settings, database)
    except BaseException:
        database.close()
        raise
    return database


def connect(settings: Settings) -> Database:
    """The database as it is. Raises Refusal where PostgreSQL is wanted but its driver is missing."""
    try:
        return Database(settings.database_url)
    except ModuleNotFoundError as error:
        raise Refusal(
            f"Für PostgreSQL fehlt das Paket {error.name}. Bitte einmal: "
            ".venv/bin/python -m pip install 'psycopg[binary]' (oder uv pip install)"
        ) from error


def prepare(settings: Settings, *, demo: str, say: Callable[[str], None]) -> Ready:
    """Make the shop ready and give what the owner must hear; costs nothing where all is done already.

    An empty data folder gets the demonstration shop `demo`, or an empty shop if that is "". A folder
    whose first set-up was interrupted is filled again from the beginning. `say` hears what is done.
    """
    database = connect(settings)
    try:
        _check_search(settings, database)
        upgrade(settings, database, say)
        if is_set_up(database):
            know_goods(database)
            know_words(database)
            make_index(settings, database)
            return Ready()
        fill(settings, database, demo, say)
        make_index(settings, database)
        make_pictures(settings, database)
        return Ready(password=_make_owner(database))
    finally:
        database.close()


def set_up(settings: Settings, *, demo: str, say: Callable[[str], None]) -> Ready:
    """Make a new shop. Raises AlreadySetUp where there is one."""
    database = connect(settings)
    try:
        if migrating.current(database) and is_set_up(database):
            raise AlreadySetUp(
                f"In {settings.data} ist schon ein Laden eingerichtet. Mit --data geht es in einen anderen Ordner."
            )
    finally:
        database.close()
    return prepare(settings, demo=demo, say=say)


def renew(settings: Settings, say: Callable[[str], None]) -> None:
    """Make anew what a restored shop lacks: today's tables, the index, the thumbnails."""
    database = connect(settings)
    try:
        upgrade(settings, database, say)
        make_index(settings, database)
        make_pictures(settings, database)
    finally:
        database.close()


def is_set_up(database: Database) -> bool:
    """Whether the set-up has been finished once: the owner's account is its last step."""
    with database.reading() as session:
        return session.exec(select(func.count()).select_from(Account)).one() > 0


def upgrade(settings: Settings, database: Database, say: Callable[[str], None]) -> bool:
    """Bring an older database to today's tables, with a copy of it before; say whether there was anything to do."""
    if migrating.is_current(database):
        return False
    before = migrating.current(database)
    if before:
        say(f"Die Datenbank wird auf den neuesten Stand gebracht (von Schritt {before} auf {newest_step()}).")
        _copy_before(settings, database, before)
    migrating.upgrade(database)
    know_goods(database)
    know_words(database)
    return True


def know_goods(database: Database) -> None:
    """Let a shop know the built-in kinds of goods and their facts; costs one small query where it does."""
    with database.reading() as session:
        if kinds.of(session):
            return
    with database.writing() as session:
        kinds.ensure(session)
        attributes.ensure_types(session)


def know_words(database: Database) -> None:
    """Let a shop that never had synonyms begin with those of the trade; costs one small query where it had."""
    with database.reading() as session:
        if synonyms.is_begun(session):
            return
    with database.writing() as session:
        _begin_words(session)


def _begin_words(session: Session) -> None:
    """The first synonyms, and with them the first searches that lead to a page; both only once."""
    now = datetime.now(UTC)
    if synonyms.ensure(session, now=now, author=FIRST_WORDS):
        shortcuts.begin(session, places.FIRST_SHORTCUTS, now=now, author=FIRST_WORDS)


def fill(settings: Settings, database: Database, demo: str, say: Callable[[str], None]) -> None:
    """Fill an empty shop: with a demonstration, or with nothing but the row that describes it.

    Either comes in one transaction with that row; where it stands, an interrupted set-up got so far.
    """
    if demo not in ("", DEMO):
        raise NoSuchDemo(f"Das Vorführgeschäft „{demo}“ gibt es nicht. Es gibt: {DEMO}")
    with database.writing() as session:
        if session.get(Profile, 1) is not None:
            return
        kinds.ensure(session)
        attributes.ensure_types(session)
        _begin_words(session)
        if not demo:
            session.add(Profile(id=1, is_open=False))
            return
    from shop import demo as demonstration

    say("Der Vorführladen Schnuckidu wird eingerichtet.")
    with progress.shown("Bilder aufbewahren") as told:
        demonstration.fill(database, settings, told)


def make_index(settings: Settings, database: Database) -> None:
    """Build the search index where there is none; one of another version answers until the worker builds it anew."""
    from catalog.search import index
    from shop import searching

    missing = [each for each in searching.kept(searching.engine(settings, database)) if not each.is_ready]
    if missing:
        with database.reading() as session, progress.shown("Suche aufbauen") as told:
            index.rebuild_all(session, missing, told)


def make_pictures(settings: Settings, database: Database) -> None:
    """Make the sizes of all pictures that have none, on all processors; one that cannot be read is left out.

    The processes are started afresh, not forked: a fork of a process with threads may hang.
    """
    from catalog import images

    with database.reading() as session:
        missing = images.missing(session, settings.media)
    if not missing:
        return
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    with ProcessPoolExecutor(mp_context=get_context("spawn")) as workers, progress.shown("Bilder verkleinern") as told:
        pending = {workers.submit(images.make_sizes, settings.media, each): each for each in missing}
        for done, made in enumerate(as_completed(pending), start=1):
            if isinstance(error := made.exception(), OSError | Refusal):
                log.warning("picture %s: %s", pending[made], error)
            else:
                made.result()
            told(done, len(missing))


def _check_search(settings: Settings, database: Database) -> None:
    """Whoosh needs nothing of the database, and is not loaded for that."""
    if settings.search_engine != WHOOSH:
        from shop import searching

        searching.check(settings, database)


def _what_to_do(database: Database) -> str:
    if migrating.current(database):
        return "Die Datenbank ist von einer älteren Version. Bitte einmal: python3 run.py upgrade"
    return "In diesem Ordner ist noch kein Laden. Bitte zuerst: python3 run.py init --empty (oder --demo schnuckidu)"


def _copy_before(settings: Settings, database: Database, revision: str) -> None:
    if not database.is_sqlite:
        return
    from shop import backup

    folder = settings.data / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    backup.copy_database(database, folder / f"before-upgrade-from-{revision}-{datetime.now(UTC):%Y%m%d%H%M%S}.db")


def _make_owner(database: Database) -> str:
    password = accounts.make_password()
    with database.writing() as session:
        accounts.add(session, OWNER, password, datetime.now(UTC))
    return password
