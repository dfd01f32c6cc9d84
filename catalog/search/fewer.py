"""The last resort where no goods have all words that were asked for: those that have most of them."""

from math import log

from catalog.search.inquiry import Inquiry
from catalog.search.port import Hits


def find(inquiry: Inquiry) -> tuple[Hits, tuple[str, ...]]:
    """The goods that have the most of the words, and the words that are left out, as they were typed.

    All of them have the same words, so that it can be said plainly which ones they lack. Of several ways to have as
    many, the one with the rarer words counts: they say more.
    """
    alone = [inquiry.alone(place) for place in range(len(inquiry.asked))]
    having: dict[int, int] = {}  # which words an article has, as bits
    scores: dict[int, float] = {}
    for place, hits in enumerate(alone):
        for product_id, score in zip(hits.ids, hits.scores, strict=True):
            having[product_id] = having.get(product_id, 0) | 1 << place
            scores[product_id] = scores.get(product_id, 0) + score
    if not having:
        return Hits([], []), ()
    rarity = [-log(len(hits.ids) or 1) for hits in alone]
    best = max(set(having.values()), key=lambda some: (some.bit_count(), sum(_at(some, rarity)), some))
    ids = [product_id for product_id, some in having.items() if some == best]
    left_out = tuple(word.text for place, word in enumerate(inquiry.asked) if not best >> place & 1)
    return Hits(ids, [scores[each] for each in ids]), left_out


def _at(some: int, rarity: list[float]) -> list[float]:
    return [each for place, each in enumerate(rarity) if some >> place & 1]
