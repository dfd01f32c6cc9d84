"""The German of the search: goods become weighed terms, a query becomes words with their alternatives.

Both go through the same analysis, so that what is asked meets what is indexed in any form and spelling.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.search.analysis import code_term, code_terms, is_code, terms
from catalog.search.port import Alternative

_NAME, _OPTION, _CATEGORY, _FACT, _TEXT, _CODE = 6, 3, 3, 2, 1, 1  # how much each counts
_MOST = 60


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


class Language:
    """German as one shop uses it: the word list, and the words of its own goods. Never changes; threads share it."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        """`words` are those of the shop's names, options and categories, in any spelling."""
        self.words = words

    def terms_of(self, texts: Texts) -> Mapping[str, int]:
        """The terms of a product, each with how much it counts (1–60)."""
        counts = Counter[str]()
        for field, weight in (
            (texts.names, _NAME), (texts.options, _OPTION), (texts.categories, _CATEGORY),
            (texts.facts, _FACT), (texts.texts, _TEXT),
        ):  # fmt: skip
            _count(counts, terms(" ".join(field)), weight)
        for code in texts.codes:
            _count(counts, code_terms(code), _CODE)
        return counts

    def asked(self, text: str) -> list[AskedWord]:
        """The words of a query in order, each once."""
        found: dict[str, AskedWord] = {}
        for chunk in text.split():
            for word in _asked(chunk):
                found.setdefault(word.term, word)
        return list(found.values())

    def key(self, text: str) -> str:
        """By what two queries are compared: the terms of the words, in order, joined by blanks."""
        return " ".join(word.term for word in self.asked(text))


def _count(counts: Counter[str], found: Iterable[str], weight: int) -> None:
    for term in found:
        counts[term] = min(counts[term] + weight, _MOST)


def _asked(chunk: str) -> list[AskedWord]:
    if is_code(chunk):
        return [AskedWord(chunk, (Alternative((code_term(chunk),)),), is_code=True)]
    return [
        AskedWord(word, (Alternative((term,)),), is_code=term.isdigit())
        for word in re.findall(r"[^\W_]+(?:[.,]\d+)?", chunk)
        for term in terms(word)
    ]
