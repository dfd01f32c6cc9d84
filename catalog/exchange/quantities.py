"""Quantities of a file, read as soon as the unit is known."""

from functools import lru_cache

from catalog.exchange.articles import Facts
from catalog.exchange.comparing import QUANTITIES
from catalog.exchange.remarks import Remarks
from catalog.refusals import Refusal
from catalog.units import Unit, parse_quantity

LARGEST = 100_000_000  # of the smallest unit: a thousand kilometres
_KEYS = frozenset(QUANTITIES)
_parse = lru_cache(4096)(parse_quantity)


class Quantities:
    """Reads texts such as "1,50 m" and refuses what is none, or not possible."""

    def __init__(self, remarks: Remarks) -> None:
        self._remarks = remarks

    def measure(self, row: int, facts: Facts, unit: Unit) -> None:
        """Read the quantities of a product or a variant, but for the stock."""
        for key in _KEYS & facts.keys():
            if isinstance(facts[key], str):
                facts[key] = self.read(row, key, facts[key], unit, least=1)

    def read(self, row: int, key: str, written: str | int, unit: Unit, *, least: int) -> int:
        """Give smallest units, at least `least` of them; what was read already stays."""
        if isinstance(written, int):
            return written
        try:
            quantity = _parse(written.removeprefix("+"), unit)
        except Refusal as refusal:
            is_negative = written.startswith("-")
            reason = f"„{written}“ ist negativ. Das geht hier nicht." if is_negative else refusal.sentence
            self._remarks.refuse(row, key, reason)
            return least
        if not least <= quantity <= LARGEST:
            self._remarks.refuse(row, key, f"„{written}“ ist hier nicht möglich.")
            return least
        return quantity

    def read_change(self, row: int, written: str, unit: Unit) -> int:
        """Give smallest units that are to be added, negative where they are taken away ("-3", "+1,50 m")."""
        sign = -1 if written.startswith(("-", "\u2212")) else 1
        return sign * self.read(row, "stock", written.lstrip("+-\u2212 "), unit, least=0)
