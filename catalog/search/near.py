"""Words of the goods that look like one that nothing was found for: for the owner to choose among, not for shoppers.

Looser than the correction of typing errors: she sees what is offered and takes what fits.
"""

from collections.abc import Iterable
from difflib import SequenceMatcher

from catalog.search.analysis import fold

_LIKE = 0.7  # difflib's ratio, from which on two words look alike
_SHORTEST_PART, _LONGEST = 4, 40


def near(word: str, known: Iterable[str], *, limit: int = 6) -> list[str]:
    """Those of some folded words that look like a word, or contain it, or stand in it; the most alike first.

    The word itself is not among them. Takes some 50 ms with 20,000 words.
    """
    folded = fold(word)[:_LONGEST]
    compared = SequenceMatcher(b=folded, autojunk=False)
    ranked = []
    for each in known:
        if each == folded:
            continue
        likeness = _likeness(compared, each, folded)
        if likeness:
            ranked.append((-likeness, each))
    return [each for _, each in sorted(ranked)[:limit]]


def _likeness(compared: SequenceMatcher[str], word: str, folded: str) -> float:
    """From _LIKE to 1, or 0 for a word that is not like it."""
    compared.set_seq1(word)
    if compared.real_quick_ratio() >= _LIKE and compared.quick_ratio() >= _LIKE:
        ratio = compared.ratio()
        if ratio >= _LIKE:
            return ratio
    shorter, longer = sorted((word, folded), key=len)
    return _LIKE if len(shorter) >= _SHORTEST_PART and shorter in longer else 0
