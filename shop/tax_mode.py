"""How the shop is taxed, by date: planned changes reach the profile, and the order that crosses the limit ends § 19."""

from datetime import datetime

from sqlmodel import Session

from catalog import revisions
from catalog.times import german_day
from checkout import orders, small_business
from checkout.orders import Order
from shop.profile import Profile

_CROSSED = (
    "Mit dieser Bestellung ist der Umsatz des Jahres über 100.000 €: Sie ist mit Mehrwertsteuer berechnet, und alle "
    "folgenden auch (§ 19 UStG). Bitte sprechen Sie mit Ihrer Steuerberatung."
)
_TAKEN_OTHERWISE = (
    "Vor der Umstellung der Besteuerung bestellt und noch nicht geliefert: Die Steuer richtet sich nach dem Tag der "
    "Lieferung (§ 27 Abs. 1 UStG), diese Bestellung nennt sie noch wie früher. Bitte vor dem Versand mit Ihrer "
    "Steuerberatung klären."
)


def apply_due(session: Session, owner: Profile, now: datetime) -> bool:
    """Let the profile follow changes whose day has come; say whether it has changed. Flushes.

    Orders that are still to be delivered call for a person; it locks them, so call it where nothing else is locked.
    """
    has_changed = _follow(session, owner, now)
    if has_changed:
        _tell_of_undelivered(session, owner, now)
    return has_changed


def end_exemption(session: Session, owner: Profile, order: Order, now: datetime) -> None:
    """An order was taxed because it goes beyond the limit: from now on the shop is taxed, and a person is told.

    Nothing happens where a planned change had ended it already, and only the profile had not followed yet. Flushes.
    """
    if _follow(session, owner, now) and not owner.is_small_business:
        return
    change = small_business.plan(
        session, german_day(now), is_small_business=False, now=now, author=orders.SHOPPER, reason=_CROSSED
    )
    change.applied_at = now
    _set(session, owner, False)
    orders.call_attention(session, order, _CROSSED, now=now, author="Laden")


def _follow(session: Session, owner: Profile, now: datetime) -> bool:
    changes = small_business.due(session, german_day(now))
    for change in changes:
        change.applied_at = now
        _set(session, owner, change.is_small_business)
    session.flush()
    return bool(changes)


def _tell_of_undelivered(session: Session, owner: Profile, now: datetime) -> None:
    """Orders keep the tax that they were placed with; a person decides what that means for those still to be sent."""
    for order in small_business.undelivered(session, is_small_business=not owner.is_small_business):
        orders.call_attention(session, order, _TAKEN_OTHERWISE, now=now, author="Laden")


def note(session: Session, owner: Profile, now: datetime) -> None:
    """Write down how the shop is taxed where that was changed in the profile itself. Flushes."""
    if _known(session) is not owner.is_small_business:
        change = small_business.plan(
            session, german_day(now), is_small_business=owner.is_small_business, now=now, author="Mein Laden"
        )
        change.applied_at = now
        session.flush()


def is_settled(session: Session, owner: Profile, now: datetime) -> bool:
    """Whether neither `apply_due` nor `note` has anything to do; reads only."""
    return _known(session) is owner.is_small_business and not small_business.due(session, german_day(now))


def _known(session: Session) -> bool:
    """How the shop is taxed by what was written down last; normally before anything was."""
    applied = [each for each in small_business.history(session) if each.applied_at is not None]
    newest = max(applied, key=lambda each: (each.applied_at, each.id), default=None)
    return newest.is_small_business if newest else False


def _set(session: Session, owner: Profile, is_small_business: bool) -> None:
    if owner.is_small_business is not is_small_business:
        owner.is_small_business = is_small_business
        session.add(owner)
        revisions.bump(session, "shop")
    session.flush()
