"""The confirmation of an order as PDF: the contract on a durable medium (§ 312f Abs. 2 BGB).

What was ordered, what it costs, how it is paid and delivered, the way to withdraw, the notice on the legal guarantee,
and the legal texts in the versions that the order was placed under, each on pages of its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlmodel import Session

from catalog.money import format_cents
from catalog.units import PRICE_UNIT_NAME, Unit
from catalog.vat import format_rate
from checkout import gift_sales, orders, redeeming, wordings
from checkout.deliveries import amount_in_words
from checkout.numbers import transfer_reference
from checkout.orders import Order, OrderLine
from checkout.payments import PaymentMethod
from checkout.redeeming import Used
from checkout.shipping import BY_MAIL, PICKUP
from shop import artwork, legal
from shop.formats import german_date, german_time, in_fours
from shop.pages import PageVersion
from shop.papers import letterhead, rows, text
from shop.papers.letterhead import LEFT, RIGHT, WIDTH
from shop.papers.rows import Cell, Column
from shop.profile import Profile

if TYPE_CHECKING:
    from shop.papers.sheet import Sheet

_LEAST_NOTICE = 170.0  # mm: the official notice is not shown smaller where a new page has more room
_COLUMNS = (
    Column("Artikel", 88),
    Column("Menge", 32),
    Column("Einzelpreis", 24, True),
    Column("Betrag", 21, True, True),
)


@dataclass(frozen=True)
class Contract:
    """What an order's confirmation says; `notice` and `labels` are official pictures, where they are kept."""

    order: Order
    lines: Sequence[OrderLine]
    used: Sequence[Used]
    gifts: Sequence[gift_sales.OrderGift]
    texts: Sequence[PageVersion]
    payment: str
    withdrawal_url: str
    notice: Path | None
    labels: Mapping[str, Path]


def read(
    session: Session, order: Order, *, payments: Mapping[str, PaymentMethod], url: str, pictures: Path | None
) -> Contract:
    """Read what the confirmation of an order says; `pictures` is the folder of official artwork, if there is one."""
    lines = orders.lines_of(session, order)
    method = payments.get(order.payment)
    kept = {file: artwork.path_of(pictures, file) for file in _files(order, lines)} if pictures else {}
    there = {file: path for file, path in kept.items() if path}
    return Contract(
        order,
        lines,
        redeeming.used_with(session, order),
        gift_sales.of_order(session, order),
        legal.papers_of(session, order),
        method.label if method else redeeming.label(order.payment),
        f"{url}/widerruf?bestellung={order.token}",
        there.get(order.guarantee_notice),
        there,
    )


def write(contract: Contract, *, owner: Profile, themes: Sequence[Path]) -> bytes:
    """The confirmation as PDF/A-3 on the letterhead; `themes` are the theme's folders, itself first."""
    order = contract.order
    head = letterhead.of(owner)
    title = f"Bestellbestätigung {order.number}"
    sheet = letterhead.begin(title, head, themes=themes, made_at=order.placed_at, has_window=True)
    letterhead.address(sheet, head, _recipient(order))
    letterhead.facts(sheet, _facts(order))
    sheet.set_xy(LEFT, 98)
    text.headline(sheet, title)
    _say(sheet, f"Vielen Dank für Ihre Bestellung vom {german_time(order.placed_at)}. Wir nehmen sie hiermit an.")
    rows.draw(sheet, _COLUMNS, [*map(_cells, contract.lines), *map(_gift, contract.gifts)])
    _sums(sheet, contract)
    for heading, sentences in _sections(contract, owner):
        _section(sheet, heading, sentences)
    _guarantees(sheet, contract)
    for paper in contract.texts:
        sheet.add_page()
        text.headline(sheet, paper.title)
        text.flow(sheet, paper.body)
    return sheet.bytes()


def file_name(order: Order) -> str:
    """What the PDF is called: "Bestellbestätigung-7K3M-9Q2A.pdf"."""
    return f"Bestellbestätigung-{order.number}.pdf"


def _files(order: Order, lines: Sequence[OrderLine]) -> set[str]:
    return {file for file in (order.guarantee_notice, *(line.guarantee_label for line in lines)) if file}


def _recipient(order: Order) -> list[str]:
    abroad = legal.country_name(order.country).upper() if order.country != "DE" and order.city else ""
    place = f"{order.postal_code} {order.city}".strip()
    return [line for line in (order.company, order.name, order.street, place, abroad) if line]


def _facts(order: Order) -> list[tuple[str, str]]:
    return [("Bestellung", order.number), ("vom", german_date(order.placed_at))]


def _cells(line: OrderLine) -> list[Cell]:
    unit = Unit(line.unit)
    each = f"{format_cents(line.price_cents)} / {PRICE_UNIT_NAME[unit]}"
    amount = "Stoffmuster" if line.is_sample else amount_in_words(line.quantity, line.pieces, unit)
    return [Cell(line.name, list(_told(line))), Cell(amount), Cell(each), Cell(format_cents(line.line_cents))]


def _told(line: OrderLine) -> Iterator[str]:
    """What an order keeps of an article: all that stood above the button."""
    yield from (part for part in (line.options, line.essentials) if part)
    named = {
        "Zusammensetzung": line.fibres,
        "Grundpreis": line.base_price,
        "Lieferzeit": line.delivery_time,
        "Bitte beachten": line.notice,
        "Warnhinweise": line.warnings,
        "Stoffmuster angerechnet": f"−{format_cents(line.credit_cents)}" if line.credit_cents else "",
    }
    yield from (f"{name}: {value}" for name, value in named.items() if value)
    yield from (part for part in (line.withdrawal_note, line.guarantee, f"Art.-Nr. {line.sku}") if part)


def _gift(gift: gift_sales.OrderGift) -> list[Cell]:
    for_whom = [f"für {gift.for_whom}"] if gift.for_whom else []
    return [Cell("Geschenkgutschein", for_whom), Cell("1"), Cell(""), Cell(format_cents(gift.cents))]


def _sums(sheet: "Sheet", contract: Contract) -> None:
    said = list(_sum_rows(contract))
    if sheet.get_y() + 4 + 5 * len(said) > sheet.page_break_trigger:
        sheet.add_page()
    y = sheet.get_y() + 3
    for name, amount, is_bold in said:
        sheet.put(RIGHT - 96, y, name, 9.5, width=70, align="R", bold=is_bold)
        sheet.put(RIGHT - 26, y, amount, 9.5, width=25, align="R", bold=is_bold)
        y += 5
    sheet.set_xy(LEFT, y)
    if contract.order.is_small_business:
        _say(sheet, wordings.SMALL_BUSINESS_INVOICE_NOTE)
    if contract.order.vat_category:
        _say(sheet, wordings.UNTAXED[contract.order.vat_category])


def _sum_rows(contract: Contract) -> Iterator[tuple[str, str, bool]]:
    order = contract.order
    delivery = "Abholung im Laden" if order.delivery == PICKUP else f"Versand ({order.delivery})"
    yield "Warenwert", format_cents(order.goods_cents), False
    for each in contract.used:
        if not each.is_gift:
            yield each.name, f"−{format_cents(each.cents)}", False
    yield delivery, format_cents(order.shipping_cents), False
    if order.gift_cents:
        yield "Geschenkgutscheine", format_cents(order.gift_cents), False
    yield "Gesamtbetrag", format_cents(order.total_cents), True
    for share in order.vat:
        if share["vat_cents"]:
            yield f"darin {format_rate(share['permille'])} MwSt.", format_cents(share["vat_cents"]), False
    for each in contract.used:
        if each.is_gift:
            yield f"davon mit {each.name} bezahlt", format_cents(each.cents), False


def _sections(contract: Contract, owner: Profile) -> Iterator[tuple[str, list[str]]]:
    order = contract.order
    yield "Zahlung", [contract.payment, *_transfer(order, owner)]
    if order.delivery == PICKUP:
        yield "Abholung im Laden", [", ".join(filter(None, (owner.shop_name, owner.street, owner.city)))]
    elif order.delivery != BY_MAIL:
        yield "Lieferung an", [", ".join(_recipient(order))]
    if order.billing_street:
        place = f"{order.billing_postal_code} {order.billing_city}"
        billed = (order.billing_company, order.billing_name, order.billing_street, place)
        yield "Rechnung an", [", ".join(filter(None, billed))]
    if order.note:
        yield "Ihre Anmerkung", [order.note]
    if not order.is_for_business:
        yield wordings.WITHDRAW_LINK, [contract.withdrawal_url]


def _transfer(order: Order, owner: Profile) -> list[str]:
    """Where money that is still owed goes."""
    if order.payment not in ("transfer", "invoice") or order.open_cents <= 0:
        return []
    by = f" bis zum {german_date(order.pay_by)}" if order.pay_by else ""
    if not by and order.days_to_pay:
        by = f" innerhalb von {order.days_to_pay} Tagen, nachdem wir die Ware verschickt oder übergeben haben"
    account = owner.account
    return [
        f"Bitte überweisen Sie {format_cents(order.open_cents)}{by}: {account.holder}, IBAN {in_fours(account.iban)}",
        f"Verwendungszweck: {transfer_reference(order.number)}",
    ]


def _guarantees(sheet: "Sheet", contract: Contract) -> None:
    """The notice on the legal guarantee in words and as the official picture, then makers' guarantees."""
    about = f"{wordings.GUARANTEE_LINK_TEXT}: {wordings.GUARANTEE_LINK}"
    _section(sheet, wordings.GUARANTEE_TITLE, [wordings.GUARANTEE_NOTICE, about])
    if contract.notice:
        _official(sheet, contract.notice)
    told = dict.fromkeys((line.name, line.guarantee_terms) for line in contract.lines if line.guarantee_terms)
    for name, terms in told:
        _section(sheet, f"{wordings.GUARANTEE_TERMS_TITLE}: {name}", terms.splitlines())
    for file in dict.fromkeys(line.guarantee_label for line in contract.lines):
        if file in contract.labels:
            _label(sheet, contract.labels[file])


def _official(sheet: "Sheet", picture: Path) -> None:
    """The notice as large as the page has room for, so that it can be read."""
    if sheet.page_break_trigger - sheet.get_y() < _LEAST_NOTICE:
        sheet.add_page()
    height = sheet.page_break_trigger - sheet.get_y() - 3
    sheet.image(picture, x=LEFT, y=sheet.get_y(), w=WIDTH, h=height, keep_aspect_ratio=True)
    sheet.set_xy(LEFT, sheet.page_break_trigger)


def _label(sheet: "Sheet", picture: Path) -> None:
    if sheet.get_y() + 55 > sheet.page_break_trigger:
        sheet.add_page()
    sheet.image(picture, x=LEFT, y=sheet.get_y() + 2, w=60, h=50, keep_aspect_ratio=True)
    sheet.set_xy(LEFT, sheet.get_y() + 55)


def _section(sheet: "Sheet", heading: str, sentences: Sequence[str]) -> None:
    sheet.set_font("text", "", 10)
    wanted = 9 + sum(1 + 5 * len(sheet.broken(sentence, WIDTH)) for sentence in sentences)
    if sheet.get_y() + min(wanted, 90) > sheet.page_break_trigger:
        sheet.add_page()
    sheet.set_xy(LEFT, sheet.get_y() + 2)
    sheet.start_section(heading, level=1, strict=False)
    sheet.set_font("text", "B", 10.5)
    sheet.colour("ink")
    sheet.lines(WIDTH, 5.4, heading)
    for sentence in sentences:
        _say(sheet, sentence)


def _say(sheet: "Sheet", sentence: str) -> None:
    sheet.set_x(LEFT)
    sheet.set_font("text", "", 10)
    sheet.colour("ink")
    sheet.lines(WIDTH, 5, sentence)
    sheet.set_y(sheet.get_y() + 1)
