"""Our German analysis: text becomes plain terms, the same for what is indexed and what is asked.

fold (ä = ae = a, ß = ss, accents away) → stem (Snowball). Engines are handed terms only, so they
all find the same.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import Any

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?")
_CODE = re.compile(r"[^\W_]+(?:[-_./][^\W_]+)+")
_FOLDED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "a", "ø": "o", "œ": "o"})
_DIGRAPHS = re.compile("ae|oe|ue")
# Words that are in every second text and tell nothing apart.
_SMALL_WORDS = """
    aber als am an auch auf aus bei bis das dass dem den der des die ein eine einem einen einer fur hat ich im in
    ist mit nach nicht noch oder sehr sich sie sind so und vom von vor wie wir wird zu zum zur
"""
_STOP = frozenset(_SMALL_WORDS.split())
_ONE_AT_A_TIME = threading.Lock()  # a stemmer keeps the word in itself while it works


def fold(word: str) -> str:
    """Lower case without umlauts and accents: "Knöpfe", "Knoepfe" and "KNOPFE" are all "knopfe"."""
    lowered = unicodedata.normalize("NFC", word).lower().translate(_FOLDED)
    bare = "".join(each for each in unicodedata.normalize("NFD", lowered) if not unicodedata.combining(each))
    return _DIGRAPHS.sub(lambda match: match[0][0], bare)


@lru_cache(maxsize=50_000)
def stem(folded: str) -> str:
    """The stem of a folded word; numbers and codes stay as they are."""
    if any(each.isdigit() for each in folded):
        return folded.replace(",", ".")
    with _ONE_AT_A_TIME:
        return str(_german().stemWord(folded))


@lru_cache(maxsize=1)
def _german() -> Any:
    from snowballstemmer import stemmer  # brings 30 languages along, which the start need not wait for

    return stemmer("german")


def terms(text: str) -> list[str]:
    """All terms of a text in order, stop words left out."""
    folded = (fold(word) for word in _WORD.findall(text))
    return [stem(word) for word in folded if word not in _STOP]


def code_terms(code: str) -> list[str]:
    """The terms of an article number: its parts and the whole without separators."""
    whole = code_term(code)
    return list(dict.fromkeys([*terms(code), whole])) if whole else []


def is_code(chunk: str) -> bool:
    """Whether a word without blanks is an article number such as "JER-001"."""
    return bool(_CODE.fullmatch(chunk)) and any(map(str.isdigit, chunk))


def code_term(code: str) -> str:
    """An article number as one term, without separators."""
    return "".join(fold(part) for part in _WORD.findall(code))
