"""Reductions as shop systems write them: a price beside the one asked before, or a reduced one beside the regular."""

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


def lower(sheet: Sheet, row: Row, price_cents: int | None, sale: Sale | None) -> Sale | None:
    """A reduction, unless it is none: shop systems ignore a reduced price that is not below the regular one."""
    if sale is None or price_cents is None or sale.price_cents < price_cents:
        return sale
    reason = f"Der Angebotspreis liegt nicht unter dem Preis {format_cents(price_cents)}. Wir lassen ihn weg."
    sheet.ask(row.number, "sale_price", reason)
    return None


def notes(sheet: Sheet, key: str) -> list[str]:
    """What the law asks of a price before (§ 11 PAngV), where the column of the `key` names any."""
    if not any(sheet.cell(row, key).strip("0.,") for row in sheet.table.rows):
        return []
    return [
        f"„{sheet.columns[key]}“ nehmen wir als Ihren früheren Preis. Ist es die Preisempfehlung des Herstellers, "
        "tragen Sie sie als UVP ein und nehmen Sie das Angebot zurück."
    ]
