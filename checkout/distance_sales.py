"""Selling to consumers in other countries of the EU: where it is taxed, and what the one-stop shop is told.

§ 3c UStG: goods sent there are taxed where they arrive. As long as the net of all such sales has stayed within
10,000 € in the year before, and this year too, they may be taxed at home; the sale that goes beyond is taxed
abroad itself. The one-stop shop (OSS, § 18j UStG) is told by quarter, country and rate.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.times import german_day, moment
from catalog.vat import GERMAN, OTHER_EU, OwnRate, Taxation, VatClass
from checkout.allowances import Allowance, left_of
from checkout.orders import ENDED, Order
from checkout.shipping import PICKUP
from checkout.totals import Summed, totals

LIMIT_CENTS = 10_000_00  # net, § 3c Abs. 4 UStG
WARN_AT_CENTS = LIMIT_CENTS * 8 // 10


class SalesElsewhere(SQLModel, table=True):
    """What the owner has sold to consumers in other EU countries without this shop: net cents in a year."""

    __table_args__ = (CheckConstraint("cents >= 0", name="not_less_than_nothing"),)

    year: int = Field(primary_key=True)
    cents: int


class DestinationRate(SQLModel, table=True):
    """A rate of another country that the owner has entered, per mille; appended, the last one of a day holds."""

    __table_args__ = (CheckConstraint("permille BETWEEN 0 AND 400", name="a_rate"),)

    id: int | None = Field(default=None, primary_key=True)
    country: str = Field(max_length=2)
    vat_class: str
    since: date
    permille: int
    entered_at: datetime = moment()
    author: str


@dataclass(frozen=True)
class OssRow:
    """A line of the return: what was sold to a country at a rate, in cents; corrections are below zero.

    `corrects` is the quarter that a correction belongs to, as "2026-3"; "" for the quarter's own sales.
    """

    country: str
    permille: int
    net_cents: int
    vat_cents: int
    corrects: str = ""


def taxation_of(
    session: Session,
    country: str,
    items: Iterable[Summed],
    shipping_cents: int,
    *,
    always_abroad: bool,
    now: datetime,
) -> Taxation:
    """Where an order that is sent to a country is taxed.

    `always_abroad`: the owner has told the tax office that she does without the limit (§ 3c Abs. 4 S. 2 UStG).
    """
    if country not in OTHER_EU:
        return GERMAN
    abroad = Taxation(country, own_rates(session))
    if always_abroad:
        return abroad
    today = german_day(now)
    if turnover_cents(session, today.year - 1) > LIMIT_CENTS:
        return abroad
    at_home = totals(items, shipping_cents, is_small_business=False, on=today)
    own_net = at_home.total_cents - sum(share.vat_cents for share in at_home.vat)
    return abroad if turnover_cents(session, today.year) + own_net > LIMIT_CENTS else GERMAN


def turnover_cents(session: Session, year: int) -> int:
    """The net of all sales of a year to consumers in other EU countries, those elsewhere among them.

    A gift voucher that is sold is no sale yet: what it buys is one.
    """
    elsewhere = session.get(SalesElsewhere, year)
    every = [order for order in _every_sent_abroad(session, year) if german_day(order.placed_at).year == year]
    here = sum(sign * _net(share) for _, share, _, sign in _shares(session, every))
    untaxed = sum(left_of(session, order).cents for order in every if order.is_small_business)
    return here + untaxed + (elsewhere.cents if elsewhere else 0)


def own_rates(session: Session) -> tuple[OwnRate, ...]:
    """The rates that the owner has entered; of one day's the last."""
    rows = session.exec(select(DestinationRate).order_by(col(DestinationRate.id))).all()
    last = {(row.country, row.vat_class, row.since): row for row in rows}
    return tuple(OwnRate(row.country, VatClass(row.vat_class), row.since, row.permille) for row in last.values())


def set_sales_elsewhere(session: Session, year: int, cents: int) -> None:
    """Note what the owner has sold abroad in a year without this shop, net. Flushes."""
    session.merge(SalesElsewhere(year=year, cents=cents))
    session.flush()


def enter_rate(
    session: Session, country: str, vat_class: VatClass, permille: int, *, since: date, now: datetime, author: str
) -> None:
    """Enter a rate of another country; orders that were placed keep theirs. Flushes."""
    session.add(
        DestinationRate(
            country=country, vat_class=vat_class.value, since=since, permille=permille, entered_at=now, author=author
        )
    )
    session.flush()


def oss_rows(session: Session, year: int, quarter: int) -> list[OssRow]:
    """What the return of a quarter says: sales that were taxed abroad, and corrections of earlier quarters.

    A sale counts in the quarter in which it was ordered, without what was taken off it in the same quarter; what
    is taken off later is a correction in the quarter in which that happens.
    """
    abroad = [order for order in _every_sent_abroad(session) if order.vat_country != "DE"]
    sums: Counter[tuple[str, int, str]] = Counter()
    taxes: Counter[tuple[str, int, str]] = Counter()
    for order, share, when, sign in _shares(session, abroad):
        if _quarter(when) != (year, quarter):
            continue
        placed_in = _quarter(order.placed_at)
        corrects = "" if placed_in == (year, quarter) else f"{placed_in[0]}-{placed_in[1]}"
        key = (order.vat_country, share["permille"], corrects)
        sums[key] += sign * _net(share)
        taxes[key] += sign * share["vat_cents"]
    return [
        OssRow(country, permille, sums[key], taxes[key], corrects)
        for key in sorted(sums, key=lambda key: (key[2], key[0], -key[1]))
        for country, permille, corrects in [key]
        if permille and (sums[key] or taxes[key])
    ]


def _shares(session: Session, every: Sequence[Order]) -> Iterator[tuple[Order, dict[str, int], datetime, int]]:
    """Each rate's part of each order and of each allowance: (order, share, moment, sign)."""
    allowances: dict[int, list[Allowance]] = {}
    for allowance in session.exec(select(Allowance).where(col(Allowance.order_id).in_([o.id for o in every]))).all():
        allowances.setdefault(allowance.order_id, []).append(allowance)
    for order in every:
        yield from ((order, share, order.placed_at, 1) for share in order.vat)
        for allowance in allowances.get(order.id or 0, []):
            yield from ((order, share, allowance.reduced_at, -1) for share in allowance.vat)


def _every_sent_abroad(session: Session, year: int | None = None) -> list[Order]:
    """Orders of consumers that were sent to other EU countries and have not ended without delivery.

    What businesses have bought by their VAT numbers is no distance sale (§ 3c Abs. 1 with § 3a Abs. 5 UStG).
    """
    found = select(Order).where(
        col(Order.country).in_(sorted(OTHER_EU)),
        Order.delivery != PICKUP,
        col(Order.state).not_in(ENDED),
        Order.buyer_vat_id == "",
    )
    if year is not None:  # a day more on both sides, for the hours between UTC and Berlin
        found = found.where(
            col(Order.placed_at) >= datetime(year - 1, 12, 31, tzinfo=UTC),
            col(Order.placed_at) < datetime(year + 1, 1, 2, tzinfo=UTC),
        )
    return list(session.exec(found.order_by(col(Order.id))).all())


def _net(share: dict[str, int]) -> int:
    """One rate's part without its tax; nothing where none is taxed."""
    return share["gross_cents"] - share["vat_cents"] if share["permille"] else 0


def _quarter(at: datetime) -> tuple[int, int]:
    day = german_day(at)
    return day.year, (day.month + 2) // 3
