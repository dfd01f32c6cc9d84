"""What in a list is possible but hard to believe: prices far from all others, numbers that should be one article's."""

from collections import Counter
from statistics import median

from catalog.exchange.articles import Facts, Reading, Remark
from catalog.exchange.decimals import Sign, read_cents
from catalog.exchange.dialects import stocks
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet
from catalog.money import format_cents
from catalog.refusals import Refusal

_FEWEST = 10  # prices, of which a middle says something
_FAR = 15  # times the middle one: a decimal sign that was overlooked makes it a hundred times


class Doubts:
    """Looks through a list once, then asks about single rows."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        prices = [cents for row in sheet.table.rows if (cents := _cents(sheet, row, "price_cents"))]
        self._middle = int(median(prices)) if len(prices) >= _FEWEST else 0
        self._often = {gtin for gtin, count in self._gtins().items() if count > 1}

    def ask(self, row: Row, facts: Facts) -> None:
        """Ask about what this row says of a variant; an EAN of several rows is left out of the facts."""
        self._ask_about_price(row, facts.get("price_cents"))
        gtin = self._sheet.cell(row, "gtin")
        if gtin in self._often:
            facts.pop("gtin", None)
            reason = f"Die EAN „{gtin}“ steht in mehreren Zeilen, sie gehört aber zu einem einzigen Artikel."
            self._sheet.ask(row.number, "gtin", f"{reason} Wir lassen sie aus.")
        if facts.get("stock", "") == "":
            stocks.ask_about_unknown(self._sheet, row)

    def _ask_about_price(self, row: Row, cents: int | None) -> None:
        if cents is None:
            return
        if self._middle and cents > _FAR * self._middle:
            self._sheet.ask(row.number, "price_cents", _far(cents, self._middle))
        ask_about_purchase(self._sheet, row, cents)

    def _gtins(self) -> Counter[str]:
        if "gtin" not in self._sheet.places:
            return Counter()
        return Counter(filter(None, (self._sheet.cell(row, "gtin") for row in self._sheet.table.rows)))


def far_prices(reading: Reading) -> list[Remark]:
    """What to ask of prices far above all others, in a file whose dialect does not look at them itself."""
    name = reading.columns.get("price_cents", "")
    place = reading.table.header.index(name) if name in reading.table.header else None
    if place is None:
        return []
    told = ((row.number, row.cells[place]) for row in reading.table.rows if place < len(row.cells))
    priced = [(number, cents) for number, cell in told if (cents := _read_cents(cell, Sign(reading.decimal)))]
    middle = int(median(cents for _, cents in priced)) if len(priced) >= _FEWEST else 0
    return [Remark(number, name, _far(cents, middle)) for number, cents in priced if middle and cents > _FAR * middle]


def _far(cents: int, middle: int) -> str:
    usual = format_cents(middle)
    return f"{format_cents(cents)} ist viel mehr als sonst in dieser Liste (üblich sind {usual}). Stimmt der Preis?"


def ask_about_purchase(sheet: Sheet, row: Row, cents: int | None) -> None:
    """Ask where goods cost their owner more than she asks for them."""
    paid = _cents(sheet, row, "purchase_cents")
    if paid and cents is not None and paid > cents:
        reason = f"Der Einkaufspreis {format_cents(paid)} ist höher als der Preis {format_cents(cents)}. Stimmt das?"
        sheet.ask(row.number, "purchase_cents", reason)


def _cents(sheet: Sheet, row: Row, key: str) -> int | None:
    return _read_cents(sheet.cell(row, key), sheet.sign(key))


def _read_cents(cell: str, sign: Sign) -> int | None:
    try:
        return read_cents(cell, sign) if cell else None
    except Refusal:
        return None
