"""How often somebody did something lately: counted by hashes that stand for people, forgotten after a day.

No internet address is ever stored, only a keyed hash of it (law.md F04). What counts is a row, so that
several processes and hosts count together, and a restart forgets nothing. An address is never proof of
a person: whole villages share one (CGNAT of mobile networks), so limits are for machines, not for people.
"""

import hashlib
import hmac
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType

from flask import request
from sqlalchemy import ColumnElement, Index, delete
from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog.times import moment
from shop.context import the_shop
from shop.db import Database

KEPT_FOR = timedelta(days=1)
_CLOCK_JUMP = timedelta(minutes=15)  # a row further ahead is of a clock that was wrong

Who = NewType("Who", str)  # a hash from `hashed` or `address`, never the thing itself
NOBODY = Who("")  # stands for many: never noted, never over a limit


class Occurrence(SQLModel, table=True):
    """Something that somebody did; `who` is a hash, `about` an order's id. Appended, forgotten after a day."""

    __table_args__ = (Index("ix_occurrence_kind_who", "kind", "who", "happened_at"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=40)
    who: str = Field(max_length=64)
    about: str = Field(default="", max_length=40)
    happened_at: datetime = moment(index=True)


@dataclass(frozen=True)
class Seen:
    """How many times something was done within a while, and when last (None for never)."""

    times: int
    last: datetime | None


def hashed(text: str, secret_key: str) -> Who:
    """What stands for a text (a token, an e-mail address), found out only by who has the shop's key."""
    return Who(hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()[:32])


def address(text: str, secret_key: str) -> Who:
    """What stands for an internet address; all of an IPv6 network (/64), which is one household, are one."""
    return hashed(_network(text), secret_key)


def visitor() -> Who:
    """Who sends this request, by address; behind proxies by what the trusted ones say (settings.proxies).

    NOBODY for an address of this machine or its private network while no proxy is declared: that is a
    person at the machine itself, or a proxy that was not declared, behind which all shoppers would
    count as one.
    """
    settings = the_shop().settings
    remote = request.remote_addr or ""
    if not settings.proxies and _is_private(remote):
        return NOBODY
    return address(remote, settings.secret_key)


def note(session: Session, kind: str, who: Who, now: datetime, *, about: str = "") -> None:
    """Write down that somebody did something; part of the caller's transaction. Flushes."""
    if who:
        session.add(Occurrence(kind=kind, who=who, about=about, happened_at=now))
        session.flush()


def is_over(session: Session, kind: str, who: Who, *, limit: int, within: timedelta, now: datetime) -> bool:
    """Whether somebody has done something `limit` times or more within the last while. One indexed query."""
    return bool(who) and seen(session, kind, who, within=within, now=now).times >= limit


def seen(session: Session, kind: str, who: Who, *, within: timedelta, now: datetime) -> Seen:
    """How many times somebody has done something within the last while (at most KEPT_FOR). One indexed query."""
    times, last = session.exec(
        select(func.count(col(Occurrence.id)), func.max(Occurrence.happened_at)).where(
            *_done(kind, who),
            col(Occurrence.happened_at) > now - within,
            col(Occurrence.happened_at) < now + _CLOCK_JUMP,
        )
    ).one()
    return Seen(times, last)


def admit(
    database: Database, kind: str, who: Who, *, limit: int, within: timedelta, now: datetime, about: str = ""
) -> bool:
    """Count a try before it is made, and say whether it may be made: at most `limit` within a while.

    In a transaction of its own, which outlives whatever the request rolls back (so there must be none
    open in this thread that writes); a hundred tries at once are counted one after the other, on
    PostgreSQL, too. One that is refused is not counted: it is over when the while is over.
    """
    if not who:
        return True
    with database.reading() as session:  # who is over writes nothing more, however often he comes
        if is_over(session, kind, who, limit=limit, within=within, now=now):
            return False
    with database.writing() as session:
        one_by_one(session, f"{kind}:{who}")
        if is_over(session, kind, who, limit=limit, within=within, now=now):
            return False
        note(session, kind, who, now, about=about)
    return True


def who_did(session: Session, kind: str, about: str) -> Who:
    """Who did something about an order last; NOBODY if nobody has lately."""
    found = select(Occurrence.who).where(Occurrence.kind == kind, Occurrence.about == about)
    return Who(session.exec(found.order_by(col(Occurrence.id).desc()).limit(1)).first() or NOBODY)


def abouts(session: Session, kind: str, who: Who, *, within: timedelta, now: datetime) -> list[str]:
    """About what (which orders) somebody did something within the last while."""
    if not who:
        return []
    lately = select(Occurrence.about).where(*_done(kind, who), col(Occurrence.happened_at) > now - within)
    return [each for each in session.exec(lately).all() if each]


def one_by_one(session: Session, what: str) -> None:
    """Let transactions about the same thing wait for each other, where the database has several writers."""
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(func.hashtext(what)))).one()


def forget(session: Session, kind: str, who: Who) -> None:
    """Strike out what somebody did. Flushes."""
    session.exec(delete(Occurrence).where(*_done(kind, who)))


def prune(session: Session, now: datetime) -> None:
    """Forget everything that is older than a day. Flushes."""
    session.exec(delete(Occurrence).where(col(Occurrence.happened_at) < now - KEPT_FOR))


def _done(kind: str, who: Who) -> tuple[ColumnElement[bool], ...]:
    return col(Occurrence.kind) == kind, col(Occurrence.who) == who


def _network(text: str) -> str:
    ip = _parse(text)
    if ip is None:
        return text
    return str(ipaddress.ip_network((ip, 64 if ip.version == 6 else 32), strict=False))


def _is_private(text: str) -> bool:
    ip = _parse(text)
    return ip is None or ip.is_loopback or ip.is_link_local or any(ip in each for each in _OWN_NETWORKS)


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address; one of IPv4 that comes in IPv6's clothes (::ffff:192.0.2.1) is one of IPv4. None for no address."""
    try:
        ip = ipaddress.ip_address(text)
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


# RFC 1918 and RFC 4193. Not ipaddress.is_private, which counts the addresses of examples as well.
_OWN_NETWORKS = tuple(
    ipaddress.ip_network(each) for each in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
)
