"""The shop is killed again and again while everybody orders: no paid order is lost, none is doubled, nothing oversold.

The usual run is short. The long one is a whole Saturday of a thousand orders with a hundred kills, on both databases:

    DORFLADEN_TEST_SATURDAY=long pytest tests/faults/test_saturday.py -s
"""

import os
import random
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.benchmarks.saturday import figures
from tests.town.saturday import Plan, Report, spend

IS_LONG = os.environ.get("DORFLADEN_TEST_SATURDAY") == "long"
SHOPPERS, LASTS_S, KILLS = (1000, 600.0, 100) if IS_LONG else (24, 15.0, 6)


@pytest.mark.slow
def test_a_saturday_of_kills_keeps_the_books(tmp_path: Path) -> None:
    check(_spend(tmp_path))


@pytest.mark.slow
@pytest.mark.postgres
def test_a_saturday_of_kills_keeps_the_books_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    check(_spend(tmp_path, postgres_url))


def _spend(folder: Path, database_url: str = "") -> Report:
    seed = int(os.environ.get("DORFLADEN_TEST_SEED") or random.SystemRandom().randrange(10**6))
    print(f"DORFLADEN_TEST_SEED={seed}")
    plan = Plan(
        shoppers=SHOPPERS, lasts_s=LASTS_S, restarts=1, kills=KILLS, seed=seed, database_url=database_url
    )  # fmt: skip
    return spend(plan, folder, lambda line: print(line, file=sys.stderr))


def check(report: Report) -> None:
    """Nothing is wrong, and enough has happened to say so."""
    for name, figure in figures(report).items():
        print(f"{name:<40} {figure:10.1f}")
    print(*report.wrongs, sep="\n")
    assert report.wrongs == []
    assert report.kills.total() >= KILLS // 2, "the shoppers had gone before the shop could be killed"
    assert report.orders.total() >= SHOPPERS * 0.9, report.notes.gave_up
    assert len(report.notes.gave_up) <= SHOPPERS * 0.1
