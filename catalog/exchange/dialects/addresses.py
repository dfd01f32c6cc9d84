"""The wished addresses of a file's articles, and article numbers for variants that have none.

Both are given the same way whenever the file is read, so that a second import finds what the first one made.
"""

from collections.abc import Sequence

from catalog import slugs

_LONGEST_NUMBER = 80


class Addresses:
    """Gives addresses that no article of the file before has had."""

    def __init__(self) -> None:
        self._taken: set[str] = set()

    def give(self, name: str, apart: str = "") -> str:
        """An address from a name; a second one of this name takes along what sets it `apart` (its number, say)."""
        address = slugs.slugify(name)
        if address in self._taken:
            address = slugs.free(f"{name} {apart}".strip(), self._taken)
        self._taken.add(address)
        return address


def made_up_number(first: str, values: Sequence[str], taken: set[str]) -> str:
    """An article number from what stands for the article and its options: "jersey-rot-m".

    `taken` holds the numbers of the article's variants before and takes this one in: "1/2" and "1-2" are not one.
    """
    base = "-".join(filter(None, (first, *map(slugs.spelled, values))))[: _LONGEST_NUMBER - 4]
    number, count = base, 1
    while number in taken:
        count += 1
        number = f"{base}-{count}"
    taken.add(number)
    return number
