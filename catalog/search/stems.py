"""The stem of a word: what all its forms have in common, the same in every shop.

A word of the list stands for itself; a compound that ends in one keeps what is before it; for all others there
is Snowball.
"""

import threading
from functools import lru_cache
from typing import Any

from catalog.search.wordlist import nouns_in, word_list

_SHORTEST_TAIL = 4
_SHORTEST_BEFORE = 3
_ONE_AT_A_TIME = threading.Lock()  # a stemmer keeps the word in itself while it works


def stem(folded: str) -> str:
    """The likeliest stem of a folded word: "nadeln" is "nadel", "samtbander" is "samtband"."""
    return readings(folded)[0]


@lru_cache(maxsize=50_000)
def readings(folded: str) -> tuple[str, ...]:
    """All stems that a folded word may have, the likeliest first; numbers stay as they are."""
    if any(each.isdigit() for each in folded):
        return (folded,)
    known = word_list()
    found = known.readings(folded) or known.of_elided(folded) or _by_tail(folded)
    return found or (_by_rule(folded),)


def _by_tail(word: str) -> tuple[str, ...]:
    """The longest end that is a noun or an adjective of the list gives the form away."""
    known = word_list()
    for start in range(_SHORTEST_BEFORE, len(word) - _SHORTEST_TAIL + 1):
        tail = word[start:]
        ends = tuple(nouns_in(known.nouns, tail)) or known.of_adjective(tail)
        found = tuple(word[:start] + term for term in ends)
        if found:
            return found
    return ()


def _by_rule(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:  # Babies
        word = word[:-3] + "y"
    with _ONE_AT_A_TIME:
        return str(_german().stemWord(word))


@lru_cache(maxsize=1)
def _german() -> Any:
    from snowballstemmer import stemmer  # brings 30 languages along, which the start need not wait for

    return stemmer("german")
