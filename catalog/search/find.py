"""Searching as people do: words in any form, their beginnings, article numbers; suggestions."""

from catalog.search.analysis import query_terms
from catalog.search.port import Engine, Found

_LONGEST_QUERY = 200
_MOST_WORDS = 12


def find(engine: Engine, text: str, *, offset: int = 0, limit: int = 24) -> Found:
    """Find products that have all words of a text, each in any form or as the beginning of a word.

    An empty text finds nothing.
    """
    asked = query_terms(text[:_LONGEST_QUERY])[:_MOST_WORDS]
    return engine.search([_alternatives(engine, term) for term in asked], offset=offset, limit=limit)


def suggest(engine: Engine, text: str, *, limit: int = 8) -> list[str]:
    """Complete the last word of what has been typed; the words before it stay."""
    *before, last = text[:_LONGEST_QUERY].split(" ")
    if len(last) < 2:
        return []
    return [" ".join([*before, word]) for word in engine.complete(last, limit=limit)]


def _alternatives(engine: Engine, term: str) -> list[str]:
    """The term itself first, then the longer terms that begin with it."""
    longer = engine.beginning_with(term) if len(term) > 2 else []
    return list(dict.fromkeys([term, *longer]))
