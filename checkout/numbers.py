"""Order numbers: short codes that can be read aloud, without look-alikes, with a check digit."""

import re
import secrets
from collections.abc import Iterable

# 31 letters, a prime number of them, without 0 O 1 I L. So a sum with different weights notices
# every single wrong letter and every two neighbours that changed places.
LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_LENGTH = 8
_SET = frozenset(LETTERS)
_WRITTEN = re.compile(rf"[{LETTERS}]{{4}}-[{LETTERS}]{{4}}")
_ANY_CASE = f"[{LETTERS}{LETTERS.lower()}]"
_LOOSE = re.compile(rf"(?<![A-Za-z0-9])(?=({_ANY_CASE}(?:[\s-]?{_ANY_CASE}){{{_LENGTH - 1}}})(?![A-Za-z0-9]))")


def new() -> str:
    """A new random order number, XXXX-XXXX; the last letter checks the others."""
    code = "".join(secrets.choice(LETTERS) for _ in range(_LENGTH - 1))
    return _with_hyphen(code + check_letter(code))


def is_valid(number: str) -> bool:
    """Whether it is written as an order number and its check digit is right."""
    return _WRITTEN.fullmatch(number) is not None and _checks(number.replace("-", ""))


def find_all(text: str) -> list[str]:
    """All order numbers in a text, however they are spaced, hyphenated or cased, in their order."""
    codes = (re.sub(r"[\s-]", "", match[1]).upper() for match in _LOOSE.finditer(text))
    return list(dict.fromkeys(_with_hyphen(code) for code in codes if _checks(code)))


def find_squeezed(text: str) -> list[str]:
    """All order numbers in a text as banks pass it on: wrapped, in one run, with any signs between; in their order.

    Every eight letters in a row are looked at, so some found by chance may belong to no order.
    """
    plain = _squeezed(text)
    windows = (plain[start : start + _LENGTH] for start in range(len(plain) - _LENGTH + 1))
    return list(dict.fromkeys(_with_hyphen(each) for each in windows if set(each) <= _SET and _checks(each)))


class Neighbourhood:
    """Order numbers by what one slip makes of them: a letter wrong, missing or too many, or two that changed places."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self._codes = {number.replace("-", ""): number for number in numbers}
        self._shortened: dict[str, set[str]] = {}
        for code in self._codes:
            for part in _shortened(code):
                self._shortened.setdefault(part, set()).add(code)

    def near(self, text: str) -> set[str]:
        """The numbers that stand in a text, but for one slip."""
        plain = _squeezed(text)
        found: set[str] = set()
        for start in range(len(plain) - _LENGTH + 2):
            less, same, more = (plain[start : start + length] for length in (_LENGTH - 1, _LENGTH, _LENGTH + 1))
            for part in {less, *_shortened(same)}:
                found |= self._shortened.get(part, set())
            found |= self._codes.keys() & _shortened(more)
        return {self._codes[code] for code in found}


def transfer_reference(number: str) -> str:
    """What the payer writes as purpose: the order number, plain ASCII."""
    return number


def _squeezed(text: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def _shortened(code: str) -> set[str]:
    """The code without one of its letters, for each of them."""
    return {code[:place] + code[place + 1 :] for place in range(len(code))}


def _with_hyphen(code: str) -> str:
    return f"{code[:4]}-{code[4:]}"


def _checks(code: str) -> bool:
    return check_letter(code[:-1]) == code[-1]


def check_letter(code: str) -> str:
    """The letter that makes the sum over all places, weighted 1, 2, 3 …, divisible by 31.

    The check letter itself has the last weight; its factor is turned around modulo 31. Codes may have
    up to 30 letters with it, all of LETTERS.
    """
    weighted = sum(weight * LETTERS.index(letter) for weight, letter in enumerate(code, start=1))
    return LETTERS[-weighted * pow(len(code) + 1, -1, len(LETTERS)) % len(LETTERS)]
