"""UTF-8 that was taken for another encoding and saved again: "KnÃ¶pfe", "Kn√∂pfe". What it was can be told exactly."""

import re
from collections.abc import Iterable

_CONTINUING = range(0x80, 0xC0)
_TELLING = "äöüÄÖÜßéè„“”‚‘’–…€"


def _page(name: str) -> dict[str, int]:
    """Which byte each letter is in a code page; what the page leaves undefined stands for itself, as browsers do."""
    letters = {bytes([byte]).decode(name, "replace"): byte for byte in range(0x80, 0x100)}
    return {chr(byte): byte for byte in range(0x80, 0xA0)} | letters


def _twice(text: str, page: dict[str, int]) -> str:
    letters = {byte: letter for letter, byte in page.items()}
    return "".join(letters[byte] for byte in text.encode())


def _pattern(page: dict[str, int]) -> re.Pattern[str]:
    """A letter that begins two, three or four bytes of German text in UTF-8, and as many that continue it."""
    continuing = f"[{re.escape(''.join(letter for letter, byte in page.items() if byte in _CONTINUING))}]"
    begins = {byte: letter for letter, byte in page.items()}
    return re.compile(
        f"[{begins[0xC2]}{begins[0xC3]}]{continuing}|{begins[0xE2]}{continuing}{{2}}|{begins[0xF0]}{continuing}{{3}}"
        f"|{begins[0xEF]}{begins[0xBB]}{begins[0xBF]}"
    )


def _evidence(page: dict[str, int]) -> re.Pattern[str]:
    """A German letter or sign encoded twice, beside a plain letter or digit: no language writes "nÃ¶" or "â€œa"."""
    telling = "|".join(re.escape(_twice(letter, page)) for letter in _TELLING)
    return re.compile(f"[A-Za-z0-9] ?(?:{telling})|(?:{telling})[A-Za-z0-9]")


_PAGES = {name: _page(name) for name in ("cp1252", "mac_roman")}
_PATTERNS = {name: _pattern(page) for name, page in _PAGES.items()}
_EVIDENCE = {name: _evidence(page) for name, page in _PAGES.items()}
_BEGINNINGS = {name: {_twice(letter, page)[0] for letter in _TELLING} for name, page in _PAGES.items()}


def page_of(pieces: Iterable[str]) -> str | None:
    """The code page that a text in UTF-8 was taken for, "cp1252" or "mac_roman"; None where it was not."""
    for piece in pieces:
        for name, beginnings in _BEGINNINGS.items():
            if any(letter in piece for letter in beginnings) and _EVIDENCE[name].search(piece):
                return name
    return None


def mended(text: str, page: str) -> str:
    """Undo the second encoding wherever there is one; right letters beside it stay as they are."""
    return _PATTERNS[page].sub(lambda match: _decoded(match[0], _PAGES[page]), text)


def _decoded(letters: str, page: dict[str, int]) -> str:
    try:
        return bytes(page[letter] for letter in letters).decode()
    except UnicodeDecodeError:
        return letters
