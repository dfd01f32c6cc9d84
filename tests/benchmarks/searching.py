"""The search with each engine at several sizes: building, size, and the time of what shoppers ask for.

Each size is imported once. The engines are built in one go, each timed by itself; what they are asked is asked in a
process of its own for each, through the same doors as the page's. The floor is SQLite's FTS5 over the same texts with
its own tokenizer, `unicode61`, which only counts: it understands no German, and ranks and gives nothing.
DORFLADEN_SEARCH_SIZES="1000 10000" measures fewer sizes.
"""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar, cast

from sqlalchemy import text
from sqlmodel import Session, SQLModel, col, select

from catalog import many_products
from catalog.products import Product
from catalog.search import index
from catalog.search.documents import texts_of
from catalog.search.port import Document, Engine, Gaps
from shop.db import Database, sqlite_module, sqlite_url
from tests import postgres
from tests.benchmarks import haberdashery, importing, searched

SIZES = "1000 10000 100000 100000x1"  # variants; "x1": one of each article, else four
ENGINES = ("whoosh", "fts5", "postgresql")
AT_ONCE = 500
FLOOR = "CREATE VIRTUAL TABLE floor USING fts5(text, content='', tokenize='unicode61')"
SIZE_IN_POSTGRES = (
    "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname ~ '^search_engine_[0-9]+(_terms)?$'"
)

_P = ParamSpec("_P")
_T = TypeVar("_T")


def measure() -> dict[str, float]:
    """Seconds and MB of building, MB of memory, and ms of queries for each size and engine."""
    sizes = os.environ.get("DORFLADEN_SEARCH_SIZES", SIZES).split()
    figures: dict[str, float] = {}
    with ExitStack() as stack:
        server = stack.enter_context(postgres.serving(is_durable=True)) if postgres.programs() else ""
        if server:
            _lay_out(server)
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                figures |= {f"{size} {name}": value for name, value in _measure(Path(folder), size, server).items()}
    return figures


def _measure(data: Path, size: str, server: str) -> dict[str, float]:
    variants, _, each = size.partition("x")
    importing.run_shop(data, "init", "--empty")
    haberdashery.write(data / "goods.csv", int(variants), colours=int(each or haberdashery.COLOURS_EACH))
    imported = importing.run_shop(data, "import", str(data / "goods.csv"), "--yes")
    _publish(data)
    names = [*ENGINES[: 3 if server else 2]]
    figures = {"import s": imported.seconds} | _build(data, names, server)
    figures |= {f"floor {what}": value for what, value in _alone(searched.ask_floor, data).items()}
    for name in names:
        figures |= {f"{name} {what}": value for what, value in _alone(searched.ask, data, name, server).items()}
    return figures


def _publish(data: Path) -> None:
    """What an import brings is drafts."""
    with closing(Database(sqlite_url(data / "shop.db"))) as shop, shop.writing() as session:
        many_products.publish(session, filter(None, session.exec(select(Product.id)).all()), datetime.now(UTC))


def _build(data: Path, names: Sequence[str], server: str) -> dict[str, float]:
    """Build the engines in one go, and the floor; gives the seconds of each, of reading and analysing, and the MB."""
    _lay_out(sqlite_url(searched.fts5_of(data)))
    engines = {name: _Timed(searched.engine(name, data, server)) for name in names}
    with closing(Database(sqlite_url(data / "shop.db"))) as shop, shop.reading() as session:
        began = time.perf_counter()
        number = index.rebuild_all(session, cast(list[Engine], [*engines.values()]))
        analysing = time.perf_counter() - began - sum(each.seconds for each in engines.values())
        floor = _build_floor(session, searched.floor_of(data))
    return {
        "articles": number,
        "reading and analysing s": analysing,
        "floor build s": floor,
        "floor MB": searched.floor_of(data).stat().st_size / 1e6,
        **{f"{name} build s": each.seconds for name, each in engines.items()},
        **{f"{name} MB of index": _bytes(name, data, server) / 1e6 for name in names},
    }


class _Timed:
    """An engine whose building is timed, by the clock: PostgreSQL works elsewhere. Nothing else is asked of it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.seconds = 0.0

    @contextmanager
    def anew(self) -> Iterator["_Timed"]:
        with ExitStack() as building:
            fresh = _Timed(self._time(lambda: building.enter_context(self._engine.anew())))
            yield fresh
            self._time(building.close)
            self.seconds += fresh.seconds

    def replace(self, documents: Sequence[Document], remove: Sequence[int], *, up_to: int, gaps: Gaps = ()) -> None:
        self._time(lambda: self._engine.replace(documents, remove, up_to=up_to, gaps=gaps))

    def _time(self, work: Callable[[], _T]) -> _T:
        began = time.perf_counter()
        try:
            return work()
        finally:
            self.seconds += time.perf_counter() - began


def _build_floor(session: Session, file: Path) -> float:
    every = [each for each in session.exec(select(Product.id).order_by(col(Product.id))).all() if each]
    seconds = 0.0
    with closing(sqlite_module().connect(file, isolation_level=None)) as floor:
        floor.execute("PRAGMA journal_mode=WAL")
        floor.execute(FLOOR)
        for start in range(0, len(every), AT_ONCE):
            said = texts_of(session, every[start : start + AT_ONCE])
            rows = [
                (key, " ".join(word for field in vars(texts).values() for word in field)) for key, texts in said.items()
            ]
            began = time.perf_counter()
            floor.execute("BEGIN")
            floor.executemany("INSERT INTO floor(rowid, text) VALUES (?, ?)", rows)
            floor.execute("COMMIT")
            seconds += time.perf_counter() - began
        floor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return seconds


def _lay_out(url: str) -> None:
    """The one table of ours that an engine looks into."""
    with closing(Database(url)) as database, database.writing() as session:
        SQLModel.metadata.tables["searchchange"].create(session.connection())


def _alone(work: Callable[_P, _T], *told: _P.args, **named: _P.kwargs) -> _T:
    """Do something in a fresh process, so that its memory is seen."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as one:
        return one.submit(work, *told, **named).result()


def _bytes(name: str, data: Path, server: str) -> float:
    """What the index of an engine takes on the disk."""
    if name == "whoosh":
        return sum(file.stat().st_size for file in searched.folder_of(data).rglob("*") if file.is_file())
    if name == "postgresql":
        with closing(Database(server)) as database, database.reading() as session:
            return float(session.connection().execute(text(SIZE_IN_POSTGRES)).scalar() or 0)
    with closing(sqlite_module().connect(searched.fts5_of(data))) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return searched.fts5_of(data).stat().st_size
