"""The German of the search: goods become weighed terms, a query becomes words with their alternatives.

Both go through the same analysis, so that what is asked meets what is indexed in any form and spelling. Every term
is of letters and digits alone.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from catalog.search.analysis import Kind, Token, code_terms, fold, is_small, tokens
from catalog.search.lexicon import Lexicon
from catalog.search.port import Alternative
from catalog.search.stems import readings, stem

_NAME, _OPTION, _CATEGORY, _FACT, _TEXT, _CODE = 8, 8, 7, 4, 2, 2  # how much each counts
_HEAD, _MODIFIER = 0.9, 0.2  # of a compound: ein Baumwollstoff ist ein Stoff, eine Stoffschere nicht
_MOST = 60
_MOST_OFTEN = 3  # a word that stands in a text more often counts no more
_READING, _PARTS, _SMALL_FORM, _JOINED, _OTHER_FORM, _LOOSE = 0.8, 0.7, 0.8, 0.9, 0.8, 0.6  # how alternatives count
_MOST_WAYS = 4  # in which the parts of one compound are looked for


@dataclass(frozen=True)
class Texts:
    """What is said of a product, by field: readable text, and `codes` (article numbers, GTINs) as they are."""

    names: Sequence[str] = ()
    options: Sequence[str] = ()
    categories: Sequence[str] = ()
    facts: Sequence[str] = ()
    texts: Sequence[str] = ()
    codes: Sequence[str] = ()


@dataclass(frozen=True)
class AskedWord:
    """A word of a query: `text` as it was typed, and the ways in which goods may meet it.

    The first alternative is the word itself in one term. A code ("JER-001", a GTIN, a number) is meant
    exactly or by its beginning, so that neither typing errors nor synonyms are looked for.
    """

    text: str
    alternatives: tuple[Alternative, ...]
    is_code: bool = False

    @property
    def term(self) -> str:
        """The word itself as it is indexed: what synonyms are compared by, and what longer terms begin with."""
        return self.alternatives[0].terms[0]

    @property
    def is_compound(self) -> bool:
        """Whether goods may meet it in its parts."""
        return any(len(each.terms) > 1 for each in self.alternatives)


class Language:
    """German as one shop uses it: the word list, and the words of its own goods. Never changes; threads share it."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """`words` are those of the shop's names, options and categories, in any spelling."""
        self._lexicon = Lexicon(map(fold, words))

    def knowing(self, words: Iterable[str]) -> "Language":
        """One that knows these words too; this one where it knows them all. Words that are gone stay known."""
        return self.knowing_folded(map(fold, words))

    def knowing_folded(self, words: Iterable[str]) -> "Language":
        """The same for words that are folded already."""
        lexicon = self._lexicon.with_more(words)
        if lexicon is self._lexicon:
            return self
        more = Language()
        more._lexicon = lexicon
        return more

    def parts_of(self, word: str) -> tuple[str, ...]:
        """The parts of a compound as terms, the head last; none where a word is simple or unknown."""
        return tuple(terms[0] for terms in self._lexicon.split(fold(word)).parts)

    def term_of(self, word: str) -> str:
        """The term of a word as a whole."""
        return stem(fold(word))

    def is_listed(self, word: str) -> bool:
        """Whether the word list has a word, in any form but those in -er: "Ziper" is none of "Zip"."""
        return self._lexicon.is_listed(fold(word))

    def is_compound(self, word: str) -> bool:
        """Whether a word can be taken apart; a mistyped one may be by accident ("Wildtiere" for "Waldtiere")."""
        return len(self._lexicon.split(fold(word)).parts) > 1

    def is_own(self, term: str) -> bool:
        """Whether a term is a simple word that the shop's goods have and the word list has not."""
        return term in self._lexicon.own and not self._lexicon.split(term).parts

    def words_with(self, term: str) -> list[str]:
        """The words of the shop, folded, that have a term in them and more."""
        return [word for word in self._lexicon.words if term in word and word != term]

    def terms_of(self, texts: Texts) -> Mapping[str, int]:
        """The terms of a product, each with how much it counts (1–60)."""
        counts = Counter[str]()
        for field, weight, of_names in (
            (texts.names, _NAME, True), (texts.options, _OPTION, True), (texts.categories, _CATEGORY, True),
            (texts.facts, _FACT, False), (texts.texts, _TEXT, False),
        ):  # fmt: skip
            here = Counter[str]()
            for token, times in Counter(token for text in field for token in tokens(text)).items():
                for term, share in self._indexed(token, small_too=of_names):
                    here[term] = min(here[term] + times * max(1, int(share * weight + 0.5)), _MOST_OFTEN * weight)
            counts.update(here)
        for term in {term for code in texts.codes for term in code_terms(code)}:
            counts[term] += _CODE
        return {term: min(count, _MOST) for term, count in counts.items()}

    def asked(self, text: str) -> list[AskedWord]:
        """The words of a query in order, each once; small words only where there are no others."""
        found = list(tokens(text))
        large = [token for token in found if not _is_small(token)]
        asked = [self._asked(token) for token in large or found]
        words: dict[str, AskedWord] = {}
        for word in self._joined_too(large or found, asked):
            words.setdefault(word.term, word)
        return list(words.values())

    def key(self, text: str) -> str:
        """By what two queries are compared: the terms of the words, in order, joined by blanks."""
        return " ".join(word.term for word in self.asked(text))

    def _indexed(self, token: Token, *, small_too: bool) -> Iterator[tuple[str, float]]:
        """The terms of a token in a product, each with the share that it counts."""
        if token.kind in (Kind.NUMBER, Kind.CODE):
            yield from ((term, 1) for term in token.forms)
            yield from ((term, _MODIFIER) for term in token.loose if term not in token.forms and _tells(token, term))
        elif token.kind is Kind.JOINED:
            yield from ((term, 1) for term in {*token.forms, stem("".join(token.words))})
            *before, last = token.words
            yield from (pair for word in before for pair in self._of_word(word, _MODIFIER, _MODIFIER))
            yield from self._of_word(last, _HEAD, _HEAD)
        elif not _is_small(token):
            yield from self._of_word(token.words[0], 1, _HEAD)
        elif small_too:
            yield stem(token.words[0]), 0

    def _of_word(self, word: str, whole: float, head: float) -> Iterator[tuple[str, float]]:
        before = min(head, _MODIFIER)
        yield from ((term, whole) for term in readings(word))
        split = self._lexicon.split(word)
        for place, terms in enumerate(split.parts, start=1):
            yield from ((term, head if place == len(split.parts) else before) for term in terms)
        yield from ((term, before) for term in split.wholes)

    def _asked(self, token: Token) -> AskedWord:
        if token.kind in (Kind.NUMBER, Kind.CODE):
            first, *others = token.forms
            ways = [Alternative((first,)), *(Alternative((each,), _OTHER_FORM) for each in others)]
            if len(token.loose) > 1:
                ways.append(Alternative(token.loose, _LOOSE))
            return AskedWord(token.text, tuple(ways), is_code=True)
        word = "".join(token.words)
        first, *others = readings(word)
        ways = [Alternative((first,)), *(Alternative((each,), _READING) for each in others)]
        ways += (Alternative((each,)) for each in token.forms if each != first)
        parts = self._lexicon.split(word).parts or (tuple(map(readings, token.words)) if len(token.words) > 1 else ())
        weight = _PARTS if len(parts) > 1 else _SMALL_FORM
        ways += (Alternative(each, weight) for each in islice(product(*parts), _MOST_WAYS) if each)
        return AskedWord(token.text, tuple(ways))

    def _joined_too(self, found: Sequence[Token], asked: Sequence[AskedWord]) -> list[AskedWord]:
        """Two words side by side may be one to the shop (Jelly Roll, Jellyroll): then it meets both."""
        words = list(asked)
        for left in range(len(found) - 1):
            first, second = found[left], found[left + 1]
            joined = "".join((*first.words, *second.words))
            if first.kind is second.kind is Kind.WORD and joined in self._lexicon.words:
                for place in (left, left + 1):
                    also = Alternative((stem(joined),), _JOINED)
                    words[place] = replace(words[place], alternatives=(*words[place].alternatives, also))
        return words


def _is_small(token: Token) -> bool:
    return token.kind is Kind.WORD and is_small(token.words[0])


def _tells(token: Token, term: str) -> bool:
    """Whether a loose term stands for itself in a product: a number without its unit does, the unit does not."""
    return token.kind is Kind.CODE or term[0].isdigit()
