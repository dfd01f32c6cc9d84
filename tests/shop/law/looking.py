"""Looking at a shop as the check does: a sight of it, and what single rules find."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from flask import Flask

from shop import profile
from shop.context import Shop
from shop.formats import BERLIN
from shop.law import book
from shop.law.rules import Rule, Sight


@contextmanager
def sight_of(app: Flask, today: date | None = None) -> Iterator[Sight]:
    """What rules may look at; today in Berlin unless another day is given."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        yield Sight(app, shop, session, profile.load(session), today or shop.clock().astimezone(BERLIN).date())


def rule(name: str) -> Rule:
    """A rule by its id, "D05"."""
    return next(each for each in book.RULES if each.id == name)


def faults(app: Flask, name: str, today: date | None = None) -> list[str]:
    """The messages of what one rule finds; none where it is kept."""
    with sight_of(app, today) as sight:
        return [fault.message for fault in rule(name).look(sight)]
