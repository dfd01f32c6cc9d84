"""Typed attributes: facts about goods that can be shown, compared and filtered."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, Session, SQLModel, col, select

from catalog import products, slugs
from catalog.products import Kind
from catalog.refusals import Refusal


class AttributeKind(StrEnum):
    """What a value is: free text, a number (or range) with unit, yes or no, one of the owner's choices."""

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
    """The value a product has for a type: `text` of TEXT and CHOICE, `number` of NUMBER and YES_NO (0/1).

    A NUMBER may be a range ("3–4 mm"), from `number` to `most`; `most` is None for a single number.
    """

    __table_args__ = (UniqueConstraint("product_id", "type_id"),)

    id: int | None = Field(default=None, primary_key=True)
    product_id: int = Field(foreign_key="product.id", index=True)
    type_id: int = Field(foreign_key="attributetype.id")
    text: str = ""
    number: int | None = None
    most: int | None = None


class NotAValue(Refusal):
    """The text does not fit the attribute's kind."""


_BUILT_IN: tuple[tuple[str, str, AttributeKind, str, int, tuple[Kind, ...]], ...] = (
    ("width", "Stoffbreite", AttributeKind.NUMBER, "cm", 0, (Kind.FABRIC,)),
    ("grammage", "Gewicht je m²", AttributeKind.NUMBER, "g/m²", 0, (Kind.FABRIC,)),
    ("repeat", "Rapport", AttributeKind.NUMBER, "cm", 1, (Kind.FABRIC,)),
    ("shrinkage", "Einlauf", AttributeKind.NUMBER, "%", 0, (Kind.FABRIC,)),
    ("care", "Pflege", AttributeKind.TEXT, "", 0, (Kind.FABRIC, Kind.YARN, Kind.RIBBON)),
    ("ball_weight", "Knäuelgewicht", AttributeKind.NUMBER, "g", 0, (Kind.YARN,)),
    ("run_length", "Lauflänge", AttributeKind.NUMBER, "m", 0, (Kind.YARN, Kind.THREAD)),
    ("needle_size", "Nadelstärke", AttributeKind.NUMBER, "mm", 2, (Kind.YARN,)),
    ("gauge", "Maschenprobe", AttributeKind.TEXT, "", 0, (Kind.YARN,)),
    ("thickness", "Garnstärke (Nr.)", AttributeKind.NUMBER, "", 0, (Kind.THREAD,)),
    ("diameter", "Durchmesser", AttributeKind.NUMBER, "mm", 1, (Kind.BUTTON,)),
    ("holes", "Löcher", AttributeKind.NUMBER, "", 0, (Kind.BUTTON,)),
    ("material", "Material", AttributeKind.TEXT, "", 0, (Kind.BUTTON, Kind.TOOL)),
    ("length", "Länge", AttributeKind.NUMBER, "cm", 0, (Kind.ZIP,)),
    ("divisible", "Teilbar", AttributeKind.YES_NO, "", 0, (Kind.ZIP,)),
    ("coil", "Verzahnung", AttributeKind.CHOICE, "", 0, (Kind.ZIP,)),
    ("band_width", "Bandbreite", AttributeKind.NUMBER, "mm", 0, (Kind.RIBBON,)),
)
_CHOICES = {"coil": "Spirale\nMetall\nKunststoff"}
_NO_FILTERS = ("care", "gauge")  # each article tells them in its own words


def built_in(label: str) -> AttributeType | None:
    """The type that comes with the shop under this label, not stored; None if there is none."""
    for key, name, kind, unit, decimals, _ in _BUILT_IN:
        if name == label:
            return AttributeType(
                key=key, label=name, kind=kind.value, unit=unit, decimals=decimals, choices=_CHOICES.get(key, "")
            )
    return None


def ensure_types(session: Session) -> None:
    """Add the built-in types that are not there yet, but none that the owner has under the same label. Flushes."""
    every = types(session)
    keys, labels = {each.key for each in every}, {each.label for each in every}
    session.add_all(
        AttributeType(
            key=key, label=label, kind=kind.value, unit=unit, decimals=decimals, position=position,
            goods=" ".join(goods), choices=_CHOICES.get(key, ""), is_filter=key not in _NO_FILTERS,
        )
        for position, (key, label, kind, unit, decimals, goods) in enumerate(_BUILT_IN)
        if key not in keys and label not in labels
    )  # fmt: skip
    session.flush()


def types(session: Session) -> list[AttributeType]:
    """All types in the owner's order."""
    return list(session.exec(select(AttributeType).order_by(col(AttributeType.position), col(AttributeType.id))).all())


def asked(session: Session, kind: str) -> list[AttributeType]:
    """The types that goods of a kind (its key) are asked for, in the owner's order."""
    return [each for each in types(session) if kind in each.goods.split()]


def labelled(session: Session, label: str) -> AttributeType:
    """The type of this label, added as free text after the others if it is new. Flushes."""
    every = types(session)
    found = next((each for each in every if each.label == label), None)
    if found is None:
        found = AttributeType(key=free_key(label, every), label=label, position=after(every))
        session.add(found)
        session.flush()
    return found


def free_key(label: str, every: Sequence[AttributeType]) -> str:
    """A key that none of these types has, spelled after a label."""
    return slugs.free(slugs.slugify(label)[:36], {each.key for each in every})


def after(every: Sequence[AttributeType]) -> int:
    """The position behind all of these types."""
    return max((each.position for each in every), default=-1) + 1


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
    found: dict[int, list[tuple[str, str]]] = {}
    for value, fact in rows:
        found.setdefault(value.product_id, []).append((fact.label, written(fact, value)))
    return found


def choices_of(fact: AttributeType) -> list[str]:
    """What may be chosen of a CHOICE, in the owner's order."""
    return fact.choices.splitlines()


def parse_value(fact: AttributeType, typed: str) -> tuple[str, int | None, int | None]:
    """Read a value as typed and give (text, number, most) as stored. Raises NotAValue."""
    text = typed.replace("\u00a0", " ").strip()
    if fact.kind == AttributeKind.NUMBER:
        return "", *_parse_numbers(fact, text)
    if fact.kind == AttributeKind.CHOICE:
        return _parse_choice(fact, text), None, None
    if fact.kind == AttributeKind.YES_NO:
        if text.casefold() not in _YES | _NO:
            raise NotAValue(f"{fact.label}: Bitte „ja“ oder „nein“ eintragen, nicht „{text}“.")
        return "", int(text.casefold() in _YES), None
    if len(text) > _LONGEST_TEXT:
        raise NotAValue(f"{fact.label}: Das ist zu lang, höchstens {_LONGEST_TEXT} Zeichen.")
    return text, None, None


def format_value(fact: AttributeType, text: str, number: int | None, most: int | None = None) -> str:
    """Write a stored value for people: 35 with one decimal and unit mm → "3,5 mm"; a range → "3–4 mm"."""
    if number is None:
        return text
    if fact.kind == AttributeKind.YES_NO:
        return "ja" if number else "nein"
    shown = (
        format_number(fact, number) if most is None else f"{format_number(fact, number)}–{format_number(fact, most)}"
    )
    return f"{shown}\u00a0{fact.unit}".strip()


def written(fact: AttributeType, value: AttributeValue) -> str:
    """Write a value for people."""
    return format_value(fact, value.text, value.number, value.most)


def format_number(fact: AttributeType, number: int) -> str:
    """Write a stored number without its unit: 350 with two decimals → "3,5"."""
    whole, part = divmod(number, 10**fact.decimals)
    return f"{whole},{part:0{fact.decimals}d}".rstrip("0") if part else str(whole)


_YES = {"ja", "j", "x", "1", "wahr", "true"}
_NO = {"nein", "n", "0", "falsch", "false"}


_LONGEST_TEXT = 300
MOST_DECIMALS = 3
_NUMBER = re.compile(r"(\d{1,6})(?:,(\d{1,9}))?")  # with three decimals just within 32 bits
_THOUSANDS = re.compile(r"\d{1,3}\.\d{3}")
_TO = re.compile(r"\s*(?:–|-|—|\bbis\b)\s*")


def _parse_numbers(fact: AttributeType, text: str) -> tuple[int, int | None]:
    ends = [_parse_number(fact, text, _without_unit(fact, part)) for part in _TO.split(text)]
    if len(ends) > 2:
        raise _does_not_fit(fact, text)
    return min(ends), max(ends) if max(ends) > min(ends) else None


def _without_unit(fact: AttributeType, part: str) -> str:
    for unit in (fact.unit, fact.unit.replace("²", "2"), fact.unit.replace("²", "qm")):
        if unit and part.casefold().endswith(unit.casefold()):
            return part[: -len(unit)].strip()
    return part.strip()


def _parse_number(fact: AttributeType, text: str, part: str) -> int:
    if _THOUSANDS.fullmatch(part):
        if fact.decimals:
            raise NotAValue(f"{fact.label}: „{text}“ ist nicht eindeutig. Bitte ohne Tausenderpunkt, mit Komma.")
        part = part.replace(".", "")
    match = _NUMBER.fullmatch(part.replace(".", ",") if part.count(".") == 1 else part)
    decimals = (match[2] or "").rstrip("0") if match else ""
    if match is None or len(decimals) > fact.decimals:
        raise _does_not_fit(fact, text)
    return int(match[1] + decimals.ljust(fact.decimals, "0"))


def _does_not_fit(fact: AttributeType, text: str) -> NotAValue:
    example = f"{'3,5' if fact.decimals else '140'} {fact.unit}".strip()
    return NotAValue(f"{fact.label}: „{text}“ passt nicht. Bitte so eintragen: {example}")


def _parse_choice(fact: AttributeType, text: str) -> str:
    found = next((each for each in choices_of(fact) if each.casefold() == text.casefold()), None)
    if found is None:
        raise NotAValue(f"{fact.label}: „{text}“ steht nicht zur Wahl. Möglich sind: {', '.join(choices_of(fact))}.")
    return found


def _set_one(
    session: Session, product_id: int, fact: AttributeType, standing: AttributeValue | None, typed: str
) -> bool:
    if not typed:
        if standing is not None:
            session.delete(standing)
        return standing is not None
    text, number, most = parse_value(fact, typed)
    if standing is None:
        assert fact.id is not None
        session.add(AttributeValue(product_id=product_id, type_id=fact.id, text=text, number=number, most=most))
        return True
    if (standing.text, standing.number, standing.most) == (text, number, most):
        return False
    standing.text, standing.number, standing.most = text, number, most
    return True
