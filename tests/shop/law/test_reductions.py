"""Reduced prices as shoppers see them, over random histories (law.md C04)."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlmodel import Session

from catalog.prices import PriceChange, Reduction
from catalog.products import Variant
from checkout import wordings
from tests.catalog.test_prices import day_by_day
from tests.make import NOW, make_product, make_variant
from tests.shop.storefront.selling import words

DAYS = 60
History = tuple[list[tuple[int, int]], list[tuple[int, int, int]]]  # (day, cents); (from day, to day, cents)


def random_history(dice: random.Random) -> History:
    """Regular prices and reductions on some of sixty days; today is the last one."""
    changes = [(0, dice.randint(5, 12) * 100), *((dice.randint(1, DAYS), dice.randint(5, 12) * 100) for _ in range(2))]
    sales = []
    for _ in range(dice.randint(1, 4)):
        since = dice.randint(10, DAYS)
        sales.append((since, since + dice.randint(5, 50), dice.randint(2, 9) * 100))
    return sorted(changes, key=lambda change: change[0]), sales


def price_on(history: History, day: int) -> tuple[int, bool]:
    changes, sales = history
    regular = [cents for since, cents in changes if since <= day][-1]
    running = [cents for since, until, cents in sales if since <= day < until]
    return min([regular, *running]), min([regular, *running]) < regular


def put(session: Session, name: str, history: History) -> Variant:
    begin = NOW - timedelta(days=DAYS)
    changes, sales = history
    variant = make_variant(session, make_product(session, name), price_cents=changes[0][1], now=begin, sku=name)
    for day, cents in changes[1:]:
        session.add(PriceChange(variant_id=variant.id or 0, price_cents=cents, author="test",
                                changed_at=begin + timedelta(days=day)))  # fmt: skip
    for since, until, cents in sales:
        starts, ends = begin + timedelta(days=since), begin + timedelta(days=until)
        session.add(
            Reduction(variant_id=variant.id or 0, price_cents=cents, starts_at=starts, ends_at=ends, created_at=begin,
                      author="test")
        )  # fmt: skip
    variant.price_cents = changes[-1][1]
    return variant


def told(page: str) -> tuple[int, int | None, int | None]:
    """The price, the lowest of the 30 days, and the per cent that an article's page tells."""
    begin = page.index('class="price price--large"')
    text = words(page[begin : page.index("</form>", begin)])
    now = re.search(r"(\d+),(\d\d) €", text)
    lowest = re.search(rf"{wordings.LOWEST_PRICE}: (\d+),(\d\d) €", text)
    percent = re.search(r"−(\d+) %", text)
    assert now is not None
    return int(now[1] + now[2]), int(lowest[1] + lowest[2]) if lowest else None, int(percent[1]) if percent else None


def test_c04_strike_price_and_per_cent_come_from_the_lowest_of_thirty_days(
    client: FlaskClient, write: Callable[[], Any]
) -> None:
    dice = random.Random(20_260_927)
    histories = {f"ware-{number}": random_history(dice) for number in range(24)}
    with write() as session:
        for name, history in histories.items():
            put(session, name, history)
    seen_reduced = 0
    for name, history in histories.items():
        days = [price_on(history, day) for day in range(DAYS + 1)]
        reference = day_by_day(list(days), DAYS)
        cents, lowest, percent = told(client.get(f"/artikel/{name}").text)
        assert cents == days[-1][0], name
        if reference is not None and cents < reference:
            assert (lowest, percent) == (reference, (reference - cents) * 100 // reference or None), name
            seen_reduced += 1
        else:
            assert (lowest, percent) == (None, None), name
    assert seen_reduced > 5
