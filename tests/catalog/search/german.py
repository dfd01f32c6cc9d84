"""Whether a query finds a text, by the terms alone: what every engine then does alike."""

from catalog.search.language import Language, Texts


def finds(query: str, text: str, language: Language | None = None) -> bool:
    """Whether goods of this name meet each word of a query by one of its alternatives."""
    known = language or Language()
    terms = known.terms_of(Texts(names=[text]))
    words = known.asked(query)
    return bool(words) and all(
        any(all(term in terms for term in way.terms) for way in word.alternatives) for word in words
    )
