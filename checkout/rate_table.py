"""Changing the owner's table of shipping: a way to send is written with all its tiers at once."""

from collections.abc import Sequence

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from catalog.refusals import Refusal
from checkout.rates import ShippingMethod, ShippingRate, ShippingSurcharge, load
from checkout.shipping import PICKUP

_BESIDE = 1000  # positions of the tiers of one way, and the most that it may have


class NotAName(Refusal):
    """The name of a way to send is taken, or means something else."""


def put(session: Session, before: str, method: ShippingMethod, tiers: Sequence[ShippingRate]) -> None:
    """Write a way to send that was called `before` ("": a new one), in the place of all that stood of it. Flushes.

    Surcharges follow it to a new name; placed orders keep the old one. A new way comes last. Raises NotAName.
    """
    _check_name(session, before, method.name)
    _arrange(session, load(session).names())
    standing = session.get(ShippingMethod, before) if before else None
    method.position = standing.position if standing else _last(session) + 1
    session.exec(delete(ShippingRate).where(col(ShippingRate.name) == before))
    if standing is not None:
        session.delete(standing)
        session.flush()
    session.add(method)
    for place, tier in enumerate(tiers):
        tier.name, tier.position = method.name, method.position * _BESIDE + place
        session.add(tier)
    if before and before != method.name:
        named = update(ShippingSurcharge).where(col(ShippingSurcharge.method) == before)
        session.exec(named.values(method=method.name))
    session.flush()


def remove(session: Session, name: str) -> None:
    """Take a way to send away, with its tiers and its own surcharges. Flushes."""
    session.exec(delete(ShippingRate).where(col(ShippingRate.name) == name))
    session.exec(delete(ShippingSurcharge).where(col(ShippingSurcharge.method) == name))
    session.exec(delete(ShippingMethod).where(col(ShippingMethod.name) == name))
    session.flush()


def move_up(session: Session, name: str) -> None:
    """Put a way to send before the one that stands before it; every way is described afterwards. Flushes."""
    names = load(session).names()
    place = names.index(name) if name in names else 0
    if place:
        names[place - 1], names[place] = names[place], names[place - 1]
    _arrange(session, names)


def _arrange(session: Session, names: Sequence[str]) -> None:
    """Give all ways to send this order; one that was never described is so from now on. Flushes."""
    tariff = load(session)
    for position, name in enumerate(names):
        method = tariff.method(name)
        method.position = position
        session.add(method)
        for number, tier in enumerate(rate for rate in tariff.rates if rate.name == name):
            tier.position = position * _BESIDE + number
            session.add(tier)
    session.flush()


def _check_name(session: Session, before: str, name: str) -> None:
    if name.casefold() == PICKUP or name.casefold().startswith("abholung"):
        raise NotAName(
            "Die Abholung im Laden ist immer dabei, wenn Sie sie erlauben. Bitte wählen Sie einen anderen Namen."
        )
    if name != before and name in load(session).names():
        raise NotAName(f"Eine Versandart „{name}“ gibt es schon.")


def _last(session: Session) -> int:
    last = session.exec(select(func.max(ShippingMethod.position))).one()
    return -1 if last is None else last
