"""What shoppers ask a shop of tests/benchmarks/haberdashery.py, asked in a process that does nothing else."""

import gc
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from sqlmodel import Session

from catalog import filter_facts, filters
from catalog.filters import Asked
from catalog.search import departments
from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.postgres_engine import postgres_engine
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.port import Engine
from shop.db import Database, sqlite_module, sqlite_url
from tests.benchmarks.stocking import MOTIFS, SORTS

ROUNDS = 5  # beside one to warm up
DEPARTMENTS = ("Stoffe", "Wolle", "Kurzwaren", "Bänder")  # a quarter of all articles each
MISTYPED = ("Jersy", "Baumwole", "Leinn", "Musslin", "Popline", "Canvs", "Waldtire", "Streifn", "Punke", "Ringl")
QUERIES: Mapping[str, Sequence[str]] = {
    "word": (*SORTS, *MOTIFS),
    "common word": DEPARTMENTS,
    "two words": [f"{sort} {motif}" for sort, motif in zip(SORTS, MOTIFS, strict=True)],
    "two common words": ("Stoffe petrol", "Wolle senf", "Kurzwaren natur", "Bänder rost"),
    "article number": ("SCH-000100", "SCH-000777", "SCH-0005"),
    "typing error": MISTYPED,
}
FILTERS: Mapping[str, Asked] = {
    "common word, all filters counted": {},
    "common word, three filters chosen": {"o-farbe": ["petrol", "senf"], "lager": ["ja"], "von-preis": ["5"]},
}
BEGUN = [word[:length] for word in (*SORTS, *MOTIFS) for length in (2, 3, 5)]


def folder_of(data: Path) -> Path:
    """Where the index of Whoosh lies."""
    return data / "measured"


def fts5_of(data: Path) -> Path:
    """The file of FTS5's index, apart from the shop so that its size is seen."""
    return data / "measured.db"


def floor_of(data: Path) -> Path:
    """The file of the floor."""
    return data / "floor.db"


def engine(name: str, data: Path, server: str) -> Engine:
    """An engine for the goods of a data folder."""
    if name == "whoosh":
        return WhooshEngine(folder_of(data))
    if name == "fts5":
        return fts5_engine(Database(sqlite_url(fts5_of(data))))
    return postgres_engine(Database(server))


def ask(data: Path, name: str, server: str) -> dict[str, float]:
    """Ask one engine everything; gives p50 and p95 in ms (CPU; by the clock for PostgreSQL), and MB of memory."""
    clock = time.perf_counter if name == "postgresql" else time.process_time
    search, now = Search(engine(name, data, server)), datetime.now(UTC)
    with closing(Database(sqlite_url(data / "shop.db"))) as shop, shop.reading() as session:
        before = time.process_time()
        search.overviews.current(session, now)
        figures = {"overview CPU s": time.process_time() - before, "MB before": _megabytes()}
        for what, texts in QUERIES.items():
            figures |= _figures(what, clock, texts, lambda text: search.find(session, text, now))
        figures |= _figures("suggestion", clock, BEGUN, lambda text: _suggested(search, session, text, now))
        for what, asked in FILTERS.items():
            figures |= _figures(what, clock, DEPARTMENTS, lambda text: _narrowed(search, session, text, now, asked))  # noqa: B023
        figures["hits of a common word"] = len(search.find(session, DEPARTMENTS[0], now).ids)
    return figures | {"MB": _megabytes()}


def _narrowed(search: Search, session: Session, text: str, now: datetime, asked: Asked) -> list[int]:
    """What the first page of results shows: what is found and left by the filters, which are all counted."""
    found = search.find(session, text, now).ids
    overview = search.overviews.current(session, now)
    goods = filter_facts.goods(overview, overview.found(found), with_categories=True)
    return list(islice(overview.those_of(found, filters.narrow(goods, asked).articles), 24))


def _suggested(search: Search, session: Session, text: str, now: datetime) -> object:
    """What is offered while someone types; to show it takes as long as four cards do."""
    overview = search.overviews.current(session, now)
    articles, categories = overview.articles(text, limit=4), departments.begun(overview, text, limit=3)
    return search.suggest(session, text, now, limit=5), articles, categories


def ask_floor(data: Path) -> dict[str, float]:
    """Count in plain FTS5 what has the words; p50 and p95 of CPU in ms."""
    counted = "SELECT count(*) FROM floor WHERE floor MATCH ?"
    with closing(sqlite_module().connect(floor_of(data))) as floor:
        figures: dict[str, float] = {}
        for what in ("word", "common word", "two words", "two common words"):
            figures |= _figures(
                what, time.process_time, QUERIES[what], lambda text: floor.execute(counted, (text,)).fetchone()
            )
    return figures


def _figures(
    what: str, clock: Callable[[], float], texts: Iterable[str], ask_for: Callable[[str], object]
) -> dict[str, float]:
    every = list(texts)
    for text in every:
        ask_for(text)
    gc.collect()
    taken = sorted(_taken(clock, ask_for, text) for _ in range(ROUNDS) for text in every)
    return {f"{what} p50 ms": taken[len(taken) // 2], f"{what} p95 ms": taken[int(len(taken) * 0.95)]}


def _taken(clock: Callable[[], float], ask_for: Callable[[str], object], text: str) -> float:
    began = clock()
    ask_for(text)
    return (clock() - began) * 1000


def _megabytes() -> float:
    """What this process alone holds in memory."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
