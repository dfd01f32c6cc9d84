"""The words of a shop's own goods, by which its compounds are split: read once by each process, then learned.

When goods bring a new simple word ("Samt"), standing compounds that are made of it ("Samtband") can be split from then
on, and the articles that have them must be indexed anew.
"""

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from catalog.attributes import AttributeType, AttributeValue
from catalog.categories import Category
from catalog.products import Product, Variant, VariantOption
from catalog.search.language import Language
from catalog.search.port import Alternative, Document, Engine

_WORD = re.compile(r"[^\W\d_]{4,}")
_LONGEST_FACT = 40  # longer ones are sentences
_LONGER = 1000  # terms that are looked at for one new word
_SOURCES: tuple[Any, ...] = (
    select(Product.name).where(col(Product.published_at).is_not(None)),
    select(VariantOption.value).join(Variant, col(Variant.id) == VariantOption.variant_id).distinct(),
    select(Category.name),
    select(AttributeType.choices),
    select(AttributeValue.text).where(func.length(AttributeValue.text) <= _LONGEST_FACT).distinct(),
)


class Vocabulary:
    """The language (`known`) as the shop's goods have taught it to this process.

    It forgets nothing, so that what was split once stays split. Threads share it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.known = Language()
        self.indexed: set[str] = set()  # simple words that were seen in the index
        self._is_read = False
        self._followed: object = None

    def language(self, session: Session) -> Language:
        """The language with the words of all goods: read at the first use, then as it has been taught."""
        if not self._is_read:
            texts = (text for source in _SOURCES for text in session.execute(source).scalars())
            self.learn(texts)
            self._is_read = True
        return self.known

    def follow(self, words: Iterable[str]) -> None:
        """Take in the words that an overview has, folded; nothing is done while they are the same object."""
        if words is not self._followed:
            with self._lock:
                self.known, self._followed = self.known.knowing_folded(words), words

    def learn(self, texts: Iterable[str]) -> Language:
        """Take in the words of names, options and categories, and give the language that knows them."""
        words = {word for text in texts for word in _WORD.findall(text)}
        with self._lock:
            self.known = self.known.knowing(words)
            return self.known


def split_anew(engine: Engine, vocabulary: Vocabulary, documents: Sequence[Document]) -> set[int]:
    """The products in the index with compounds of a simple word that these documents are the first to bring.

    Ask before the documents are indexed. Compounds are looked for among the terms that begin with the word and the
    words of names, options and categories: "Wollsamt" in a description is not found before its article changes.
    """
    language = vocabulary.known
    new = [term for term in _simple(language, documents) if _is_new(engine, vocabulary, term)]
    compounds = sorted({compound for term in new for compound in _compounds(engine, language, term)})
    return set(engine.search([list(map(_exactly, compounds))]).ids) if compounds else set()


def _simple(language: Language, documents: Sequence[Document]) -> set[str]:
    return {term for each in documents for term in each.terms if language.is_own(term)}


def _is_new(engine: Engine, vocabulary: Vocabulary, term: str) -> bool:
    """Whether the index has no goods with a term; that it has some is asked once only."""
    if term not in vocabulary.indexed and engine.search([[_exactly(term)]]).ids:
        vocabulary.indexed.add(term)
    return term not in vocabulary.indexed


def _compounds(engine: Engine, language: Language, term: str) -> Iterator[str]:
    """The terms of the compounds that a term is part of."""
    for word in {*engine.beginning_with(term, limit=_LONGER), *language.words_with(term)}:
        if term in language.parts_of(word):
            yield language.term_of(word)


def _exactly(term: str) -> Alternative:
    return Alternative((term,))
