"""A search as it was typed: tidied to be shown, folded to be compared."""

import re
import unicodedata

from catalog.search.analysis import fold

LONGEST = 60  # characters that are kept of a search
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)?")


def tidy(text: str) -> str:
    """The text in one line, composed, with single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def key(text: str) -> str:
    """What of a search counts when two are compared: its folded words in order; "" for a text without words.

    "Geschenk-Gutschein" and "geschenk gutschein" are one.
    """
    return " ".join(fold(word) for word in _WORD.findall(text))
