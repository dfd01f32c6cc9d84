"""A text cut into what can be searched for: words, numbers with their unit, article numbers.

Every term is of letters and digits alone, so that no engine can cut it further: "1,5" is "1komma5".
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

from catalog.search import measures
from catalog.search.folding import fold, plain
from catalog.search.measures import NUMBER, UNIT
from catalog.search.stems import stem
from catalog.search.wordlist import word_list

__all__ = ["Kind", "Token", "code_term", "code_terms", "fold", "is_small", "terms", "tokens"]

_MARKS = {"no": "nr", "nr": "nr", "nummer": "nr", "numero": "nr", "#": "nr", "gr": "gr", "größe": "gr", "groesse": "gr",
          "gröesse": "gr", "nm": "nm", "ne": "ne", "fb": "fb", "farbe": "fb", "col": "fb", "stärke": "st"}  # fmt: skip
_MARK = "|".join(re.escape(mark) for mark in sorted(_MARKS, key=len, reverse=True))
_START, _END = r"(?<![^\W_])", r"(?![^\W_])"
_TOKEN = re.compile(
    rf"""
    (?P<sizes>{_START}{NUMBER}(?:\s?[-–x×*]\s?{NUMBER}){{1,2}}\s?{UNIT}{_END})   # 3–4 mm, 50 x 70 cm
    |(?P<measure>{_START}{NUMBER}[\s-]?{UNIT}\.?{_END})  # 20 mm, 1,5cm
    |(?P<fraction>{_START}\d+(?:/\d+)+{_END})  # 80/12
    |(?P<marked>{_START}(?:{_MARK})[.:]?\s?\d+(?![^\W_]|[,./-]\d|\s?{UNIT}{_END}))  # Nm 120, Gr. 38
    |(?P<gtin>{_START}\d(?:\s?\d){{7,13}}(?![^\W_]|\s\d))  # 4 012345 678901
    |(?P<pack>{_START}\d+er{_END})  # 50er
    |(?P<decimal>{_START}\d+,\d+{_END})  # 3,5
    |(?P<code>[^\W_]+(?:[-_./][^\W_]+)+)  # JER-001, Baby-Wolle
    |(?P<word>[^\W_]+(?:['’ʼ][^\W\d_]+)?)
    """,
    re.VERBOSE | re.IGNORECASE,
)  # fmt: skip
_SIGNS = re.compile("[\u00bc-\u00be\u2150-\u215e\u2116]")
_ONE_NUMBER = re.compile(NUMBER)
_NUMBERS = re.compile(rf"^(?:{NUMBER}[\s\-–x×*]*)+", re.IGNORECASE)


class Kind(Enum):
    """What a token is: a word, one with hyphens, a number with or without unit, an article number."""

    WORD = "word"
    JOINED = "joined"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True)
class Token:
    """A piece of text: `forms` are its terms, what it is first, then what else it may be met by; `words` are folded.

    Of a word `forms` is empty, since only the language knows its forms. `loose` are terms that together mean
    nearly the same (JER and 001).
    """

    text: str
    kind: Kind
    forms: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a text in order, small words too."""
    written = _SIGNS.sub(_spelled_out, unicodedata.normalize("NFC", text))
    for match in _TOKEN.finditer(written):
        yield from _made(match.lastgroup or "word", match[0])


@lru_cache(maxsize=50_000)
def _made(kind: str, text: str) -> tuple[Token, ...]:
    """The tokens of a piece of text: mostly words that come again and again."""
    return tuple(_MAKERS[kind](text)) if plain(text) else ()


def _spelled_out(sign: re.Match[str]) -> str:
    """½ is 1/2, № is No."""
    return f" {unicodedata.normalize('NFKC', sign[0]).replace(chr(0x2044), '/')} "


def terms(text: str) -> list[str]:
    """The terms of a text in order, each word or number as it stands, small words left out."""
    found = []
    for token in tokens(text):
        if token.kind in (Kind.WORD, Kind.JOINED):
            found += [stem(word) for word in token.words if not is_small(word)]
        else:
            found.append(token.forms[0])
    return found


def is_small(folded: str) -> bool:
    """Whether a folded word is in every second text: und, für."""
    return folded in word_list().small


def code_terms(code: str) -> list[str]:
    """The terms of an article number or GTIN: the whole without separators and leading zeros, and its parts."""
    whole = code_term(code)
    parts = [term for token in tokens(code) for term in (*token.forms, *map(stem, token.words), *token.loose)]
    return list(dict.fromkeys(each for each in (whole, whole.lstrip("0"), *parts) if each))


def _sizes(text: str) -> Iterator[Token]:
    """Each number of "3–4 mm" and "50 x 70 cm" has the unit."""
    unit = _NUMBERS.sub("", text).strip()
    for number in _ONE_NUMBER.findall(text[: len(text) - len(unit)]):
        yield from _measure(f"{number} {unit}")


def _measure(text: str) -> Iterator[Token]:
    term, loose = measures.term_of(text)
    yield Token(text, Kind.NUMBER, (term,), (), loose)


def _fraction(text: str) -> Iterator[Token]:
    numbers = [each.lstrip("0") or "0" for each in text.split("/")]
    yield Token(text, Kind.NUMBER, ("durch".join(numbers),), (), tuple(numbers))


def _marked(text: str) -> Iterator[Token]:
    number = re.sub(r"\D", "", text)
    mark = _MARKS[text[: text.index(number)].strip(" .:\u00a0\u202f").lower()]
    yield Token(text, Kind.NUMBER, (mark + number.lstrip("0"), *_bare(number)))


def _pack(text: str) -> Iterator[Token]:
    yield Token(text, Kind.NUMBER, (text.lower(), text[:-2]))


def _gtin(text: str) -> Iterator[Token]:
    digits = re.sub(r"\s", "", text)
    if len(digits) in (8, 12, 13, 14) and _has_check_digit(digits):
        yield Token(text, Kind.CODE, _bare(digits))
    else:
        yield from (Token(each, Kind.NUMBER, _bare(each)) for each in text.split())


def _code(text: str) -> Iterator[Token]:
    """With a digit an article number (or a decimal number), else a word with hyphens."""
    if re.fullmatch(NUMBER, text):
        yield Token(text, Kind.NUMBER, (measures.number(text),))
        return
    parts = [part for part in re.split(r"[-_./]", text) if plain(part)]
    if any(map(str.isdigit, text)):
        yield Token(text, Kind.CODE, (code_term(text),), (), tuple(dict.fromkeys(stem(fold(part)) for part in parts)))
    elif "-" in text or "_" in text:
        yield Token(text, Kind.JOINED, (code_term(text),), tuple(map(fold, parts)))
    else:
        yield from (Token(part, Kind.WORD, (), (fold(part),)) for part in parts)


def _word(text: str) -> Iterator[Token]:
    bare = re.sub(r"['’ʼ]", "", text)
    if bare.isdecimal():
        yield Token(text, Kind.NUMBER, _bare(plain(bare)))
    elif any(map(str.isdigit, bare)):
        yield Token(text, Kind.CODE, (code_term(bare),))
    elif folded := fold(bare):
        yield Token(text, Kind.WORD, (), (folded,))


_MAKERS = {
    "sizes": _sizes, "measure": _measure, "fraction": _fraction, "marked": _marked, "gtin": _gtin, "pack": _pack,
    "decimal": _code, "code": _code, "word": _word,
}  # fmt: skip


def _bare(digits: str) -> tuple[str, ...]:
    """A number as it is written, and without leading zeros."""
    return tuple(dict.fromkeys((digits, digits.lstrip("0") or "0")))


def code_term(code: str) -> str:
    """An article number as one term, without separators."""
    return plain(code)


def _has_check_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of a GTIN (GS1 General Specifications 7.9)."""
    weighed = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return weighed % 10 == 0
