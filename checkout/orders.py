"""Orders: what was sold, copied once and never changed; what happens to it is appended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel

from catalog.refusals import Refusal
from catalog.times import moment
from checkout.cart import Cart, CartItem
from checkout.customers import CheckoutDetails
from checkout.totals import Totals


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

    All within the caller's transaction, which is rolled back on any refusal. Idempotent by
    `placing.checkout_key`: a double click gets the same order again. `details` must be without
    `customers.problems`. Owes "order_received" to the shopper and "order_for_owner" to the owner.
    Raises EmptyCart, CartChanged, PriceChanged, NotBuyable, or stock.OutOfStock.
    """
    raise NotImplementedError


def lock(session: Session, order_id: int) -> Order:
    """The order as it stands this moment, kept to ourselves until the transaction ends."""
    raise NotImplementedError


def move(session: Session, order: Order, to: State, *, now: datetime, author: str, note: str = "") -> None:
    """Bring an order into another state by one conditional UPDATE, append its event, send the signal. Flushes.

    Raises NotAllowedNow if MOVES does not allow it from where the order stands by now.
    """
    raise NotImplementedError


def remark(session: Session, order: Order, kind: str, note: str, *, now: datetime, author: str) -> None:
    """Append an event that moves nothing. Flushes."""
    raise NotImplementedError


def call_attention(session: Session, order: Order, sentence: str, *, now: datetime, author: str) -> None:
    """Add a sentence to what a person must decide, with its event; the same sentence stands only once. Flushes."""
    raise NotImplementedError


def settle_attention(session: Session, order: Order, *, now: datetime, author: str, note: str) -> None:
    """Say that a person has decided: nothing calls for attention any more; `note` says what was done. Flushes."""
    raise NotImplementedError


def find_by_token(session: Session, token: str) -> Order | None:
    """The order of a secret link; None for an unknown one."""
    raise NotImplementedError


def find_by_number(session: Session, number: str) -> Order | None:
    """The order with a number, however it is spaced or cased; None if there is none."""
    raise NotImplementedError


def lines_of(session: Session, order: Order) -> list[OrderLine]:
    """What was sold, in its order."""
    raise NotImplementedError


def events_of(session: Session, order: Order) -> list[OrderEvent]:
    """What happened, oldest first."""
    raise NotImplementedError
