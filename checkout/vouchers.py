"""Vouchers that take something off goods: what they give, for which goods, to whom, until when, how often.

They lower the price that is agreed, and so the tax (§ 17 Abs. 1 UStG). Gift vouchers are money and another
matter: see gift_vouchers.py. What several of them come to is reckoned in discounts.py.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import CheckConstraint, func
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import categories as departments
from catalog.money import format_cents
from catalog.products import ProductCategory
from catalog.refusals import Refusal
from catalog.times import german_day, moment
from catalog.vat import VatClass
from checkout import voucher_codes
from checkout.contents import CartItem
from checkout.discounts import Discount, shares
from checkout.orders import ENDED, Order


class Voucher(SQLModel, table=True):
    """One code: whole `percent` off, or else `cents`.

    `key` is what of the typed code counts (voucher_codes.key), `code` how it is shown. It holds for goods worth at
    least `least_cents`; for all goods, or for those of VoucherGoods if `is_limited`; not for reduced ones if
    `spares_reduced`. Both days are the first and the last on which it holds. `uses` counts the rows of VoucherUse
    that were not given back, and never exceeds `most_uses` (None: as often as anybody likes).
    `combines`: it may be used beside other such vouchers.
    """

    __table_args__ = (
        CheckConstraint("(percent BETWEEN 1 AND 100 AND cents = 0) OR (percent = 0 AND cents > 0)", name="one_worth"),
        CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="never_used_too_often"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    code: str = Field(max_length=40)
    note: str = ""  # for the owner alone
    percent: int = 0
    cents: int = 0
    least_cents: int = 0
    is_limited: bool = False
    spares_reduced: bool = False
    combines: bool = False
    once_per_person: bool = False
    new_customers_only: bool = False
    valid_from: date | None = None
    valid_until: date | None = None
    most_uses: int | None = None
    uses: int = 0
    created_at: datetime = moment()
    author: str
    blocked_at: datetime | None = moment(nullable=True)
    blocked_by: str = ""

    @property
    def worth(self) -> str:
        """What it gives: "10 %" or "5,00 €"."""
        return f"{self.percent}\u00a0%" if self.percent else format_cents(self.cents)


class VoucherGoods(SQLModel, table=True):
    """A department (with all below it) or an article that a limited voucher holds for.

    Where the last one of them is gone the voucher holds for nothing, never for everything.
    """

    __table_args__ = (CheckConstraint("(category_id IS NULL) <> (product_id IS NULL)", name="one_kind_of_goods"),)

    id: int | None = Field(default=None, primary_key=True)
    voucher_id: int = Field(foreign_key="voucher.id", index=True, ondelete="CASCADE")
    category_id: int | None = Field(default=None, foreign_key="category.id", index=True, ondelete="CASCADE")
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True, ondelete="CASCADE")


class VoucherUse(SQLModel, table=True):
    """A voucher used with an order. `person` is the shopper's address (see `person_of`).

    `once` is the person while the voucher counts as used up for her, else NULL: unique, so that two orders
    at the same moment cannot both have it. A use given back (the order ended) stays as a row.
    """

    id: int | None = Field(default=None, primary_key=True)
    voucher_id: int = Field(foreign_key="voucher.id", index=True)
    order_id: int = Field(foreign_key="order.id", index=True)
    person: str = Field(index=True)
    once: str | None = Field(default=None, unique=True)  # "<voucher id> <person>"
    cents: int
    taken_at: datetime = moment()
    given_back_at: datetime | None = moment(nullable=True)


class CodeTaken(Refusal):
    """There is a voucher with this code already."""


@dataclass(frozen=True)
class Verdict:
    """What a voucher does for a cart: cents off each line, or a German sentence why it does not hold (yet)."""

    voucher: Voucher
    by_line: tuple[int, ...]
    problem: str

    @property
    def cents(self) -> int:
        """What it takes off in all."""
        return sum(self.by_line)


def add(
    session: Session, voucher: Voucher, *, categories: Collection[int] = (), products: Collection[int] = ()
) -> Voucher:
    """Keep a new voucher; one for some departments or articles is limited to them. Flushes. Raises CodeTaken."""
    voucher.key = voucher_codes.key(voucher.code)
    if find(session, voucher.key) is not None:
        raise CodeTaken(f"Den Gutschein „{voucher.code}“ gibt es schon. Bitte wählen Sie ein anderes Wort.")
    voucher.is_limited = bool(categories or products)
    session.add(voucher)
    session.flush()
    assert voucher.id is not None
    session.add_all([VoucherGoods(voucher_id=voucher.id, category_id=each) for each in sorted(categories)])
    session.add_all([VoucherGoods(voucher_id=voucher.id, product_id=each) for each in sorted(products)])
    session.flush()
    return voucher


def find(session: Session, key: str) -> Voucher | None:
    """The voucher of a key; None for an unknown one."""
    known = select(Voucher).where(Voucher.key == key)
    return session.exec(known.execution_options(populate_existing=True)).first()


def is_live(voucher: Voucher, on: date) -> bool:
    """Whether it may be used on a day at all: not blocked, in its time, not used up."""
    has_begun = voucher.valid_from is None or voucher.valid_from <= on
    is_over = voucher.valid_until is not None and voucher.valid_until < on
    has_uses = voucher.most_uses is None or voucher.uses < voucher.most_uses
    return voucher.blocked_at is None and has_begun and not is_over and has_uses


def person_of(email: str) -> str:
    """An e-mail address as it stands for one person: in small letters, without "+something"."""
    name, _, domain = email.strip().casefold().rpartition("@")
    return f"{name.partition('+')[0]}@{domain}"


def weigh(
    session: Session, vouchers: Sequence[Voucher], items: Sequence[CartItem], *, email: str, now: datetime
) -> list[Verdict]:
    """What vouchers do for the lines of a cart together; in their order. `email` is "" while it is not known.

    Where some of those that hold do not combine, what is best for the shopper counts: the ones that do, together,
    or one of the others alone.
    """
    lines = _lines_of(session, vouchers, items)
    problems = {id(each): _problem(each, items, lines[id(each)], german_day(now)) for each in vouchers}
    for each in _not_for(session, [each for each in vouchers if not problems[id(each)]], email):
        problems[id(each)] = "Mit dieser E-Mail-Adresse gilt der Gutschein nicht (mehr)."
    holding = [each for each in vouchers if not problems[id(each)]]
    best, taken = _best(holding, lines, items)
    for each in holding:
        if each not in best:
            problems[id(each)] = "Er lässt sich nicht mit anderen verbinden: Es zählt, was für Sie günstiger ist."
    nothing = (0,) * len(items)
    return [Verdict(each, taken.get(id(each), nothing), problems[id(each)]) for each in vouchers]


def is_price_bound(item: CartItem) -> bool:
    """Whether a line must not be sold below its price.

    Books have a fixed price (§ 5 BuchPrG), and so have magazines in practice (§ 30 GWB). In a haberdashery they are
    the only goods at the reduced rate of tax (Anlage 2 Nr. 49 UStG), so the rate tells them apart.
    """
    return item.vat_class is VatClass.REDUCED


def _lines_of(session: Session, vouchers: Sequence[Voucher], items: Sequence[CartItem]) -> dict[int, frozenset[int]]:
    """The positions of the lines that each voucher (by its identity) holds for; samples are credited, not reduced."""
    goods = _goods_of(session, [each for each in vouchers if each.is_limited], {item.product_id for item in items})
    return {
        id(each): frozenset(
            position
            for position, item in enumerate(items)
            if not (item.is_sample or is_price_bound(item) or (each.spares_reduced and item.price.is_reduced))
            and (not each.is_limited or item.product_id in goods.get(each.id or 0, ()))
        )
        for each in vouchers
    }


def _goods_of(session: Session, limited: Sequence[Voucher], product_ids: Collection[int]) -> dict[int, set[int]]:
    """Which of some products limited vouchers hold for, by the id of the voucher."""
    if not limited:
        return {}
    wanted = select(VoucherGoods).where(col(VoucherGoods.voucher_id).in_([each.id for each in limited]))
    shelves: dict[int, set[int]] = {}
    for category_id, product_id in session.exec(
        select(ProductCategory.category_id, ProductCategory.product_id).where(
            col(ProductCategory.product_id).in_(product_ids)
        )
    ):
        shelves.setdefault(category_id, set()).add(product_id)
    found: dict[int, set[int]] = {}
    for row in session.exec(wanted).all():
        below = departments.ids_below(session, row.category_id) if row.category_id else []
        mine = found.setdefault(row.voucher_id, set())
        mine.update([row.product_id] if row.product_id else [])
        mine.update(product for each in below for product in shelves.get(each, ()))
    return found


def _problem(voucher: Voucher, items: Sequence[CartItem], lines: Iterable[int], on: date) -> str:
    """Why a voucher does not hold for these lines on a day; "" where it does."""
    if not is_live(voucher, on):
        return "Dieser Gutschein gilt nicht mehr."
    worth = sum(items[line].line_cents for line in lines)
    if worth == 0:
        bound = any(is_price_bound(item) for item in items)
        why = " Bücher und Hefte haben feste Preise." if bound else ""
        return f"Er gilt für nichts von dem, was in Ihrem Warenkorb liegt.{why}"
    if worth < voucher.least_cents:
        missing = format_cents(voucher.least_cents - worth)
        everything = sum(item.line_cents for item in items)
        counted = " Es zählt nur, wofür er gilt." if everything >= voucher.least_cents else ""
        return f"Er gilt ab {format_cents(voucher.least_cents)} Warenwert: Es fehlen noch {missing}.{counted}"
    return ""


def _not_for(session: Session, vouchers: Sequence[Voucher], email: str) -> list[Voucher]:
    """Those that a person has used up, or that are for new customers while she is none."""
    if not email:
        return []
    once = {each.id for each in vouchers if each.once_per_person}
    used = select(VoucherUse.voucher_id).where(
        col(VoucherUse.voucher_id).in_(once),
        VoucherUse.person == person_of(email),
        col(VoucherUse.given_back_at).is_(None),
    )
    known = set(session.exec(used).all()) if once else set()
    is_old = any(each.new_customers_only for each in vouchers) and _has_ordered(session, email)
    return [each for each in vouchers if each.id in known or (each.new_customers_only and is_old)]


def _has_ordered(session: Session, email: str) -> bool:
    orders = select(Order.id).where(func.lower(Order.email) == email.lower(), col(Order.state).not_in(ENDED))
    return session.exec(orders.limit(1)).first() is not None


def _best(
    holding: Sequence[Voucher], lines: dict[int, frozenset[int]], items: Sequence[CartItem]
) -> tuple[list[Voucher], dict[int, tuple[int, ...]]]:
    """Which vouchers count together, and what each (by its identity) takes off the lines."""
    choices = [[each for each in holding if each.combines]]
    choices += [[each] for each in sorted(holding, key=lambda each: each.id or 0) if not each.combines]
    results = [(choice, _taken(choice, lines, items)) for choice in choices]
    return max(results, key=lambda result: sum(map(sum, result[1].values())))


def _taken(
    vouchers: Sequence[Voucher], lines: dict[int, frozenset[int]], items: Sequence[CartItem]
) -> dict[int, tuple[int, ...]]:
    discounts = [Discount(each.percent, each.cents, lines[id(each)], each.id or 0) for each in vouchers]
    taken = shares(discounts, [item.line_cents for item in items])
    return {id(each): tuple(off) for each, off in zip(vouchers, taken, strict=True)}
