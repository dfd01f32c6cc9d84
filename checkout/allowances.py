"""What is taken off an order after it was placed: shorter cuts, lines that fall away, returns, goodwill.

The order itself is never changed. Each allowance is a row that says which lines it takes how much from, and
which tax falls away with it (§ 17 Abs. 1 UStG); all of them together never take off more than was agreed.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Column
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import moment
from catalog.vat import contained_cents
from checkout import orders, paperwork
from checkout.orders import Order
from checkout.totals import split


class Allowance(SQLModel, table=True):
    """So much less is owed for an order. `lines` lists {"line_id", "cents"}; `vat` is as on the order."""

    __table_args__ = (CheckConstraint("cents > 0 AND shipping_cents >= 0", name="takes_something_off"),)

    id: int | None = Field(default=None, primary_key=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    reduced_at: datetime = moment()
    author: str
    reason: str
    cents: int
    lines: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    shipping_cents: int = 0
    vat: list[dict[str, int]] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    key: str | None = Field(default=None, unique=True, max_length=80)  # the same one is the same allowance


class TooMuchTakenOff(Refusal):
    """More is to be taken off than is left."""


@dataclass(frozen=True)
class Left:
    """What of an order is still owed, in gross cents: by the id of its line, and of the shipping."""

    lines: Mapping[int, int]
    shipping_cents: int

    @property
    def cents(self) -> int:
        """All of it."""
        return sum(self.lines.values()) + self.shipping_cents


def grant(
    session: Session,
    order: Order,
    lines: Mapping[int, int],
    *,
    shipping_cents: int = 0,
    reason: str,
    now: datetime,
    author: str,
    key: str = "",
) -> Allowance | None:
    """Take cents off some lines (by their id) and the shipping; None where that comes to nothing. Flushes.

    Money that was paid before is not given back by this: see `Order.overpaid_cents` and refunds.owe.
    Raises TooMuchTakenOff.
    """
    order = orders.lock(session, orders.id_of(order))
    wanted = {line_id: cents for line_id, cents in lines.items() if cents}
    left = left_of(session, order)
    if any(not 0 < cents <= left.lines.get(line_id, 0) for line_id, cents in wanted.items()) or not (
        0 <= shipping_cents <= left.shipping_cents
    ):
        raise TooMuchTakenOff(f"So viel ist nicht mehr offen: Es bleiben {format_cents(left.cents)}.")
    cents = sum(wanted.values()) + shipping_cents
    if not cents:
        return None
    allowance = Allowance(
        order_id=orders.id_of(order),
        reduced_at=now,
        author=author,
        reason=reason,
        cents=cents,
        lines=[{"line_id": line_id, "cents": part} for line_id, part in sorted(wanted.items())],
        shipping_cents=shipping_cents,
        vat=_tax_falling_away(session, order, wanted, shipping_cents),
        key=key or None,
    )
    session.add(allowance)
    order.reduced_cents += cents
    orders.remark(session, order, "reduced", f"{format_cents(cents)} weniger: {reason}", now=now, author=author)
    paperwork.note(session, allowance.order_id, now=now, author=author)
    return allowance


def take_gifts_off(
    session: Session, order: Order, cents: int, *, reason: str, now: datetime, author: str, key: str
) -> Allowance:
    """Owe so much less of an order's gift vouchers, which carry no tax; the order is locked by the caller. Flushes."""
    allowance = Allowance(
        order_id=orders.id_of(order), reduced_at=now, author=author, reason=reason, cents=cents, key=key
    )  # fmt: skip
    session.add(allowance)
    order.reduced_cents += cents
    orders.remark(session, order, "reduced", f"{format_cents(cents)} weniger: {reason}", now=now, author=author)
    return allowance


def spread(session: Session, order: Order, cents: int) -> tuple[dict[int, int], int]:
    """Some cents as parts of all lines and the shipping, in proportion to what is left of them.

    Raises TooMuchTakenOff.
    """
    left = left_of(session, order)
    if not 0 <= cents <= left.cents:
        raise TooMuchTakenOff(f"So viel ist nicht mehr offen: Es bleiben {format_cents(left.cents)}.")
    *of_lines, shipping_cents = split(cents, [*left.lines.values(), left.shipping_cents])
    return {line_id: part for line_id, part in zip(left.lines, of_lines, strict=True) if part}, shipping_cents


def left_of(session: Session, order: Order) -> Left:
    """What of each line and of the shipping has not been taken off."""
    taken: Counter[int] = Counter()
    shipping_cents = order.shipping_cents
    for allowance in of(session, order):
        taken.update({part["line_id"]: part["cents"] for part in allowance.lines})
        shipping_cents -= allowance.shipping_cents
    lines = {line.id or 0: line.line_cents - line.discount_cents for line in orders.lines_of(session, order)}
    return Left({line_id: cents - taken[line_id] for line_id, cents in lines.items()}, shipping_cents)


def is_granted(session: Session, key: str) -> bool:
    """Whether there is an allowance of this key: the same form was sent before."""
    return bool(key) and session.exec(select(Allowance.id).where(Allowance.key == key)).first() is not None


def of(session: Session, order: Order) -> list[Allowance]:
    """The order's allowances, oldest first."""
    found = select(Allowance).where(Allowance.order_id == order.id).order_by(col(Allowance.id))
    return list(session.exec(found).all())


def _tax_falling_away(
    session: Session, order: Order, lines: Mapping[int, int], shipping_cents: int
) -> list[dict[str, int]]:
    """The tax in what is taken off, by rate; of all allowances together it is what the order's rounding says."""
    if not order.vat:
        return []
    rate_of = {line.id: line.vat_permille for line in orders.lines_of(session, order)}
    before = [share for allowance in of(session, order) for share in allowance.vat]
    gross = Counter[int]()
    for line_id, cents in lines.items():
        gross[rate_of[line_id]] += cents
    for permille, cents in _shipping_by_rate(session, order, shipping_cents).items():
        gross[permille] += cents
    return [
        {"permille": permille, "gross_cents": cents, "vat_cents": _tax(permille, cents, before)}
        for permille, cents in sorted(gross.items(), reverse=True)
        if cents
    ]


def _shipping_by_rate(session: Session, order: Order, shipping_cents: int) -> dict[int, int]:
    """Shipping follows the goods that it brought: what is left of it at each rate gives its share."""
    weights = Counter({share["permille"]: share["gross_cents"] for share in order.vat})
    for allowance in of(session, order):
        weights.subtract({share["permille"]: share["gross_cents"] for share in allowance.vat})
    left = left_of(session, order)
    for line in orders.lines_of(session, order):
        weights[line.vat_permille] -= left.lines[line.id or 0]
    rates = [permille for permille in weights if weights[permille] > 0]
    parts = split(shipping_cents, [weights[permille] for permille in rates]) if rates else []
    return dict(zip(rates, parts, strict=True))


def _tax(permille: int, cents: int, before: list[dict[str, int]]) -> int:
    """The tax in the sum of all allowances so far, less what earlier ones have said."""
    earlier = [share for share in before if share["permille"] == permille]
    gross_cents = sum(share["gross_cents"] for share in earlier) + cents
    return contained_cents(gross_cents, permille) - sum(share["vat_cents"] for share in earlier)
