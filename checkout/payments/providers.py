"""Providers that are asked over the network: which there are, and how their troubles are borne."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Protocol

from sqlmodel import Session

from checkout.payments import PaymentDown, PaymentMethod
from checkout.payments.hosted import HostedPayment, KeyRefused

log = logging.getLogger("dorfladen.payments")

ASK_AFTER = timedelta(minutes=2)  # by then a webhook should have come, and every call has its answer


class Database(Protocol):
    """Where transactions come from; a writing one commits at its end."""

    def reading(self) -> AbstractContextManager[Session]:
        """A block that reads."""
        ...

    def writing(self) -> AbstractContextManager[Session]:
        """A block that writes."""
        ...


def hosted(payments: Mapping[str, PaymentMethod]) -> Iterator[HostedPayment]:
    """The ways to pay that have a page of their own and are set up."""
    return (each for each in payments.values() if isinstance(each, HostedPayment) and not each.missing())


@contextmanager
def patiently(payment: HostedPayment) -> Iterator[None]:
    """A provider that is down must not keep a job from its other work; the next run asks again."""
    try:
        yield
    except KeyRefused as error:
        log.error("%s does not accept the shop's key: %s", payment.key, error)
    except PaymentDown as error:
        log.warning("%s cannot be asked: %s", payment.key, error)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One payment that cannot be written must not keep a job from the others."""
    try:
        yield
    except PaymentDown:
        raise
    except Exception:
        log.exception("%s could not be settled", what)
