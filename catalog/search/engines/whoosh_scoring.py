"""From posting lists to scores: a word scores by how rare it is and by how much it counts where it stands.

word = ln(1 + N/n) × max over its alternatives of weight × c/(c + 3), c being the count of the term (for several terms
the mean of that). A product's score is the sum over the words. N are all products, n those that have the most common
of the alternatives: so none of them is worth more for being rare. It is BM25 without the length of documents, as the
counts that come in are weighed already.
"""

import math
from collections.abc import Mapping, Sequence

from catalog.search.engines.whoosh_segments import Opened, Postings, Segment
from catalog.search.port import Alternative, Hits, Word

_HALF = 3  # a term that counts so much gets half of what it could get at most
_WORTH = [count / (count + _HALF) for count in range(256)]

Lists = Sequence[Postings]  # of all terms of an alternative


def search(opened: Opened, words: Sequence[Word]) -> Hits:
    """All products that meet each of the words. Raises Torn."""
    ids: list[int] = []
    scores: list[float] = []
    asked = [_Asked(opened, word) for word in words]
    for number, (segment, gone) in enumerate(opened.parts):
        documents, worth = _all_of([each.met(number) for each in asked])
        if gone:
            left = [pair for pair in zip(documents, worth, strict=True) if pair[0] not in gone]
            documents, worth = [each for each, _ in left], [each for _, each in left]
        ids += map(segment.products.__getitem__, documents)
        scores += worth
    return Hits(ids, scores)


Met = tuple[Sequence[int], Sequence[float]]
"""Documents and what each scores."""


class _Asked:
    """A word beside the posting lists of its alternatives, read of every segment, since rarity is that of the whole."""

    def __init__(self, opened: Opened, word: Word) -> None:
        self._ways = [(each.weight, [_lists(segment, each) for segment, _ in opened.parts]) for each in word]
        most = max((sum(map(_fewest, lists)) for _, lists in self._ways), default=0)
        self._rarity = math.log(1 + opened.documents / most) if most else 0.0

    def met(self, number: int) -> Met:
        """What meets the word in one segment."""
        ways = [
            _worth(lists[number], weight * self._rarity)
            for weight, lists in sorted(self._ways, key=lambda way: -way[0])
            if _fewest(lists[number])
        ]
        if len(ways) < 2:
            return ways[0] if ways else ((), ())
        best = dict(zip(*ways[0], strict=True))
        for way in ways[1:]:
            _take_better(best, way)
        return list(best), list(best.values())


def _lists(segment: Segment, alternative: Alternative) -> Lists:
    return [segment.postings(term) for term in dict.fromkeys(alternative.terms)]


def _fewest(lists: Lists) -> int:
    """At most so many documents have all the terms."""
    return min((len(documents) for documents, _ in lists), default=0)


def _worth(lists: Lists, factor: float) -> Met:
    """The documents that have all terms, and the mean of what they are worth."""
    met = [_weighed(each, factor / len(lists)) for each in lists]
    return met[0] if len(met) == 1 else _all_of(met)


def _weighed(postings: Postings, factor: float) -> Met:
    documents, counts = postings
    worth = [factor * each for each in _WORTH]
    return documents, list(map(worth.__getitem__, counts))


def _all_of(met: Sequence[Met]) -> Met:
    """What stands in each, with the sum of what it scores there."""
    if len(met) == 1:
        return met[0]
    fewest, *others = sorted(met, key=lambda each: len(each[0]))
    if not fewest[0]:
        return (), ()
    total: Mapping[int, float] = dict(zip(*fewest, strict=True))
    for documents, worth in others:
        scores = dict(zip(documents, worth, strict=True))
        total = {each: score + scores[each] for each, score in total.items() if each in scores}
    return list(total), list(total.values())


def _take_better(best: dict[int, float], way: Met) -> None:
    documents, worth = way
    for document, score in zip(documents, worth, strict=True):
        if score > best.get(document, 0.0):
            best[document] = score
