"""The order of what was found: the exact article number first, then by how well it fits, sold-out goods last.

What fits how well is made of figures that stand where they are used, and were judged by the open part of the test
collection (tests/ranking, `python3 -m tests.benchmarks ranking`), never by single queries: what a field counts and what
a head of a compound counts (language.py), how a count becomes a score (the engines), what synonyms and longer words
count (meanings.py), and words that say more about goods beside those that say what they are (inquiry.py).
"""

from sqlmodel import Session

from catalog import offered
from catalog.overview import Overview
from catalog.search import numbers
from catalog.search.analysis import fold
from catalog.search.inquiry import Inquiry
from catalog.search.port import Hits

_STANDING = 0.05  # what is newest and sold most is worth so much more: it decides where texts fit alike

_LEADING = 100  # hits whose names are looked at
_WHOLE_NAME = 2.0
_SHORT = 0.15  # a name of one word is worth so much more, one of two words half of that


def best_first(session: Session, inquiry: Inquiry, hits: Hits, overview: Overview) -> tuple[list[int], list[float]]:
    """The ids of some hits in their order, and the score of each.

    Takes 5 ms for 6,500 hits among 25,000 articles.
    """
    standing, score_of = overview.standings.get, dict(zip(hits.ids, hits.scores, strict=True))
    worth = {each: score_of[each] * (1 + _STANDING * standing(each, 0.0)) for each in sorted(score_of)}
    ids = sorted(worth, key=worth.__getitem__, reverse=True)
    for each in ids[:_LEADING]:
        worth[each] *= _of_name(overview, each, inquiry.text)
    ids[:_LEADING] = sorted(ids[:_LEADING], key=worth.__getitem__, reverse=True)
    if gone := _sold_out(overview).intersection(ids):
        ids = [each for each in ids if each not in gone] + [each for each in ids if each in gone]
    if first := numbers.having(session, inquiry.text, hits):
        ids.sort(key=lambda each: each not in first)
    return ids, [worth[each] for each in ids]


def _of_name(overview: Overview, product_id: int, text: str) -> float:
    """How much more an article is worth for its name: all that was asked for, or short, so that little else is said."""
    article = overview.article(product_id)
    if article is None:
        return 1.0
    return _WHOLE_NAME if fold(article.name) == fold(text) else 1 + _SHORT / (1 + article.name.count(" "))


def _sold_out(overview: Overview) -> frozenset[int]:
    """The ids of all sold-out articles; made once while nothing is sold out or comes back."""
    return overview.kept((offered.IN_STOCK, "sold out"), lambda: _read(overview))


def _read(overview: Overview) -> frozenset[int]:
    shelves = overview.shelves
    gone = shelves.everything.articles & ~shelves.having(*offered.THERE).articles
    return frozenset(each.product_id for each in shelves.among(gone))
