"""Payments on a provider's own page: what the shop asks the provider, and what it is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from checkout.payments import PaymentDown, PaymentMethod


class Standing(StrEnum):
    """Where a session stands at the provider."""

    OPEN = "open"  # the shopper may still pay
    PROCESSING = "processing"  # all is said, the money is on its way (SEPA debit, days)
    PAID = "paid"
    FAILED = "failed"  # the money did not come after all
    EXPIRED = "expired"  # nobody can pay any more


@dataclass(frozen=True)
class SessionState:
    """What the provider says about a session, asked for now.

    `order_number`, `attempt_key` and `shop` (its host's name) are what the shop gave it when it was
    opened, "" if another application opened it. `reference` is the id of the money itself (payment intent), "" until
    the shopper acts. `amount_cents` is in hundredths of `currency` (small letters).
    """

    id: str
    url: str
    standing: Standing
    amount_cents: int
    currency: str
    is_live: bool
    order_number: str
    attempt_key: str
    reference: str
    shop: str = ""


class Given(StrEnum):
    """Where a refund stands at the provider."""

    PENDING = "pending"  # on its way, or waiting for money on the account: days
    DONE = "done"
    FAILED = "failed"  # it came back, or was called off: the money is the shop's again


@dataclass(frozen=True)
class RefundState:
    """What the provider says about a refund. `key` is what the shop gave it, "" if it was made by hand there.

    `reference` is the id of the money that it gives back; `why` says in German why it waits or failed.
    """

    id: str
    reference: str
    cents: int
    standing: Given
    key: str
    why: str
    created_at: datetime


class Ruling(StrEnum):
    """Where a dispute stands: whose the money is."""

    INQUIRY = "inquiry"  # the bank asks; the money is still the shop's
    OPEN = "open"  # the money is held until it is decided
    WON = "won"
    LOST = "lost"
    DROPPED = "dropped"  # an inquiry that came to nothing


@dataclass(frozen=True)
class DisputeState:
    """What the provider says about a dispute; `reason` in German, `due_by` until when it can be answered."""

    id: str
    reference: str
    cents: int
    standing: Ruling
    reason: str
    opened_at: datetime
    due_by: datetime | None


class Matter(StrEnum):
    """What a notice is about."""

    SESSION = "session"
    REFUND = "refund"
    DISPUTE = "dispute"
    DECLINE = "decline"  # a card was declined; the page stays open
    OTHER = "other"


@dataclass(frozen=True)
class Event:
    """A notice from the provider. It is a hint only: it says what to look at.

    `session_id` is what a notice about a session names, `reference` the money that one about a refund
    or a dispute names, `attempt_key` the attempt that one about a declined card names; "" if none.
    """

    id: str
    type: str
    session_id: str
    is_live: bool
    body: str
    matter: Matter = Matter.OTHER
    reference: str = ""
    attempt_key: str = ""
    happened_at: datetime | None = None


class KeyRefused(PaymentDown):
    """The provider does not accept our key (any more), or not for this: an alarm, only the owner can help."""


class RefundRefused(Exception):
    """The provider will not give this back; the text says why, in German."""


class NoSuchSession(Exception):
    """The provider does not know this session."""


class SessionDone(Exception):
    """The session cannot be expired because it is not open any more."""


class KeySpent(PaymentDown):
    """The attempt's key cannot open a session any more; find what it opened, then try a new attempt."""


class BadEvent(Exception):
    """What was delivered is no genuine event of the provider; the text says why, for the log."""


@runtime_checkable
class HostedPayment(PaymentMethod, Protocol):
    """A way to pay on a page of the provider. All calls go over the network: never in a transaction.

    Each raises PaymentDown if the provider cannot be reached, fails, or does not accept our key.
    """

    @property
    def is_live(self) -> bool:
        """Whether it moves real money."""
        ...

    def fetch(self, session_id: str) -> SessionState:
        """Ask for one session. Raises NoSuchSession."""
        ...

    def expire(self, session_id: str) -> None:
        """End an open session, so that nobody can pay it. Raises SessionDone, NoSuchSession."""
        ...

    def sessions_since(self, since: datetime) -> Sequence[SessionState]:
        """All sessions opened since then, by whomever."""
        ...

    def refund(self, reference: str, cents: int, *, key: str) -> RefundState:
        """Give back a part of some money; the same key is the same refund. Raises RefundRefused, KeySpent."""
        ...

    def refunds_of(self, reference: str) -> Sequence[RefundState]:
        """All refunds of some money, by whomever, newest first. Raises RefundRefused for unknown money."""
        ...

    def refunds_since(self, since: datetime) -> Sequence[RefundState]:
        """All refunds made since then, by whomever."""
        ...

    def disputes_of(self, reference: str) -> Sequence[DisputeState]:
        """All disputes about some money."""
        ...

    def disputes_since(self, since: datetime) -> Sequence[DisputeState]:
        """All disputes opened since then."""
        ...

    def events_since(self, since: datetime) -> Sequence[Event]:
        """The notices that the shop wants, since then, oldest first."""
        ...

    def parse_event(self, body: bytes, signature: str, secrets: Sequence[str]) -> Event:
        """Check and read a delivered notice; any of the secrets may have signed it. Raises BadEvent."""
        ...

    def read_event(self, body: str) -> Event:
        """Read a notice whose signature has been checked before. Raises BadEvent."""
        ...
