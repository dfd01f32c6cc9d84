"""What is held about people: for each table which rows are a person's, what they are called, what becomes of them.

Every table of the shop stands either here or in without.py; a test refuses any other.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, delete, select

from catalog.search.misses import SearchMiss
from checkout import retention
from checkout.allowances import Allowance
from checkout.amendments import Amendment
from checkout.bank.bookings import BankBooking
from checkout.bank.paying_back import PayeeAccount
from checkout.cart import Cart, CartGift, CartLine
from checkout.customers import CheckoutDetails
from checkout.deliveries import Return, ReturnLine, Shipment, ShipmentLine
from checkout.gift_sales import OrderGift
from checkout.gift_vouchers import GiftMovement, GiftVoucher
from checkout.inquiries import Inquiry
from checkout.invoices import Invoice, InvoicePaper
from checkout.orders import Order, OrderEvent, OrderLine
from checkout.outbox import Letter
from checkout.payments import Payment, PaymentAttempt, StripeEvent
from checkout.payments.disputing import Dispute
from checkout.phone_orders import PhoneOrder
from checkout.pickup import PickupReady
from checkout.redeeming import CartCode
from checkout.refunds import Refund
from checkout.retention import Class
from checkout.returns import Withdrawal, WithdrawalEvent, WithdrawalRefund
from checkout.samples import SampleCredit
from checkout.tax_proofs import TaxProof
from checkout.trusted import TrustedBuyer
from checkout.vouchers import VoucherUse
from shop.newsletter.issues import NewsletterCopy
from shop.newsletter.subscriptions import Subscription
from shop.personal import blanking, conditions
from shop.personal.archive import ArchiveLook, LockedRow
from shop.personal.identity import Person
from shop.throttle import Occurrence

Erase = Callable[[Session, Person, datetime], None]


@dataclass(frozen=True)
class Held:
    """Rows of a table that are about a person (`of`), under a German heading.

    `kept` is why and for how long they must be kept: they move into the locked archive, by the row itself
    (`is_root`) or by that which they hang on. None: they go at once. `erase` is what goes at once otherwise than
    by deleting the rows; None: nothing of what is kept.
    """

    table: type[SQLModel]
    heading: str
    of: Callable[[Person], ColumnElement[bool]]
    kept: Class | None = None
    is_root: bool = False
    erase: Erase | None = None

    def rows(self, session: Session, person: Person) -> Sequence[Any]:
        """Her rows, in the order of their keys."""
        keys = self.table.__table__.primary_key.columns  # type: ignore[attr-defined]
        return session.exec(select(self.table).where(self.of(person)).order_by(*keys)).all()

    def erase_at_once(self, session: Session, person: Person, now: datetime) -> None:
        """Let go what need not be kept. Flushes."""
        if self.erase is not None:
            self.erase(session, person, now)
        elif self.kept is None:
            session.exec(delete(self.table).where(self.of(person)).execution_options(synchronize_session="fetch"))


def _of_order(table: Any, heading: str, kept: Class = retention.VOUCHERS) -> Held:
    return Held(table, heading, conditions.by_order(table), kept)


# In the order in which rows may be deleted: what names others stands before them.
ALL: tuple[Held, ...] = (
    Held(CartCode, "Gutscheincodes im Warenkorb", conditions.by_cart(CartCode)),
    Held(CartGift, "Geschenkgutscheine im Warenkorb", conditions.by_cart(CartGift)),
    Held(CartLine, "Warenkorb", conditions.by_cart(CartLine)),
    Held(CheckoutDetails, "Angaben an der Kasse", conditions.by_cart(CheckoutDetails)),
    Held(PhoneOrder, "Angefangene Telefonbestellungen", conditions.by_cart(PhoneOrder)),
    Held(Cart, "Warenkörbe", conditions.by_id(Cart, "cart_ids")),
    Held(NewsletterCopy, "Newsletter, die Sie bekommen haben", conditions.copies),
    Held(Letter, "Newsletter und Anmeldung dazu", conditions.passing_letters),
    Held(Subscription, "Einwilligung in den Newsletter", conditions.by_id(Subscription, "subscription_ids"),
         retention.CLAIMS, erase=blanking.end_subscriptions),
    Held(SearchMiss, "Vergebliche Suchen mit Ihrem Namen", conditions.searches),
    Held(Occurrence, "Zählung gegen Missbrauch (als Prüfsumme, einen Tag lang)", conditions.occurrences),
    Held(StripeEvent, "Mitteilungen von Stripe", conditions.notices, erase=blanking.empty_notices),
    Held(VoucherUse, "Eingelöste Aktionsgutscheine", conditions.by_order(VoucherUse), retention.VOUCHERS,
         erase=blanking.forget_uses),
    Held(Letter, "Schriftwechsel", conditions.letters, retention.LETTERS, is_root=True),
    Held(ArchiveLook, "Einsicht ins gesperrte Archiv", conditions.by_order(ArchiveLook), retention.VOUCHERS),
    Held(LockedRow, "Sperrvermerke", conditions.locks,
         retention.VOUCHERS),
    _of_order(SampleCredit, "Angerechnete Stoffmuster"),
    _of_order(PaymentAttempt, "Begonnene Online-Zahlungen"),
    _of_order(Dispute, "Bestrittene Zahlungen"),
    _of_order(Refund, "Rückzahlungen"),
    _of_order(Payment, "Zahlungen"),
    _of_order(PayeeAccount, "Konto für Rückzahlungen"),
    Held(BankBooking, "Buchungen auf unserem Konto", conditions.by_id(BankBooking, "booking_ids"),
         retention.VOUCHERS, is_root=True),
    _of_order(Inquiry, "Rückfragen zu Ihrer Bestellung", retention.LETTERS),
    _of_order(Amendment, "Geänderte Lieferungen"),
    Held(InvoicePaper, "Rechnungen als Dateien", conditions.within(InvoicePaper.invoice_id, Invoice),
         retention.VOUCHERS),
    _of_order(Invoice, "Rechnungen, Stornorechnungen, Korrekturen"),
    _of_order(Allowance, "Nachlässe"),
    _of_order(TaxProof, "Nachweise für die Steuer"),
    Held(ReturnLine, "Zurückgekommene Waren", conditions.within(ReturnLine.return_id, Return), retention.VOUCHERS),
    _of_order(Return, "Rücksendungen"),
    Held(WithdrawalEvent, "Verlauf Ihrer Widerrufe", conditions.by_withdrawal(WithdrawalEvent), retention.LETTERS),
    Held(WithdrawalRefund, "Rückzahlungen nach Widerruf", conditions.by_withdrawal(WithdrawalRefund),
         retention.VOUCHERS),
    Held(Withdrawal, "Widerrufe", conditions.by_id(Withdrawal, "withdrawal_ids"), retention.LETTERS, is_root=True),
    Held(ShipmentLine, "Inhalt der Sendungen", conditions.within(ShipmentLine.shipment_id, Shipment),
         retention.VOUCHERS),
    _of_order(Shipment, "Sendungen"),
    _of_order(PickupReady, "Bereitgelegte Bestellungen", retention.LETTERS),
    _of_order(GiftMovement, "Buchungen auf Geschenkgutscheinen"),
    _of_order(OrderGift, "Bestellte Geschenkgutscheine"),
    Held(GiftVoucher, "Geschenkgutscheine", conditions.gifts, retention.VOUCHERS, erase=blanking.forget_names_on_gifts),
    _of_order(OrderEvent, "Verlauf Ihrer Bestellungen"),
    _of_order(OrderLine, "Bestellte Waren"),
    Held(Order, "Bestellungen", conditions.by_id(Order, "order_ids"), retention.VOUCHERS, is_root=True,
         erase=blanking.forget_notes),
    Held(TrustedBuyer, "Kauf auf Rechnung", conditions.by_id(TrustedBuyer, "buyer_ids"),
         erase=blanking.forget_buyers),
)  # fmt: skip
