"""The judged collection is sound, and the search does not fall below what it has reached with it."""

import csv
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pytest

from catalog.search import index, synonyms
from catalog.search.engines.fts5_engine import fts5_engine
from catalog.search.engines.whoosh_engine import WhooshEngine
from catalog.search.find import Answer, Search
from catalog.search.port import Engine
from shop import demo
from shop.db import Database, sqlite_url
from tests.make import NOW
from tests.ranking import catalogue, collection, demonstration, measures, shelves
from tests.ranking.collection import LEAST, Query
from tests.ranking.grades import Intent, Truth, grade

SAMPLE = 1000  # articles of the quick test; the benchmark takes ten thousand
FLOOR = 0.78
CLASSES = 17


@dataclass(frozen=True)
class Laid:
    """A catalogue in a database, and what its articles truly are."""

    database: Database
    truths: dict[int, Truth]


Answers = dict[Query, Answer]


@pytest.fixture(scope="module")
def queries() -> list[Query]:
    return collection.queries()


def test_queries_are_many_and_of_all_classes(queries: list[Query]) -> None:
    assert len(queries) >= 200
    assert len({each.words for each in queries}) == len(queries)
    groups = Counter(each.group for each in queries)
    assert len(groups) >= CLASSES
    assert min(groups.values()) >= 8


def test_about_a_third_is_set_aside(queries: list[Query]) -> None:
    held_out = [each for each in queries if each.is_held_out]
    assert 0.28 < len(held_out) / len(queries) < 0.39
    assert {each.group for each in held_out} >= {each.group for each in queries} - {"both", "abbreviation"}


def test_each_query_can_be_answered_well(queries: list[Query]) -> None:
    truths = [each.truth for each in catalogue.articles()]
    assert not [each.words for each in queries if not _has_enough(each, truths)]


def test_each_article_of_the_demonstration_has_a_truth() -> None:
    with (demo.HABERDASHERY / "goods.csv").open(encoding="utf-8-sig", newline="") as opened:
        articles = {row["Artikel"] for row in csv.DictReader(opened, delimiter=";")}
    assert articles == set(demonstration.by_article())


def test_the_catalogue_is_the_same_every_time() -> None:
    assert [each.name for each in catalogue.articles(300)] == [each.name for each in catalogue.articles(300)]
    assert len({each.sku for article in catalogue.articles(SAMPLE) for each in article.variants}) > SAMPLE


@pytest.mark.parametrize(
    ("intent", "expected"),
    [
        (Intent("fabric"), 3),
        (Intent("fabric.jersey", {"colour": "petrol"}), 3),
        (Intent("fabric.jersey", {"colour": "turquoise"}), 2),
        (Intent("fabric.jersey", {"colour": "red"}), 1),
        (Intent("fabric.jersey", {"colour": "red", "motif": "sea"}), 0),
        (Intent("fabric.jersey", {"motif": "animal"}), 3),
        (Intent("fabric.jersey", {"motif": "animal.forest.owl"}), 2),
        (Intent("fabric.jersey", {"use": "dress"}), 2),
        (Intent("fabric.jersey", {"organic": "yes"}), 2),
        (Intent("fabric.jersey.interlock"), 2),
        (Intent("button"), 1),
        (Intent("button", {"colour": "petrol"}), 0),
        (Intent("fabric.fleece"), 0),
        (Intent("", {"colour": "petrol"}), 3),
        (Intent("", {"colour": "red"}), 0),
        (Intent(code="A-1"), 3),
        (Intent(code="A-2"), 0),
        (Intent(both=(Intent("fabric.jersey"), Intent("fabric.rib"))), 2),
        (Intent(both=(Intent("button"), Intent("fabric.rib"))), 1),
    ],
)
def test_grades_follow_the_rule(intent: Intent, expected: int) -> None:
    facts = {"colour": "petrol", "motif": "animal.forest.fox", "suits": "dress", "mentions": "button"}
    jersey = Truth(
        frozenset({"fabric.jersey"}), {key: frozenset({each}) for key, each in facts.items()}, frozenset({"A-1"})
    )
    assert grade(jersey, intent) == expected


def test_a_kit_that_holds_both_is_the_very_thing() -> None:
    kit = Truth(frozenset({"kit.crochet"}), {"holds": frozenset({"yarn.cotton", "needle.crochet"})})
    assert grade(kit, Intent(both=(Intent("needle.crochet"), Intent("yarn")))) == 3
    assert grade(kit, Intent("yarn")) == 1


def test_measures_that_nearly_fit_are_close() -> None:
    button = Truth(frozenset({"button"}), {"diameter_mm": frozenset({"20"})})
    wanted = {18: 2, 20: 3, 23: 2, 15: 1}
    assert {each: grade(button, Intent("button", {"diameter_mm": str(each)})) for each in wanted} == wanted


def test_ndcg_is_as_its_formula_says() -> None:
    assert measures.ndcg([1, 2], {1: 3, 2: 1}) == 1
    assert measures.ndcg([9, 1], {1: 3}) == pytest.approx(0.6309, abs=1e-4)
    assert measures.ndcg([], {1: 1}) == 0
    assert measures.ndcg([2, 1], {1: 2, 2: 1}) == pytest.approx((1 + 3 / 1.58496) / (3 + 1 / 1.58496), abs=1e-4)


@pytest.fixture(scope="module")
def laid(empty_database_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laid]:
    """A sample of the catalogue in a shop of its own."""
    file = tmp_path_factory.mktemp("ranking") / "shop.db"
    shutil.copy(empty_database_file, file)
    database = Database(sqlite_url(file))
    with database.writing() as session:
        synonyms.ensure(session, now=NOW, author="")
        truths = shelves.lay(session, catalogue.articles(SAMPLE), NOW)
    yield Laid(database, truths)
    database.close()


@pytest.fixture(scope="module")
def by_whoosh(laid: Laid, tmp_path_factory: pytest.TempPathFactory) -> Answers:
    return _answers(laid, WhooshEngine(tmp_path_factory.mktemp("ranking") / "index"))


def test_search_does_not_fall_below_its_floor(laid: Laid, by_whoosh: Answers) -> None:
    judged = collection.judged(by_whoosh, laid.truths)
    total = measures.total(measures.result(each, by_whoosh[each].ids, grades) for each, grades in judged.items())
    assert total.number > 100
    assert total.ndcg > FLOOR


def test_the_database_finds_what_whoosh_finds(laid: Laid, by_whoosh: Answers) -> None:
    by_database = _answers(laid, fts5_engine(laid.database))
    apart = [
        query.words
        for query, answer in by_database.items()
        if set(answer.ids) != set(_same(by_whoosh, query).ids) and not (answer.meant or answer.left_out)
    ]
    assert not apart


def _answers(laid: Laid, engine: Engine) -> Answers:
    """What is found for the open queries."""
    with laid.database.reading() as session:
        index.rebuild(session, engine)
        search = Search(engine)
        return {each: search.find(session, each.words, NOW) for each in collection.queries() if not each.is_held_out}


def _same(answers: Answers, query: Query) -> Answer:
    return next(answer for each, answer in answers.items() if each.words == query.words)


def _has_enough(query: Query, truths: Sequence[Truth]) -> bool:
    best = (each for each in truths if grade(each, query.intent) == 3)
    return len(list(islice(best, 2))) == 1 if query.wants_one else len(list(islice(best, LEAST))) == LEAST
