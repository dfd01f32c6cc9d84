"""Whom the owner lets buy by invoice: marked by hand, known by number and e-mail address, up to a limit."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import moment
from checkout import numbers
from checkout.orders import ENDED, Order

METHOD = "invoice"
# One sentence for every wrong pair, so that nobody learns which address or number is known.
NOT_KNOWN = (
    "E-Mail-Adresse und Kundennummer passen nicht zusammen. Bitte prüfen Sie beides, oder lassen Sie die Nummer weg "
    "und wählen Sie eine andere Zahlungsart."
)


class TrustedBuyer(SQLModel, table=True):
    """A shopper who may buy by invoice. `number` is her own, with a check digit like an order's.

    All her open invoice orders together stay within `limit_cents`; each is to be paid `days_to_pay` days after
    she has the goods. `entered_at` and `author` are of the last change.
    """

    __table_args__ = (CheckConstraint("limit_cents >= 0 AND days_to_pay >= 0", name="sane_terms"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=20)
    email: str = Field(default="", index=True, max_length=254)
    name: str = Field(max_length=100)
    limit_cents: int
    days_to_pay: int = 14
    is_active: bool = True
    entered_at: datetime = moment()
    author: str


class OverLimit(Refusal):
    """An order would bring a buyer's open invoices above what the owner allows her."""


def add(
    session: Session, *, name: str, email: str, limit_cents: int, days_to_pay: int, now: datetime, author: str
) -> TrustedBuyer:
    """Let a shopper buy by invoice, under a new number. Flushes."""
    buyer = TrustedBuyer(
        number=numbers.new(), email=email, name=name, limit_cents=limit_cents, days_to_pay=days_to_pay,
        entered_at=now, author=author,
    )  # fmt: skip
    session.add(buyer)
    session.flush()
    return buyer


def is_any(session: Session) -> bool:
    """Whether the owner trusts anybody, so that it is worth asking for a number."""
    return session.exec(select(TrustedBuyer.id).where(col(TrustedBuyer.is_active)).limit(1)).first() is not None


def find(session: Session, *, number: str, email: str) -> TrustedBuyer | None:
    """Who has both this number and this e-mail address; None unless both fit and she is still trusted."""
    buyer = by_number(session, number)
    is_hers = buyer is not None and bool(email) and buyer.email.casefold() == email.strip().casefold()
    return buyer if is_hers else None


def by_number(session: Session, number: str) -> TrustedBuyer | None:
    """Who has this number, for the owner herself, who knows whom she talks to; None for an unknown one."""
    written = numbers.find_all(number)
    found = select(TrustedBuyer).where(col(TrustedBuyer.number).in_(written), col(TrustedBuyer.is_active))
    return session.exec(found).first() if written else None


def everybody(session: Session) -> list[TrustedBuyer]:
    """All who are or were trusted, by name."""
    return list(session.exec(select(TrustedBuyer).order_by(col(TrustedBuyer.name), col(TrustedBuyer.id))).all())


def open_cents(session: Session, buyer: TrustedBuyer) -> int:
    """What she owes by now: all her invoice orders together that are neither ended nor paid."""
    return sum(order.open_cents for order in _open_orders(session, [buyer.id or 0]))


def all_open_cents(session: Session, buyers: Iterable[TrustedBuyer]) -> dict[int, int]:
    """What each of some buyers owes by now, by her id; one query."""
    ids = [buyer.id or 0 for buyer in buyers]
    owed = dict.fromkeys(ids, 0)
    for order in _open_orders(session, ids):
        owed[order.buyer_id or 0] += order.open_cents
    return owed


def left_cents(session: Session, buyer: TrustedBuyer) -> int:
    """How much she may still order by invoice."""
    return max(0, buyer.limit_cents - open_cents(session, buyer))


def claim(session: Session, order: Order) -> None:
    """Let a placed order (flushed, with its vouchers booked) count against its buyer's limit. Raises OverLimit.

    The buyer's row is locked until the transaction ends: of two tabs that order at once the second
    sees the first one's order. The lock lets foreign keys through (FOR NO KEY UPDATE), for both orders
    name her already: with a full lock each would wait for the other.
    """
    locked = select(TrustedBuyer).where(TrustedBuyer.id == order.buyer_id).with_for_update(key_share=True)
    buyer = session.exec(locked.execution_options(populate_existing=True)).first()
    if buyer is None or not buyer.is_active:
        raise OverLimit("Kauf auf Rechnung ist zurzeit nicht möglich. Bitte wählen Sie eine andere Zahlungsart.")
    before_cents = open_cents(session, buyer) - order.open_cents
    if before_cents + order.open_cents > buyer.limit_cents:
        raise OverLimit(over_limit(buyer.limit_cents - before_cents))


def over_limit(left: int) -> str:
    """The sentence that says how much she may still order by invoice, in cents."""
    return (
        f"Auf Rechnung können Sie zurzeit noch für {format_cents(max(0, left))} bestellen. "
        "Bitte wählen Sie eine andere Zahlungsart, oder rufen Sie uns an."
    )


def _open_orders(session: Session, buyer_ids: list[int]) -> list[Order]:
    held = Order.paid_cents - Order.refunded_cents - Order.disputed_cents
    unpaid = select(Order).where(
        col(Order.buyer_id).in_(buyer_ids),
        Order.payment == METHOD,
        col(Order.state).not_in(ENDED),
        col(Order.total_cents) - col(Order.reduced_cents) > held,
    )
    return list(session.exec(unpaid.order_by(col(Order.id))).all())
