"""What is said of stock in all shop systems alike: it may be unknown, or oversold."""

from catalog.exchange.reading import Row
from catalog.exchange.sheet import Sheet


def ask_about_unknown(sheet: Sheet, row: Row) -> None:
    """An empty stock is unknown: neither nothing nor one."""
    reason = "Der Bestand ist nicht angegeben. Er wird bei neuen Artikeln nicht gezählt."
    sheet.ask_of_new(row.number, "stock", reason)


def not_oversold(sheet: Sheet, row: Row, stock: str) -> str:
    """A stock below nothing as nothing, with a word about it."""
    if not stock.startswith("-"):
        return stock
    reason = "Der Bestand ist negativ, also überverkauft. Wir nehmen 0; bitte zählen Sie nach."
    sheet.ask(row.number, "stock", reason)
    return "0"
