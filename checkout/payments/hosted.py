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

    `order_number` and `attempt_key` are what the shop gave it when it was opened, "" if another
    application opened it. `reference` is the id of the money itself (payment intent), "" until
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


@dataclass(frozen=True)
class Event:
    """A notice from the provider. It is a hint only; `session_id` ("" if none) says what to look at."""

    id: str
    type: str
    session_id: str
    is_live: bool
    body: str


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

    def events_since(self, since: datetime) -> Sequence[Event]:
        """The notices about sessions since then, oldest first."""
        ...

    def parse_event(self, body: bytes, signature: str, secrets: Sequence[str]) -> Event:
        """Check and read a delivered notice; any of the secrets may have signed it. Raises BadEvent."""
        ...

    def read_event(self, body: str) -> Event:
        """Read a notice whose signature has been checked before. Raises BadEvent."""
        ...
