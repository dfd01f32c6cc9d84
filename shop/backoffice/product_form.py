"""The form of an article: its fields as texts, and what they mean."""

from collections.abc import Mapping, Sequence

from catalog import attributes, fibres
from catalog.attributes import AttributeType
from catalog.editing import ProductFacts
from catalog.products import Kind
from catalog.units import Unit, format_quantity
from catalog.vat import VatClass
from shop.backoffice.typed import Typed, ticked, whole_number

NO_NAME = "Bitte geben Sie dem Artikel einen Namen."
_FACT = "merkmal-"


def typed_of(facts: ProductFacts) -> Typed:
    """The form filled with the facts as they stand."""
    main, *others = facts.category_ids or (None,)
    return Typed(
        {
            "name": facts.name,
            "art": facts.kind,
            "einheit": facts.unit,
            "mindestens": written(facts.minimum, facts.unit),
            "schritt": written(facts.step, facts.unit),
            "steuer": facts.vat_class,
            "kurz": facts.summary,
            "beschreibung": facts.description,
            "zusammensetzung": facts.composition,
            "warnungen": facts.warnings,
            "lieferzeit-von": str(facts.delivery_days_min),
            "lieferzeit-bis": str(facts.delivery_days_max),
            "hersteller": str(facts.maker_id or ""),
            "empfohlen": ticked(facts.is_featured),
            "kategorie": str(main or ""),
            **{f"auch-{each}": "ja" for each in others},
            **{f"{_FACT}{key}": value for key, value in facts.values.items()},
        }
    )


def read(
    typed: Typed, types: Sequence[AttributeType], category_ids: Sequence[int], maker_ids: Sequence[int]
) -> ProductFacts:
    """The facts that the form tells; what does not fit is in `typed.errors` afterwards."""
    unit = typed.choice("einheit", Unit, Unit.PIECE)
    shortest = typed.number("lieferzeit-von", 0, 365, required="Bitte nennen Sie die Lieferzeit in Werktagen.")
    longest = typed.number("lieferzeit-bis", 0, 365)
    if shortest is not None and longest is not None and longest < shortest:
        typed.errors["lieferzeit-bis"] = "„bis“ muss mindestens so groß sein wie „von“."
    typed.by_rule("zusammensetzung", fibres.parse_composition)
    return ProductFacts(
        name=typed.text("name", required=NO_NAME),
        kind=typed.choice("art", Kind, Kind.OTHER),
        unit=unit,
        minimum=_positive(typed, "mindestens", unit),
        step=_positive(typed, "schritt", unit),
        vat_class=typed.choice("steuer", VatClass, VatClass.STANDARD),
        summary=typed.text("kurz", longest=300),
        description=typed.text("beschreibung", longest=20_000),
        composition=typed.text("zusammensetzung", longest=500),
        warnings=typed.text("warnungen", longest=2000),
        delivery_days_min=shortest or 0,
        delivery_days_max=longest if longest is not None else shortest or 0,
        maker_id=_one_of(typed, "hersteller", maker_ids),
        is_featured=typed.ticked("empfohlen"),
        category_ids=_categories(typed, category_ids),
        values=_values(typed, types),
    )


def written(quantity: int, unit: str) -> str:
    """A quantity as one types it: "0,50 m", "3", "250 g"."""
    return format_quantity(quantity, Unit(unit)).replace("\u00a0Stück", "").replace("\u00a0", " ")


def differences(typed: Typed, stored: Typed) -> Mapping[str, str]:
    """What is stored now in the fields in which this form says something else."""
    names = [*stored.texts, *(name for name in typed.texts if name not in stored.texts)]
    return {name: stored.raw(name) for name in names if name != "gesehen" and typed.raw(name) != stored.raw(name)}


def _positive(typed: Typed, name: str, unit: Unit) -> int:
    quantity = typed.quantity(name, unit)
    if quantity == 0:
        typed.errors[name] = "Bitte mehr als 0 eintragen."
    return quantity or 1


def _one_of(typed: Typed, name: str, ids: Sequence[int]) -> int | None:
    text = typed.raw(name)
    if not text:
        return None
    chosen = whole_number(text)
    if chosen not in ids:
        typed.errors[name] = "Bitte wählen Sie etwas aus der Liste."
        return None
    return chosen


def _categories(typed: Typed, ids: Sequence[int]) -> tuple[int, ...]:
    main = _one_of(typed, "kategorie", ids)
    others = [each for each in ids if typed.ticked(f"auch-{each}") and each != main]
    return tuple(([main] if main else []) + others)


def _values(typed: Typed, types: Sequence[AttributeType]) -> dict[str, str]:
    """The attributes that the form had fields for; NotAValue becomes the field's sentence."""
    values = {}
    for fact in types:
        name = f"{_FACT}{fact.key}"
        if name in typed.texts:
            typed.by_rule(name, lambda text, fact=fact: attributes.parse_value(fact, text))  # type: ignore[misc]
            values[fact.key] = typed.raw(name)
    return values
