"""The papers of a parcel, both without prices: the delivery note for the buyer, the packing list for the store."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from checkout.deliveries import Shipment
from checkout.orders import Order
from checkout.shipping import PICKUP
from shop import legal
from shop.formats import german_date, german_time
from shop.papers import letterhead, rows, text
from shop.papers.letterhead import LEFT, WIDTH
from shop.papers.rows import Cell, Column
from shop.profile import Profile

_NOTE = (Column("Pos.", 11), Column("Artikel", 114), Column("Menge", 40, is_bold=True))
_PACKING = (Column("", 9, is_box=True), Column("Menge", 34, is_bold=True), Column("Artikel", 62), Column("Woher", 60))


@dataclass(frozen=True)
class Packed:
    """Goods of a parcel: how much, as the buyer reads it and as it is cut, what, lots for her, rolls for the store."""

    amount: str
    cut: str
    name: str
    about: Sequence[str] = ()
    lots: Sequence[str] = ()
    sources: Sequence[str] = ()


def note(
    order: Order, goods: Sequence[Packed], to_come: Sequence[Packed], *, shipment: Shipment | None, owner: Profile,
    themes: Sequence[Path], made_at: datetime, customs: Sequence[str] = ()
) -> bytes:  # fmt: skip
    """The delivery note as PDF: of a parcel, or (None) of what is packed next; `to_come` follows in another one.

    `customs` is what the customs must read (see customs.py), which names prices after all.
    """
    head = letterhead.of(owner)
    title = f"Lieferschein {order.number}"
    sheet = letterhead.begin(title, head, themes=themes, made_at=made_at, has_window=True)
    letterhead.address(sheet, head, recipient(order))
    letterhead.facts(sheet, _facts(order, shipment))
    sheet.set_xy(LEFT, 98)
    text.headline(sheet, title)
    rows.draw(sheet, _NOTE, [_line(number, each) for number, each in enumerate(goods, start=1)])
    sheet.set_xy(LEFT, sheet.get_y() + 4)
    said = ["Das kommt in einem anderen Paket:"] if to_come else []
    said += [f"– {each.amount} {each.name}" for each in to_come]
    if order.note:
        said.append(f"Ihre Nachricht: {order.note}")
    for sentence in (*said, "Vielen Dank für Ihren Einkauf!", *customs):
        sheet.set_font("text", "", 10)
        sheet.colour("ink")
        sheet.lines(WIDTH, 5, sentence)
    return sheet.bytes()


def packing(
    order: Order, goods: Sequence[Packed], *, owner: Profile, themes: Sequence[Path], made_at: datetime
) -> bytes:
    """The packing list as PDF: each piece with the roll, lot and place that it comes from, and a box to tick."""
    title = f"Packliste {order.number}"
    sheet = letterhead.begin(title, letterhead.of(owner), themes=themes, made_at=made_at)
    text.headline(sheet, title)
    way = "Abholung im Laden" if order.delivery == PICKUP else f"Versand: {order.delivery}"
    said = [f"{', '.join(recipient(order))} · {way}", f"Bestellt am {german_time(order.placed_at)}"]
    for sentence in (*said, *([f"Nachricht: {order.note}"] if order.note else [])):
        sheet.set_font("text", "", 10)
        sheet.colour("ink")
        sheet.lines(WIDTH, 5, sentence)
    sheet.set_xy(LEFT, sheet.get_y() + 3)
    rows.draw(sheet, _PACKING, [_to_pack(each) for each in goods])
    return sheet.bytes()


def recipient(order: Order) -> list[str]:
    """The address that goods go to, line by line; whoever fetches them has none."""
    abroad = legal.country_name(order.country).upper() if order.country != "DE" and order.city else ""
    place = f"{order.postal_code} {order.city}".strip()
    return [line for line in (order.company, order.name, order.street, place, abroad) if line]


def _facts(order: Order, shipment: Shipment | None) -> list[tuple[str, str]]:
    sent = [("Versandt am", german_date(shipment.shipped_at)), ("mit", shipment.carrier),
            ("Sendungsnummer", shipment.tracking)] if shipment else []  # fmt: skip
    told = [("Bestellung", order.number), ("vom", german_date(order.placed_at)), *sent]
    return [(name, value) for name, value in told if value]


def _line(number: int, goods: Packed) -> list[Cell]:
    return [Cell(f"{number}"), Cell(goods.name, [*goods.about, *goods.lots]), Cell(goods.amount)]


def _to_pack(goods: Packed) -> list[Cell]:
    return [Cell(""), Cell(goods.cut), Cell(goods.name, goods.about), Cell("", goods.sources)]
