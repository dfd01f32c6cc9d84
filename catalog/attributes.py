"""Typed attributes: facts about goods that can be shown, compared and filtered."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import products, slugs
from catalog.products import Kind
from catalog.refusals import Refusal


class AttributeKind(StrEnum):
    """What a value is: free text, a number with unit, or yes/no."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"


class AttributeType(SQLModel, table=True):
    """A fact that goods can have: key "width", label "Stoffbreite", unit "cm".

    A number is stored as a whole number of 10^-`decimals` units (3,5 mm with one decimal is 35).
    """

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True, max_length=40)
    label: str = Field(unique=True, max_length=80)
    kind: str = AttributeKind.TEXT.value
    unit: str = ""
    decimals: int = 0
    position: int = 0
    goods: str = ""  # the keys of the kinds of goods that are asked for it, separated by blanks
    choices: str = ""  # of a CHOICE: what may be chosen, a line each
    is_filter: bool = True  # whether shoppers can narrow a list down by it


class AttributeValue(SQLModel, table=True):
    """The value a product has for a type: `text`, or `number` for NUMBER and YES_NO (0/1)."""

    __table_args__ = (UniqueConstraint("product_id", "type_id"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    type_id: int = Field(foreign_key="attributetype.id")
    text: str = ""
    number: int | None = None
    most: int | None = None


class NotAValue(Refusal):
    """The text does not fit the attribute's kind."""


def _built_in() -> list[AttributeType]:
    """What fabrics, yarns, buttons … are described by from the first day."""
    number, text, yes_no = AttributeKind.NUMBER, AttributeKind.TEXT, AttributeKind.YES_NO
    facts = [
        ("width", "Stoffbreite", number, "cm", 0, (Kind.FABRIC, Kind.RIBBON)),
        ("grammage", "Gewicht je m²", number, "g/m²", 0, (Kind.FABRIC,)),
        ("repeat", "Rapport", number, "cm", 1, (Kind.FABRIC,)),
        ("shrinkage", "Einlauf", number, "%", 0, (Kind.FABRIC,)),
        ("care", "Pflege", text, "", 0, (Kind.FABRIC, Kind.YARN, Kind.RIBBON)),
        ("run_length", "Lauflänge", number, "m", 0, (Kind.YARN, Kind.THREAD)),
        ("needle_size", "Nadelstärke", number, "mm", 1, (Kind.YARN,)),
        ("gauge", "Maschenprobe", text, "", 0, (Kind.YARN,)),
        ("diameter", "Durchmesser", number, "mm", 1, (Kind.BUTTON,)),
        ("holes", "Löcher", number, "", 0, (Kind.BUTTON,)),
        ("material", "Material", text, "", 0, (Kind.BUTTON, Kind.ZIP, Kind.TOOL)),
        ("length", "Länge", number, "cm", 0, (Kind.ZIP,)),
        ("divisible", "Teilbar", yes_no, "", 0, (Kind.ZIP,)),
        ("band_width", "Bandbreite", number, "mm", 0, (Kind.RIBBON,)),
    ]
    return [
        AttributeType(key=key, label=label, kind=kind, unit=unit, decimals=decimals, position=position,
                      goods=" ".join(goods))
        for position, (key, label, kind, unit, decimals, goods) in enumerate(facts)
    ]  # fmt: skip


def ensure_types(session: Session) -> None:
    """Add the built-in types that are not there yet. Flushes."""
    known = set(session.exec(select(AttributeType.key)).all())
    session.add_all([each for each in _built_in() if each.key not in known])
    session.flush()


def types(session: Session) -> list[AttributeType]:
    """All types in the owner's order."""
    return list(session.exec(select(AttributeType).order_by(col(AttributeType.position), col(AttributeType.id))).all())


def labelled(session: Session, label: str) -> AttributeType:
    """The type of this label, added as free text after the others if it is new. Flushes."""
    every = types(session)
    found = next((each for each in every if each.label == label), None)
    if found is None:
        key = slugs.free(label[:36], {each.key for each in every})[:40]
        found = AttributeType(key=key, label=label, position=max((each.position for each in every), default=-1) + 1)
        session.add(found)
        session.flush()
    return found


def set_values(session: Session, product_id: int, texts: Mapping[str, str], now: datetime) -> None:
    """Set values by the type's key, each as a person types it; "" removes, absent keys stay.

    Raises NotAValue. Says `products.touch` only where something changed. Flushes.
    """
    by_key = {each.key: each for each in types(session)}
    standing = {
        each.type_id: each
        for each in session.exec(select(AttributeValue).where(AttributeValue.product_id == product_id)).all()
    }
    changed = False
    for key, typed in texts.items():
        fact = by_key[key]
        assert fact.id is not None
        changed |= _set_one(session, product_id, fact, standing.get(fact.id), typed.strip())
    if changed:
        session.flush()
        products.touch(session, product_id, now)


def of(session: Session, product_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """(label, shown value) of each product in the owner's order; one query."""
    rows = session.exec(
        select(AttributeValue, AttributeType)
        .join(AttributeType, col(AttributeType.id) == AttributeValue.type_id)
        .where(col(AttributeValue.product_id).in_(list(product_ids)))
        .order_by(col(AttributeType.position), col(AttributeType.id))
    ).all()
    shown: dict[int, list[tuple[str, str]]] = {}
    for value, fact in rows:
        shown.setdefault(value.product_id, []).append((fact.label, format_value(fact, value.text, value.number)))
    return shown


def parse_value(fact: AttributeType, typed: str) -> tuple[str, int | None]:
    """Read a value as typed and give (text, number) as stored. Raises NotAValue."""
    if fact.kind == AttributeKind.TEXT:
        return typed, None
    if fact.kind == AttributeKind.YES_NO:
        if typed.casefold() not in _YES | _NO:
            raise NotAValue(f"{fact.label}: Bitte „ja“ oder „nein“ eintragen, nicht „{typed}“.")
        return "", int(typed.casefold() in _YES)
    match = re.fullmatch(r"(\d{1,9})(?:[.,](\d+?)0*)?", typed.removesuffix(fact.unit).strip())
    part = (match[2] or "") if match else ""
    if match is None or len(part.rstrip("0")) > fact.decimals:
        example = "3,5" if fact.decimals else "140"
        raise NotAValue(f"{fact.label}: „{typed}“ passt nicht. Bitte so eintragen: {example} {fact.unit}".rstrip())
    return "", int(match[1] + part.rstrip("0").ljust(fact.decimals, "0"))


def format_value(fact: AttributeType, text: str, number: int | None) -> str:
    """Write a stored value for people: 35 with one decimal and unit mm → "3,5 mm"."""
    if number is None:
        return text
    if fact.kind == AttributeKind.YES_NO:
        return "ja" if number else "nein"
    whole, part = divmod(number, 10**fact.decimals)
    decimals = f",{part:0{fact.decimals}d}" if part else ""
    return f"{whole}{decimals}\u00a0{fact.unit}".strip()


_YES = {"ja", "j", "x", "1", "wahr", "true"}
_NO = {"nein", "n", "0", "falsch", "false"}


def _set_one(
    session: Session, product_id: int, fact: AttributeType, standing: AttributeValue | None, typed: str
) -> bool:
    if not typed:
        if standing is not None:
            session.delete(standing)
        return standing is not None
    text, number = parse_value(fact, typed)
    if standing is None:
        assert fact.id is not None
        session.add(AttributeValue(product_id=product_id, type_id=fact.id, text=text, number=number))
        return True
    if (standing.text, standing.number) == (text, number):
        return False
    standing.text, standing.number = text, number
    return True
