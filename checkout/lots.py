"""Dye lots (Partien): what a shopper is told where the balls of one line cannot come from one lot."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import Session, col, select

from catalog import holds, rolls
from catalog.products import Kind
from catalog.rolls import Free, Roll

Split = tuple[tuple[str, int], ...]  # (lot, pieces), most first; "" is an unknown lot


def split(free: Sequence[Free], pieces: int) -> Split:
    """From which lots so many pieces come where one lot cannot give them all; else, and where there are too few, ()."""
    return told(rolls.lots_for(free, pieces))


def told(split: Iterable[tuple[str, int]]) -> Split:
    """What the shopper must know of a split: nothing, where all pieces are of one lot."""
    split = tuple(sorted(split, key=lambda share: (-share[1], share[0])))
    return split if len(split) > 1 else ()


def notice(split: Split, free: Sequence[Free], kind: str) -> str:
    """The sentence about a line of dyed goods that come from several of the lots there are; "" for one lot."""
    if not split:
        return ""
    pieces, from_one = sum(number for _, number in split), max(_by_lot(free).values())
    balls = "Knäuel" if kind == Kind.YARN else "Stück"
    shares = _listed([f"{number} {_named(lot)}" for lot, number in split])
    return (
        f"Diese {pieces} {balls} gibt es nicht aus einer Farbpartie: {shares}. Die Farbtöne können leicht abweichen. "
        f"Bis {from_one} {balls} bekommen Sie aus einer Partie."
    )


def split_of(session: Session, holder: str) -> Mapping[int, Sequence[tuple[str, int]]]:
    """From which lots a holder's goods come, by variant; goods on no rolls are absent."""
    held = [hold for hold in holds.of(session, holder) if hold.roll_id is not None]
    lot_of = _lots(session, {hold.roll_id for hold in held if hold.roll_id})
    balls: dict[int, Counter[str]] = {}
    for hold in held:
        if hold.roll_id is not None:
            balls.setdefault(hold.variant_id, Counter())[lot_of[hold.roll_id]] += hold.pieces
    return {variant_id: each.most_common() for variant_id, each in balls.items()}


def _lots(session: Session, roll_ids: Iterable[int]) -> dict[int, str]:
    found = session.exec(select(Roll.id, Roll.lot).where(col(Roll.id).in_(list(roll_ids)))).all()
    return {roll_id: lot for roll_id, lot in found if roll_id is not None}


def _by_lot(free: Iterable[Free]) -> Counter[str]:
    balls = Counter[str]()
    for roll in free:
        balls[roll.lot] += roll.free
    return balls


def _named(lot: str) -> str:
    return f"aus Partie {lot}" if lot else "ohne Partienummer"


def _listed(parts: Sequence[str]) -> str:
    return " und ".join((", ".join(parts[:-1]), parts[-1]))
