"""Which code page a German text of single bytes is written in: the one under which its letters make words.

The same byte is "ä" in Windows-1252, "‰" in Mac Roman and "õ" in DOS's 850. Each letter beyond ASCII is weighed
by its neighbours: an umlaut inside a word speaks for a code page, a euro sign inside a word speaks against it.
"""

import re
from collections.abc import Iterable, Sequence

_LETTER_AMONG_ITS_NEIGHBOURS = re.compile(rb"(?s)(?<=(.))([\x80-\xff])(?=(.))")
_MOST_LETTERS = 20_000
_SMALL = "äöüßéèêëàâáåãçñîïìíôóòõúùûøæœ"
_LARGE = "ÄÖÜÉÈÊËÀÂÁÅÃÇÑÎÏÌÍÔÓÒÕÚÙÛØÆŒ"
_GERMAN = "äöüßÄÖÜ"
_BORROWED = "éèêàçÉ"
_SIGNS = "°²³¹½¼¾®©™×±µ·•\u00a0"
_OPENING, _CLOSING, _EITHER = "„‚", "“”‘’", "»«›‹"


def likeliest(pieces: Iterable[bytes]) -> str | None:
    """Python's name of the likeliest code page of a text: "cp1252", "mac_roman" or "cp850".

    DOS's only where the others make hardly any sense; None where no code page gives words.
    """
    letters = _letters(pieces)
    windows, mac, dos = (_plausibility(letters, page) for page in ("cp1252", "mac_roman", "cp850"))
    if dos > 4 * max(windows, mac, 0) + 1:
        return "cp850"
    is_defined = all(b"%c" % undefined not in b"".join(letters) for undefined in b"\x81\x8d\x8f\x90\x9d")
    if max(windows, mac) < 0 and not is_defined:
        return None
    return "mac_roman" if mac > windows else "cp1252"


def _letters(pieces: Iterable[bytes]) -> list[bytes]:
    """The bytes beyond ASCII, each between its neighbours."""
    found: list[bytes] = []
    for piece in pieces:
        for match in _LETTER_AMONG_ITS_NEIGHBOURS.finditer(b"\n" + piece + b"\n"):
            found.append(match[1] + match[2] + match[3])
            if len(found) == _MOST_LETTERS:
                return found
    return found


def _plausibility(letters: Sequence[bytes], page: str) -> int:
    return sum(_weight(*letter.decode(page, "replace")) for letter in letters)


def _weight(before: str, letter: str, after: str) -> int:
    """2 for a German letter where one may stand, 1 or 0 for another or a sign, less for what no German writes."""
    if letter in _SMALL:
        is_in_word = before.isalpha() or (after.islower() and letter != "ß")
        is_among_large = (before.isupper() and not after.islower()) or after.isupper()
        return _worth(letter) if is_in_word and (letter == "ß" or not is_among_large) else -1
    if letter in _LARGE:
        begins = not before.isalpha() and after.isalpha()
        is_among_large = before.isupper() and not after.islower()
        return _worth(letter) if begins or is_among_large else -2 if before.isalpha() else -1
    return _weight_of_sign(before, letter, after)


def _worth(letter: str) -> int:
    return 2 if letter in _GERMAN else 1 if letter in _BORROWED else 0


def _weight_of_sign(before: str, sign: str, after: str) -> int:
    if sign in _OPENING:
        return 1 if not before.isalnum() and not after.isspace() else -2
    if sign in _CLOSING:
        return 1 if not before.isspace() and (sign == "’" or not after.isalpha()) else -2
    if sign == "€":
        return 1 if not before.isalpha() and not after.isalpha() else -2
    if sign == "§":
        return 1 if not before.isalpha() and (after.isspace() or after.isdigit()) else -2
    if sign == "…":
        return 1 if not after.islower() else -2
    if sign == "·":
        return 0 if not (before.isalpha() and after.isalpha()) else -2
    if sign in "–—":
        return 1 if before.isalpha() is after.isalpha() else 0
    if sign in _EITHER:
        return 1 if before.isalnum() is not after.isalnum() else -1
    return 0 if sign in _SIGNS else -2
