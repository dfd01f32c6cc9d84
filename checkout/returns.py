"""Withdrawal declarations (§ 356a BGB): stored before anything else, never refused.

Storing one looks at no order but that of a secret link: which order somebody means who only names it is looked up
later, by a job, so that neither the answer nor the time it takes tells a stranger which orders there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256

from sqlalchemy import JSON, Column
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.times import german_day, moment
from checkout import numbers, orders, outbox, signals
from checkout.deliveries import Size
from checkout.orders import Order
from checkout.outbox import Letter

RECEIPT, NOTICE = "withdrawal_received", "withdrawal_for_owner"
WHOLE = "der ganze Vertrag"
_AT_ONCE = timedelta(minutes=2)
_MOST = 100  # looked up in one transaction: however many come in, nobody waits long for the database


class Withdrawal(SQLModel, table=True):
    """A consumer's declaration as received; `order_id` only where it could be matched.

    `ticked` lists {"line_id", "variant_id", "quantity", "pieces"}, what she has ticked where the link of her order
    was known; `extent` says in words what is withdrawn, "" for the whole contract. `fingerprint` is of all that was
    declared and the day: the same once more that day is the same declaration. `looked_up_at` is when it was looked
    for an order, None until then. `proof_on` is the day on which it was proved that the goods are on their way back.
    `outcome` is how the owner has ended it, "" while it is open; who did, and all else, are its events.
    """

    id: int | None = Field(default=None, primary_key=True)
    declaration_key: str = Field(unique=True, max_length=64)
    received_at: datetime = moment()
    name: str
    email: str
    which_order: str  # as the consumer wrote it
    extent: str = ""
    order_id: int | None = Field(default=None, foreign_key="order.id", index=True)
    fingerprint: str | None = Field(default=None, unique=True, index=True, max_length=64)
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

    `pieces` lists those that were with the shopper as {"line_id", "variant_id", "quantity", "pieces"}, `unsent` those
    that had not left the store. `deduction_cents` were kept of the goods' worth (§ 357a BGB), and why.
    """

    id: int | None = Field(default=None, primary_key=True)
    withdrawal_id: int = Field(foreign_key="withdrawal.id", unique=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    refunded_at: datetime = moment()
    author: str
    pieces: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    unsent: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    goods_cents: int
    shipping_cents: int
    deduction_cents: int = 0
    deduction_reason: str = ""


@dataclass(frozen=True)
class Declared:
    """What somebody declares, as she reads it before she confirms it; `order_token` is that of a secret link."""

    name: str
    email: str
    which_order: str
    extent: str = ""
    ticked: Mapping[Size, int] = field(default_factory=dict)
    order_token: str = ""

    def fingerprint(self, now: datetime) -> str:
        """A mark of all of it, and of the German day."""
        said = (self.name, self.email, self.which_order, self.extent)
        words = [" ".join(each.split()).casefold() for each in said]
        everything = (words, sorted(self.ticked.items()), self.order_token, german_day(now))
        return sha256(repr(everything).encode()).hexdigest()


def find(session: Session, declared: Declared, key: str, now: datetime) -> Withdrawal | None:
    """The same declaration if it was stored before: by the same click (`key`), or the same words on the same day."""
    same = (col(Withdrawal.declaration_key) == key) | (col(Withdrawal.fingerprint) == declared.fingerprint(now))
    return session.exec(select(Withdrawal).where(same).order_by(col(Withdrawal.id))).first()


def declare(
    session: Session, declared: Declared, *, key: str, now: datetime, receipt_due_at: datetime | None = None
) -> Withdrawal:
    """Store a consumer's withdrawal and owe its receipt; never refused, the same one counts once. Flushes.

    Owes "withdrawal_received" to the consumer, now or from `receipt_due_at` on. `look_up` does the rest.
    """
    if standing := find(session, declared, key, now):
        return standing
    order = orders.find_by_token(session, declared.order_token) if declared.order_token else None
    withdrawal = Withdrawal(
        declaration_key=key,
        received_at=now,
        name=declared.name,
        email=declared.email,
        which_order=declared.which_order,
        extent=declared.extent,
        order_id=order.id if order else None,
        fingerprint=declared.fingerprint(now),
        ticked=as_rows(declared.ticked) if order else [],
    )
    try:
        with session.begin_nested():
            session.add(withdrawal)
    except IntegrityError:  # the same click came in by another connection this very moment
        standing = find(session, declared, key, now)
        assert standing is not None
        return standing
    outbox.queue(session, RECEIPT, _reason(withdrawal), withdrawal.email, now, due_at=receipt_due_at or now)
    return withdrawal


def is_any_new(session: Session) -> bool:
    """Whether `look_up` would find a declaration; reads only."""
    new = select(Withdrawal.id).where(col(Withdrawal.looked_up_at).is_(None))
    return session.exec(new.limit(1)).first() is not None


def look_up(session: Session, now: datetime) -> list[Withdrawal]:
    """Look for the orders of the oldest new declarations, note them there, and owe "withdrawal_for_owner". Flushes.

    An order is matched by its secret link, or by number and e-mail address together.
    """
    new = select(Withdrawal).where(col(Withdrawal.looked_up_at).is_(None)).order_by(col(Withdrawal.id)).limit(_MOST)
    found = list(session.exec(new.with_for_update(skip_locked=True)).all())
    for withdrawal in found:
        order = session.get(Order, withdrawal.order_id) if withdrawal.order_id else _matched(session, withdrawal)
        withdrawal.order_id, withdrawal.looked_up_at = order.id if order else None, now
        if order is not None:
            orders.remark(
                session, order, "withdrawal", withdrawal.extent or WHOLE, now=withdrawal.received_at,
                author=orders.SHOPPER,
            )  # fmt: skip
        due_at = max((letter.due_at for letter in outbox.letters_about(session, _reason(withdrawal))), default=now)
        outbox.queue(session, NOTICE, _reason(withdrawal), outbox.OWNER, now, due_at=due_at)
        signals.withdrawal_declared.send(withdrawal, session=session)
    session.flush()
    return found


def receipt_of(session: Session, withdrawal: Withdrawal) -> Letter | None:
    """The letter of a declaration's receipt; None where she gave no address."""
    letters = outbox.letters_about(session, _reason(withdrawal))
    return next((letter for letter in letters if letter.kind == RECEIPT), None)


def stuck_receipts(session: Session, now: datetime) -> int:
    """How many receipts should have gone out by now and have not: the law wants them without delay (§ 356a Abs. 4)."""
    unsent = select(func.count()).where(Letter.kind == RECEIPT, col(Letter.sent_at).is_(None))
    tried = (col(Letter.tries) > 0) & (col(Letter.last_error) != "")
    return session.exec(unsent.where(tried | (col(Letter.due_at) < now - _AT_ONCE))).one()


def of(session: Session, order: Order) -> Sequence[Withdrawal]:
    """The declarations about an order, oldest first."""
    about = select(Withdrawal).where(Withdrawal.order_id == order.id).order_by(col(Withdrawal.id))
    return session.exec(about).all()


def note(session: Session, withdrawal: Withdrawal, kind: str, words: str, *, now: datetime, author: str) -> None:
    """Append an event of a declaration. Flushes."""
    session.add(
        WithdrawalEvent(withdrawal_id=withdrawal.id or 0, happened_at=now, author=author, kind=kind, note=words)
    )
    session.flush()


def events_of(session: Session, withdrawal: Withdrawal) -> Sequence[WithdrawalEvent]:
    """What was done about a declaration, oldest first."""
    events = select(WithdrawalEvent).where(WithdrawalEvent.withdrawal_id == withdrawal.id)
    return session.exec(events.order_by(col(WithdrawalEvent.id))).all()


def as_rows(pieces: Mapping[Size, int]) -> list[dict[str, int]]:
    """Pieces by size as a row of the database keeps them."""
    return [
        {"line_id": line_id, "variant_id": variant_id, "quantity": quantity, "pieces": count}
        for (line_id, variant_id, quantity), count in sorted(pieces.items())
        if count
    ]


def as_pieces(rows: Sequence[Mapping[str, int]]) -> dict[Size, int]:
    """What `as_rows` has made, as pieces by size again."""
    return {(row["line_id"], row["variant_id"], row["quantity"]): row["pieces"] for row in rows}


def _reason(withdrawal: Withdrawal) -> str:
    return f"withdrawal:{withdrawal.id}"


def _matched(session: Session, withdrawal: Withdrawal) -> Order | None:
    email = withdrawal.email.strip().casefold()
    if not email:  # an order without an address must not be found by the lack of one
        return None
    named = numbers.find_all(withdrawal.which_order)
    found = session.exec(select(Order).where(col(Order.number).in_(named)).order_by(col(Order.id))).all()
    return next((order for order in found if order.email.casefold() == email), None)
