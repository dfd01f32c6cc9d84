"""The form of an article: its fields as texts, and what they mean."""

from collections.abc import Mapping, Sequence

from catalog import attributes, editing, fibres
from catalog.attributes import AttributeType
from catalog.editing import ProductFacts
from catalog.exclusions import Exclusion
from catalog.kinds import GoodsKind
from catalog.products import Kind
from catalog.redirects import NotAnAddress, TakenAddress
from catalog.refusals import Refusal
from catalog.units import QuantityRule, Unit, format_quantity
from catalog.vat import VatClass
from shop.backoffice import duties_form, words
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
            "hoechstens": written(facts.maximum, facts.unit) if facts.maximum else "",
            "anzeigen-je": str(facts.shown_per or ""),
            "rest-unter": written(facts.remnant_below, facts.unit) if facts.remnant_below else "",
            "muster": ticked(facts.offers_sample),
            "steuer": facts.vat_class,
            "kurz": facts.summary,
            "beschreibung": facts.description,
            "zusammensetzung": facts.composition,
            "warnungen": facts.warnings,
            "keine-warnungen": ticked(facts.needs_no_warnings),
            "widerrufsrecht": facts.withdrawal,
            "widerrufsgrund": facts.withdrawal_reason,
            "lieferzeit-von": str(facts.delivery_days_min),
            "lieferzeit-bis": str(facts.delivery_days_max),
            "hersteller": str(facts.maker_id or ""),
            "empfohlen": ticked(facts.is_featured),
            "kategorie": str(main or ""),
            "adresse": facts.slug,
            **duties_form.typed_of(facts.duties),
            **{f"auch-{each}": "ja" for each in others},
            **{f"{_FACT}{key}": value for key, value in facts.values.items()},
        }
    )


def read(
    typed: Typed,
    kinds: Sequence[GoodsKind],
    types: Sequence[AttributeType],
    category_ids: Sequence[int],
    maker_ids: Sequence[int],
) -> ProductFacts:
    """The facts that the form tells; what does not fit is in `typed.errors` afterwards."""
    unit = typed.choice("einheit", Unit, Unit.PIECE)
    shortest, longest = read_delivery(typed)
    minimum, step, maximum = read_measures(typed, unit)
    typed.by_rule("zusammensetzung", fibres.parse_composition)
    warnings = typed.text("warnungen", longest=2000)
    exclusion = typed.choice("widerrufsrecht", Exclusion, Exclusion.NORMAL)
    return ProductFacts(
        name=typed.text("name", required=NO_NAME),
        kind=typed.one_of("art", [each.key for each in kinds], Kind.OTHER),
        unit=unit,
        minimum=minimum,
        step=step,
        maximum=maximum,
        shown_per=_shown_per(typed, unit),
        remnant_below=(typed.quantity("rest-unter", unit) or 0) if unit is Unit.LENGTH else 0,
        offers_sample=typed.ticked("muster"),
        vat_class=typed.choice("steuer", VatClass, VatClass.STANDARD),
        summary=typed.text("kurz", longest=300),
        description=typed.text("beschreibung", longest=20_000),
        composition=typed.text("zusammensetzung", longest=500),
        warnings=warnings,
        needs_no_warnings=typed.ticked("keine-warnungen") and not warnings,
        withdrawal=exclusion,
        withdrawal_reason=_withdrawal_reason(typed, exclusion),
        delivery_days_min=shortest,
        delivery_days_max=longest,
        maker_id=_one_of(typed, "hersteller", maker_ids),
        is_featured=typed.ticked("empfohlen"),
        category_ids=_categories(typed, category_ids),
        values=read_values(typed, types),
        slug=typed.text("adresse", longest=80),
        duties=duties_form.read(typed),
    )


def _withdrawal_reason(typed: Typed, exclusion: Exclusion) -> str:
    """Why the goods may not be sent back; owed with each exception, none without."""
    if exclusion is Exclusion.NORMAL:
        return ""
    return typed.text(
        "widerrufsgrund", longest=300, required="Bitte schreiben Sie, warum; die Kundin liest es vor dem Kauf."
    )


def read_delivery(typed: Typed) -> tuple[int, int]:
    """The delivery time from–to, in working days."""
    shortest = typed.number("lieferzeit-von", 0, 365, required="Bitte nennen Sie die Lieferzeit in Werktagen.")
    longest = typed.number("lieferzeit-bis", 0, 365)
    if shortest is not None and longest is not None and longest < shortest:
        typed.errors["lieferzeit-bis"] = "„bis“ muss mindestens so groß sein wie „von“."
    return shortest or 0, longest if longest is not None else shortest or 0


def read_measures(typed: Typed, unit: Unit) -> tuple[int, int, int | None]:
    """Minimum, step and maximum of one purchase, in smallest units."""
    minimum, step = _positive(typed, "mindestens", unit) or 1, _positive(typed, "schritt", unit) or 1
    maximum = _positive(typed, "hoechstens", unit)
    rule = QuantityRule(unit, minimum, step, maximum)
    if rule.most is not None and rule.most < rule.least:
        typed.errors["hoechstens"] = f"Das ist weniger als die kleinste Menge ({written(rule.least, unit)})."
    return minimum, step, maximum


def field_of(refusal: Refusal) -> str:
    """The field beside which a refusal is shown."""
    if isinstance(refusal, editing.NotThisUnit):
        return "einheit"
    return "adresse" if isinstance(refusal, NotAnAddress | TakenAddress) else "name"


def written(quantity: int, unit: str) -> str:
    """A quantity as one types it: "0,50 m", "3", "250 g"."""
    return format_quantity(quantity, Unit(unit)).replace("\u00a0Stück", "").replace("\u00a0", " ")


def differences(typed: Typed, stored: Typed) -> Mapping[str, str]:
    """What is stored now in the fields in which this form says something else."""
    names = [*stored.texts, *(name for name in typed.texts if name not in stored.texts)]
    return {name: stored.raw(name) for name in names if name != "gesehen" and typed.raw(name) != stored.raw(name)}


def _positive(typed: Typed, name: str, unit: Unit) -> int | None:
    quantity = typed.quantity(name, unit)
    if quantity == 0:
        typed.errors[name] = "Bitte mehr als 0 eintragen."
    return quantity


def _shown_per(typed: Typed, unit: Unit) -> int | None:
    """What the price is shown per; a choice that does not fit the unit (which has just changed) is none."""
    chosen = typed.raw("anzeigen-je")
    return int(chosen) if chosen and chosen in dict(words.SHOWN_PER.get(unit, ())) else None


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


def read_values(typed: Typed, types: Sequence[AttributeType]) -> dict[str, str]:
    """The attributes that the form had fields for; NotAValue becomes the field's sentence."""
    values = {}
    for fact in types:
        name = f"{_FACT}{fact.key}"
        if name in typed.texts:
            typed.by_rule(name, lambda text, fact=fact: attributes.parse_value(fact, text))  # type: ignore[misc]
            values[fact.key] = typed.raw(name)
    return values
