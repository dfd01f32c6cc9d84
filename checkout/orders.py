"""Orders: what was sold, copied once and never changed; what happens to it is appended."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, SQLModel

from catalog.times import moment


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
