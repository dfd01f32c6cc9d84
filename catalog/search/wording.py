"""A search as it was typed: tidied to be shown, made bare to be compared.

What is kept in the database is compared by `key`. So it has a spelling of its own, which stays as it is, while that
of the search (folding.py) may learn more with each version.
"""

import re
import unicodedata

LONGEST = 60  # characters that are kept of a search
_LONGEST_KEY = 200  # as the columns are; some signs become eighteen letters
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?")
_LETTERS = str.maketrans({"ß": "ss", "æ": "a", "ø": "o", "œ": "o"})
_DIGRAPHS = re.compile("ae|oe|ue")


def tidy(text: str) -> str:
    """The text in one line, composed, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def bare(text: str) -> str:
    """Lower case without umlauts and accents: "Knöpfe" and "KNOEPFE" are "knopfe", "²" is "2"."""
    apart = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    letters = "".join(each for each in apart if not unicodedata.combining(each))
    return _DIGRAPHS.sub(lambda match: match[0][0], letters)


def key(text: str) -> str:
    """What of a search counts when two are compared: its bare words in order; "" for a text without words.

    "Geschenk-Gutschein" and "geschenk gutschein" are one.
    """
    return " ".join(_WORD.findall(bare(text)))[:_LONGEST_KEY]
