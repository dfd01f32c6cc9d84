"""Names of columns: the same column is written in many ways."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

_MARKER = re.compile(
    r"[(\[]\s*(?:€|in €|in eur|eur|euro|stück|stk\.?|pflicht(?:feld)?|required|erforderlich|optional)\s*[)\]]"
    r"|\s+in (?:€|eur|euro)$",
    re.IGNORECASE,
)
_EITHER = "zwei-spalten"
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

Aliases = Mapping[str, Sequence[str]]


@lru_cache(maxsize=16_384)
@lru_cache(8192)
def normal(name: str) -> str:
    """A column's name without case, accents and punctuation: "Kurz-Beschreibung " → "kurz beschreibung".

    Nor do the currency, "Stück" and "Pflichtfeld" in brackets count ("Preis (EUR)"), or what a byte order mark left.
    Other brackets do: "Preis (netto)" and "Gewicht (kg)" are something else.
    """
    bare = _MARKER.sub(" ", name.removeprefix("ï»¿").strip()).strip() or name
    spelled = unicodedata.normalize("NFC", bare).casefold().translate(_SPELLED)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", ascii_only).strip()


def by_normal_name(aliases: Aliases) -> dict[str, str]:
    """Turn a table "our key → names in the wild" around, names made normal."""
    return {normal(name): key for key, names in aliases.items() for name in names}


def find(header: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Which column holds which key. Where two would, the name counts that stands first in `known`, then in the file."""
    ranks = {name: rank for rank, name in enumerate(known)}
    places: dict[str, int] = {}
    for place, name in enumerate(map(normal, header)):
        key = known.get(name)
        if key is not None and (key not in places or ranks[name] < ranks[normal(header[places[key]])]):
            places[key] = place
    return places


def doubles(
    header: Sequence[str], known: Mapping[str, str], places: Mapping[str, int]
) -> Iterator[tuple[str, int, int]]:
    """The columns that would mean the same as another which counts: the key, that one's place and the other's."""
    taken = set(places.values())
    for place, name in enumerate(map(normal, header)):
        key = known.get(name)
        if key is not None and key in places and place not in taken:
            yield key, places[key], place


def either(taken: str, other: str) -> str:
    """The id of the question which of two columns counts."""
    return f"{_EITHER}|{normal(taken)}|{normal(other)}"


def is_settled(question: str, named: Iterable[str]) -> bool:
    """Whether a question is which of two columns counts, and the owner has said of one of them what it is."""
    which, *columns = question.split("|")
    return which == _EITHER and not set(columns).isdisjoint(map(normal, named))


def count(header: Iterable[str], known: Mapping[str, str]) -> int:
    """How many different keys of a dialect a header names."""
    return len({known[normal(name)] for name in header if normal(name) in known})
