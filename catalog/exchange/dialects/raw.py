"""Numbers as shop systems write them for machines: with a point; only people's hands bring a comma."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from catalog.exchange.decimals import Sign, plain, read_decimal

ONE = Decimal(1)
_NO_DECIMALS = re.compile(r",0+$")


def sign_of(cell: str) -> Sign:
    """The decimal sign of a raw number: a point, unless the cell has been through a German spreadsheet."""
    return Sign.COMMA if "," in cell and "." not in cell else Sign.POINT


def quantity(cell: str) -> str:
    """A raw quantity in the spelling of `plain`, without decimals that say nothing: "5.0000" is 5. Raises NotACell."""
    if cell.isascii() and cell.isdigit():
        return cell
    return _NO_DECIMALS.sub("", plain(cell, sign_of(cell)))


def number(cell: str) -> Decimal:
    """A raw number such as "0.5". Raises NotACell."""
    return read_decimal(cell, sign_of(cell))


@lru_cache(maxsize=4096)  # a file has few different weights
def whole(cell: str, factor: Decimal) -> int:
    """A raw number times a factor, rounded half up: 0.0505 kg and 1000 are 51 g. Raises NotACell."""
    return int((number(cell) * factor).quantize(Decimal(1), ROUND_HALF_UP))
