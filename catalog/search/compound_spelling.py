"""Mistyped compounds: "Baumwolstoff" where the goods know only "Baumwolle" and "Stoff"."""

from collections.abc import Iterator
from typing import Protocol

from catalog.search.analysis import fold
from catalog.search.likeness import one_error_away

_SHORTEST = 3
_JOINTS = ("s", "n", "en", "es", "er", "e")  # what joins the parts of a compound ("Fugenelement")
_LOST = ("", "e", "en")  # what the first part of a compound may lose: Baumwoll(e)stoff

Meant = tuple[str, str, int]  # a word folded, as it is written, and how many articles speak for it


class Words(Protocol):
    """The goods' words, folded: which there are, how many articles have each, and how it is written."""

    def __iter__(self) -> Iterator[str]: ...

    def count(self, folded: str, /) -> int:
        """How many articles have a word."""
        ...

    def shown(self, folded: str, /) -> str:
        """How a word is written."""
        ...


def meant_by(word: str, words: Words) -> Iterator[Meant]:
    """Compounds of two words of the goods that differ from a word in one typing error in one of its parts.

    Also two words that were typed as one ("stoffblau" for "Stoff blau" needs no error at all).
    """
    for place in range(_SHORTEST, len(word) - _SHORTEST + 1):
        first, second = word[:place], word[place:]
        if words.count(second) and len(first) > _SHORTEST:
            for other in set(one_error_away(first)):
                yield from _compound(other, second, words)
        if len(second) > _SHORTEST and _stands_first(first, words):
            for other in set(one_error_away(second)):
                yield from _compound(first, other, words)


def _compound(first: str, second: str, words: Words) -> Iterator[Meant]:
    last = words.count(second) if len(second) >= _SHORTEST else 0
    if last and len(first) >= _SHORTEST and (own := _stands_first(first, words)):
        written = _spelled(first, words.shown(own)) + words.shown(second).lower()
        yield first + second, written[0].upper() + written[1:], min(last, words.count(own))


def _stands_first(part: str, words: Words) -> str:
    """The word that stands first in a compound in this form; "" where the goods have none."""
    for lost in _LOST:
        if words.count(part + lost):
            return part + lost
    for joint in _JOINTS:
        bare = part.removesuffix(joint)
        if bare != part and len(bare) >= _SHORTEST and words.count(bare):
            return bare
    return ""


def _spelled(part: str, shown: str) -> str:
    """A folded part in the spelling of the word that it comes from: "knopf" of "Knöpfe" is "Knöpf"."""
    for end in range(len(shown), 0, -1):
        if part.startswith(start := fold(shown[:end])):
            return shown[:end] + part[len(start) :]
    return part
