"""The facts that goods are described by, as the owner keeps them: added, changed, put in order, removed."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, func, select

from catalog import attributes, products, revisions
from catalog.attributes import MOST_DECIMALS, AttributeKind, AttributeType, AttributeValue, NotAValue
from catalog.refusals import Refusal

_MOST_CHOICES = 100


@dataclass(frozen=True)
class Fact:
    """What a person says about a fact. `choices` are those of a CHOICE, `decimals` and `unit` those of a NUMBER."""

    label: str
    kind: AttributeKind = AttributeKind.TEXT
    unit: str = ""
    decimals: int = 0
    choices: tuple[str, ...] = ()
    is_filter: bool = True


class NotAFact(Refusal):
    """The fact cannot be so; `where` is "label", "kind", "decimals" or "choices"."""

    def __init__(self, where: str, sentence: str) -> None:
        super().__init__(sentence)
        self.where = where


class FactInUse(Refusal):
    """Articles tell this fact, so it stays."""


def of(fact: AttributeType) -> Fact:
    """A type as a person says it."""
    return Fact(
        label=fact.label,
        kind=AttributeKind(fact.kind),
        unit=fact.unit,
        decimals=fact.decimals,
        choices=tuple(attributes.choices_of(fact)),
        is_filter=fact.is_filter,
    )


def counts(session: Session) -> dict[int, int]:
    """How many articles tell each fact, by the type's id; one query."""
    rows = session.exec(select(AttributeValue.type_id, func.count()).group_by(col(AttributeValue.type_id))).all()
    return dict(rows)


def add(session: Session, fact: Fact, kind: str) -> AttributeType:
    """Add a fact after the others that goods of a kind (its key) are asked for. Raises NotAFact. Flushes."""
    every = attributes.types(session)
    checked = _checked(fact, every)
    found = AttributeType(
        key=attributes.free_key(checked.label, every),
        label=checked.label,
        position=attributes.after(every),
        goods=kind,
    )
    _write(found, checked)
    session.add(found)
    return _done(session, found)


def change(session: Session, found: AttributeType, fact: Fact, now: datetime) -> None:
    """Change a fact; what articles tell of it is read again in its new form.

    Raises NotAFact, also where something that an article tells does not fit any more. Flushes.
    """
    checked = _checked(fact, [each for each in attributes.types(session) if each.id != found.id])
    values = session.exec(select(AttributeValue).where(AttributeValue.type_id == found.id)).all()
    told = [_told(found, value, checked) for value in values]
    before = of(found)
    _write(found, checked)
    for value, text in zip(values, told, strict=True):
        try:
            value.text, value.number, value.most = attributes.parse_value(found, text)
        except NotAValue as refusal:
            _write(found, before)
            raise NotAFact(
                _where(before, checked), f"Das passt nicht zu einem Artikel. {refusal.sentence}"
            ) from refusal
        session.add(value)
    session.add(found)
    _done(session, found)
    for product_id in sorted({value.product_id for value in values}):
        products.touch(session, product_id, now)


def remove(session: Session, found: AttributeType) -> None:
    """Remove a fact that no article tells. Raises FactInUse. Flushes."""
    number = counts(session).get(found.id or 0, 0)
    if number:
        articles = "einem Artikel" if number == 1 else f"{number} Artikeln"
        raise FactInUse(f"„{found.label}“ steht noch bei {articles}. Leeren Sie es dort zuerst.")
    session.delete(found)
    session.flush()
    revisions.bump(session)


def ask(session: Session, found: AttributeType, kind: str, *, asked: bool) -> None:
    """Ask goods of a kind (its key) for a fact, or no longer; what articles tell already stays. Flushes."""
    kinds = [each for each in found.goods.split() if each != kind]
    found.goods = " ".join([*kinds, kind] if asked else kinds)
    session.add(found)
    _done(session, found)


def move(session: Session, found: AttributeType, kind: str, *, later: bool) -> None:
    """Move a fact one place among those that goods of a kind are asked for. Flushes."""
    asked = [each.id for each in attributes.asked(session, kind)]
    target = asked.index(found.id) + (1 if later else -1)
    if not 0 <= target < len(asked):
        return
    every = [each for each in attributes.types(session) if each.id != found.id]
    place = [each.id for each in every].index(asked[target])
    every.insert(place + 1 if later else place, found)
    for position, each in enumerate(every):
        each.position = position
        session.add(each)
    _done(session, found)


def forget_kind(session: Session, kind: str) -> None:
    """Ask nothing of a kind that goes. Flushes."""
    for each in attributes.asked(session, kind):
        ask(session, each, kind, asked=False)


def _done(session: Session, found: AttributeType) -> AttributeType:
    session.flush()
    revisions.bump(session)
    return found


def _checked(fact: Fact, others: list[AttributeType]) -> Fact:
    label = " ".join(fact.label.split())
    if not label:
        raise NotAFact("label", "Bitte geben Sie der Angabe einen Namen.")
    if len(label) > 80:
        raise NotAFact("label", "Der Name ist zu lang: höchstens 80 Zeichen.")
    if any(each.label.casefold() == label.casefold() for each in others):
        raise NotAFact("label", f"Die Angabe „{label}“ gibt es schon.")
    if not 0 <= fact.decimals <= MOST_DECIMALS:
        raise NotAFact("decimals", f"Bitte höchstens {MOST_DECIMALS} Stellen hinter dem Komma.")
    is_number = fact.kind is AttributeKind.NUMBER
    return Fact(
        label=label,
        kind=fact.kind,
        unit=" ".join(fact.unit.split())[:20] if is_number else "",
        decimals=fact.decimals if is_number else 0,
        choices=_choices(fact.choices) if fact.kind is AttributeKind.CHOICE else (),
        is_filter=fact.is_filter,
    )


def _choices(typed: tuple[str, ...]) -> tuple[str, ...]:
    by_folded = {each.casefold(): each for each in (" ".join(one.split()) for one in reversed(typed)) if each}
    choices = tuple(reversed(by_folded.values()))
    if len(choices) < 2:
        raise NotAFact("choices", "Bitte mindestens zwei Möglichkeiten eintragen, jede in eine eigene Zeile.")
    if len(choices) > _MOST_CHOICES or max(map(len, choices)) > 80:
        raise NotAFact("choices", f"Bitte höchstens {_MOST_CHOICES} Möglichkeiten mit je höchstens 80 Zeichen.")
    return choices


def _write(found: AttributeType, fact: Fact) -> None:
    found.label, found.kind, found.unit, found.decimals = fact.label, fact.kind.value, fact.unit, fact.decimals
    found.choices, found.is_filter = "\n".join(fact.choices), fact.is_filter


def _told(found: AttributeType, value: AttributeValue, fact: Fact) -> str:
    """A value as it would be typed; where numbers get another unit, the numbers stay."""
    text = attributes.written(found, value)
    is_still_number = found.kind == AttributeKind.NUMBER and fact.kind is AttributeKind.NUMBER
    return text.removesuffix(f"\u00a0{found.unit}") if is_still_number and found.unit else text


def _where(before: Fact, after: Fact) -> str:
    if before.kind is not after.kind:
        return "kind"
    return "choices" if after.kind is AttributeKind.CHOICE else "decimals"
