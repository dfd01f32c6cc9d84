"""Orders: what was sold, copied once and never changed; what happens to it is appended."""

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import stock
from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import german_day, moment
from catalog.vat import rate_permille
from checkout import cart as carts
from checkout import numbers, outbox, signals
from checkout.cart import Cart, CartItem
from checkout.customers import FIELDS, CheckoutDetails
from checkout.shipping import PICKUP
from checkout.totals import Totals

SHOPPER = "Kundin"  # the author of what shoppers do


class State(StrEnum):
    """Where an order stands. Money that came late or twice is an amount and a task, not a state."""

    AWAITING_PAYMENT = "awaiting_payment"
    PROCESSING = "processing"  # the payment is on its way (SEPA debit)
    CONFIRMED = "confirmed"  # to be paid at pickup
    PAID = "paid"
    SHIPPED = "shipped"
    PICKED_UP = "picked_up"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


# The allowed moves, written once. EXPIRED or CANCELLED → PAID is money that came late while the goods
# could be taken again (checkout/payments/settling.py).
MOVES: dict[State, frozenset[State]] = {
    State.AWAITING_PAYMENT: frozenset({State.PROCESSING, State.PAID, State.CANCELLED, State.EXPIRED}),
    State.PROCESSING: frozenset({State.PAID, State.CANCELLED, State.EXPIRED}),
    State.CONFIRMED: frozenset({State.PICKED_UP, State.CANCELLED}),
    State.PAID: frozenset({State.SHIPPED, State.PICKED_UP, State.CANCELLED}),
    State.SHIPPED: frozenset(),
    State.PICKED_UP: frozenset(),
    State.CANCELLED: frozenset({State.PAID}),
    State.EXPIRED: frozenset({State.PAID}),
}


STATE_NAMES = {
    State.AWAITING_PAYMENT: "wartet auf Zahlung",
    State.PROCESSING: "Zahlung unterwegs",
    State.CONFIRMED: "wird im Laden bezahlt",
    State.PAID: "bezahlt",
    State.SHIPPED: "versandt",
    State.PICKED_UP: "abgeholt",
    State.CANCELLED: "storniert",
    State.EXPIRED: "verfallen",
}


class Order(SQLModel, table=True):
    """One order. All amounts in gross cents; `vat` lists [{"permille", "gross_cents", "vat_cents"}].

    `state`, `paid_cents` and `attention` are the only columns that move, each by a conditional
    UPDATE with its OrderEvent. `attention` is what a person must decide ("" for nothing).
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
    shipping_cents: int
    total_cents: int
    vat: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    is_small_business: bool = False
    terms_version: int = 0
    withdrawal_version: int = 0
    privacy_version: int = 0
    paid_cents: int = 0
    attention: str = ""


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


class OrderEvent(SQLModel, table=True):
    """Something that happened to an order; appended. `kind` is a State for moves, else a word."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    happened_at: datetime = moment()
    author: str
    kind: str
    note: str = ""


@dataclass(frozen=True)
class TextVersions:
    """The ids of the legal texts (shop pages) that hold when an order is placed."""

    terms: int
    withdrawal: int
    privacy: int


@dataclass(frozen=True)
class Placing:
    """What the door knows about an order beside cart, details and totals.

    `checkout_key` and `seen_total_cents` come from the page that the shopper confirmed;
    `payment` and `first_state` from the chosen PaymentMethod; goods are held until `reserved_until`
    (None: until the order is cancelled). `now` is the moment of the request.
    """

    checkout_key: str
    seen_total_cents: int
    payment: str
    first_state: State
    is_small_business: bool
    versions: TextVersions
    reserved_until: datetime | None
    now: datetime


class EmptyCart(Refusal):
    """There is nothing to order."""


class CartChanged(Refusal):
    """The cart is not the one that the shopper confirmed: it must be shown again."""


class PriceChanged(CartChanged):
    """The total is not the one that the shopper saw: it must be shown again."""


class NotBuyable(Refusal):
    """A line can no longer be bought as it stands; `variant_id` and `sku` name it."""

    def __init__(self, sentence: str, variant_id: int, sku: str) -> None:
        super().__init__(sentence)
        self.variant_id = variant_id
        self.sku = sku


class NotAllowedNow(Refusal):
    """The order is not in a state that allows this step."""


def place(
    session: Session,
    cart: Cart,
    details: CheckoutDetails,
    items: Sequence[CartItem],
    totals: Totals,
    placing: Placing,
) -> Order:
    """Turn the cart into an order: copy, hold the goods, owe the letters, empty the cart. Flushes.

    All or nothing, in a savepoint of the caller's transaction. Idempotent by
    `placing.checkout_key`: a double click gets the same order again. `details` must be without
    `customers.problems`. Owes "order_received" to the shopper and "order_for_owner" to the owner.
    Raises EmptyCart, CartChanged, PriceChanged, NotBuyable, or stock.OutOfStock.
    """
    carts.lock(session, cart)
    standing = session.exec(select(Order).where(Order.checkout_key == placing.checkout_key)).first()
    if standing is not None:
        return standing
    _check(cart, items, totals, placing)
    with session.begin_nested():
        order = _copy(session, details, items, totals, placing)
        stock.hold(session, order.number, wanted_by(items), now=placing.now)
        outbox.queue(session, "order_received", f"order:{order.id}", order.email, placing.now)
        outbox.queue(session, "order_for_owner", f"order:{order.id}", outbox.OWNER, placing.now)
        carts.empty(session, cart, placing.now)
        if order.state == State.PAID:
            stock.take(session, order.number, now=placing.now, author=SHOPPER)
        remark(session, order, order.state, "", now=placing.now, author=SHOPPER)
        signals.order_placed.send(order, session=session)
    return order


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
        raise NotAllowedNow(
            f"Das geht nicht mehr: Bestellung {order.number} ist inzwischen „{STATE_NAMES[State(order.state)]}“."
        )
    remark(session, order, to, note, now=now, author=author)
    signals.order_moved.send(order, session=session, to=to)


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


def wanted_by(lines: Iterable[CartItem] | Iterable[OrderLine]) -> list[stock.Wanted]:
    """How much goods some lines need: one amount per variant, however many cuts of it there are."""
    amounts = Counter[int]()
    for line in lines:
        amounts[line.variant_id] += line.pieces * line.quantity
    return [stock.Wanted(variant_id, quantity) for variant_id, quantity in amounts.items()]


def _check(cart: Cart, items: Sequence[CartItem], totals: Totals, placing: Placing) -> None:
    if not items:
        raise EmptyCart("Ihr Warenkorb ist leer. Bitte legen Sie zuerst etwas hinein.")
    if cart.checkout_key != placing.checkout_key:
        raise CartChanged("Ihr Warenkorb hat sich inzwischen geändert. Bitte prüfen Sie ihn noch einmal.")
    for item in items:
        if item.problem:
            raise NotBuyable(f"{item.name}: {item.problem}", item.variant_id, item.sku)
    if totals.total_cents != placing.seen_total_cents:
        raise PriceChanged(
            f"Der Gesamtpreis hat sich inzwischen geändert: von {format_cents(placing.seen_total_cents)} "
            f"auf {format_cents(totals.total_cents)}. Bitte prüfen Sie Ihre Bestellung noch einmal."
        )


def _copy(
    session: Session, details: CheckoutDetails, items: Sequence[CartItem], totals: Totals, placing: Placing
) -> Order:
    contact = {field: getattr(details, field) for field in _contact_fields(details)}
    order = Order(
        number=numbers.new(),
        token=secrets.token_urlsafe(32),
        checkout_key=placing.checkout_key,
        state=_first_state(totals, placing).value,
        placed_at=placing.now,
        reserved_until=placing.reserved_until,
        delivery=details.delivery,
        payment=placing.payment,
        goods_cents=totals.goods_cents,
        shipping_cents=totals.shipping_cents,
        total_cents=totals.total_cents,
        vat=[asdict(share) for share in totals.vat],
        is_small_business=placing.is_small_business,
        terms_version=placing.versions.terms,
        withdrawal_version=placing.versions.withdrawal,
        privacy_version=placing.versions.privacy,
        **contact,
    )
    session.add(order)
    session.flush()
    assert order.id is not None
    session.add_all([_line(order.id, position, item, placing) for position, item in enumerate(items, start=1)])
    session.flush()
    return order


def _first_state(totals: Totals, placing: Placing) -> State:
    """What costs nothing (a free sample fetched in the store) waits for no money."""
    is_free = totals.total_cents == 0 and placing.first_state is State.AWAITING_PAYMENT
    return State.PAID if is_free else placing.first_state


def _contact_fields(details: CheckoutDetails) -> set[str]:
    """What of the details goes into the order: with pickup, an address typed before stays behind."""
    address = {"company", "street", "postal_code", "city", "country"}
    return set(FIELDS) - {"delivery", "payment"} - (address if details.delivery == PICKUP else set())


def _line(order_id: int, position: int, item: CartItem, placing: Placing) -> OrderLine:
    on = german_day(placing.now)
    return OrderLine(
        order_id=order_id,
        position=position,
        variant_id=item.variant_id,
        sku=item.sku,
        name=item.name,
        options=item.options,
        unit=item.unit.value,
        pieces=item.pieces,
        quantity=item.quantity,
        price_cents=item.price.cents,
        line_cents=item.line_cents,
        base_price=item.base_price,
        vat_permille=0 if placing.is_small_business else rate_permille(item.vat_class, on),
        fibres=item.fibres,
        essentials=", ".join(f"{label}: {value}" for label, value in item.essentials),
        delivery_time=item.delivery_time,
        picture_hash=item.picture_hash,
    )
