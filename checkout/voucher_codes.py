"""Codes of vouchers: random ones that can be read aloud and check themselves, and words that the owner chooses."""

import secrets
import unicodedata

from catalog.refusals import Refusal
from checkout.numbers import LETTERS, check_letter

LONGEST = 40  # signs of a code as typed; nobody needs more
_LENGTH = 12  # 31^11 different ones: a guess hits one of a thousand vouchers once in 10^13 tries
_SHORTEST_WORD = 4


class NotACode(Refusal):
    """The word cannot be the code of a voucher."""


def new() -> str:
    """A new random code, XXXX-XXXX-XXXX; its last letter checks the others."""
    code = "".join(secrets.choice(LETTERS) for _ in range(_LENGTH - 1))
    return shown(code + check_letter(code))


def key(text: str) -> str:
    """What of a typed code counts: its letters and digits in capitals, without blanks and hyphens.

    At most LONGEST signs are read. "sommer 10" is "SOMMER10".
    """
    composed = unicodedata.normalize("NFC", text[: 2 * LONGEST]).upper()
    return "".join(sign for sign in composed if sign.isalnum())[:LONGEST]


def checks(code_key: str) -> bool:
    """Whether a key has the length, the letters and the check letter of a random code."""
    is_code = len(code_key) == _LENGTH and set(code_key) <= set(LETTERS)
    return is_code and check_letter(code_key[:-1]) == code_key[-1]


def shown(code_key: str) -> str:
    """A random code as it is printed, in groups of four."""
    return "-".join(code_key[start : start + 4] for start in range(0, len(code_key), 4))


def of_word(word: str) -> str:
    """The code that an owner has chosen, as it is shown: in capitals. Raises NotACode."""
    tidy = " ".join(word.upper().split())
    if len(key(tidy)) < _SHORTEST_WORD:
        raise NotACode(f"Bitte mindestens {_SHORTEST_WORD} Buchstaben oder Ziffern, zum Beispiel SOMMER10.")
    if len(tidy) > LONGEST // 2:
        raise NotACode(f"Bitte höchstens {LONGEST // 2} Zeichen, damit man es abtippen kann.")
    if not all(sign.isalnum() or sign in " -" for sign in tidy):
        raise NotACode("Bitte nur Buchstaben, Ziffern und Bindestriche, zum Beispiel SOMMER10.")
    return tidy
