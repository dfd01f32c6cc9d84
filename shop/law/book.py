"""All rules in one place, and what a look at all of them finds."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask import Flask

from shop import profile
from shop.context import Shop
from shop.formats import BERLIN
from shop.law import (
    books,
    goods,
    greens,
    invoicing,
    ordering,
    privacy,
    provider,
    surroundings,
    tax,
    texts,
    trade,
    withdrawal,
)
from shop.law.rules import Fault, Rule, Sight

log = logging.getLogger("dorfladen.law")

RULES: tuple[Rule, ...] = (
    *provider.RULES,
    *texts.RULES,
    *withdrawal.RULES,
    *goods.RULES,
    *greens.RULES,
    *ordering.RULES,
    *books.RULES,
    *tax.RULES,
    *invoicing.RULES,
    *trade.RULES,
    *privacy.RULES,
    *surroundings.RULES,
)


@dataclass(frozen=True)
class Outcome:
    """What a look at one rule found; no faults: it is kept."""

    rule: Rule
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class Coming:
    """A rule that begins, or asks something else, on a day to come."""

    rule: Rule
    on: date

    @property
    def is_new(self) -> bool:
        """Whether it begins then."""
        return self.on == self.rule.since


def look(app: Flask) -> list[Outcome]:
    """Look at every rule that is in force today."""
    with sight(app) as seen:
        return [Outcome(rule, _faults(rule, seen)) for rule in RULES if rule.is_in_force(seen.today)]


def coming(today: date) -> list[Coming]:
    """What the law asks from a later day on, the next day first."""
    days = [(rule, rule.next_turn(today)) for rule in RULES]
    return sorted((Coming(rule, day) for rule, day in days if day), key=lambda each: (each.on, each.rule.id))


@contextmanager
def sight(app: Flask) -> Iterator[Sight]:
    """What rules may look at, as the shop is now."""
    shop: Shop = app.extensions["dorfladen"]
    with shop.database.reading() as session:
        yield Sight(app, shop, session, profile.load(session), today(app))


def today(app: Flask) -> date:
    """The day in Berlin that it is for a shop."""
    shop: Shop = app.extensions["dorfladen"]
    return shop.clock().astimezone(BERLIN).date()


def _faults(rule: Rule, sight: Sight) -> tuple[Fault, ...]:
    """The faults of one rule; a rule that cannot be looked at has one, too."""
    try:
        return tuple(rule.look(sight))
    except Exception as error:  # the edge of a check: the others must still be seen
        log.exception("rule %s cannot be looked at", rule.id)
        return (Fault(f"Lässt sich nicht prüfen: {type(error).__name__}: {str(error).partition(chr(10))[0][:160]}"),)
