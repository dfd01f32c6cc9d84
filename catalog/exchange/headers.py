"""Names of columns: the same column is written in many ways."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from catalog.exchange.reading import NotATable

_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})

Aliases = Mapping[str, Sequence[str]]


def normal(name: str) -> str:
    """A column's name without case, accents and punctuation: "Kurz-Beschreibung " → "kurz beschreibung"."""
    spelled = unicodedata.normalize("NFC", name).casefold().translate(_SPELLED)
    ascii_only = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", " ", ascii_only).strip()


def by_normal_name(aliases: Aliases) -> dict[str, str]:
    """Turn a table "our key → names in the wild" around, names made normal."""
    return {normal(name): key for key, names in aliases.items() for name in names}


def find(header: Sequence[str], known: Mapping[str, str]) -> dict[str, int]:
    """Which column holds which key. Raises NotATable where two columns would hold the same."""
    places: dict[str, int] = {}
    for place, name in enumerate(header):
        key = known.get(normal(name))
        if key is None:
            continue
        if key in places:
            raise NotATable(
                f"Die Spalten „{header[places[key]]}“ und „{name}“ bedeuten dasselbe. Bitte löschen Sie eine davon."
            )
        places[key] = place
    return places


def count(header: Iterable[str], known: Mapping[str, str]) -> int:
    """How many different keys of a dialect a header names."""
    return len({known[normal(name)] for name in header if normal(name) in known})
