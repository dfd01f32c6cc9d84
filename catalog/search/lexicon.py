"""Compounds taken apart: by the word list and by the words of the shop's own goods.

A split must use up all letters, so that "Verband" has no "Band" in it and "Motor" no "Tor". Of several the one of
the fewest parts counts, then the one of the longest and best known ones.
"""

import threading
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from catalog.search.stems import readings, stem
from catalog.search.wordlist import WordList, nouns_in, word_list

_SHORTEST_PART = 3
_SHORTEST_OF_SHOP = 4
_SHORTEST_WORD = 6
_LONGEST_WORD = 45
_MOST_PARTS = 4
_MOST_KEPT = 50_000
_MOST_TO_SIFT = 20  # new parts for which splits are sifted instead of being made again
# A part costs 10, and more where it is likely to be there by chance.
_PART, _SHORT, _SHORTISH, _OF_SHOP, _BENT, _ELIDED = 10, 4, 1, 2, 1, 1
_HOPELESS = 10_000
# What words end in that are no words of their own.
_NEVER = frozenset(
    "bar chen haft heit ieren ierung igkeit isch keit lein lich ling los nis sam schaft tion tum ung".split()
)
_SHORT_HEADS = frozenset(["ol"])  # Nähmaschinenöl
_NEVER_LAST = frozenset(["innen"])  # Kundinnen


@dataclass(frozen=True)
class Split:
    """A compound: its `parts`, the head last, each as the terms that it may be (the likeliest first).

    `wholes` are the terms of the compounds within it: Nähmaschine in Nähmaschinennadel.
    """

    parts: tuple[tuple[str, ...], ...] = ()
    wholes: tuple[str, ...] = ()


_NONE = Split()
_Cost = tuple[tuple[str, ...], int]  # the terms of a piece, and what it costs
_UNKNOWN: _Cost = ((), _HOPELESS)


class Lexicon:
    """What compounds may be made of. It only grows, by a new one; threads share it."""

    def __init__(self, words: Iterable[str] = (), before: "Lexicon | None" = None) -> None:
        """`words` are the shop's own, in one spelling (folded), added to those of the lexicon `before`."""
        self._list: WordList = word_list()
        new = frozenset(words)
        parts = {word: stem(word) for word in new if self._may_be_part(word)}
        parts = {term: term for term in parts.values() if self._may_be_part(term)} | parts
        self.words: frozenset[str] = new | before.words if before else new
        self.own: dict[str, str] = before.own | parts if before else parts
        self._kept = before.kept_without(parts) if before else {}
        self._lock = threading.Lock()

    def _may_be_part(self, word: str) -> bool:
        """Whether a word of the shop's is worth knowing: the list has it not, and it is no mere ending."""
        is_word = len(word) >= _SHORTEST_OF_SHOP and word.isalpha() and word not in _NEVER
        return is_word and word not in self._list.small and not self._list.readings(word)

    def with_more(self, words: Iterable[str]) -> "Lexicon":
        """One that knows further words (folded), too; this one where there are none."""
        more = frozenset(word for word in words if word not in self.words)
        return Lexicon(more, self) if more else self

    def is_listed(self, word: str) -> bool:
        """Whether the word list has a folded word in any form but those in -er."""
        known = self._list
        forms = {word, *(word.removesuffix(ending) for ending in ("e", "n", "en", "s", "es"))}
        return any(word in some for some in (known.small, known.verbs)) or bool(
            known.of_adjective(word) or forms & known.nouns.keys()
        )

    def kept_without(self, parts: Collection[str]) -> dict[str, Split]:
        """The splits that are remembered, but those that new parts may change."""
        if len(parts) > _MOST_TO_SIFT:
            return {}
        return {word: split for word, split in list(self._kept.items()) if not any(part in word for part in parts)}

    def split(self, word: str) -> Split:
        """The parts of a folded word; none where it is simple or unknown."""
        kept = self._kept.get(word)
        if kept is None:
            kept = self._split(word)
            with self._lock:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept = {}
                self._kept[word] = kept
        return kept

    def _split(self, word: str) -> Split:
        simple = word in self._list.verbs or self._list.of_adjective(word) or self._is_simple(word)
        if simple or not _SHORTEST_WORD <= len(word) <= _LONGEST_WORD:
            return _NONE
        pieces = self._pieces(word)
        if len(pieces) < 2:
            return _NONE
        return Split(self._terms(pieces), tuple(_wholes(pieces)))

    def _terms(self, pieces: list[str]) -> tuple[tuple[str, ...], ...]:
        *before, head = pieces
        found = [self._modifier(each)[0] or readings(each) for each in before]
        return (*found, self._head(head)[0] or readings(head))

    def _pieces(self, word: str) -> list[str]:
        """A word in the pieces of its simple words: each compound in it is taken apart in turn."""
        cut = self._cut(word, {})
        if cut[0] >= _HOPELESS:
            return [word]
        pieces: list[str] = []
        for index, piece in enumerate(cut[1]):
            simple = len(piece) < _SHORTEST_WORD or self._is_simple(piece)
            pieces += [piece] if simple else self._pieces_within(piece, index == len(cut[1]) - 1)
        return pieces

    def _pieces_within(self, piece: str, ends: bool) -> list[str]:
        """A piece that is a compound itself; one before the head may have a linking letter at its end."""
        for bare in (piece,) if ends else (piece, *_without_link(piece)):
            inner = self._pieces(bare)
            if len(inner) > 1:
                return [*inner[:-1], inner[-1] + piece[len(bare) :]]
        return [piece]

    def _is_simple(self, word: str) -> bool:
        """Whether a noun of the list, in any form, is no compound: Strickereis is no Reis."""
        terms = tuple(nouns_in(self._list.nouns, word))
        return any(term in self._list.wholes for term in terms) or (
            bool(terms) and word not in terms and not self.split(terms[0]).parts
        )

    def _cut(self, word: str, kept: dict[str, tuple[int, list[str]]]) -> tuple[int, list[str]]:
        """The cheapest way to cut what is left of a word into at least two pieces."""
        if word in kept:
            return kept[word]
        best: tuple[int, list[str]] = (_HOPELESS, [])
        for end in range(_SHORTEST_PART, len(word) - 1):
            piece = word[:end]
            _, cost = self._modifier(piece)
            if cost >= best[0]:
                continue
            for rest in _rests(piece, word[end:]):
                terms, as_head = self._head(rest)
                if terms[:1] == ("bar",) and self._list.stem_of_verb(piece):
                    as_head = _HOPELESS  # waschbar is no bear
                further = self._cut(rest, kept) if len(rest) >= _SHORTEST_WORD else (_HOPELESS, [])
                left = (as_head, [rest]) if as_head <= further[0] else further
                if cost + left[0] < best[0] and len(left[1]) < _MOST_PARTS:
                    best = (cost + left[0], [piece, *left[1]])
        kept[word] = best
        return best

    def _modifier(self, piece: str) -> _Cost:
        """The terms of what stands before the head (Baumwoll, Näh, Wolken), and what it costs."""
        if len(piece) < _SHORTEST_PART:
            return _UNKNOWN
        known, cost = self._list, _cost(piece)
        if piece not in known.nouns and (term := known.stem_of_verb(piece) or known.adjectives.get(piece)):
            return (term,), cost
        if terms := _long(nouns_in(known.nouns, piece)):
            return terms, cost + (_BENT if piece not in known.nouns else 0)
        if terms := known.of_elided(piece) or known.of_diminutive(piece):
            return terms, cost + _ELIDED
        return self._of_shop(piece)

    def _head(self, piece: str) -> _Cost:
        """The terms of the last part in any form, and what it costs."""
        if piece in _NEVER_LAST or (len(piece) < _SHORTEST_PART and piece not in _SHORT_HEADS):
            return _UNKNOWN
        known = self._list
        terms = _long(dict.fromkeys((*nouns_in(known.nouns, piece), *known.of_adjective(piece))))
        terms = terms or known.of_participle(piece) or known.of_diminutive(piece)
        return (terms, _cost(piece) + (_BENT if piece not in terms else 0)) if terms else self._of_shop(piece)

    def _of_shop(self, piece: str) -> _Cost:
        terms = tuple(nouns_in(self.own, piece))
        return (terms, _cost(piece) + _OF_SHOP) if terms else _UNKNOWN


def _cost(piece: str) -> int:
    return _PART + (_SHORT if len(piece) <= 3 else _SHORTISH if len(piece) == 4 else 0)


def _long(terms: Iterable[str]) -> tuple[str, ...]:
    """Those that are long enough to be a part: "Ei" is none."""
    return tuple(term for term in terms if len(term) >= _SHORTEST_PART or term in _SHORT_HEADS)


def _rests(piece: str, rest: str) -> Iterable[str]:
    """What may follow a piece: the rest, and the rest with the letter that "Stoffarbe" or a folded "Sofaecke" lost."""
    yield rest
    if piece[-1] == piece[-2]:
        yield piece[-1] + rest
    if piece[-1] in "aou":
        yield "e" + rest


def _without_link(piece: str) -> Iterable[str]:
    return (piece[: -len(link)] for link in ("s", "n", "en", "es") if piece.endswith(link))


def _wholes(pieces: list[str]) -> Iterable[str]:
    return (stem("".join(pieces[:many])) for many in range(2, len(pieces)))
