"""What an invoice lists: the goods that were delivered, their shipping, and the tax inside, as an order stands.

The tax of a rate is the order's own less what its allowances have said falls away, so that books and documents are
the same to the cent. Nets of items are split from the net of their rate, so that they add up.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlmodel import Session, col, select

from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit, line_cents
from checkout import allowances, deliveries, orders, wordings
from checkout.allowances import Allowance
from checkout.deliveries import Part, ReturnLine
from checkout.documents import Document, Item, Tax
from checkout.orders import Order, OrderLine
from checkout.shipping import PICKUP
from checkout.totals import split

_UNITS = {Unit.PIECE: "C62", Unit.LENGTH: "MTR", Unit.WEIGHT: "KGM", Unit.AREA: "MTK", Unit.VOLUME: "LTR"}
_REASONS = {
    "E": wordings.SMALL_BUSINESS_INVOICE_NOTE,
    "K": wordings.INTRA_EU_INVOICE_NOTE,
    "G": wordings.EXPORT_INVOICE_NOTE,
}
_SHIPPING = "Versandkosten"
_SELF_BILLING = re.compile(r"\b(?:rechnungs)?gutschrift(?:en)?\b", re.IGNORECASE)

Listed = tuple[tuple[Item, ...], tuple[Tax, ...]]


@dataclass(frozen=True)
class _Draft:
    """An item whose net is not known yet."""

    sku: str
    name: str
    details: str
    amount: str
    unit: str
    quantity: str
    price_cents: int
    gross_cents: int
    discount_cents: int
    permille: int


def left(session: Session, order: Order) -> Listed:
    """All that is owed for an order's goods and their shipping by now; gift vouchers are none of it."""
    taxes = _taxes_left(session, order)
    goods = list(_goods(session, order))
    return _finished([*goods, *_shipping(order, taxes, goods)], taxes)


def taken_off(session: Session, order: Order, allowance: Allowance) -> Listed:
    """What an allowance takes off, below zero; nothing where it takes off gift vouchers only."""
    taxes = _taxes_of(order, allowance)
    goods = list(_goods_of(session, order, allowance))
    return _finished([*goods, *_shipping(order, taxes, goods)], taxes)


def reason_of(allowance: Allowance) -> str:
    """Why something is taken off, without the word that the law keeps for what the buyer writes (§ 14 Abs. 2 UStG)."""
    return _SELF_BILLING.sub("Nachlass", allowance.reason)


def mirrored(documents: Iterable[Document]) -> Listed:
    """What some documents come to, taken back: all together they are nothing then."""
    documents = list(documents)
    items = [_turned(item) for document in documents for item in document.items]
    sums: dict[tuple[str, int], Tax] = {}
    for tax in (each for document in documents for each in document.taxes):
        before = sums.get((tax.category, tax.permille))
        sums[tax.category, tax.permille] = _together(before, tax) if before else tax
    return _counted(items), tuple(_negative(tax) for tax in sums.values())


def _taxes_left(session: Session, order: Order) -> tuple[Tax, ...]:
    if not order.vat:
        return (_tax(order, 0, allowances.left_of(session, order).cents, 0),)
    gross, vat = Counter[int](), Counter[int]()
    for share in order.vat:
        gross[share["permille"]] += share["gross_cents"]
        vat[share["permille"]] += share["vat_cents"]
    for share in (each for allowance in allowances.of(session, order) for each in allowance.vat):
        gross[share["permille"]] -= share["gross_cents"]
        vat[share["permille"]] -= share["vat_cents"]
    return tuple(_tax(order, permille, gross[permille], vat[permille]) for permille in sorted(gross, reverse=True))


def _taxes_of(order: Order, allowance: Allowance) -> tuple[Tax, ...]:
    if not order.vat:
        cents = allowance.shipping_cents + sum(part["cents"] for part in allowance.lines)
        return (_tax(order, 0, -cents, 0),) if cents else ()
    return tuple(_tax(order, each["permille"], -each["gross_cents"], -each["vat_cents"]) for each in allowance.vat)


def _tax(order: Order, permille: int, gross_cents: int, vat_cents: int) -> Tax:
    category = _category(order, permille)
    return Tax(category, permille, gross_cents, gross_cents - vat_cents, vat_cents, _REASONS.get(category, ""))


def _category(order: Order, permille: int) -> str:
    if order.is_small_business:
        return "E"
    return "S" if permille else order.vat_category or "Z"


def _goods(session: Session, order: Order) -> Iterator[_Draft]:
    owed = allowances.left_of(session, order).lines
    back = deliveries.back_of(session, order)
    parts: dict[int, list[Part]] = {}
    for part in deliveries.deliverable(session, order):
        kept = part.goods.pieces - back[part.size]
        if kept > 0:
            parts.setdefault(part.size[0], []).append(part.with_pieces(kept))
    for line in orders.lines_of(session, order):
        yield from _of_line(line, parts.get(line.id or 0, []), owed[line.id or 0])


def _of_line(line: OrderLine, parts: Sequence[Part], cents: int) -> Iterator[_Draft]:
    """What is owed for a line, over the pieces that the buyer has of it."""
    if not parts:
        if cents:
            yield _lump(line.sku, line.name, "nicht zurückgegeben oder einbehalten", cents, line.vat_permille)
        return
    unit = Unit(line.unit)
    full = [line_cents(line.price_cents, part.goods.quantity, unit, part.goods.pieces) for part in parts]
    for part, whole, gross in zip(parts, full, split(cents, full), strict=True):
        goods = part.goods
        if gross > whole:
            yield _lump(goods.sku, goods.name, _told(goods.options, part.words), gross, line.vat_permille)
            continue
        yield _Draft(
            goods.sku, goods.name, goods.options, part.words, _UNITS[unit],
            _decimal(goods.pieces * goods.quantity, unit), line.price_cents, gross, whole - gross, line.vat_permille,
        )  # fmt: skip


def _goods_of(session: Session, order: Order, allowance: Allowance) -> Iterator[_Draft]:
    lines = {line.id: line for line in orders.lines_of(session, order)}
    came_back = _returned_with(session, allowance)
    for part in allowance.lines:
        line = lines[part["line_id"]]
        yield _less(line, part["cents"], came_back.get(part["line_id"], []), reason_of(allowance))


def _returned_with(session: Session, allowance: Allowance) -> Mapping[int, list[ReturnLine]]:
    """The pieces because of which an allowance was granted, by line; see taking_back.take_back for its key."""
    word, _, number = (allowance.key or "").partition("-")
    if word != "return" or not number.isdigit():
        return {}
    found: dict[int, list[ReturnLine]] = {}
    for row in session.exec(select(ReturnLine).where(col(ReturnLine.return_id) == int(number))).all():
        found.setdefault(row.order_line_id, []).append(row)
    return found


def _less(line: OrderLine, cents: int, came_back: Sequence[ReturnLine], reason: str) -> _Draft:
    """Pieces at their price where it was all for them, else one sum."""
    unit = Unit(line.unit)
    words = " und ".join(deliveries.amount_in_words(row.quantity, row.pieces, unit) for row in came_back)
    whole = sum(line_cents(line.price_cents, row.quantity, unit, row.pieces) for row in came_back)
    if not came_back or whole != cents:
        told = _told(line.options, f"zurück: {words}" if words else reason)
        return _lump(line.sku, line.name, told, -cents, line.vat_permille)
    quantity = sum(row.quantity * row.pieces for row in came_back)
    return _Draft(
        line.sku, line.name, line.options, words, _UNITS[unit], f"-{_decimal(quantity, unit)}", line.price_cents,
        -cents, 0, line.vat_permille,
    )  # fmt: skip


def _shipping(order: Order, taxes: Iterable[Tax], goods: Sequence[_Draft]) -> Iterator[_Draft]:
    """What is left of each rate when its goods are listed: shipping is taxed as the goods that it brings."""
    for tax in taxes:
        cents = tax.gross_cents - sum(each.gross_cents for each in goods if each.permille == tax.permille)
        if cents:
            by = "" if order.delivery == PICKUP else order.delivery
            yield _lump("", _SHIPPING, by, cents, tax.permille)


def _lump(sku: str, name: str, details: str, cents: int, permille: int) -> _Draft:
    """One sum, without a price per metre or piece."""
    quantity = "-1" if cents < 0 else "1"
    return _Draft(sku, name, details, "", "C62", quantity, abs(cents), cents, 0, permille)


def _finished(drafts: Sequence[_Draft], taxes: Iterable[Tax]) -> Listed:
    """Items with their nets, and the taxes of those rates that have any."""
    used = [tax for tax in taxes if any(draft.permille == tax.permille for draft in drafts)]
    items: dict[int, Item] = {}
    for tax in used:
        mine = [place for place, draft in enumerate(drafts) if draft.permille == tax.permille]
        sign = -1 if tax.net_cents < 0 else 1
        nets = split(sign * tax.net_cents, [abs(drafts[place].gross_cents) for place in mine])
        for place, net in zip(mine, nets, strict=True):
            items[place] = _item(drafts[place], sign * net, tax.category)
    return _counted([items[place] for place in sorted(items)]), tuple(used)


def _item(draft: _Draft, net_cents: int, category: str) -> Item:
    return Item(
        0, draft.sku, draft.name, draft.details, draft.amount, draft.unit, draft.quantity, draft.price_cents,
        draft.gross_cents, draft.discount_cents, net_cents, draft.permille, category,
    )  # fmt: skip


def _counted(items: Iterable[Item]) -> tuple[Item, ...]:
    return tuple(replace(item, position=position) for position, item in enumerate(items, start=1))


def _turned(item: Item) -> Item:
    return replace(
        item,
        quantity=format(-Decimal(item.quantity), "f"),
        gross_cents=-item.gross_cents,
        discount_cents=-item.discount_cents,
        net_cents=-item.net_cents,
    )


def _together(one: Tax, other: Tax) -> Tax:
    return replace(
        one,
        gross_cents=one.gross_cents + other.gross_cents,
        net_cents=one.net_cents + other.net_cents,
        vat_cents=one.vat_cents + other.vat_cents,
    )


def _negative(tax: Tax) -> Tax:
    return replace(tax, gross_cents=-tax.gross_cents, net_cents=-tax.net_cents, vat_cents=-tax.vat_cents)


def _decimal(quantity: int, unit: Unit) -> str:
    """Smallest units in price units, exact: 450 cm are "4.5"."""
    exact = Decimal(quantity) / SMALLEST_PER_PRICE_UNIT[unit]
    return format(exact.normalize(), "f")


def _told(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
