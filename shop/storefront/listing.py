"""What a list of goods needs on every page that has one: its number, and the way to its neighbours."""

from dataclasses import dataclass

from flask import request

PER_PAGE = 24
_LAST_PAGE = 2000


@dataclass(frozen=True)
class Paging:
    """Where one stands in a list, counted from page 1."""

    number: int
    total: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PER_PAGE))

    @property
    def shown(self) -> list[int | None]:
        """The numbers to show: the first, the last, and those around here; None is a gap."""
        near = {1, self.pages, *range(max(1, self.number - 1), min(self.pages, self.number + 1) + 1)}
        numbers: list[int | None] = []
        for each in sorted(near):
            if numbers and each - (numbers[-1] or 0) > 1:
                numbers.append(None)
            numbers.append(each)
        return numbers


def asked_page() -> int:
    """The page number of the address; 1 where there is none or it makes no sense."""
    asked = request.args.get("seite", "1")
    return min(max(int(asked), 1), _LAST_PAGE) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def skipped(number: int) -> int:
    """How many goods stand before a page."""
    return (number - 1) * PER_PAGE
