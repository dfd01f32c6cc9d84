"""A price beside the one that was asked before, as most shop systems write a reduction."""

from catalog.exchange.articles import Facts, Sale
from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet
from catalog.money import format_cents


def prices(sheet: Sheet, row: Row, key: str, price_cents: int, before_cents: int | None) -> Facts:
    """The price asked before is the regular one and the price a reduction of it; else the price is the regular one.

    `key` is the column of the price before; where that is not the higher one, the owner hears of it.
    """
    if before_cents is not None and before_cents > price_cents:
        return {"price_cents": before_cents, "sale": Sale(price_cents)}
    if before_cents and before_cents != price_cents:
        reason = (
            f"Der frühere Preis {format_cents(before_cents)} liegt nicht über dem Preis {format_cents(price_cents)}. "
            "Wir nehmen den Preis und lassen den früheren weg."
        )
        sheet.ask(row.number, key, reason)
    return {"price_cents": price_cents, "sale": None}
