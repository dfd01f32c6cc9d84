"""Looking at a shop as the check does: a sight of it, and what single rules find."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from shop import profile
from shop.context import Shop
from shop.formats import BERLIN
from shop.law import book, specimen
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


def break_page(patch: pytest.MonkeyPatch, app: Flask, page: str, old: str, new: str) -> None:
    """Let the specimen's page read otherwise from now on, as a stranger's theme might."""
    with sight_of(app) as sight:
        seen = specimen.of(sight)
    broken = replace(seen.page(page), html=_changed(seen.page(page).html, old, new))
    wear(patch, replace(seen, pages={**seen.pages, page: broken}))


def break_letter(patch: pytest.MonkeyPatch, app: Flask, kind: str, old: str, new: str) -> None:
    """Let the specimen's letter read otherwise from now on."""
    with sight_of(app) as sight:
        seen = specimen.of(sight)
    broken = replace(seen.letter(kind), text=_changed(seen.letter(kind).text, old, new))
    wear(patch, replace(seen, letters={**seen.letters, kind: broken}))


def _changed(text: str, old: str, new: str) -> str:
    assert old in text, f"{old!r} does not stand there"
    return text.replace(old, new)


def wear(patch: pytest.MonkeyPatch, seen: specimen.Specimen) -> None:
    """Let rules look at another specimen from now on."""
    patch.setattr(specimen, "of", lambda sight: seen)
