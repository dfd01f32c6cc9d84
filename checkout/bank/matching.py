"""Which order a transfer pays. By itself only what is exact; everything else is proposed to a person.

Sure is a booking whose texts name one or several orders by their whole numbers (all blanks and signs
taken out, for banks wrap lines anywhere) and whose amount is exactly what is open for them. Name and
amount alone never book anything.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select
from stdnum import iso11649

from catalog.money import format_cents
from catalog.times import german_day
from checkout import numbers, orders, refunds
from checkout.bank import bookings
from checkout.bank.bookings import BankBooking
from checkout.orders import ENDED, STATE_NAMES, Order, State
from checkout.refunds import Refund, RefundState

BY_BANK = ("transfer", "invoice")  # ways to pay whose money comes to the shop's account
MOST_LIKELY = 4  # orders that are shown beside a booking
_LOOK_BACK = timedelta(days=180)
_MOST_ORDERS = 3000


@dataclass(frozen=True)
class Finding:
    """What was found out. `pays` may be booked without asking; else `reason` says why not, and `likely` which it is."""

    pays: tuple[Order, ...] = ()
    reason: str = ""
    likely: tuple[Order, ...] = ()


class Pool:
    """The orders among which a booking without a right number looks; read when first asked for, then kept.

    One pool serves all bookings of a file or a page.
    """

    def __init__(self, session: Session, now: datetime) -> None:
        self._session = session
        self._since = now - _LOOK_BACK

    @cached_property
    def waiting(self) -> list[tuple[Order, tuple[set[str], ...]]]:
        """Orders that wait for a transfer, newest first, with the words of their names."""
        held = col(Order.paid_cents) - col(Order.refunded_cents) - col(Order.disputed_cents)
        wanted = select(Order).where(
            *_to_be_paid_by_bank(self._since),
            col(Order.state).not_in(ENDED),
            col(Order.total_cents) - col(Order.reduced_cents) > held,
        )
        found = self._session.exec(wanted.order_by(col(Order.id).desc()).limit(_MOST_ORDERS)).all()
        return [
            (order, tuple(_words(name) for name in (order.name, order.billing_name, order.company) if name))
            for order in found
        ]

    def near(self, texts: Sequence[str]) -> list[Order]:
        """Orders to be paid by transfer whose number stands in the texts but for one slip, newest first."""
        told = {number for text in texts for number in self._neighbourhood.near(text)}
        if not told:
            return []
        found = select(Order).where(col(Order.number).in_(told)).order_by(col(Order.id).desc())
        return list(self._session.exec(found).all())

    @cached_property
    def _neighbourhood(self) -> numbers.Neighbourhood:
        recent = select(Order.number).where(*_to_be_paid_by_bank(self._since))
        return numbers.Neighbourhood(
            self._session.exec(recent.order_by(col(Order.id).desc()).limit(_MOST_ORDERS)).all()
        )


def find(session: Session, booking: BankBooking, *, now: datetime, pool: Pool | None = None) -> Finding:
    """Find the orders that a credit means; reads only."""
    named = named_in(session, booking.written)
    if sentence := _foreign(session, booking):
        return Finding(reason=sentence, likely=tuple(named))
    if not named:
        return _guess(booking, pool or Pool(session, now))
    open_cents = sum(order.open_cents for order in named)
    if all(awaits_transfer(order) for order in named) and open_cents == booking.cents:
        return Finding(pays=tuple(named))
    return Finding(reason=_why_not(named, booking.cents), likely=tuple(named))


def named_in(session: Session, texts: Sequence[str]) -> list[Order]:
    """The orders whose numbers stand in some texts, in the order in which they stand there."""
    told = list(dict.fromkeys(number for text in texts for number in numbers.find_squeezed(text)))
    if not told:
        return []
    found = {order.number: order for order in session.exec(select(Order).where(col(Order.number).in_(told))).all()}
    return [found[number] for number in told if number in found]


def awaits_transfer(order: Order) -> bool:
    """Whether money for an order shall come to the shop's account."""
    return order.payment in BY_BANK and order.state not in ENDED and order.open_cents > 0


def perhaps_paid(session: Session, *, now: datetime) -> set[int]:
    """The ids of orders that may be what a booking means about which nobody has decided yet."""
    pool = Pool(session, now)
    undecided = [booking for booking in bookings.open_ones(session) if booking.is_credit]
    found = [find(session, booking, now=now, pool=pool) for booking in undecided]
    return {orders.id_of(order) for finding in found for order in (*finding.pays, *finding.likely)}


def bounced_refund(session: Session, booking: BankBooking, named: Sequence[Order]) -> Refund | None:
    """Our own refund that a returned credit brings back: of the order that it names, over the same amount."""
    if not booking.is_return or not booking.is_credit:
        return None
    sent = [refund for order in named for refund in refunds.of(session, order)]
    gone = [each for each in sent if each.method == "transfer" and each.state in (RefundState.OWED, RefundState.DONE)]
    return next((each for each in gone if each.cents == booking.cents), None)


def _foreign(session: Session, booking: BankBooking) -> str:
    """Why a booking is not to be booked by itself, whatever it names; "" if nothing speaks against it."""
    if booking.currency != "EUR":
        return (
            f"Das Geld kam in der Währung {booking.currency}. Bitte sehen Sie nach, wie viel Euro daraus wurden, und "
            "tragen Sie das in der Bestellung ein."
        )
    if booking.is_return:
        return "Hier kommt Geld zurück, das Sie selbst überwiesen hatten. Vielleicht stimmt die IBAN nicht?"
    if booking.doubt:
        return booking.doubt
    if _is_wrong_reference(booking.structured):
        return f"Die Referenz „{booking.structured}“ ist verschrieben: Ihre Prüfziffern stimmen nicht."
    if bookings.may_be_double(session, booking):
        return "Diese Zahlung haben Sie vielleicht schon aus einer anderen Datei eingelesen (gleicher Tag und Betrag)."
    return ""


def _is_wrong_reference(structured: str) -> bool:
    plain = bookings.squeezed(structured)
    return re.match(r"RF\d\d", plain) is not None and not iso11649.is_valid(plain)


def _why_not(named: Sequence[Order], cents: int) -> str:
    if len(named) > 1:
        which = " und ".join(order.number for order in named)
        open_cents = sum(order.open_cents for order in named)
        return f"Genannt sind {which}: Offen sind zusammen {format_cents(open_cents)}."
    (order,) = named
    if order.state == State.CANCELLED:
        return "Die Bestellung ist storniert: bitte zurückzahlen."
    if order.state == State.EXPIRED:
        return (
            "Die Bestellung war schon aufgehoben. Zuordnen nimmt sie wieder auf, wenn alles noch da ist; "
            "sonst kommt das Geld auf die Liste „Zurückzuzahlen“."
        )
    if order.open_cents == 0:
        return "Die Bestellung ist schon bezahlt."
    if order.payment not in BY_BANK:
        return f"Diese Bestellung sollte anders bezahlt werden. Ihr Stand: „{STATE_NAMES[State(order.state)]}“."
    if cents < order.open_cents:
        return f"Es fehlen {format_cents(order.open_cents - cents)}: Offen sind {format_cents(order.open_cents)}."
    return f"{format_cents(cents - order.open_cents)} zu viel: Offen sind {format_cents(order.open_cents)}."


def _guess(booking: BankBooking, pool: Pool) -> Finding:
    """Orders that a booking without a right number may mean, best first."""
    near = pool.near(booking.written)
    if near:
        sentence = "Die Bestellnummer ist verschrieben: Ein Zeichen stimmt nicht."
        return Finding(reason=sentence, likely=tuple(near[:MOST_LIKELY]))
    waiting = [(order, names) for order, names in pool.waiting if _may_be_paid_on(booking.booked_on, order)]
    fits = [order for order, _ in waiting if order.open_cents == booking.cents]
    theirs = _words(booking.name)
    known = [order for order, names in waiting if any(_is_name(theirs, name) for name in names)]
    known_ids = {order.id for order in known}
    both = [order for order in fits if order.id in known_ids]
    if both:
        return Finding(reason="Keine Bestellnummer, aber Name und Betrag passen.", likely=tuple(both[:MOST_LIKELY]))
    if fits:
        return Finding(reason="Keine Bestellnummer, aber der Betrag passt.", likely=tuple(fits[:MOST_LIKELY]))
    if known:
        return Finding(reason="Keine Bestellnummer, aber der Name passt.", likely=tuple(known[:MOST_LIKELY]))
    return Finding(reason="Dazu finden wir keine Bestellung.")


def _to_be_paid_by_bank(since: datetime) -> tuple[ColumnElement[bool], ...]:
    return col(Order.payment).in_(BY_BANK), col(Order.placed_at) > since


def _may_be_paid_on(day: date, order: Order) -> bool:
    """Nobody pays before she has ordered."""
    return awaits_transfer(order) and german_day(order.placed_at) <= day


def _is_name(theirs: set[str], ours: set[str]) -> bool:
    """Whether two names have two words in common, in whatever order a bank writes them."""
    return len(theirs & ours) >= 2


def _words(name: str) -> set[str]:
    spelled = unicodedata.normalize("NFC", name.lower())
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelled = spelled.replace(umlaut, letters)
    return set(re.findall(r"[a-z]{2,}", unicodedata.normalize("NFKD", spelled)))
