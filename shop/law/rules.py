"""A rule of law as data: what it asks, since when, how grave a breach is, and how it is looked at.

The rules themselves stand beside this file, a file per part of the law: provider.py (who sells), withdrawal.py,
goods.py (goods and prices), ordering.py, tax.py (tax, invoices, books), privacy.py, surroundings.py (packaging,
other countries). Their ids are those of the law's checklist: a letter for the part and a number, "B01".
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlmodel import Session

from shop.context import Shop
from shop.profile import Profile

ERROR, WARNING, INFO = "error", "warning", "info"  # must not open; should be mended; good to know


@dataclass(frozen=True)
class Sight:
    """What a rule may look at: the whole shop, what stands in its database, and the day in Berlin that it is."""

    app: Flask
    shop: Shop
    session: Session  # reading
    owner: Profile
    today: date


@dataclass(frozen=True)
class Fault:
    """Something that a rule does not find as it must be.

    `message` is a German sentence that says what is wrong and what to do; `path` leads to the field that mends it,
    such as "/backoffice/laden#telefon", "" where there is none in the backoffice.
    """

    message: str
    path: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule, in force from `since` (its first day) until `until` (its last day; None: for good).

    `source` names the law ("§ 356a BGB"); `duty` says in German what it asks, `kept` how the shop keeps it. `look`
    gives the faults, none where all is well. A rule that cannot be broken without changing the program looks all the
    same where a theme, a text of the owner's or a setting could break it; where nothing could, it gives none and
    `kept` says why. `turns` are later days from which on it asks something else or more.
    """

    id: str
    source: str
    since: date
    severity: str
    duty: str
    kept: str
    look: Callable[[Sight], Iterable[Fault]]
    until: date | None = None
    turns: tuple[date, ...] = ()

    def next_turn(self, after: date) -> date | None:
        """The next day after this one on which it begins or asks something else; None where none is known."""
        return min((each for each in (self.since, *self.turns) if each > after), default=None)

    def is_in_force(self, on: date) -> bool:
        """Whether it holds on a day."""
        return self.since <= on and (self.until is None or on <= self.until)


def by_construction(sight: Sight) -> Iterable[Fault]:
    """The look of a rule that nothing but a change of the program could break."""
    return ()
