"""The tables that the tax office gets: what was sold, delivered, paid and documented in a period, and the journal.

Persons are left out: documents name their buyers, and are handed out as files. Money is in euros with two decimals.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlmodel import Session, SQLModel, col, select

from catalog.vat import format_rate
from checkout.allowances import Allowance
from checkout.bank.bookings import BankBooking
from checkout.deliveries import Return, Shipment
from checkout.documents import TITLES, Kind
from checkout.gift_vouchers import GiftMovement
from checkout.invoices import Invoice
from checkout.journal import JournalEntry
from checkout.orders import Order, OrderEvent, OrderLine, State
from checkout.payments import Payment
from checkout.payments.disputing import Dispute
from checkout.periods import Period
from checkout.refunds import Refund
from checkout.small_business import TaxModeChange

_BERLIN = ZoneInfo("Europe/Berlin")
TEXT, NUMBER, MONEY, DAY = "text", "number", "money", "day"
Value = str | int | date | None
Row = TypeVar("Row", bound=SQLModel)
_HANDED_OVER = (State.PICKED_UP.value, State.PARTLY_DELIVERED.value)


@dataclass(frozen=True)
class Column:
    """A column: its name, what kind of values it has, and what it means where the name does not say it."""

    name: str
    kind: str = TEXT
    about: str = ""


@dataclass(frozen=True)
class Sheet:
    """A table: the name of its file, what it is called and holds, and how its rows are read. Money comes in cents."""

    file: str
    name: str
    about: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Period], Iterator[tuple[Value, ...]]]


def sheets() -> tuple[Sheet, ...]:
    """All tables, documents first."""
    return (
        Sheet("belege.csv", "Belege", "Rechnungen, Stornorechnungen und Rechnungskorrekturen", (
            Column("Nummer"), Column("Art"), Column("Datum", DAY), Column("Bestellung"), Column("Geliefert von", DAY),
            Column("Geliefert bis", DAY), Column("Bezieht sich auf"), Column("Land der Käuferin"),
            Column("Land der Steuer"), Column("Netto", MONEY), Column("Steuer", MONEY), Column("Brutto", MONEY),
            Column("SHA-256", TEXT, "Prüfsumme des unveränderlichen Belegs"),
        ), _documents),
        Sheet("belegsteuern.csv", "Belegsteuern", "Netto, Steuer und Brutto je Satz eines Belegs", (
            Column("Beleg"), Column("Kategorie", TEXT, "S Regelsteuer, E befreit, K innergemeinschaftlich, G Ausfuhr"),
            Column("Satz"), Column("Netto", MONEY), Column("Steuer", MONEY), Column("Brutto", MONEY), Column("Grund"),
        ), _document_taxes),
        Sheet("belegpositionen.csv", "Belegpositionen", "Zeilen der Belege", (
            Column("Beleg"), Column("Position", NUMBER), Column("Artikelnummer"), Column("Bezeichnung"),
            Column("Menge"), Column("Nachlass", MONEY), Column("Netto", MONEY), Column("Brutto", MONEY), Column("Satz"),
        ), _document_items),
        Sheet("bestellungen.csv", "Bestellungen", "Bestellungen, wie sie aufgegeben wurden", (
            Column("Nummer"), Column("Bestellt am"), Column("Land"), Column("Land der Steuer"), Column("Lieferung"),
            Column("Zahlungsart"), Column("Stand"), Column("Waren", MONEY), Column("Rabatt", MONEY),
            Column("Gutscheine gekauft", MONEY), Column("Versand", MONEY), Column("Summe", MONEY),
            Column("Später abgezogen", MONEY), Column("Steuer", MONEY), Column("Kleinunternehmer"),
        ), _orders),
        Sheet("bestellpositionen.csv", "Bestellpositionen", "Zeilen der Bestellungen", (
            Column("Bestellung"), Column("Position", NUMBER), Column("Artikelnummer"), Column("Bezeichnung"),
            Column("Stück", NUMBER), Column("Menge je Stück", NUMBER, "Stück, Zentimeter oder Gramm"),
            Column("Einheit"), Column("Preis", MONEY, "je Stück, Meter oder Kilogramm"), Column("Zeilensumme", MONEY),
            Column("Nachlass", MONEY), Column("Satz"),
        ), _order_lines),
        Sheet("vorgaenge.csv", "Vorgänge", "Was mit Bestellungen geschah, wann und durch wen", (
            Column("Bestellung"), Column("Zeitpunkt"), Column("Art"), Column("Durch"),
            Column("Vermerk", TEXT, "nur bei der Übergabe im Laden, mit der Nummer des Kassenbons"),
        ), _events),
        Sheet("nachlaesse.csv", "Nachlässe", "Was nach der Bestellung abgezogen wurde", (
            Column("Bestellung"), Column("Zeitpunkt"), Column("Durch"), Column("Grund"), Column("Betrag", MONEY),
            Column("davon Versand", MONEY), Column("Steuer darin", MONEY),
        ), _allowances),
        Sheet("zahlungen.csv", "Zahlungen", "Eingegangenes Geld", (
            Column("Bestellung"), Column("Zeitpunkt"), Column("Zahlungsart"), Column("Kennung"),
            Column("Betrag", MONEY), Column("Gebucht durch"),
        ), _payments),
        Sheet("rueckzahlungen.csv", "Rückzahlungen", "Geld, das zurückgeht oder zurückging", (
            Column("Bestellung"), Column("Angewiesen am"), Column("Erledigt am"), Column("Stand"),
            Column("Zahlungsart"), Column("Betrag", MONEY), Column("Grund"), Column("Durch"),
        ), _refunds),
        Sheet("rueckbelastungen.csv", "Rückbelastungen", "Zahlungen, die eine Bank bestritten hat", (
            Column("Bestellung"), Column("Eröffnet am"), Column("Beendet am"), Column("Stand"), Column("Betrag", MONEY),
        ), _disputes),
        Sheet("lieferungen.csv", "Lieferungen", "Sendungen und Übergaben im Laden", (
            Column("Bestellung"), Column("Zeitpunkt"), Column("Durch"), Column("Art"),
        ), _shipments),
        Sheet("ruecknahmen.csv", "Rücknahmen", "Zurückgekommene Ware", (
            Column("Bestellung"), Column("Zeitpunkt"), Column("Durch"), Column("Grund"),
            Column("Wertersatz", MONEY),
        ), _returns),
        Sheet("gutscheinbewegungen.csv", "Gutscheinbewegungen", "Verkaufte und eingelöste Geschenkgutscheine", (
            Column("Gutschein", NUMBER), Column("Zeitpunkt"), Column("Art"), Column("Bestellung"),
            Column("Betrag", MONEY), Column("Durch"),
        ), _gifts),
        Sheet("bankbuchungen.csv", "Bankbuchungen", "Eingelesene Buchungen des Kontos, ohne Namen", (
            Column("Buchungstag", DAY), Column("Betrag", MONEY, "Abgänge unter null"), Column("Stand"),
            Column("Entschieden durch"), Column("Kennung"),
        ), _bank),
        Sheet("besteuerung.csv", "Besteuerung", "Von wann an wie besteuert wurde (§ 19 UStG)", (
            Column("Ab", DAY), Column("Kleinunternehmer"), Column("Eingetragen am"), Column("Durch"),
        ), _tax_modes),
        Sheet("journal.csv", "Journal", "Alle Zeilen der Bücher, verkettet mit Prüfsummen (SHA-256)", (
            Column("Nummer", NUMBER), Column("Zeitpunkt", TEXT, "UTC, mit Mikrosekunden"), Column("Durch"),
            Column("Art"), Column("Tabelle"), Column("Zeile", NUMBER), Column("Inhalt", TEXT, "JSON"),
            Column("Prüfsumme davor"), Column("Prüfsumme"),
        ), _journal),
    )  # fmt: skip


def _documents(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row in _issued(session, period):
        said = row.content
        yield (
            said.number, TITLES[Kind(row.kind)], said.issued_on, said.order_number, said.delivered_from,
            said.delivered_to, said.refers_to.number if said.refers_to else "", said.buyer.country, said.vat_country,
            said.net_cents, said.vat_cents, said.gross_cents, row.sha256,
        )  # fmt: skip


def _document_taxes(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row in _issued(session, period):
        for tax in row.content.taxes:
            yield (
                row.number, tax.category, _rate(tax.permille), tax.net_cents, tax.vat_cents, tax.gross_cents,
                tax.reason,
            )  # fmt: skip


def _document_items(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row in _issued(session, period):
        for item in row.content.items:
            yield (
                row.number, item.position, item.sku, item.name, item.amount, item.discount_cents, item.net_cents,
                item.gross_cents, _rate(item.permille),
            )  # fmt: skip


def _issued(session: Session, period: Period) -> Iterable[Invoice]:
    rows = select(Invoice).where(col(Invoice.issued_on) >= period.first, col(Invoice.issued_on) <= period.last)
    return session.exec(rows.order_by(col(Invoice.id)).execution_options(yield_per=200))


def _orders(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for order in _within(session, Order, Order.placed_at, period):
        tax = sum(share["vat_cents"] for share in order.vat)
        yield (
            order.number, _moment(order.placed_at), order.country, order.vat_country, order.delivery, order.payment,
            order.state, order.goods_cents, order.discount_cents, order.gift_cents, order.shipping_cents,
            order.total_cents, order.reduced_cents, tax, "ja" if order.is_small_business else "nein",
        )  # fmt: skip


def _order_lines(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    rows = (
        select(OrderLine, Order.number)
        .join(Order, col(Order.id) == OrderLine.order_id)
        .where(*_in(Order.placed_at, period))
        .order_by(col(OrderLine.id))
    )
    for line, number in session.exec(rows.execution_options(yield_per=500)):
        yield (
            number, line.position, line.sku, f"{line.name} {line.options}".strip(), line.pieces, line.quantity,
            line.unit, line.price_cents, line.line_cents, line.discount_cents, _rate(line.vat_permille),
        )  # fmt: skip


def _events(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for event, number in _of_orders(session, OrderEvent, OrderEvent.happened_at, period):
        note = event.note if event.kind in _HANDED_OVER else ""
        yield number, _moment(event.happened_at), event.kind, event.author, note


def _allowances(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row, number in _of_orders(session, Allowance, Allowance.reduced_at, period):
        tax = sum(share["vat_cents"] for share in row.vat)
        yield number, _moment(row.reduced_at), row.author, row.reason, row.cents, row.shipping_cents, tax


def _payments(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row, number in _of_orders(session, Payment, Payment.paid_at, period):
        yield number, _moment(row.paid_at), row.method, row.reference, row.cents, row.author


def _refunds(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row, number in _of_orders(session, Refund, Refund.created_at, period):
        yield (
            number, _moment(row.created_at), _moment(row.settled_at), row.state, row.method, row.cents, row.reason,
            row.author,
        )  # fmt: skip


def _disputes(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row, number in _of_orders(session, Dispute, Dispute.opened_at, period):
        yield number, _moment(row.opened_at), _moment(row.closed_at), row.state, row.cents


def _shipments(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row, number in _of_orders(session, Shipment, Shipment.shipped_at, period):
        yield number, _moment(row.shipped_at), row.author, "im Laden" if row.is_pickup else row.carrier


def _returns(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    for row, number in _of_orders(session, Return, Return.returned_at, period):
        yield number, _moment(row.returned_at), row.author, row.reason, row.deduction_cents


def _gifts(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    rows = (
        select(GiftMovement, Order.number)
        .outerjoin(Order, col(Order.id) == GiftMovement.order_id)
        .where(*_in(GiftMovement.moved_at, period))
        .order_by(col(GiftMovement.id))
    )
    for row, number in session.exec(rows):
        yield row.gift_id, _moment(row.moved_at), row.why, number or "", row.cents, row.author


def _bank(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    rows = select(BankBooking).where(
        col(BankBooking.booked_on) >= period.first, col(BankBooking.booked_on) <= period.last
    )
    for row in session.exec(rows.order_by(col(BankBooking.id))):
        yield row.booked_on, row.cents if row.is_credit else -row.cents, row.state, row.decided_by, row.key


def _tax_modes(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    rows = select(TaxModeChange).where(col(TaxModeChange.since) <= period.last).order_by(col(TaxModeChange.id))
    for row in session.exec(rows):
        yield row.since, "ja" if row.is_small_business else "nein", _moment(row.entered_at), row.author


def _journal(session: Session, period: Period) -> Iterator[tuple[Value, ...]]:
    rows = select(JournalEntry).where(*_in(JournalEntry.recorded_at, period)).order_by(col(JournalEntry.number))
    for row in session.exec(rows.execution_options(yield_per=500)):
        yield (
            row.number, row.recorded_at.isoformat(timespec="microseconds"), row.author, row.kind, row.about,
            row.row_id, row.body, row.previous, row.hash,
        )  # fmt: skip


def _within(session: Session, table: type[Row], at: Any, period: Period) -> Iterable[Row]:
    ids = col(table.id)  # type: ignore[attr-defined]
    return session.exec(select(table).where(*_in(at, period)).order_by(ids).execution_options(yield_per=500))


def _of_orders(session: Session, table: type[Row], at: Any, period: Period) -> Iterable[tuple[Row, str]]:
    """Rows of a table that happened in a period, each with the number of its order."""
    ids, order_ids = col(table.id), col(table.order_id)  # type: ignore[attr-defined]
    rows = select(table, Order.number).join(Order, col(Order.id) == order_ids).where(*_in(at, period))
    return session.exec(rows.order_by(ids).execution_options(yield_per=500))


def _in(at: Any, period: Period) -> tuple[Any, Any]:
    return col(at) >= period.begins_at, col(at) < period.ends_at


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(_BERLIN):%d.%m.%Y %H:%M:%S}" if at else ""


def _rate(permille: int) -> str:
    return format_rate(permille).replace("\u00a0", " ")
