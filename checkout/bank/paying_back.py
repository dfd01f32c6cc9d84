"""Money that the owner transfers back herself: to whom, how much, and with which words."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select
from stdnum import iban as ibans

from catalog.refusals import Refusal
from catalog.times import moment
from checkout import refunds
from checkout.bank import bookings
from checkout.bank.bookings import BankBooking, Standing
from checkout.numbers import transfer_reference
from checkout.orders import Order
from checkout.payments import Payment
from checkout.refunds import Refund


class PayeeAccount(SQLModel, table=True):
    """Where an order's money goes back to, as the buyer has told the owner; it wins over the account it came from."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", unique=True)
    holder: str
    iban: str
    given_at: datetime = moment()
    author: str


class NotAnIban(Refusal):
    """The check digits of an IBAN are wrong."""


@dataclass(frozen=True)
class Transfer:
    """A transfer to be made: `iban` is "" where nobody has told it yet. Exactly one of `refund`, `booking` is set."""

    holder: str
    iban: str
    cents: int
    purpose: str
    reason: str
    since: datetime | None
    order: Order | None = None
    refund: Refund | None = None
    booking: BankBooking | None = None


def to_make(session: Session) -> list[Transfer]:
    """The transfers that are owed: refunds of orders, and money that never became an order's; oldest first."""
    owed = [_of_refund(session, refund) for refund in refunds.owed_by(session, "transfer")]
    strange = select(BankBooking).where(BankBooking.state == Standing.TO_RETURN.value)
    return owed + [_of_booking(row) for row in session.exec(strange.order_by(col(BankBooking.id))).all()]


def how_many(session: Session) -> int:
    """How many transfers are owed."""
    strange = select(BankBooking.id).where(BankBooking.state == Standing.TO_RETURN.value)
    return len(refunds.owed_by(session, "transfer")) + len(session.exec(strange).all())


def needs_account(session: Session, order: Order) -> bool:
    """Whether money of an order is to be transferred back and nobody has told where to."""
    return any(each.order is not None and each.order.id == order.id and not each.iban for each in to_make(session))


def tell_account(session: Session, order: Order, *, holder: str, iban: str, now: datetime, author: str) -> None:
    """Write down where an order's money goes back to. Flushes. Raises NotAnIban."""
    if not ibans.is_valid(iban):
        raise NotAnIban("Diese IBAN hat einen Zahlendreher. Bitte sehen Sie noch einmal nach.")
    known = session.exec(select(PayeeAccount).where(PayeeAccount.order_id == order.id)).first()
    assert order.id is not None
    row = known or PayeeAccount(order_id=order.id, holder="", iban="", given_at=now, author=author)
    row.holder, row.iban, row.given_at, row.author = holder, ibans.compact(iban), now, author
    session.add(row)
    session.flush()


def _of_refund(session: Session, refund: Refund) -> Transfer:
    order = session.get_one(Order, refund.order_id)
    told = session.exec(select(PayeeAccount).where(PayeeAccount.order_id == order.id)).first()
    row = bookings.of_payment(session, session.get_one(Payment, refund.payment_id))
    return Transfer(
        holder=told.holder if told else (row.name if row and row.iban else "") or order.billing_name or order.name,
        iban=told.iban if told else row.iban if row else "",
        cents=refund.cents,
        purpose=f"Rückzahlung {transfer_reference(order.number)}",
        reason=refund.reason,
        since=refund.created_at,
        order=order,
        refund=refund,
    )


def _of_booking(row: BankBooking) -> Transfer:
    return Transfer(
        holder=row.name,
        iban=row.iban,
        cents=row.cents,
        purpose=f"Rückzahlung Ihrer Überweisung vom {row.booked_on:%d.%m.%Y}",
        reason=f"Eingang vom {row.booked_on:%d.%m.%Y} ohne passende Bestellung: {row.text}".rstrip(": "),
        since=row.decided_at,
        booking=row,
    )
