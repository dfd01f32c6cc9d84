"""The order of what was found: the exact article number first, then by how well it fits, sold-out goods last.

The figures stand where they are used. They were judged as a whole by the open part of the test collection
(tests/ranking, `python3 -m tests.benchmarks ranking`), never by single queries; nDCG@10 in hundredths:
- fields and heads of compounds (language.py): options and departments nearly like the name, since shoppers ask for
  colours and sorts, and a head nearly like a word of its own: +1.5; descriptions less than 2 of 8: -0.5;
- words that say more about goods 0.6 beside those that name a department (inquiry.py): +0.8; 0.5 to 0.8 are alike;
- short names first: +1.6 with 0.1 to 0.15, less with 0.3; what stands behind a "für" says more only: +0.2;
- goods that lack a word beside few that have all (fewer.py): +2.5;
- synonyms 0.7 to 0.9 and longer words 0.03 to 0.1 (meanings.py) are alike: the lower one where the word itself must
  win, the higher one so that what is being typed is ordered.
"""

from sqlmodel import Session

from catalog import offered
from catalog.overview import Overview
from catalog.search import article_numbers
from catalog.search.analysis import fold
from catalog.search.inquiry import Inquiry
from catalog.search.port import Hits

_STANDING = 0.05  # what is newest and sold most is worth so much more: it decides where texts fit alike

_LEADING = 100  # hits whose names are looked at
_WHOLE_NAME = 2.0
_FOLDED = 4  # letters by which a folded name may be longer or shorter: ß = ss
_SHORT = 0.15  # a name of one word is worth so much more, one of two words half of that


def best_first(session: Session, inquiry: Inquiry, hits: Hits, overview: Overview) -> tuple[list[int], list[float]]:
    """The ids of some hits in their order, and the score of each.

    Takes 3 to 5 ms for 6,500 hits among 25,000 articles.
    """
    standing = overview.standings.get
    fitting = zip(hits.ids, hits.scores, strict=True)
    worth = {each: score * (1 + _STANDING * standing(each, 0.0)) for each, score in fitting}
    ids = sorted(sorted(worth), key=worth.__getitem__, reverse=True)
    asked = fold(inquiry.text)
    for each in ids[:_LEADING]:
        worth[each] *= _of_name(overview, each, asked)
    ids[:_LEADING] = sorted(ids[:_LEADING], key=worth.__getitem__, reverse=True)
    ids = sold_out_last(ids, overview)
    if first := article_numbers.having(session, inquiry.text, hits):
        ids.sort(key=lambda each: each not in first)
    return ids, list(map(worth.__getitem__, ids))


def sold_out_last(ids: list[int], overview: Overview) -> list[int]:
    """The ids in their order, but those of sold-out articles behind all others."""
    there = _there(overview)
    gone = [each for each in ids if each not in there]
    return [each for each in ids if each in there] + gone if gone else ids


def _of_name(overview: Overview, product_id: int, asked: str) -> float:
    """How much more an article is worth for its name: all that was asked for, or short, so that little else is said."""
    article = overview.article(product_id)
    if article is None:
        return 1.0
    is_whole = abs(len(article.name) - len(asked)) <= _FOLDED and fold(article.name) == asked
    return _WHOLE_NAME if is_whole else 1 + _SHORT / (1 + article.name.count(" "))


def _there(overview: Overview) -> frozenset[int]:
    """The ids of all articles that can be bought; made once while none is sold out or comes back."""

    def read() -> frozenset[int]:
        shelves = overview.shelves
        return frozenset(each.product_id for each in shelves.among(shelves.having(*offered.THERE).articles))

    return overview.kept((offered.IN_STOCK, "ids"), read)
