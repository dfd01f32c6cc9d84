"""All rules in one place, and what a look at all of them finds."""

import logging
from dataclasses import dataclass

from flask import Flask

from shop import profile
from shop.context import Shop
from shop.formats import BERLIN
from shop.law import goods, ordering, privacy, provider, surroundings, tax, withdrawal
from shop.law.rules import Fault, Rule, Sight

log = logging.getLogger("dorfladen.law")

RULES: tuple[Rule, ...] = (
    *provider.RULES,
    *withdrawal.RULES,
    *goods.RULES,
    *ordering.RULES,
    *tax.RULES,
    *privacy.RULES,
    *surroundings.RULES,
)


@dataclass(frozen=True)
class Outcome:
    """What a look at one rule found; no faults: it is kept."""

    rule: Rule
    faults: tuple[Fault, ...]


def look(app: Flask) -> list[Outcome]:
    """Look at every rule that is in force today."""
    shop: Shop = app.extensions["dorfladen"]
    today = shop.clock().astimezone(BERLIN).date()
    with shop.database.reading() as session:
        sight = Sight(app, shop, session, profile.load(session), today)
        return [Outcome(rule, _faults(rule, sight)) for rule in RULES if rule.is_in_force(today)]


def _faults(rule: Rule, sight: Sight) -> tuple[Fault, ...]:
    """The faults of one rule; a rule that cannot be looked at has one, too."""
    try:
        return tuple(rule.look(sight))
    except Exception as error:  # the edge of a check: the others must still be seen
        log.exception("rule %s cannot be looked at", rule.id)
        return (Fault(f"Lässt sich nicht prüfen: {error}"),)
