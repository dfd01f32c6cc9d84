"""One text that is searched for, with what has been found for it so far: nothing is searched twice."""

import re
from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from catalog.search.folding import fold
from catalog.search.language import AskedWord, Language
from catalog.search.meanings import Meanings
from catalog.search.port import Alternative, Engine, Hits, Word

_MOST_WORDS = 12
MORE = 0.6  # judged: 0.5 to 0.8 are as good, 1 is worse by half a point of nDCG

_TURN = re.compile(r"\b(?:für|fuer|zum|zur|aus)\b", re.IGNORECASE)

_SHORTER = 0.5  # a shorter end of a compound counts so much of the longer one

Kinds = Collection[str]
"""The terms of the words that departments are called by."""


@dataclass(frozen=True)
class Tools:
    """What inquiries of one moment are answered with."""

    engine: Engine
    language: Language
    meanings: Meanings
    kinds: Kinds = ()
    _found: dict[Hashable, Hits] = field(default_factory=dict)

    def search(self, words: Sequence[Word]) -> Hits:
        """The goods that meet each of some words; the engine is asked once."""
        key = tuple(map(tuple, words))
        if key not in self._found:
            self._found[key] = self.engine.search(words)
        return self._found[key]


class Inquiry:
    """What is asked by a text. Each of its facts is found out when it is first wanted."""

    def __init__(self, text: str, tools: Tools) -> None:
        self.text = text
        self._tools = tools

    def instead(self, text: str) -> "Inquiry":
        """Another text, searched for in the same way."""
        return Inquiry(text, self._tools)

    def keeping(self, places: Sequence[int]) -> "Inquiry":
        """The same with some of its words only; what they mean is known already."""
        fewer = Inquiry(self.text, self._tools)
        fewer.asked = [self.asked[place] for place in places]
        fewer.words = [self.words[place] for place in places]
        return fewer

    @cached_property
    def asked(self) -> list[AskedWord]:
        """The words, twelve at most."""
        return self._tools.language.asked(self.text)[:_MOST_WORDS]

    @cached_property
    def words(self) -> list[Word]:
        """The words with all that they may mean."""
        return self._weighed(self._tools.meanings.of(self.asked))

    @cached_property
    def hits(self) -> Hits:
        """The goods that have all words."""
        return self._tools.search(self.words)

    def alone(self, place: int) -> Hits:
        """The goods that have one of the words."""
        return self._tools.search([self.words[place]])

    @cached_property
    def of_head(self) -> Hits:
        """The goods that are what a single compound ends in, if a department is called by it: Knopf for Holzknopf."""
        head = self.head(0) if len(self.asked) == 1 else []
        return self._tools.search([head]) if head else Hits([], [])

    def head(self, place: int) -> Word:
        """What a compound ends in, if a department is called by it; longer ends count more: Stricknadel, Nadel."""
        ways = [each.terms for each in self.asked[place].alternatives if each.terms[-1] in self._tools.kinds]
        ends = {terms[start:]: _SHORTER ** (start - 1) for terms in ways for start in range(1, len(terms))}
        return [Alternative(end, weight) for end, weight in sorted(ends.items())]

    def by_heads(self) -> "Inquiry":
        """The same with what compounds end in instead of those that nothing is found for: Garn for Stickgarn."""
        heads = {place: self.head(place) for place in range(len(self.asked)) if not self.alone(place).ids}
        other = self.keeping(range(len(self.asked)))
        for place, head in heads.items():
            if head:
                other.words[place] = head
                other.asked[place] = AskedWord(_end(self.asked[place].text, head), tuple(head))
        return other

    def names_kind(self, place: int) -> bool:
        """Whether a word says what goods are: departments are called by it, and it does not stand behind a "für"."""
        word = self.asked[place]
        called = any(each.terms[-1] in self._tools.kinds for each in word.alternatives)
        return called and not word.is_code and (place < self._turn or self._turn == 0)

    @cached_property
    def _turn(self) -> int:
        """The place from which on words say what goods are for or made of: "Garn | für Jeans", "Stoff | aus Wolle"."""
        before = _TURN.split(self.text, maxsplit=1)[0]
        return sum(before.find(word.text) >= 0 for word in self.asked)

    def _weighed(self, words: list[Word]) -> list[Word]:
        """The words, of which those that say more about goods count less than those that say what they are."""
        named = [self.names_kind(place) for place in range(len(words))]
        if not any(named) or all(named):
            return words
        return [
            word if is_kind else [replace(each, weight=each.weight * MORE) for each in word]
            for word, is_kind in zip(words, named, strict=True)
        ]


def _end(text: str, head: Word) -> str:
    """How a compound was typed from where its shortest end begins; all of it where that cannot be seen."""
    term = min((each.terms for each in head), key=len)[-1]
    begins = fold(text).rfind(term[:3])
    return text[begins:].capitalize() if begins > 0 and len(fold(text)) == len(text) else text
