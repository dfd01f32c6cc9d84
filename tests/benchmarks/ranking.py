"""How well what is found is ordered: the judged collection of tests/ranking/, for our search beside plain FTS5.

`python3 -m tests.benchmarks ranking [--queries] [--worst N] [--held-out] [--engines whoosh,fts5,postgresql]`. Figures
per search: mean nDCG@10 (its formula: tests/ranking/measures.py) and the per cent of queries that find nothing, for the
open part, for the part set aside, and for the classes of the open part. What `--queries` and `--worst` show goes to
stderr; single queries of the part set aside only with `--held-out`, which nobody asks for who still tunes.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, SQLModel, col, select

import shop.tables  # noqa: F401  (all tables are known)
from catalog import kinds
from catalog.products import Product
from catalog.search import index, synonyms
from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.postgres_engine import postgres_engine
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Search
from catalog.search.port import Engine
from shop import demo
from shop.db import Database, sqlite_url
from shop.settings import read_settings
from tests import postgres
from tests.ranking import catalogue, collection, demonstration, measures, plain, shelves
from tests.ranking.collection import Query
from tests.ranking.grades import Truth
from tests.ranking.measures import Result

ENGINES = ("whoosh", "fts5", "postgresql")
PLAIN = {"plain unicode61": plain.UNICODE61, "plain trigram": plain.TRIGRAM}
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)

Find = Callable[[str], Sequence[int]]
Judged = Mapping[Query, Mapping[int, int]]
"""Grades above 0 by product id, for each query."""


@dataclass(frozen=True)
class Shop:
    """A catalogue in a database, and what its articles truly are."""

    database: Database
    truths: Mapping[int, Truth]


def measure(*options: str) -> dict[str, float]:
    """nDCG@10 and zero results of each search, over both catalogues."""
    asked = _options(options)
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        for name, lay in (("generated", _generated), ("demonstration", _demonstration)):
            laid = lay(stack, Path(folder) / name)
            judged = collection.judged(collection.queries(), laid.truths)
            for search, find in _searches(stack, Path(folder) / name, name, laid, asked.engines):
                results = [measures.result(each, find(each.words), grades) for each, grades in judged.items()]
                figures |= _figures(f"{name}: {search}", results, by_class=name == "generated")
                _tell(laid, f"{name}: {search}", results, judged, asked)
            figures |= _leads(figures, name)
    return figures


def _options(options: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tests.benchmarks ranking")
    parser.add_argument("--queries", action="store_true", help="show every query with its nDCG@10")
    parser.add_argument(
        "--worst", type=int, default=0, metavar="N", help="show the N worst queries with what they find"
    )
    parser.add_argument("--held-out", action="store_true", help="show single queries of the part set aside, too")
    parser.add_argument("--engines", type=lambda text: text.split(","), default=ENGINES)
    return parser.parse_args(options)


def _generated(stack: ExitStack, folder: Path) -> Shop:
    database = _database(stack, folder)
    with database.writing() as session:
        return Shop(database, shelves.lay(session, catalogue.articles(), NOW))


def _demonstration(stack: ExitStack, folder: Path) -> Shop:
    database = _database(stack, folder)
    demo.fill(database, read_settings(folder, {}), lambda done, total: None)
    with database.reading() as session:
        return Shop(database, demonstration.truths(session))


def _database(stack: ExitStack, folder: Path) -> Database:
    folder.mkdir(parents=True)
    return _filled(stack, sqlite_url(folder / "shop.db"))


def _filled(stack: ExitStack, url: str) -> Database:
    """A database with all tables, the built-in kinds and the first set of synonyms, as a new shop has it."""
    database = Database(url)
    stack.callback(database.close)
    with database.writing() as session:
        SQLModel.metadata.create_all(session.connection())
        kinds.ensure(session)
        synonyms.ensure(session, now=NOW, author="")
    return database


def _searches(
    stack: ExitStack, folder: Path, name: str, laid: Shop, engines: Sequence[str]
) -> Iterator[tuple[str, Find]]:
    """Each search with its name: ours with each engine, and plain FTS5 with each tokeniser."""
    with laid.database.reading() as session:
        texts = plain.rows(session)
    for plain_name, tokeniser in PLAIN.items():
        yield plain_name, plain.PlainFts5(tokeniser, texts).find
    if "whoosh" in engines:
        yield "whoosh", _ours(stack, laid.database, WhooshEngine(folder / "index"))
    if "fts5" in engines:
        yield "fts5", _ours(stack, laid.database, fts5_engine(laid.database))
    if "postgresql" in engines and name == "generated" and postgres.programs() is not None:
        database = _filled(stack, stack.enter_context(postgres.serving()))
        with database.writing() as session:
            shelves.lay(session, catalogue.articles(), NOW)
        yield "postgresql", _ours(stack, database, postgres_engine(database))


def _ours(stack: ExitStack, database: Database, engine: Engine) -> Find:
    session = stack.enter_context(_reading(database))
    index.rebuild(session, engine)
    search = Search(engine)

    def shown(text: str) -> Sequence[int]:
        """What the page shows, from the top down: what was found, then what is shown beside few finds."""
        answer = search.find(session, text, NOW)
        return [*answer.ids, *answer.beside]

    return shown


@contextmanager
def _reading(database: Database) -> Iterator[Session]:
    with database.reading() as session:
        yield session


def _figures(name: str, results: Sequence[Result], *, by_class: bool) -> dict[str, float]:
    parts = {"open": _part(results, held_out=False), "held out": _part(results, held_out=True), "all": list(results)}
    figures = {}
    for part, several in parts.items():
        whole = measures.total(several)
        figures[f"{name}, {part} ({whole.number}): nDCG@10"] = whole.ndcg
        figures[f"{name}, {part} ({whole.number}): % that find nothing"] = whole.nothing * 100
    if by_class:
        for group in dict.fromkeys(each.query.group for each in parts["open"]):
            whole = measures.total(each for each in parts["open"] if each.query.group == group)
            figures[f"{name}, open, {group} ({whole.number}): nDCG@10"] = whole.ndcg
    return figures


def _leads(figures: Mapping[str, float], name: str) -> dict[str, float]:
    """How far each of our searches is above the better of the plain ones."""
    leads: dict[str, float] = {}
    for part in ("open", "held out", "all"):
        reached = {
            each: next(
                value
                for key, value in figures.items()
                if key.startswith(f"{name}: {each}, {part} (") and key.endswith("nDCG@10")
            )
            for each in (*PLAIN, *ENGINES)
            if any(key.startswith(f"{name}: {each},") for key in figures)
        }
        floor = max(reached[each] for each in PLAIN)
        leads |= {f"{name}: {each}, {part}: above plain": reached[each] - floor for each in reached if each in ENGINES}
    return leads


def _part(results: Sequence[Result], *, held_out: bool) -> list[Result]:
    return [each for each in results if each.query.is_held_out is held_out]


def _tell(laid: Shop, name: str, results: Sequence[Result], judged: Judged, asked: argparse.Namespace) -> None:
    """Show what was asked for of single queries."""
    shown = [each for each in results if asked.held_out or not each.query.is_held_out]
    shown.sort(key=lambda each: each.ndcg)
    if asked.queries:
        for each in shown:
            _say(f"{name}  {each.ndcg:.3f}  {each.count:>5}  {each.query.group:<12} {each.query.words}")
    for each in shown[: asked.worst]:
        _say(f"\n{name}  {each.ndcg:.3f}  „{each.query.words}“ ({each.query.group}), {each.count} found")
        _list(laid, each, judged[each.query])


def _list(laid: Shop, result: Result, grades: Mapping[int, int]) -> None:
    with laid.database.reading() as session:
        names = dict(session.exec(select(Product.id, Product.name).where(col(Product.id).in_(result.found))).all())
    for place, each in enumerate(result.found, start=1):
        _say(f"  {place:>2}. [{grades.get(each, 0)}] {names.get(each, '?')}")


def _say(line: str) -> None:
    print(line, file=sys.stderr)
