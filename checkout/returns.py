"""Withdrawal declarations (§ 356a BGB): stored before anything else, never refused."""

from datetime import date, datetime

from sqlalchemy import JSON, Column
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment
from checkout import numbers, orders, outbox, signals
from checkout.orders import Order


class Withdrawal(SQLModel, table=True):
    """A consumer's declaration as received; `order_id` only where it could be matched.

    `ticked` lists {"line_id", "variant_id", "quantity", "pieces"}, what she has ticked where the link of her order
    was known; `extent` says it in words, with what she wrote herself. `looked_up_at` is when it was looked for an
    order, None until then. `proof_on` is the day on which it was proved that the goods are on their way back.
    `outcome` is how the owner has ended it, "" while it is open; who did, and all else, are its events.
    """

    id: int | None = Field(default=None, primary_key=True)
    declaration_key: str = Field(unique=True, max_length=64)
    received_at: datetime = moment()
    name: str
    email: str
    which_order: str  # as the consumer wrote it
    extent: str = ""  # what is withdrawn; empty means the whole contract
    order_id: int | None = Field(default=None, foreign_key="order.id", index=True)
    fingerprint: str | None = Field(
        default=None, unique=True, index=True, max_length=64
    )  # of all that was declared, and the day
    ticked: list[dict[str, int]] = Field(
        default_factory=list, sa_column=Column(JSON, nullable=False, server_default="[]")
    )
    looked_up_at: datetime | None = moment(nullable=True)
    proof_on: date | None = None
    outcome: str = Field(default="", sa_column_kwargs={"server_default": ""})


class WithdrawalEvent(SQLModel, table=True):
    """Something that the owner (or the shop) did about a declaration; appended."""

    id: int | None = Field(default=None, primary_key=True)
    withdrawal_id: int = Field(foreign_key="withdrawal.id", index=True)
    happened_at: datetime = moment()
    author: str
    kind: str
    note: str = ""


class WithdrawalRefund(SQLModel, table=True):
    """What was paid back because of a declaration, whether the goods had come back or not; one each.

    `pieces` is as Withdrawal.ticked. `deduction_cents` were kept of the goods' worth (§ 357a BGB), and why.
    """

    id: int | None = Field(default=None, primary_key=True)
    withdrawal_id: int = Field(foreign_key="withdrawal.id", unique=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    refunded_at: datetime = moment()
    author: str
    pieces: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    goods_cents: int
    shipping_cents: int
    deduction_cents: int = 0
    deduction_reason: str = ""


def declare(
    session: Session,
    *,
    key: str,
    name: str,
    email: str,
    which_order: str,
    extent: str,
    now: datetime,
    order_token: str = "",
    letters_due_at: datetime | None = None,
) -> Withdrawal:
    """Store a consumer's withdrawal and owe its receipt; never refused, the same `key` counts once. Flushes.

    An order is matched silently, by `order_token` (of the secret link) or by number and e-mail
    address: the declaration never tells whether an order exists. Owes "withdrawal_received" to the
    consumer and "withdrawal_for_owner" to the owner, now or from `letters_due_at` on.
    """
    standing = session.exec(select(Withdrawal).where(Withdrawal.declaration_key == key)).first()
    if standing is not None:
        return standing
    order = _matched(session, email, which_order, order_token)
    withdrawal = Withdrawal(
        declaration_key=key,
        received_at=now,
        name=name,
        email=email,
        which_order=which_order,
        extent=extent,
        order_id=order.id if order else None,
    )
    try:
        with session.begin_nested():
            session.add(withdrawal)
    except IntegrityError:  # the same click came in by another connection this very moment
        return session.exec(select(Withdrawal).where(Withdrawal.declaration_key == key)).one()
    _tell(session, withdrawal, order, now, letters_due_at or now)
    return withdrawal


def _matched(session: Session, email: str, which_order: str, order_token: str) -> Order | None:
    if order_token and (order := orders.find_by_token(session, order_token)):
        return order
    if not email.strip():  # an order without an address must not be found by the lack of one
        return None
    named = numbers.find_all(which_order)
    found = session.exec(select(Order).where(col(Order.number).in_(named)).order_by(col(Order.id))).all()
    return next((order for order in found if order.email.casefold() == email.strip().casefold()), None)


def _tell(session: Session, withdrawal: Withdrawal, order: Order | None, now: datetime, due_at: datetime) -> None:
    reason = f"withdrawal:{withdrawal.id}"
    outbox.queue(session, "withdrawal_received", reason, withdrawal.email, now, due_at=due_at)
    outbox.queue(session, "withdrawal_for_owner", reason, outbox.OWNER, now, due_at=due_at)
    if order is not None:
        note = withdrawal.extent or "der ganze Vertrag"
        orders.remark(session, order, "withdrawal", note, now=now, author=orders.SHOPPER)
    signals.withdrawal_declared.send(withdrawal, session=session)
