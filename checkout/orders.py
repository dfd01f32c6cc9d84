"""Orders: what was sold, copied once and never changed; what happens to it is appended."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.exclusions import Exclusion
from catalog.holds import Wanted
from catalog.refusals import Refusal
from catalog.times import german_day, moment
from checkout import bank_days, numbers, paperwork, signals
from checkout.contents import CartItem

SHOPPER = "Kundin"  # the author of what shoppers do


class State(StrEnum):
    """Where an order stands. Money is no state: what was paid, refunded or disputed are amounts beside it."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"  # the payment is on its way (SEPA debit)
    CONFIRMED = "confirmed"  # may be packed and is paid later: at pickup, or by invoice
    PAID = "paid"
    PARTLY_DELIVERED = "partly_delivered"  # some of it has left the store, the rest is to come
    SHIPPED = "shipped"
    PICKED_UP = "picked_up"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# The allowed moves, written once. EXPIRED → PAID is money that came late while the goods could be taken
# again (fulfilment.pay_late); what a person has cancelled stays cancelled.
MOVES: dict[State, frozenset[State]] = {
    State.AWAITING_PAYMENT: frozenset({State.PROCESSING, State.PAID, State.CANCELLED, State.EXPIRED}),
    State.PROCESSING: frozenset({State.PAID, State.CANCELLED, State.EXPIRED}),
    State.CONFIRMED: frozenset({State.PARTLY_DELIVERED, State.SHIPPED, State.PICKED_UP, State.CANCELLED}),
    State.PAID: frozenset({State.PARTLY_DELIVERED, State.SHIPPED, State.PICKED_UP, State.CANCELLED}),
    State.PARTLY_DELIVERED: frozenset({State.PARTLY_DELIVERED, State.SHIPPED, State.PICKED_UP}),
    State.SHIPPED: frozenset(),
    State.PICKED_UP: frozenset(),
    State.CANCELLED: frozenset(),
    State.EXPIRED: frozenset({State.PAID}),
}


ENDED = (State.CANCELLED, State.EXPIRED)  # nothing is delivered any more, so nothing is owed

STATE_NAMES = {
    State.AWAITING_PAYMENT: "wartet auf Zahlung",
    State.PROCESSING: "Zahlung unterwegs",
    State.CONFIRMED: "wird später bezahlt",
    State.PAID: "bezahlt",
    State.PARTLY_DELIVERED: "teilweise unterwegs",
    State.SHIPPED: "versandt",
    State.PICKED_UP: "abgeholt",
    State.CANCELLED: "storniert",
    State.EXPIRED: "verfallen",
}


class Order(SQLModel, table=True):
    """One order. All amounts in gross cents; `vat` lists [{"permille", "gross_cents", "vat_cents"}].

    `total_cents` is what was agreed: goods without `discount_cents`, gift vouchers (`gift_cents`), and shipping.
    Only `state`, `attention` and these amounts beside the state move, each with the rows that it sums up:

    - `reduced_cents`: taken off what was agreed (Allowance);
    - `paid_cents`, `refunded_cents`: money that came in (Payment) and goes back (Refund, failed ones aside);
    - `disputed_cents`: what payers have had called back, until it is decided;
    - `kept_cents`: what stays owed for an order that has ended, such as samples that are credited elsewhere.

    `attention` is what a person must decide ("" for nothing). `vat_country` is where it is taxed, `vat_category` why
    it is not: "K" sent to a business in another EU country, "G" exported, "" for all others (UNTDID 5305).
    `buyer_reference` is a Leitweg-ID, by which authorities take invoices in.
    `pay_by` is the last day to transfer the money, as the buyer was told it last; None for other ways to pay;
    it and `reserved_until` move on when the buyer is reminded.
    `*_version` are the ids of the legal texts (shop pages) that held when it was placed.
    """

    __table_args__ = (CheckConstraint("total_cents >= 0 AND paid_cents >= 0", name="sane_amounts"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True, max_length=20)
    token: str = Field(unique=True, max_length=64)
    checkout_key: str = Field(unique=True, max_length=64)
    state: str = Field(index=True)
    placed_at: datetime = moment(index=True)
    reserved_until: datetime | None = moment(nullable=True)
    ready_from: datetime | None = moment(nullable=True)  # from when on it can be fetched, as was promised
    pay_by: date | None = None
    buyer_id: int | None = Field(default=None, foreign_key="trustedbuyer.id", index=True)  # who buys by invoice
    days_to_pay: int | None = None  # by invoice: from the day on which the goods have left the store
    email: str = Field(index=True)
    phone: str = ""
    name: str
    company: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = "DE"
    billing_name: str = ""
    billing_company: str = ""
    billing_street: str = ""
    billing_postal_code: str = ""
    billing_city: str = ""
    billing_country: str = ""
    note: str = ""
    delivery: str  # "pickup" or the name of the shipping rate
    payment: str  # key of the payment method
    goods_cents: int
    discount_cents: int = 0
    gift_cents: int = 0  # gift vouchers that are bought with it
    shipping_cents: int
    total_cents: int
    vat_country: str = Field(default="DE", max_length=2)
    vat: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    vat_category: str = Field(default="", max_length=1, sa_column_kwargs={"server_default": ""})
    buyer_vat_id: str = Field(default="", max_length=20, sa_column_kwargs={"server_default": ""})
    buyer_reference: str = Field(default="", max_length=50, sa_column_kwargs={"server_default": ""})
    business_declared_at: datetime | None = moment(nullable=True)  # she said that she buys for a business (§ 14 BGB)
    is_small_business: bool = False
    terms_version: int = 0
    withdrawal_version: int = 0
    privacy_version: int = 0
    guarantee_notice: str = ""  # the official notice that was shown: a file in artwork/; "" while there was none
    cheapest_shipping_cents: int | None = None  # what the cheapest way to send it would have cost (§ 357 Abs. 2 BGB)
    reduced_cents: int = 0
    paid_cents: int = 0
    refunded_cents: int = 0
    disputed_cents: int = 0
    kept_cents: int = 0
    attention: str = ""

    @property
    def is_for_business(self) -> bool:
        """Whether its buyer has declared that she buys for a business: nothing else makes her one."""
        return self.business_declared_at is not None

    @property
    def owed_cents(self) -> int:
        """What the buyer owes in all, as it stands by now."""
        return self.kept_cents if self.state in ENDED else self.total_cents - self.reduced_cents

    @property
    def held_cents(self) -> int:
        """The buyer's money that the shop has; below zero where more was called back than had been left."""
        return self.paid_cents - self.refunded_cents - self.disputed_cents

    @property
    def open_cents(self) -> int:
        """What is still to be paid."""
        return max(0, self.owed_cents - self.held_cents)

    @property
    def is_paid_in_store(self) -> bool:
        """Whether what is open was paid at the till, which books it (§ 146a AO), when the goods were handed over."""
        return self.payment == "on_pickup" and self.state in (State.PARTLY_DELIVERED, State.PICKED_UP)

    @property
    def overpaid_cents(self) -> int:
        """What the shop has to pay back."""
        return max(0, self.held_cents - self.owed_cents)


class OrderLine(SQLModel, table=True):
    """What was sold: `pieces` × `quantity` smallest units at `price_cents` per price unit."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    position: int
    variant_id: int = Field(foreign_key="variant.id", index=True)
    sku: str
    name: str
    options: str = ""  # "Farbe: Petrol"
    unit: str
    pieces: int
    quantity: int
    price_cents: int
    line_cents: int
    base_price: str = ""  # "99,00 € / 1 kg"
    vat_permille: int
    fibres: str = ""
    essentials: str = ""  # the essential characteristics as shown above the order button
    delivery_time: str = ""
    picture_hash: str = ""
    is_sample: bool = False  # a swatch (Stoffmuster): unit, pieces and quantity are those of one piece
    credit_cents: int = 0  # what samples bought before take off this line; line_cents is without it
    discount_cents: int = 0  # what vouchers take off line_cents
    notice: str = ""  # what the shopper was told about this line: balls of two dye lots
    warnings: str = ""
    guarantee: str = ""  # the maker's guarantee of durability, as it was shown
    guarantee_terms: str = ""
    guarantee_label: str = ""  # a file in artwork/
    withdrawal: str = Field(default=Exclusion.NORMAL.value, sa_column_kwargs={"server_default": "normal"})
    withdrawal_note: str = Field(default="", sa_column_kwargs={"server_default": ""})  # what she was told of that


class OrderEvent(SQLModel, table=True):
    """Something that happened to an order; appended. `kind` is a State for moves, else a word."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    happened_at: datetime = moment()
    author: str
    kind: str
    note: str = ""


class NotAllowedNow(Refusal):
    """The order is not in a state that allows this step."""


class Disputed(Refusal):
    """A payment of the order was called back by its payer: nothing may leave the store."""


def id_of(order: Order) -> int:
    """The id of an order that has been saved."""
    assert order.id is not None
    return order.id


def lock(session: Session, order_id: int) -> Order:
    """The order as it stands this moment, kept to ourselves until the transaction ends."""
    fresh = select(Order).where(Order.id == order_id).with_for_update()
    return session.exec(fresh.execution_options(populate_existing=True)).one()


def move(session: Session, order: Order, to: State, *, now: datetime, author: str, note: str = "") -> None:
    """Bring an order into another state by one conditional UPDATE, append its event, send the signal. Flushes.

    Raises NotAllowedNow if MOVES does not allow it from where the order stands by now.
    """
    session.flush()
    from_here = [state for state, targets in MOVES.items() if to in targets]
    moved = session.exec(
        update(Order)
        .where(col(Order.id) == order.id, col(Order.state).in_(from_here))
        .values(state=to.value)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["state"])
    if moved.rowcount != 1:
        raise not_allowed(order)
    remark(session, order, to, note, now=now, author=author)
    _fall_due(session, order, to, now)
    if to in (State.SHIPPED, State.PICKED_UP):
        paperwork.note(session, id_of(order), is_delivered=True, now=now, author=author)
    signals.order_moved.send(order, session=session, to=to)


def _fall_due(session: Session, order: Order, to: State, now: datetime) -> None:
    """What is bought by invoice is to be paid so many days after its last part has left the store (§ 193 BGB)."""
    if to in (State.SHIPPED, State.PICKED_UP) and order.days_to_pay is not None and order.pay_by is None:
        order.pay_by = bank_days.on_or_after(german_day(now) + timedelta(days=order.days_to_pay))
        session.flush()


def is_paid(order: Order) -> bool:
    """Whether money has come for it, so that less to pay means money back."""
    return order.held_cents > 0 and order.open_cents == 0


def not_allowed(order: Order) -> NotAllowedNow:
    """The refusal of a step that an order's state does not allow."""
    name = STATE_NAMES[State(order.state)]
    return NotAllowedNow(f"Das geht nicht mehr: Bestellung {order.number} ist inzwischen „{name}“.")


def refuse_disputed(order: Order) -> None:
    """Raise Disputed while money of the order is held by a card network or a bank."""
    if order.disputed_cents:
        raise Disputed(
            f"Bestellung {order.number} geht gerade nicht hinaus: Ihre Zahlung wird bestritten. "
            "Bitte klären Sie das zuerst bei Stripe."
        )


def remark(session: Session, order: Order, kind: str, note: str, *, now: datetime, author: str) -> None:
    """Append an event that moves nothing. Flushes."""
    assert order.id is not None
    session.add(OrderEvent(order_id=order.id, happened_at=now, author=author, kind=str(kind), note=note))
    session.flush()


def call_attention(session: Session, order: Order, sentence: str, *, now: datetime, author: str) -> None:
    """Add a sentence to what a person must decide, with its event; the same sentence stands only once. Flushes."""
    assert order.id is not None
    order = lock(session, order.id)
    if sentence not in order.attention.splitlines():
        order.attention = f"{order.attention}\n{sentence}".strip()
        remark(session, order, "attention", sentence, now=now, author=author)


def drop_attention(
    session: Session, order: Order, is_over: Callable[[str], bool], *, now: datetime, author: str, note: str
) -> None:
    """Take away the sentences that need nobody any more; others stay. The order is locked by the caller. Flushes."""
    sentences = order.attention.splitlines()
    others = [each for each in sentences if not is_over(each)]
    if others != sentences:
        order.attention = "\n".join(others)
        remark(session, order, "attention_settled", note, now=now, author=author)


def settle_attention(session: Session, order: Order, *, now: datetime, author: str, note: str) -> None:
    """Say that a person has decided: nothing calls for attention any more; `note` says what was done. Flushes."""
    assert order.id is not None
    order = lock(session, order.id)
    if order.attention:
        order.attention = ""
        remark(session, order, "attention_settled", note, now=now, author=author)


def find_by_token(session: Session, token: str) -> Order | None:
    """The order of a secret link; None for an unknown one."""
    return session.exec(select(Order).where(Order.token == token)).first()


def find_by_number(session: Session, number: str) -> Order | None:
    """The order with a number, however it is spaced or cased; None if there is none."""
    known = numbers.find_all(number)
    return session.exec(select(Order).where(col(Order.number).in_(known))).first() if known else None


def lines_of(session: Session, order: Order) -> list[OrderLine]:
    """What was sold, in its order."""
    lines = select(OrderLine).where(OrderLine.order_id == order.id)
    return list(session.exec(lines.order_by(col(OrderLine.position))).all())


def events_of(session: Session, order: Order) -> list[OrderEvent]:
    """What happened, oldest first."""
    events = select(OrderEvent).where(OrderEvent.order_id == order.id)
    return list(session.exec(events.order_by(col(OrderEvent.id))).all())


def wanted_by(lines: Iterable[CartItem] | Iterable[OrderLine]) -> list[Wanted]:
    """Which goods some lines need, cut by cut; samples need none."""
    return [Wanted(line.variant_id, line.quantity, line.pieces) for line in lines if not line.is_sample]
