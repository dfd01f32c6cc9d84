"""Kinds of goods: what sorts of things the shop sells; they decide which attributes are asked for."""

from sqlmodel import Field, Session, SQLModel, col, func, select

from catalog import facts, revisions, slugs
from catalog.products import Kind, Product
from catalog.refusals import Refusal
from catalog.units import Unit


class GoodsKind(SQLModel, table=True):
    """A kind such as key "fabric", label "Stoff". `is_textile`: its fibres must be named (VO (EU) 1007/2011).

    `unit` is how goods of this kind are usually sold. The built-in keys are those of `products.Kind`.
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    label: str = Field(unique=True, max_length=80)
    unit: str = Unit.PIECE.value
    is_textile: bool = False
    position: int = 0


class NotAKind(Refusal):
    """A kind cannot be called so."""


class KindInUse(Refusal):
    """Goods of this kind are there, so it stays."""


_BUILT_IN = (
    (Kind.FABRIC, "Stoff", Unit.LENGTH, True),
    (Kind.YARN, "Wolle und Strickgarn", Unit.PIECE, True),
    (Kind.BUTTON, "Knöpfe", Unit.PIECE, False),
    (Kind.RIBBON, "Bänder, Borten, Gummi", Unit.LENGTH, False),  # Annex VI of VO (EU) 1007/2011
    (Kind.ZIP, "Reißverschlüsse", Unit.PIECE, False),
    (Kind.THREAD, "Nähgarn", Unit.PIECE, False),
    (Kind.TOOL, "Werkzeug und Zubehör", Unit.PIECE, False),
    (Kind.OTHER, "Sonstiges", Unit.PIECE, False),
)


def ensure(session: Session) -> None:
    """Give a shop that knows no kinds the built-in ones; what the owner removed later stays removed. Flushes."""
    if session.exec(select(GoodsKind.id).limit(1)).first() is not None:
        return
    session.add_all(
        GoodsKind(key=key.value, label=label, unit=unit.value, is_textile=is_textile, position=position)
        for position, (key, label, unit, is_textile) in enumerate(_BUILT_IN)
    )
    session.flush()


def of(session: Session) -> list[GoodsKind]:
    """All kinds in the owner's order."""
    return list(session.exec(select(GoodsKind).order_by(col(GoodsKind.position), col(GoodsKind.id))).all())


def find(session: Session, key: str) -> GoodsKind | None:
    """The kind of a key; None where there is none."""
    return session.exec(select(GoodsKind).where(GoodsKind.key == key)).first()


def textile_keys(session: Session) -> frozenset[str]:
    """The keys of the kinds whose fibres must be named (Art. 16 VO (EU) 1007/2011)."""
    return frozenset(session.exec(select(GoodsKind.key).where(col(GoodsKind.is_textile))).all())


def add(session: Session, label: str, *, unit: Unit = Unit.PIECE, is_textile: bool = False) -> GoodsKind:
    """Add a kind after the others. Raises NotAKind. Flushes."""
    every = of(session)
    kind = GoodsKind(
        key=slugs.free(slugs.slugify(label)[:36], {each.key for each in every}),
        label=_label(label, every),
        unit=unit.value,
        is_textile=is_textile,
        position=max((each.position for each in every), default=-1) + 1,
    )
    session.add(kind)
    session.flush()
    return kind


def change(session: Session, kind: GoodsKind, *, label: str, unit: Unit, is_textile: bool) -> None:
    """Call a kind otherwise, sell it otherwise; its key and its goods stay. Raises NotAKind. Flushes."""
    kind.label = _label(label, [each for each in of(session) if each.id != kind.id])
    kind.unit, kind.is_textile = unit.value, is_textile
    session.add(kind)
    session.flush()
    revisions.bump(session)


def counts(session: Session) -> dict[str, int]:
    """How many articles each kind has, by key; one query."""
    return dict(session.exec(select(Product.kind, func.count()).group_by(Product.kind)).all())


def remove(session: Session, kind: GoodsKind) -> None:
    """Remove a kind that no article has, and ask nothing of it. Raises KindInUse. Flushes."""
    number = counts(session).get(kind.key, 0)
    if number:
        articles = "1 Artikel ist" if number == 1 else f"{number} Artikel sind"
        raise KindInUse(f"{articles} von der Warenart „{kind.label}“. Geben Sie ihnen zuerst eine andere.")
    facts.forget_kind(session, kind.key)
    session.delete(kind)
    session.flush()
    revisions.bump(session)


def _label(label: str, others: list[GoodsKind]) -> str:
    wished = " ".join(label.split())
    if not wished:
        raise NotAKind("Bitte geben Sie der Warenart einen Namen.")
    if len(wished) > 80:
        raise NotAKind("Der Name ist zu lang: höchstens 80 Zeichen.")
    if any(each.label.casefold() == wished.casefold() for each in others):
        raise NotAKind(f"Die Warenart „{wished}“ gibt es schon.")
    return wished
