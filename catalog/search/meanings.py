"""What a word of a query may mean to the goods: itself, its synonyms, longer words that begin with it.

Everything but the word itself counts less, so that goods which say it as it was asked come first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

from catalog.search.language import AskedWord, Language
from catalog.search.port import Alternative, Engine, Word

_SYNONYM = 0.7
_LONGER_WORD = 0.1  # rare longer words would win by their rarity alone
_SHORTEST_BEGINNING = 3
_MOST_WAYS = 4  # in which one side of a synonym may be met
_MOST_ALTERNATIVES = 40

Groups = Sequence[Sequence[str]]


@dataclass(frozen=True)
class _Side:
    """One side of a group of synonyms, by its terms."""

    terms: tuple[str, ...]
    group: int
    text: str


class Thesaurus:
    """Groups of synonyms, found by the terms of their sides. Never changes; threads share it."""

    def __init__(self, groups: Groups, language: Language) -> None:
        self.groups = groups
        self._by_first: dict[str, list[_Side]] = {}
        for number, group in enumerate(groups):
            for text in group:
                terms = tuple(word.term for word in language.asked(text))
                if terms:
                    self._by_first.setdefault(terms[0], []).append(_Side(terms, number, text))

    def sides_at(self, terms: Sequence[str], place: int) -> Iterator[tuple[int, list[str]]]:
        """The sides that stand in a text from a place on: how many terms each has, and the other sides."""
        for side in self._by_first.get(terms[place], ()):
            if tuple(terms[place : place + len(side.terms)]) == side.terms:
                yield len(side.terms), [text for text in self.groups[side.group] if text != side.text]


class Meanings:
    """Makes an engine's words of those that were asked for."""

    def __init__(self, engine: Engine, language: Language, thesaurus: Thesaurus) -> None:
        self._engine, self._language, self._thesaurus = engine, language, thesaurus

    def of(self, asked: Sequence[AskedWord]) -> list[Word]:
        """Each word with all that it may mean. The last may be the beginning of one, and so may any code.

        A synonym of several words ("Meterware Reißverschluss") is one of each of them: goods that have the other
        side have both.
        """
        found = [list(word.alternatives) for word in asked]
        terms = [word.term for word in asked]
        for place, word in enumerate(asked):
            for length, others in self._thesaurus.sides_at(terms, place) if not word.is_code else ():
                same = [each for text in others for each in self._ways(text)]
                for covered in range(place, place + length):
                    found[covered] += same
            found[place] += self._by_parts(word)
            if word.is_code or place == len(asked) - 1:
                found[place] += self._longer(word)
        return [_each_once(alternatives)[:_MOST_ALTERNATIVES] for alternatives in found]

    def _ways(self, text: str) -> list[Alternative]:
        """The ways in which goods may meet one side of a synonym."""
        words = [word.alternatives for word in self._language.asked(text)]
        return [_joined(ways, _SYNONYM) for ways in islice(product(*words), _MOST_WAYS)]

    def _by_parts(self, word: AskedWord) -> Iterator[Alternative]:
        """A compound with a synonym for one of its parts: "Zippschieber" is a "Reißverschlussschieber"."""
        for whole in word.alternatives[1:]:
            for place in range(len(whole.terms)) if len(whole.terms) > 1 else ():
                before, after = whole.terms[:place], whole.terms[place + 1 :]
                for _, others in self._thesaurus.sides_at((whole.terms[place],), 0):
                    for other in (way for text in others for way in self._ways(text)):
                        yield Alternative((*before, *other.terms, *after), whole.weight * other.weight)

    def _longer(self, word: AskedWord) -> Iterator[Alternative]:
        if len(word.term) >= _SHORTEST_BEGINNING:
            for term in self._engine.beginning_with(word.term):
                yield Alternative((term,), _LONGER_WORD)


def _joined(ways: Sequence[Alternative], weight: float) -> Alternative:
    for each in ways:
        weight *= each.weight
    return Alternative(tuple(dict.fromkeys(term for each in ways for term in each.terms)), weight)


def _each_once(alternatives: Sequence[Alternative]) -> list[Alternative]:
    """Each way once, with what it counts at most, in the order in which they came."""
    best: dict[tuple[str, ...], Alternative] = {}
    for each in alternatives:
        known = best.get(each.terms)
        if known is None or known.weight < each.weight:
            best[each.terms] = each
    return list(best.values())
