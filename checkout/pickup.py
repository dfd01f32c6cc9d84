"""Fetching in the store: when goods are promised, on which shelf they lie ready, who has been told."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import moment
from checkout import opening, orders, outbox
from checkout.opening import Calendar, Preparation, Special
from checkout.orders import Order, State
from checkout.shipping import PICKUP

CALLED = "called"  # the kind of the event that says that somebody rang the shopper up
READY = "ready_for_pickup"  # the kind of the event and of the letter
REMINDER = "pickup_reminder"
WAITING = (State.CONFIRMED, State.PAID, State.PARTLY_DELIVERED)
_MOST_SHELVES = 500
_NUMBERED = re.compile(r"(?P<name>.*?)(?P<first>\d{1,3})\s*(?:-|–|bis)\s*(?P<last>\d{1,3})")


class PickupTerms(SQLModel, table=True):
    """The one row (id 1) of what the owner has set about pickup.

    `hours` are her opening hours in words that opening.parse understands (or ""), `land` is the letters of
    her Land. An order needs `prepare_days` open days and `prepare_minutes` of open time. `shelves` names
    her shelves, line by line or "Fach 1–12". After `remind_days` she who has not come is reminded; 0: never.
    """

    id: int = Field(default=1, primary_key=True)
    hours: str = ""
    land: str = Field(default="", max_length=2)
    prepare_days: int = 0
    prepare_minutes: int = 120
    shelves: str = ""
    remind_days: int = 7

    @property
    def preparation(self) -> Preparation:
        """How long an order takes to be ready."""
        return Preparation(self.prepare_days, self.prepare_minutes)


class SpecialDays(SQLModel, table=True):
    """Days on which the store is closed (`hours` "") or open at other hours than usual, both ends counted."""

    id: int | None = Field(default=None, primary_key=True)
    first_day: date
    last_day: date = Field(index=True)
    hours: str = ""
    reason: str = ""
    entered_at: datetime = moment()
    author: str


class PickupReady(SQLModel, table=True):
    """An order's goods lie ready on a shelf; the newest row of an order says where."""

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    ready_at: datetime = moment(index=True)
    author: str
    shelf: str = ""


def terms(session: Session) -> PickupTerms:
    """What the owner has set; the usual before she has."""
    return session.get(PickupTerms, 1) or PickupTerms()


def calendar(session: Session, since: date) -> Calendar | None:
    """When the store is open from a day on; None while its opening hours are not known."""
    owner = terms(session)
    week = opening.understood(owner.hours)
    if week is None:
        return None
    rows = session.exec(select(SpecialDays).where(SpecialDays.last_day >= since).order_by(col(SpecialDays.id))).all()
    specials = [Special(row.first_day, row.last_day, opening.parse_spans(row.hours), row.reason) for row in rows]
    return Calendar(week, specials, opening.holidays_of(owner.land))


def closed_soon(session: Session, day: date, days: int = 14) -> list[Special]:
    """The special days that begin, or go on, within so many days from `day`: what a shopper should know."""
    rows = select(SpecialDays).where(SpecialDays.last_day >= day, SpecialDays.first_day <= day + timedelta(days=days))
    return [
        Special(row.first_day, row.last_day, opening.parse_spans(row.hours), row.reason)
        for row in session.exec(rows.order_by(col(SpecialDays.first_day), col(SpecialDays.id))).all()
    ]


def ready_from(session: Session, now: datetime) -> datetime | None:
    """When something ordered (and, where that is owed first, paid) `now` can be fetched; None if nobody knows."""
    standing = calendar(session, now.date() - timedelta(days=1))
    return opening.ready_from(standing, now, terms(session).preparation) if standing else None


def promise(session: Session, order: Order, now: datetime) -> None:
    """Note from when on an order can be fetched, once it may be packed; a promise that stands is kept. Flushes."""
    if order.delivery == PICKUP and order.ready_from is None and order.state in WAITING:
        order.ready_from = ready_from(session, now)
        session.flush()


def make_ready(session: Session, order: Order, *, shelf: str, now: datetime, author: str) -> PickupReady:
    """Note that an order lies ready on a shelf; owes "ready_for_pickup", once. Flushes. Raises NotAllowedNow.

    Again with another shelf moves it there, without another letter.
    """
    assert order.id is not None
    order = orders.lock(session, order.id)
    if order.delivery != PICKUP or order.state not in WAITING:
        raise orders.not_allowed(order)
    ready = PickupReady(order_id=order.id or 0, ready_at=now, author=author, shelf=shelf)
    session.add(ready)
    orders.remark(session, order, READY, shelf, now=now, author=author)
    outbox.queue(session, READY, f"order:{order.id}", order.email, now)
    return ready


def note_call(session: Session, order: Order, *, now: datetime, author: str) -> None:
    """Note that the shopper was rung up and knows that her goods are ready. Flushes."""
    orders.remark(session, order, CALLED, "", now=now, author=author)


def ready_of(session: Session, order: Order) -> PickupReady | None:
    """Where an order lies ready; None if it does not yet."""
    return session.exec(
        select(PickupReady).where(PickupReady.order_id == order.id).order_by(col(PickupReady.id).desc())
    ).first()


def all_ready(session: Session, order_ids: Iterable[int]) -> dict[int, PickupReady]:
    """Where some orders lie ready, by order; one query."""
    rows = select(PickupReady).where(col(PickupReady.order_id).in_(list(order_ids))).order_by(col(PickupReady.id))
    return {row.order_id: row for row in session.exec(rows).all()}


def must_be_called(session: Session, order: Order) -> bool:
    """Whether the goods lie ready, and the shopper, who gets no letters, has not been rung up since."""
    ready = ready_of(session, order)
    if ready is None or order.email or order.state not in WAITING:
        return False
    events = orders.events_of(session, order)
    return not any(event.kind == CALLED and event.happened_at >= ready.ready_at for event in events)


def shelves(words: str) -> list[str]:
    """The shelves of a list: each line or comma is one, "Fach 1–12" is twelve."""
    named = (part.strip() for line in words.splitlines() for part in line.split(","))
    every = [shelf for part in named if part for shelf in _each(part)]
    return list(dict.fromkeys(every))[:_MOST_SHELVES]


def free_shelves(session: Session) -> list[str]:
    """The owner's shelves on which nothing waits, in her order."""
    taken = {ready.shelf for ready in _lying(session)}
    return [shelf for shelf in shelves(terms(session).shelves) if shelf not in taken]


def remind(session: Session, now: datetime) -> int:
    """Owe a reminder to each shopper who has not come for so many days; who has no e-mail calls for attention.

    Each is reminded once; whether an order is cancelled then is the owner's decision. Gives how many. Flushes.
    """
    days = terms(session).remind_days
    late = [ready for ready in _lying(session) if days and ready.ready_at + timedelta(days=days) <= now]
    return sum(_remind(session, session.get_one(Order, ready.order_id), ready, now) for ready in late)


def _remind(session: Session, order: Order, ready: PickupReady, now: datetime) -> bool:
    if order.email:
        return outbox.queue(session, REMINDER, f"order:{order.id}", order.email, now)
    if any(event.kind == REMINDER for event in orders.events_of(session, order)):
        return False
    orders.remark(session, order, REMINDER, "", now=now, author="Frist")
    sentence = f"Seit {(now - ready.ready_at).days} Tagen nicht abgeholt: bitte anrufen."
    orders.call_attention(session, order, sentence, now=now, author="Frist")
    return True


def _lying(session: Session) -> Sequence[PickupReady]:
    """Where all orders lie that have not been fetched: the newest row of each."""
    rows = session.exec(
        select(PickupReady)
        .join(Order, col(Order.id) == PickupReady.order_id)
        .where(Order.delivery == PICKUP, col(Order.state).in_(WAITING))
        .order_by(col(PickupReady.id))
    ).all()
    return list({row.order_id: row for row in rows}.values())


def _each(part: str) -> list[str]:
    match = _NUMBERED.fullmatch(part)
    if match is None:
        return [part]
    return [f"{match['name']}{number}" for number in range(int(match["first"]), int(match["last"]) + 1)]
