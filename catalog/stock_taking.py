"""Stock-taking (Inventur): what was counted, by whom, beside what the books said."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from catalog import prices, promises, stock
from catalog.products import Product, Variant
from catalog.refusals import Refusal
from catalog.rolls import Roll
from catalog.stock import Why
from catalog.times import moment
from catalog.units import Unit, line_cents


class StockTaking(SQLModel, table=True):
    """A stock-taking from its start until it is closed."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=80)
    started_at: datetime = moment()
    started_by: str
    closed_at: datetime | None = moment(nullable=True)
    closed_by: str = ""

    @property
    def is_open(self) -> bool:
        """Whether there is still something to count."""
        return self.closed_at is None


class StockCount(SQLModel, table=True):
    """A variant (or one roll of it) as counted, and what the books said at that moment; smallest units.

    Counted again, a newer row holds; nothing is changed afterwards. `price_cents` is what it cost then,
    gross, per price unit.
    """

    id: int | None = Field(default=None, primary_key=True)
    taking_id: int = Field(foreign_key="stocktaking.id", index=True)
    variant_id: int = Field(foreign_key="variant.id", index=True)
    roll_id: int | None = Field(default=None, foreign_key="roll.id")
    counted: int
    expected: int
    price_cents: int
    counted_at: datetime = moment()
    author: str


class AlreadyClosed(Refusal):
    """The stock-taking has been closed: what stands in its report stays."""


class NotCounted(Refusal):
    """The stock of this article is not counted at all."""


class LiesOnRolls(Refusal):
    """The goods lie on rolls: each is measured by itself."""


class CountedBelowHeld(Refusal):
    """Less was counted than is put aside for orders; `held` in smallest units, `orders` their numbers."""

    def __init__(self, held: int, unit: Unit, orders: tuple[str, ...]) -> None:
        super().__init__(
            f"{promises.told(held, unit, orders)}: Bitte zählen Sie das Zurückgelegte mit. "
            "Fehlt wirklich etwas, stornieren Sie zuerst die Bestellung."
        )
        self.held = held
        self.orders = orders


@dataclass(frozen=True)
class Result:
    """How one line stands at its newest count; quantities in smallest units.

    `difference` adds up what all counts of it have changed, so that goods sold between two counts are
    no difference; `value_cents` is the difference at the price of the day.
    """

    variant_id: int
    roll_id: int | None
    counted: int
    difference: int
    price_cents: int
    counted_at: datetime
    author: str

    @property
    def expected(self) -> int:
        """What the books would say now, had nobody counted."""
        return self.counted - self.difference

    def value_cents(self, unit: Unit) -> int:
        """What is missing (negative) or too much, at the price of the day."""
        cents = line_cents(self.price_cents, abs(self.difference), unit)
        return cents if self.difference >= 0 else -cents


def begin(session: Session, name: str, *, now: datetime, author: str) -> StockTaking:
    """Start a stock-taking; several may run at once. Flushes."""
    taking = StockTaking(name=name, started_at=now, started_by=author)
    session.add(taking)
    session.flush()
    return taking


def close(session: Session, taking: StockTaking, *, now: datetime, author: str) -> None:
    """End a stock-taking: from now on nothing is counted in it. Raises AlreadyClosed. Flushes."""
    _keep_open(session, taking)
    taking.closed_at, taking.closed_by = now, author
    session.flush()


def newest_first(session: Session) -> list[StockTaking]:
    """All stock-takings, those that still run before the others."""
    every = session.exec(select(StockTaking).order_by(col(StockTaking.id).desc())).all()
    return sorted(every, key=lambda taking: not taking.is_open)


def count(
    session: Session,
    taking: StockTaking,
    variant: Variant,
    counted: int,
    *,
    roll: Roll | None = None,
    now: datetime,
    author: str,
) -> StockCount:
    """Write down what lies in the store of a variant, or on one of its rolls, in smallest units. Flushes.

    It holds at once: the books follow, and selling goes on. What is put aside for orders lies in the store
    and is counted with the rest. Raises AlreadyClosed, NotCounted, LiesOnRolls, CountedBelowHeld.
    """
    _lock(session, taking, variant, roll)
    if roll is None and _lies_on_rolls(session, variant):
        raise LiesOnRolls("Das liegt auf mehreren Ballen oder Partien: Bitte zählen Sie jeden für sich.")
    if roll is None and counted and _is_cut(session, variant):
        return find_roll(session, taking, variant, counted, now=now, author=author)
    expected = (roll or variant).on_hand
    _keep_promises(session, variant, roll, counted)
    if roll is not None:
        stock.measure(session, roll, counted, why=Why.COUNTED, now=now, author=author, note=taking.name)
    else:
        stock.count(session, variant, counted, now=now, author=author, note=taking.name)
    return _note(session, taking, variant, roll, counted, expected, now, author)


def find_roll(
    session: Session,
    taking: StockTaking,
    variant: Variant,
    counted: int,
    *,
    lot: str = "",
    place: str = "",
    now: datetime,
    author: str,
) -> StockCount:
    """Write down a roll of which the books knew nothing, or more balls of a dye lot, `counted` in smallest
    units. Flushes.

    The goods must lie on rolls. Raises AlreadyClosed, NotCounted.
    """
    _lock(session, taking, variant, None)
    roll = stock.receive(
        session, variant, counted, lot=lot, place=place, why=Why.COUNTED, now=now, author=author, note=taking.name
    )
    assert roll is not None
    return _note(session, taking, variant, roll, roll.on_hand, roll.on_hand - counted, now, author)


def results(session: Session, taking: StockTaking, variant_ids: Iterable[int] | None = None) -> list[Result]:
    """How each counted line stands, in the order in which they were first counted; of some variants or of all."""
    wanted = select(StockCount).where(StockCount.taking_id == taking.id).order_by(col(StockCount.id))
    if variant_ids is not None:
        wanted = wanted.where(col(StockCount.variant_id).in_(list(variant_ids)))
    lines: dict[tuple[int, int | None], list[StockCount]] = {}
    for each in session.exec(wanted).all():
        lines.setdefault((each.variant_id, each.roll_id), []).append(each)
    return [_result(counts) for counts in lines.values()]


def _result(counts: list[StockCount]) -> Result:
    newest = counts[-1]
    return Result(
        variant_id=newest.variant_id,
        roll_id=newest.roll_id,
        counted=newest.counted,
        difference=sum(each.counted - each.expected for each in counts),
        price_cents=newest.price_cents,
        counted_at=newest.counted_at,
        author=newest.author,
    )


def _lock(session: Session, taking: StockTaking, variant: Variant, roll: Roll | None) -> None:
    """Variants before rolls: the order of locks of everyone who changes stock."""
    _keep_open(session, taking)
    session.refresh(variant, with_for_update=True)
    if roll is not None:
        session.refresh(roll, with_for_update=True)
    if not variant.counts_stock:
        raise NotCounted("Der Bestand dieses Artikels wird nicht gezählt. Das lässt sich bei der Variante einschalten.")


def _keep_open(session: Session, taking: StockTaking) -> None:
    """Nobody closes it while we count: the row is ours until the transaction ends (PostgreSQL)."""
    session.flush()
    session.refresh(taking, with_for_update=True)
    if not taking.is_open:
        raise AlreadyClosed(f"„{taking.name}“ ist abgeschlossen. Bitte beginnen Sie für weitere Zählungen eine neue.")


def _lies_on_rolls(session: Session, variant: Variant) -> bool:
    open_rolls = select(Roll.id).where(Roll.variant_id == variant.id, col(Roll.ended_at).is_(None))
    return session.exec(open_rolls).first() is not None


def _is_cut(session: Session, variant: Variant) -> bool:
    return Unit(session.get_one(Product, variant.product_id).unit) is Unit.LENGTH


def _keep_promises(session: Session, variant: Variant, roll: Roll | None, counted: int) -> None:
    held = (roll or variant).held
    if counted >= held:
        return
    assert variant.id is not None
    unit = Unit(session.get_one(Product, variant.product_id).unit)
    orders = promises.made_to(session, variant.id, None if roll is None else roll.id)
    raise CountedBelowHeld(held, unit, orders)


def _note(
    session: Session,
    taking: StockTaking,
    variant: Variant,
    roll: Roll | None,
    counted: int,
    expected: int,
    now: datetime,
    author: str,
) -> StockCount:
    assert taking.id is not None
    assert variant.id is not None
    row = StockCount(
        taking_id=taking.id,
        variant_id=variant.id,
        roll_id=None if roll is None else roll.id,
        counted=counted,
        expected=expected,
        price_cents=prices.current(session, [variant.id], now)[variant.id].cents,
        counted_at=now,
        author=author,
    )
    session.add(row)
    session.flush()
    return row
