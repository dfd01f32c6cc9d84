"""The last resort while there is no index at all: a plain look into the names of the goods."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, literal, or_
from sqlmodel import col, func, select

from catalog.products import Product
from catalog.search.engines.sheets import Doors
from catalog.search.port import Alternative, Hits, Word

# What analysis.fold() does to a word, as far as a database can; SQLite lowers only ASCII.
_FOLDED = {"Ä": "a", "Ö": "o", "Ü": "u", "ä": "a", "ö": "o", "ü": "u", "ß": "ss", "ae": "a", "oe": "o", "ue": "u"}


class NamesEngine:
    """Finds goods whose names contain what is asked; it keeps nothing, and knows no beginnings."""

    def __init__(self, doors: Doors) -> None:
        self._doors = doors

    @property
    def state(self) -> str:
        """Always the same: the goods themselves tell when they change."""
        return "names"

    def search(self, words: Sequence[Word]) -> Hits:
        """Find the products whose names contain each of the words; a name that is shorter scores higher."""
        if not words or not all(words):
            return Hits([], [])
        met = [_best(word) for word in words]
        score = sum(met[1:], met[0]) / (10 + func.length(col(Product.name)))
        query = select(Product.id, score).where(col(Product.published_at).is_not(None), *(each > 0 for each in met))
        with self._doors.reading() as session:
            found = [(each, float(scored)) for each, scored in session.exec(query).all() if each is not None]
        return Hits([each for each, _ in found], [scored for _, scored in found])

    def beginning_with(self, beginning: str, *, limit: int = 20) -> list[str]:
        """None: whatever begins like this contains it, and is found anyway."""
        return []


def _best(word: Word) -> ColumnElement[Any]:
    """The weight of the best alternative that a name meets, 0 where it meets none."""
    best = sorted(word, key=lambda each: -each.weight)
    return case(*((_meets(each), literal(each.weight)) for each in best), else_=literal(0.0))


def _meets(alternative: Alternative) -> ColumnElement[bool]:
    name = func.lower(col(Product.name))
    for letters, plain in _FOLDED.items():
        name = func.replace(name, letters, plain)
    contained = [name.contains(term, autoescape=True) for term in alternative.terms if term]
    return and_(*contained) if contained else or_(false())
