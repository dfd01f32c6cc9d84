"""What a request needs from the house: the shop's parts, its session, its clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import current_app, g, request
from sqlmodel import Session

from catalog.search.find import Search
from checkout.payments import PaymentMethod
from shop.db import Database
from shop.settings import Settings


def utc_now() -> datetime:
    """The machine's clock, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Shop:
    """The parts that create_shop() has put together."""

    settings: Settings
    database: Database
    payments: Mapping[str, PaymentMethod]
    search: Search
    clock: Callable[[], datetime] = utc_now


def the_shop() -> Shop:
    """The shop that serves this request."""
    shop: Shop = current_app.extensions["dorfladen"]
    return shop


def now() -> datetime:
    """The moment of this request: one and the same for all that happens in it."""
    if "now" not in g:
        g.now = the_shop().clock()
    moment: datetime = g.now
    return moment


def session() -> Session:
    """This request's session: reading for GET and HEAD, writing (BEGIN IMMEDIATE) for the rest.

    The door commits; what was not committed is rolled back when the request ends. A writing one waits
    until the whole form is here: while a photograph comes over a slow line, others may write.
    """
    if "session" not in g:
        database = the_shop().database
        if request.method in ("GET", "HEAD"):
            g.session = database.read_session()
        else:
            _ = request.form
            g.session = database.write_session()
    opened: Session = g.session
    return opened


def begin_anew() -> None:
    """Give up what this request has done so far; what follows, an error page, only reads."""
    close_session()
    g.pop("shop_revision", None)
    g.session = the_shop().database.read_session()


def close_session(error: BaseException | None = None) -> None:
    """End the request's session, giving up what was not committed."""
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()
