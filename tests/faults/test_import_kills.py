"""`kill -9` in the middle of an import, at random moments: the old goods or the new ones, never a mixture.

The usual run tries a few moments. The long one tries twenty of each kind, on both databases:

    DORFLADEN_TEST_KILLS=long pytest tests/faults/test_import_kills.py
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlmodel import SQLModel, col, select

from catalog import kinds
from catalog.exchange.runs import ImportRun, RunState
from shop.db import Database, sqlite_url
from shop.settings import read_settings
from tests import postgres
from tests.conftest import needs
from tests.faults import goods_seen
from tests.faults.goods_seen import Seen
from tests.shop.goods_files import bring_in, house_of

IS_LONG = os.environ.get("DORFLADEN_TEST_KILLS") == "long"
KILLS, FEWER = (20, 20) if IS_LONG else (8, 3)  # moments; fewer on the slower database and of the other kinds
FILE = "lieferant.csv"
ARTICLES, SHADES, NEW_ARTICLES = 200, 5, 100  # 1,500 variants
BATCH, BATCHES = 150, 7  # variants of a batch, where they are small, and how many batches that are
COMMITS_BEFORE = 6  # before the first batch: received, planned (two), agreed to, begun, pictures kept
ADDED = {"stock_is_change": True}


@dataclass
class Shop:
    """A shop of its own: its data folder and its database."""

    data: Path
    database: Database

    def run(self) -> ImportRun | None:
        """The newest import of the file, if one was received; the goods of the template came by another one."""
        with self.database.reading() as session:
            of_file = select(ImportRun).where(ImportRun.name == FILE).order_by(col(ImportRun.id).desc())
            return session.exec(of_file).first()

    def goods(self) -> Seen:
        """All its goods."""
        return goods_seen.look(self.database)


class Street:
    """Shops with the same goods, as many as are wanted, and a nest of imports into them."""

    def __init__(self, folder: Path, empty_database: Path, postgres_url: str) -> None:
        self._folder = folder
        self._numbers = count(1)
        self._shops: list[Shop] = []
        self._postgres = postgres_url
        self._template = folder / "template"
        self._template.mkdir()
        if postgres_url:
            _sql(postgres_url, "DROP DATABASE IF EXISTS template_shop", "CREATE DATABASE template_shop")
        else:
            shutil.copy(empty_database, self._template / "shop.db")
        self._fill()
        self.nest = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.import_nest"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ,
        )  # fmt: skip

    @property
    def is_postgres(self) -> bool:
        """Whether the shops keep their goods in PostgreSQL."""
        return bool(self._postgres)

    def _fill(self) -> None:
        database = Database(self._url("template_shop", self._template))
        if self._postgres:
            with database.writing() as session:
                SQLModel.metadata.create_all(session.connection())
                kinds.ensure(session)
        bring_in(house_of(read_settings(self._template, {}), database), goods_file(0, ARTICLES, shift=0))
        database.close()

    def _url(self, name: str, data: Path) -> str:
        if self._postgres:
            return make_url(self._postgres).set(database=name).render_as_string(hide_password=False)
        return sqlite_url(data / "shop.db")

    def open(self) -> Shop:
        """Another shop with the goods of the template."""
        name = f"shop_{next(self._numbers)}"
        data = shutil.copytree(self._template, self._folder / name)
        if self._postgres:
            gone = f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"
            _sql(self._postgres, gone, f"CREATE DATABASE {name} TEMPLATE template_shop")
        self._shops.append(Shop(data, Database(self._url(name, data))))
        return self._shops[-1]

    def run(self, shop: Shop, file: Path, **how: Any) -> tuple[int, float]:
        """An import into a shop: how its process ended, and how many seconds it worked."""
        asked = {"data": str(shop.data), "database_url": shop.database.url, "file": str(file), "run": None,
                 "wishes": {}, "most": 20_000, "dies_after_s": 0, "dies_at_commit": 0} | how  # fmt: skip
        assert self.nest.stdin is not None
        assert self.nest.stdout is not None
        print(json.dumps(asked), file=self.nest.stdin, flush=True)
        ended, worked_s = json.loads(self.nest.stdout.readline())
        return ended, worked_s

    def carry_out(self, shop: Shop, file: Path, **how: Any) -> float:
        """An import that nobody disturbs; gives how many seconds of work it was."""
        ended, worked_s = self.run(shop, file, **how)
        assert ended == 0
        return worked_s

    def kill(self, shop: Shop, file: Path, moment: dict[str, float], **how: Any) -> bool:
        """An import that is killed at a moment, if it is not over by then: whether it was."""
        ended, _ = self.run(shop, file, **how, **moment)
        assert ended <= 0
        return ended < 0

    def finish(self, shop: Shop, file: Path, **how: Any) -> None:
        """What an owner does then: carry on with what was agreed to, else begin once more."""
        run = shop.run()
        is_over = run is None or run.state in (RunState.RECEIVED, RunState.PLANNED)
        if run is not None and run.state == RunState.DONE:
            return
        self.carry_out(shop, file, run=None if is_over or run is None else run.id, **how)

    def close(self) -> None:
        """End everything."""
        self.nest.communicate(timeout=20)
        for shop in self._shops:
            shop.database.close()


def goods_file(first: int, last: int, *, shift: int) -> str:
    """Articles with shades as our own format has them; `shift` makes other prices, stocks and names of them."""
    rows = ["Artikelnummer;Produkt;Produktname;Kategorie;Hersteller;Preis;Bestand;Option 1 Name;Option 1 Wert"]
    for article in range(first, last):
        for shade in range(SHADES):
            number = article * 10 + shade
            rows.append(
                f"G-{number};garn-{article};Garn {article}{' neu' * (shift and article % 3 == 0)};"
                f"Garne > Sorte {article % 7};Weberei {article % 5};{3 + shift},{number % 90 + 10};"
                f"{number % 40 + shift};Farbe;Ton {shade}"
            )
    return "\n".join(rows)


def _sql(url: str, *statements: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for each in statements:
            connection.execute(text(each))
    engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def street(request: pytest.FixtureRequest, tmp_path: Path, empty_database_file: Path) -> Iterator[Street]:
    url = ""
    if request.param == "postgres":
        needs(postgres.MISSING, postgres.programs() is not None)
        url = request.getfixturevalue("postgres_url")
    made = Street(tmp_path, empty_database_file, url)
    yield made
    made.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Half of the goods changed, and half as many new ones."""
    path = tmp_path / FILE
    path.write_text(goods_file(ARTICLES // 2, ARTICLES + NEW_ARTICLES, shift=1), encoding="utf-8")
    return path


def moments(number: int, longest_s: float, commits: int) -> Iterator[dict[str, float]]:
    """Random moments of an import's work, every second of them right before or after one of its commits."""
    chance = random.Random(5)
    for each in range(number):
        if each % 2:
            yield {"dies_after_s": chance.uniform(0.001, longest_s)}
        else:
            yield {"dies_at_commit": chance.choice([1, -1]) * chance.randint(1, commits)}


@pytest.mark.slow
def test_a_killed_import_leaves_the_old_goods_or_the_new_ones(street: Street, file: Path) -> None:
    untouched, done = street.open(), street.open()
    before = untouched.goods()
    takes_s = street.carry_out(done, file)
    after = done.goods()
    killed = 0
    kills = FEWER if street.is_postgres else KILLS
    for moment in moments(kills, takes_s, COMMITS_BEFORE + 1):
        shop = street.open()
        killed += street.kill(shop, file, moment)
        assert shop.goods() in (before, after)
        street.finish(shop, file)
        assert shop.goods() == after
        shop.database.close()
    assert killed >= kills * 2 // 3


@pytest.mark.slow
def test_stock_is_added_exactly_once(street: Street, file: Path) -> None:
    done = street.open()
    takes_s = street.carry_out(done, file, wishes=ADDED, most=BATCH)
    after = done.goods()
    for moment in moments(FEWER, takes_s, COMMITS_BEFORE + BATCHES):
        shop = street.open()
        street.kill(shop, file, moment, wishes=ADDED, most=BATCH)
        street.finish(shop, file, wishes=ADDED, most=BATCH)
        assert shop.goods() == after
        shop.database.close()


@pytest.mark.slow
def test_small_batches_are_whole_and_end_the_same(street: Street, file: Path) -> None:
    untouched, done = street.open(), street.open()
    before = untouched.goods()
    takes_s = street.carry_out(done, file, most=BATCH)
    after = done.goods()
    halves = 0
    for moment in moments(FEWER, takes_s, COMMITS_BEFORE + BATCHES):
        shop = street.open()
        street.kill(shop, file, moment, most=BATCH)
        halves += _check_that_no_article_is_torn(shop, before, after)
        street.finish(shop, file, most=BATCH)
        assert shop.goods() == after
        shop.database.close()
    assert halves


def _check_that_no_article_is_torn(shop: Shop, before: Seen, after: Seen) -> bool:
    """Articles up to the point of resumption are new, the others old; gives whether there are both."""
    run = shop.run()
    articles_done = run.articles_done if run is not None and run.state == RunState.RUNNING else None
    if articles_done is None:
        assert shop.goods() in (before, after)
        return False
    seen = shop.goods()
    for place in range(ARTICLES // 2 + NEW_ARTICLES):
        slug = f"garn-{ARTICLES // 2 + place}"
        assert seen.get(slug) == (after if place < articles_done else before).get(slug)
    return articles_done > 0
