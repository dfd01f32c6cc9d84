"""Where few or no goods have all words that were asked for: those that have most of them.

What the departments are called is what goods are; other words only say more about it. Whoever asks for "Merino
altrosa" takes another merino rather than other goods in altrosa, so words that name a department are kept longest.
"""

from collections.abc import Iterator
from heapq import nlargest
from math import log1p

from catalog.search.inquiry import Inquiry
from catalog.search.port import Hits

ENOUGH = 10  # hits from which on nothing is shown beside those that have all words
_KIND, _MORE, _CODE = 2.5, 1.0, 0.9  # what words are worth keeping; the rarer of two is worth a little more


def most_words(inquiry: Inquiry) -> Inquiry | None:
    """The inquiry with the words left out that keep it from finding anything; None where no word finds anything.

    What is left is the most that any article has, so that it can be said plainly which words these goods lack. Of
    several words, a compound that nothing is found for is what it ends in: whoever asks for red "Stickgarn" takes
    other red yarn rather than all that is red.
    """
    inquiry = inquiry.by_heads() if len(inquiry.asked) > 1 else inquiry
    having: dict[int, int] = {}  # which words an article has, as bits
    keeping = []
    for place in range(len(inquiry.asked)):
        found = inquiry.alone(place).ids
        keeping.append(_worth_keeping(inquiry, place) + 0.1 / log1p(1 + len(found)))
        for product_id in found:
            having[product_id] = having.get(product_id, 0) | 1 << place
    if not having:
        return None
    places = [
        tuple(place for place in range(len(keeping)) if some >> place & 1) for some in sorted(set(having.values()))
    ]
    return inquiry.keeping(max(places, key=lambda some: sum(keeping[place] for place in some)))


def beside(inquiry: Inquiry) -> list[int]:
    """The ids of up to ten articles, best first, to show beside few that have all words: they lack one or some.

    First those that lack one, then those that have only what names their department; beside few or no goods for a
    compound ("Holzknopf") those that are what it ends in.
    """
    if len(inquiry.hits.ids) >= ENOUGH or (len(inquiry.asked) > 1 and not inquiry.hits.ids):
        return []
    found = dict.fromkeys(inquiry.hits.ids)
    for tried in _wider(inquiry):
        scores: dict[int, float] = {}
        for hits in tried:
            _take_better(scores, hits)
        missing = ENOUGH - len(found)
        new = (each for each in sorted(scores) if each not in found)
        found.update(dict.fromkeys(nlargest(missing, new, key=scores.__getitem__)))
    return list(found)[len(inquiry.hits.ids) :]


def _wider(inquiry: Inquiry) -> Iterator[list[Hits]]:
    """What is found with less and less of what was asked."""
    places = range(len(inquiry.asked))
    if len(places) == 1:
        yield [inquiry.of_head]
        return
    named = [place for place in places if inquiry.names_kind(place)]
    more = [place for place in places if place not in named]
    yield [inquiry.keeping([each for each in places if each != place]).hits for place in more]
    if named and len(more) > 1:
        yield [inquiry.keeping(named).hits]


def _worth_keeping(inquiry: Inquiry, place: int) -> float:
    if inquiry.names_kind(place):
        return _KIND
    return _CODE if inquiry.asked[place].is_code else _MORE


def _take_better(scores: dict[int, float], hits: Hits) -> None:
    for product_id, score in zip(hits.ids, hits.scores, strict=True):
        if score > scores.get(product_id, 0):
            scores[product_id] = score


def left_out(inquiry: Inquiry, kept: Inquiry) -> tuple[str, ...]:
    """The words of an inquiry that another one lacks, as they were typed."""
    terms = {word.term for word in kept.asked}
    return tuple(word.text for word in inquiry.asked if word.term not in terms)
