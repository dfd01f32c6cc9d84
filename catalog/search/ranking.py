"""The order of what was found: the exact article number, then what is left by how well it fits, sold-out goods last."""

from sqlmodel import Session

from catalog.overview import Overview
from catalog.search import numbers
from catalog.search.inquiry import Inquiry
from catalog.search.port import Hits


def best_first(session: Session, inquiry: Inquiry, hits: Hits, overview: Overview) -> tuple[list[int], list[float]]:
    """The ids of some hits in their order, and the score of each."""
    score_of = dict(zip(hits.ids, hits.scores, strict=True))
    sold_out = {each for each in hits.ids if overview.is_sold_out(each)}
    exact = numbers.having(session, inquiry.text, hits)
    ids = sorted(sorted(score_of), key=score_of.__getitem__, reverse=True)
    if sold_out or exact:
        ids.sort(key=lambda each: (each not in exact, each in sold_out))
    return ids, [score_of[each] for each in ids]
