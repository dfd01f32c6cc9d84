"""Gift vouchers: money paid in advance, kept as a ledger with its balance beside it.

They are multi-purpose vouchers (§ 3 Abs. 15 UStG): sold without tax, the goods are taxed when they are bought with
them. A claim lapses three years from the end of the year in which it arose (§§ 195, 199 BGB).
"""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, true, update
from sqlmodel import Field, Session, SQLModel, col, select

from catalog.money import format_cents
from catalog.refusals import Refusal
from catalog.times import german_day, moment
from checkout import voucher_codes

_YEARS = 3
MOST_CENTS = 100_000  # of one voucher; whoever gives more away buys two


class Why(StrEnum):
    """What moved a balance."""

    ISSUED = "issued"
    REDEEMED = "redeemed"
    GIVEN_BACK = "given_back"  # the order that it paid for ended
    REFUNDED = "refunded"  # goods that it paid for came back, or were not delivered


class GiftVoucher(SQLModel, table=True):
    """One gift voucher over `cents`; `balance_cents` is what is left and equals the sum of its movements.

    `key` is what of the typed code counts, `code` how it is printed. `valid_until` is the last day on which it
    is taken. `order_id` is the order that it was sold with; None where it was sold in the store.
    """

    __table_args__ = (CheckConstraint("cents > 0 AND balance_cents >= 0 AND balance_cents <= cents", name="in_bounds"),)

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    code: str = Field(max_length=40)
    cents: int
    balance_cents: int = 0
    issued_at: datetime = moment(index=True)
    valid_until: date
    for_whom: str = ""
    note: str = ""  # for the owner alone
    author: str
    order_id: int | None = Field(default=None, foreign_key="order.id", index=True)
    blocked_at: datetime | None = moment(nullable=True)
    blocked_by: str = ""

    @property
    def is_untouched(self) -> bool:
        """Whether nothing of it has been used."""
        return self.balance_cents == self.cents


class GiftMovement(SQLModel, table=True):
    """Cents that came onto a gift voucher, or went off it (below zero); appended, never changed."""

    __table_args__ = (CheckConstraint("cents <> 0", name="something_moved"),)

    id: int | None = Field(default=None, primary_key=True)
    gift_id: int = Field(foreign_key="giftvoucher.id", index=True)
    cents: int
    why: str
    order_id: int | None = Field(default=None, foreign_key="order.id", index=True)
    moved_at: datetime = moment()
    author: str
    note: str = ""


class NotThatMuch(Refusal):
    """A gift voucher cannot be issued over such an amount."""


class NotRedeemable(Refusal):
    """The voucher does not hold that much (any more), is blocked, or its time is over."""


def issue(
    session: Session,
    cents: int,
    *,
    now: datetime,
    author: str,
    for_whom: str = "",
    note: str = "",
    order_id: int | None = None,
) -> GiftVoucher:
    """Make a gift voucher with a new code. Flushes. Raises NotThatMuch above MOST_CENTS or below one cent."""
    if not 0 < cents <= MOST_CENTS:
        raise NotThatMuch(f"Ein Gutschein kann über höchstens {format_cents(MOST_CENTS)} lauten.")
    code = voucher_codes.new()
    gift = GiftVoucher(
        key=voucher_codes.key(code), code=code, cents=cents, issued_at=now, valid_until=last_day(now),
        for_whom=for_whom, note=note, author=author, order_id=order_id,
    )  # fmt: skip
    session.add(gift)
    session.flush()
    _move(session, gift, cents, Why.ISSUED, order_id=order_id, now=now, author=author)
    return gift


def last_day(issued_at: datetime) -> date:
    """The last day on which a voucher issued at a moment is taken: the third 31 December after its year."""
    return date(german_day(issued_at).year + _YEARS, 12, 31)


def find(session: Session, key: str) -> GiftVoucher | None:
    """The gift voucher of a key; None for an unknown one."""
    known = select(GiftVoucher).where(GiftVoucher.key == key)
    return session.exec(known.execution_options(populate_existing=True)).first()


def is_live(gift: GiftVoucher, on: date) -> bool:
    """Whether something can be paid with it on a day."""
    return gift.blocked_at is None and gift.balance_cents > 0 and on <= gift.valid_until


def spread(gifts: Iterable[GiftVoucher], payable_cents: int) -> dict[int, int]:
    """How much each of some gift vouchers (by id) pays of an amount: those that lapse first are used up first."""
    paid = {}
    for gift in sorted(gifts, key=lambda each: (each.valid_until, each.id or 0)):
        paid[gift.id or 0] = min(gift.balance_cents, payable_cents)
        payable_cents -= paid[gift.id or 0]
    return paid


def redeem(
    session: Session,
    gift_id: int,
    cents: int,
    *,
    order_id: int | None,
    now: datetime,
    author: str,
    seen_cents: int | None = None,
) -> GiftMovement:
    """Pay with a part of a voucher, in one conditional UPDATE: an order, or in the store (None). Flushes.

    `seen_cents` is what was said to be left on it (None: whatever is): the same click twice takes it off once.
    What is bought in the store is booked and taxed in the store's till. Raises NotRedeemable.
    """
    taken = session.exec(
        update(GiftVoucher)
        .where(
            col(GiftVoucher.id) == gift_id,
            col(GiftVoucher.balance_cents) >= cents,
            true() if seen_cents is None else col(GiftVoucher.balance_cents) == seen_cents,
            col(GiftVoucher.blocked_at).is_(None),
            col(GiftVoucher.valid_until) >= german_day(now),
        )
        .values(balance_cents=GiftVoucher.balance_cents - cents)
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:
        raise NotRedeemable("So viel ist auf dem Geschenkgutschein nicht (mehr). Bitte prüfen Sie es noch einmal.")
    return _append(session, gift_id, -cents, Why.REDEEMED, order_id=order_id, now=now, author=author)


def put_back(
    session: Session, gift_id: int, cents: int, *, why: Why, order_id: int, now: datetime, author: str
) -> None:
    """Put money of an order back onto the voucher that it came from, lapsed and blocked ones too. Flushes."""
    gift = session.exec(select(GiftVoucher).where(GiftVoucher.id == gift_id).with_for_update()).one()
    _move(session, gift, cents, why, order_id=order_id, now=now, author=author)


def block(session: Session, gift: GiftVoucher, *, now: datetime, author: str) -> None:
    """Let nobody pay with it any more; its balance stays. Again does nothing. Flushes."""
    _set_blocked(session, gift, now, author, only_open=True)


def unblock(session: Session, gift: GiftVoucher) -> None:
    """Let it be used again. Flushes."""
    _set_blocked(session, gift, None, "", only_open=False)


def movements_of(session: Session, gift: GiftVoucher) -> list[GiftMovement]:
    """What happened to its balance, oldest first."""
    rows = select(GiftMovement).where(GiftMovement.gift_id == gift.id)
    return list(session.exec(rows.order_by(col(GiftMovement.id))).all())


def _set_blocked(session: Session, gift: GiftVoucher, at: datetime | None, by: str, *, only_open: bool) -> None:
    change = update(GiftVoucher).where(col(GiftVoucher.id) == gift.id).values(blocked_at=at, blocked_by=by)
    if only_open:
        change = change.where(col(GiftVoucher.blocked_at).is_(None))
    session.exec(change.execution_options(synchronize_session=False))
    session.refresh(gift)


def _move(
    session: Session, gift: GiftVoucher, cents: int, why: Why, *, order_id: int | None, now: datetime, author: str
) -> None:
    """Change the balance together with its row."""
    assert gift.id is not None
    session.exec(
        update(GiftVoucher)
        .where(col(GiftVoucher.id) == gift.id)
        .values(balance_cents=GiftVoucher.balance_cents + cents)
        .execution_options(synchronize_session=False)
    )
    session.refresh(gift)
    _append(session, gift.id, cents, why, order_id=order_id, now=now, author=author)


def _append(
    session: Session, gift_id: int, cents: int, why: Why, *, order_id: int | None, now: datetime, author: str
) -> GiftMovement:
    movement = GiftMovement(gift_id=gift_id, cents=cents, why=why.value, order_id=order_id, moved_at=now, author=author)
    session.add(movement)
    session.flush()
    return movement
