"""Ranges of postal codes as owners write them: "18565, 25849, 25980–25999", or the beginning of many: "259"."""

import re
from collections.abc import Iterator

from catalog.refusals import Refusal

_DASHES = re.compile(r"\s*(?:-|–|—|bis)\s*", re.IGNORECASE)
_CODE = re.compile(r"(?=.*[0-9])[0-9A-Z]{1,10}")
_PARTS = re.compile(r"[,;\n]+")


class NotPostalCodes(Refusal):
    """The text is no list of postal codes and ranges of them."""


def parse(text: str) -> str:
    """Read a list of postal codes and ranges; give it tidily written, in the order of the codes.

    A code may be the beginning of many. Both ends of a range are as long, and included. Raises NotPostalCodes.
    """
    ranges = sorted(set(_ranges(text)))
    if not ranges:
        raise NotPostalCodes("Bitte tragen Sie Postleitzahlen ein, zum Beispiel 18565, 25980–25999.")
    return ", ".join(first if first == last else f"{first}–{last}" for first, last in ranges)


def holds(codes: str, postal_code: str) -> bool:
    """Whether a list that `parse` has written holds a postal code; blanks and hyphens in it do not matter."""
    wanted = normal(postal_code)
    return any(first <= wanted[: len(first)] <= last for first, last in _ranges(codes) if len(wanted) >= len(first))


def normal(postal_code: str) -> str:
    """A postal code as it is compared: "00-950" and "1012 ab" are "00950" and "1012AB"."""
    return re.sub(r"[^0-9A-Z]", "", postal_code.upper())


def _ranges(text: str) -> Iterator[tuple[str, str]]:
    for part in _PARTS.split(text):
        written = part.strip()
        if written:
            ends = [normal(end) for end in _DASHES.split(written)]
            first, last = ends[0], ends[-1]
            _check(written, len(ends), first, last)
            yield first, last


def _check(written: str, ends: int, first: str, last: str) -> None:
    if ends > 2 or not (_CODE.fullmatch(first) and _CODE.fullmatch(last)):
        raise NotPostalCodes(f"„{written[:40]}“ ist keine Postleitzahl. Bitte so: 18565, 25980–25999.")
    if len(first) != len(last) or first > last:
        raise NotPostalCodes(
            f"„{written[:40]}“ ist kein Bereich: Beide Postleitzahlen müssen gleich lang sein, die kleinere zuerst."
        )
