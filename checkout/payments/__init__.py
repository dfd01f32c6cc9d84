"""Ways to pay: the protocol, what an attempt and a payment are, and the errors they end in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from catalog.times import moment
from checkout.orders import Order, OrderLine, State


class PaymentAttempt(SQLModel, table=True):
    """One try to be paid through a provider; committed before the provider is asked.

    `idempotency_key`, `amount_cents` and `created_at` are fixed, so a repeated call is the same call.
    `state`: open, processing, paid, expired, failed. `is_live` says whether its page takes real money.
    """

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    method: str
    idempotency_key: str = Field(unique=True)
    session_id: str | None = Field(default=None, unique=True)
    session_url: str = ""
    amount_cents: int
    state: str = Field(default="open", index=True)
    is_live: bool = True
    created_at: datetime = moment()
    expires_at: datetime = moment(index=True)


class Payment(SQLModel, table=True):
    """Money that came in. `reference` is the provider's own id (payment intent, bank booking)."""

    __table_args__ = (CheckConstraint("cents > 0", name="some_money"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    method: str
    reference: str = Field(unique=True)
    cents: int
    paid_at: datetime = moment()
    author: str


class StripeEvent(SQLModel, table=True):
    """The inbox of webhooks: an event is done only when its work has been committed.

    `was_fetched` says that it never arrived: the shop had to ask for it.
    """

    id: str = Field(primary_key=True)
    type: str
    received_at: datetime = moment(index=True)
    done_at: datetime | None = moment(nullable=True)
    body: str
    was_fetched: bool = False


class NoticeCursor(SQLModel, table=True):
    """Until when the notices of a way to pay were fetched."""

    method: str = Field(primary_key=True)
    seen_until: datetime = moment()


class PaymentDown(Exception):
    """The provider cannot be reached or failed: an alarm, the order stays and can be paid later."""


@dataclass(frozen=True)
class Account:
    """Where transfers go, as the owner has set it: empty texts are "not yet said"."""

    holder: str = ""
    iban: str = ""
    bic: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What a way to pay may know of the house.

    `settings` are the host's settings by name ("stripe_secret_key"); `account` reads the owner's
    bank account as it is set this moment.
    """

    settings: Mapping[str, str]
    account: Callable[[], Account]


@dataclass(frozen=True)
class Purchase:
    """What is to be paid, as far as it decides which ways to pay fit.

    `is_pickup`: it is fetched in the store. `is_trusted`: the owner lets this buyer pay afterwards.
    """

    is_pickup: bool
    is_trusted: bool = False


class PaymentMethod(Protocol):
    """What the checkout asks of a way to pay. Registered by entry point `dorfladen.payments`.

    `least_cents` is the least total that can be paid by it.
    """

    key: str
    label: str
    hint: str
    first_state: State
    least_cents: int

    def missing(self) -> str:
        """What the owner must still set before it can be offered, in German; "" if nothing."""
        ...

    def fits(self, purchase: Purchase) -> bool:
        """Whether it can be offered for a purchase."""
        ...

    def open(
        self,
        order: Order,
        lines: Sequence[OrderLine],
        attempt: PaymentAttempt,
        *,
        return_url: str,
        cancel_url: str,
    ) -> tuple[str, str] | None:
        """Open a payment at the provider, outside any transaction; give (session id, address to go to).

        None where nothing is to be opened (transfer, pickup). Raises PaymentDown.
        """
        ...
