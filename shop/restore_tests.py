"""Whether a backup can really be brought back: the newest one is unpacked, opened and read, and that is noted.

A backup that nobody has ever restored is a hope (Art. 32 Abs. 1 lit. c and d DSGVO). The test brings it into an
empty folder as `restore` would, looks through its database and its pictures, and throws the folder away.
"""

import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.images import NoSuchPicture, Picture, original_of
from catalog.refusals import Refusal
from catalog.times import moment
from checkout.orders import Order
from shop import backup, whole_files
from shop.db import Database, sqlite_url
from shop.settings import Settings

EVERY = timedelta(days=7)
_KEPT = timedelta(days=400)
_PREFIX = "restore-test-"


class RestoreTest(SQLModel, table=True):
    """One test: of which `file`, how many `orders` could be read from it; `problem` is a German sentence, "" for none.

    Who keeps the backups of a PostgreSQL elsewhere notes her own rehearsals here.
    """

    id: int | None = Field(default=None, primary_key=True)
    tested_at: datetime = moment(index=True)
    file: str
    orders: int = 0
    problem: str = ""
    author: str


def last_good(session: Session) -> RestoreTest | None:
    """The newest test that went well."""
    good = select(RestoreTest).where(RestoreTest.problem == "")
    return session.exec(good.order_by(col(RestoreTest.tested_at).desc()).limit(1)).first()


def last(session: Session) -> RestoreTest | None:
    """The newest test, however it went."""
    return session.exec(select(RestoreTest).order_by(col(RestoreTest.tested_at).desc()).limit(1)).first()


def is_due(session: Session, now: datetime) -> bool:
    """Whether a week has passed since the last test."""
    newest = last(session)
    return newest is None or newest.tested_at < now - EVERY


def run(settings: Settings, database: Database, *, now: datetime, author: str) -> RestoreTest | None:
    """Bring the newest backup back into an empty folder, note how that went; None where there is no backup."""
    _sweep(settings.data, now - EVERY)
    newest = backup.newest(settings)
    if newest is None:
        return None
    orders, problem = _tried(newest, settings)
    with database.writing() as session:
        return note(session, newest.name, orders=orders, problem=problem, now=now, author=author)


def note(session: Session, file: str, *, orders: int, problem: str, now: datetime, author: str) -> RestoreTest:
    """Write down how a test went, and forget those of long ago. Flushes."""
    tested = RestoreTest(tested_at=now, file=file, orders=orders, problem=problem, author=author)
    session.add(tested)
    for old in session.exec(select(RestoreTest).where(col(RestoreTest.tested_at) < now - _KEPT)).all():
        session.delete(old)
    session.flush()
    return tested


def _sweep(data: Path, before: datetime) -> None:
    """Take away what a test that was killed has left: it holds all that is known of everybody."""
    for folder in data.glob(f"{_PREFIX}*"):
        if whole_files.is_older(folder, before):
            shutil.rmtree(folder, ignore_errors=True)


def _tried(file: Path, settings: Settings) -> tuple[int, str]:
    """How many orders a backup holds, and what is wrong with it."""
    with tempfile.TemporaryDirectory(dir=settings.data, prefix=_PREFIX) as name:
        folder = Path(name)
        try:
            backup.restore(file, folder)
            return _read(folder)
        except (Refusal, OSError) as error:
            return 0, f"{file.name} lässt sich nicht zurückspielen: {error}"


def _read(folder: Path) -> tuple[int, str]:
    database = Database(sqlite_url(folder / "shop.db"))
    try:
        with database.reading() as session:
            orders = session.exec(select(func.count(col(Order.id)))).one()
            hashes = session.exec(select(Picture.hash).distinct()).all()
    finally:
        database.close()
    lost = [each for each in hashes if not _has_original(folder / "media", each)]
    return orders, f"{len(lost)} Bilder fehlen in der Sicherung." if lost else ""


def _has_original(media: Path, picture_hash: str) -> bool:
    try:
        original_of(media, picture_hash)
    except NoSuchPicture:
        return False
    return True
