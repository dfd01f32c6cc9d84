"""Why an article was found: where each word of a search stands in what is said of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sqlmodel import Session

from catalog.search.documents import texts_of
from catalog.search.inquiry import Inquiry
from catalog.search.language import Language, Texts
from catalog.search.port import Word


class Place(StrEnum):
    """Where a word may stand, in the order in which it counts."""

    NAME = "name"
    OPTION = "option"
    CATEGORY = "category"
    FACT = "fact"
    TEXT = "text"
    CODE = "code"


@dataclass(frozen=True)
class Reason:
    """A word of a search, as it was typed, and the text by which an article meets it."""

    word: str
    place: Place
    text: str


@dataclass(frozen=True)
class _Piece:
    place: Place
    text: str
    terms: frozenset[str]


def of(session: Session, inquiry: Inquiry, language: Language, product_ids: Sequence[int]) -> dict[int, list[Reason]]:
    """Why some products were found, by product: a reason for each word that they meet (hand in a page of them).

    A word that only several texts meet together (parts of a compound) has one of each.
    """

    @cache
    def terms(text: str, is_code: bool) -> frozenset[str]:
        return frozenset(language.terms_of(Texts(codes=[text]) if is_code else Texts(names=[text])))

    asked = list(zip((word.text for word in inquiry.asked), inquiry.words, strict=True))
    found = {}
    for product_id, texts in texts_of(session, product_ids).items():
        pieces = list(_pieces(texts, terms))
        found[product_id] = [
            Reason(text, piece.place, piece.text) for text, word in asked for piece in _meeting(word, pieces)
        ]
    return found


def _pieces(texts: Texts, terms: Callable[[str, bool], frozenset[str]]) -> Iterator[_Piece]:
    fields = (texts.names, texts.options, texts.categories, texts.facts, texts.texts, texts.codes)
    for place, field in zip(Place, fields, strict=True):
        for text in field:
            yield _Piece(place, text, terms(text, place is Place.CODE))


def _meeting(word: Word, pieces: Sequence[_Piece]) -> list[_Piece]:
    """The texts that meet a word in the way that counts most; none where nothing meets it."""
    for way in sorted(word, key=lambda each: -each.weight):
        wanted = set(way.terms)
        alone = next((piece for piece in pieces if wanted <= piece.terms), None)
        if alone is not None:
            return [alone]
        together = [next((piece for piece in pieces if term in piece.terms), None) for term in way.terms]
        if None not in together:
            return list(dict.fromkeys(piece for piece in together if piece is not None))
    return []
