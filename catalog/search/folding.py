"""One spelling for all: umlauts, accents, ß, and letters that the trade writes in two ways (Cord, Kord)."""

import re
import unicodedata
from functools import lru_cache

_KEPT = 20_000  # words in memory, some 3 MB: descriptions say the same ones again and again
_LETTERS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss", "æ": "a", "ø": "o", "œ": "o", "đ": "d", "ł": "l"})
# ä, ö, ü as they are written without the letter; not in "blaue", "neue", "Quelle", "Silhouette".
_DIGRAPHS = re.compile(r"[ao]e+|(?<![aeouq])ue+")
_TRIPLES = re.compile(r"(.)\1{2,}")  # Stofffarbe, which was Stoffarbe before 1996
_SPELLINGS = (
    (re.compile(r"^ph|ph(?=oto|anta)|(?<=gra)ph|(?<=del)ph|(?<=ele)ph|(?<=sa)ph"), "f"),
    (re.compile(r"kr?epp(?=e)|crepp?e?"), "krepp"),
    (re.compile(r"c(?=[aoulrt])"), "k"),
    (re.compile(r"(?<![sc])c(?=[eiy])"), "z"),
)


@lru_cache(maxsize=_KEPT)
def fold(word: str) -> str:
    """Lower case in one spelling: "Knöpfe", "Knoepfe" and "KNOPFE" are "knopfe", "Cord" is "kord". Idempotent."""
    bare = plain(word)
    for pattern, letters in _SPELLINGS:
        bare = pattern.sub(letters, bare)
    return _TRIPLES.sub(r"\1\1", bare)


@lru_cache(maxsize=_KEPT)
def plain(word: str) -> str:
    """Letters and digits in lower case without umlauts and accents: what article numbers are compared by."""
    lowered = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).lower()).translate(_LETTERS)
    bare = "".join(each for each in unicodedata.normalize("NFD", lowered) if each.isalnum())
    return _DIGRAPHS.sub(lambda match: match[0][0], bare)
