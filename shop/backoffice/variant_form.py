"""The form of a variant: its fields as texts, and what they mean."""

import re
from collections.abc import Iterator

from catalog import editing, prices
from catalog.editing import VariantFacts
from catalog.refusals import Refusal
from catalog.thickness import MOST_PER_LAYER, parse_thickness
from catalog.units import NotAQuantity, Unit, parse_quantity
from shop.backoffice.product_form import written
from shop.backoffice.typed import Typed, amount, begin_of, ticked
from shop.formats import BERLIN

OPTIONS = (1, 2)  # a colour and a size are enough for haberdashery
STEPS = 3  # rows for price steps, before the empty one
_MOST_STEPS = 20
_SWATCH = re.compile(r"#[0-9a-fA-F]{6}")
_NO_PRICE = "Bitte tragen Sie den Preis ein, zum Beispiel 12,90."
_CONTENTS = (
    (Unit.AREA, re.compile(r"(m|cm|dm)\s*[²2]$|qm$")),
    (Unit.LENGTH, re.compile(r"\d\s*(m|cm|meter)$")),
    (Unit.VOLUME, re.compile(r"\d\s*(ml|cl|dl|l|liter|milliliter)$")),
    (Unit.WEIGHT, re.compile(r"")),
)


def typed_of(facts: VariantFacts, unit: str) -> Typed:
    """The form filled with the facts of a variant of goods sold in a unit, as they stand."""
    texts = {
        "nummer": facts.sku,
        "preis": amount(facts.price_cents),
        "ean": facts.gtin,
        "inhalt": written(facts.content, facts.content_unit) if facts.content and facts.content_unit else "",
        "gewicht": str(facts.weight_g or ""),
        "dicke": str(facts.thickness_mm or ""),
        "nebeneinander": str(facts.per_layer) if facts.per_layer > 1 else "",
        "aktiv": ticked(facts.is_active),
        "zaehlen": ticked(facts.counts_stock),
        "mindestens": written(facts.minimum, unit) if facts.minimum else "",
        "schritt": written(facts.step, unit) if facts.step else "",
        "hoechstens": written(facts.maximum, unit) if facts.maximum else "",
        "uvp": amount(facts.rrp_cents),
        "uvp-seit": f"{facts.rrp_since.astimezone(BERLIN):%Y-%m-%d}" if facts.rrp_since else "",
        "melden-ab": written(facts.reorder_at, unit) if facts.reorder_at is not None else "",
    }
    for number, (from_quantity, cents) in enumerate(facts.steps, start=1):
        texts |= {f"ab-{number}": written(from_quantity, unit), f"staffelpreis-{number}": amount(cents)}
    for number, (name, value, swatch) in zip(OPTIONS, facts.options, strict=False):
        texts |= {f"option-{number}": name, f"wert-{number}": value}
        if swatch:
            texts |= {"farbe": swatch, "farbe-zeigen": "ja"}
    return Typed(texts)


def typed_for_next(facts: VariantFacts, unit: str) -> Typed:
    """The form of the next variant: like the last one, but with its own number and colour."""
    texts = dict(typed_of(facts, unit).texts)
    for name in ("nummer", "ean", "wert-1", "wert-2", "farbe", "farbe-zeigen"):
        texts.pop(name, None)
    texts.setdefault("option-1", "Farbe")
    return Typed({**texts, "preis": texts["preis"] if facts.price_cents else "", "aktiv": "ja", "zaehlen": "ja"})


def typed_of_first(facts: VariantFacts) -> dict[str, str]:
    """What the form of a new article asks of its first variant, taken over from another one."""
    texts = typed_of(facts, Unit.PIECE).texts
    return {name: texts[name] for name in ("inhalt", "gewicht", "dicke", "nebeneinander")} | {
        "option-1": texts.get("option-1", "Farbe")
    }


def read(typed: Typed, unit: Unit) -> VariantFacts:
    """The facts that the form tells; what does not fit is in `typed.errors` afterwards."""
    cents = typed.cents("preis", required=_NO_PRICE)
    content = typed.by_rule("inhalt", _content)
    since = typed.day("uvp-seit")
    return VariantFacts(
        sku=typed.text("nummer", required="Bitte tragen Sie eine Artikelnummer ein.", longest=80),
        price_cents=cents or 0,
        gtin=typed.by_rule("ean", editing.parse_gtin) or "",
        options=_options(typed),
        content=content[0] if content else None,
        content_unit=content[1] if content else None,
        weight_g=typed.number("gewicht", 0, 100_000) or 0,
        thickness_mm=typed.by_rule("dicke", parse_thickness),
        per_layer=typed.number("nebeneinander", 1, MOST_PER_LAYER) or 1,
        is_active=typed.ticked("aktiv"),
        counts_stock=typed.ticked("zaehlen"),
        minimum=typed.quantity("mindestens", unit) or None,
        step=typed.quantity("schritt", unit) or None,
        maximum=typed.quantity("hoechstens", unit) or None,
        rrp_cents=typed.cents("uvp") or None,
        rrp_since=begin_of(since) if since else None,
        steps=tuple(_steps(typed, unit)),
        reorder_at=typed.quantity("melden-ab", unit),
    )


def read_first(typed: Typed) -> VariantFacts:
    """The first variant of a new article; a colour is an option, and its number may still be missing."""
    cents = typed.cents("preis", required=_NO_PRICE)
    content = typed.by_rule("inhalt", _content)
    colour = typed.text("farbe", longest=120)
    return VariantFacts(
        sku=typed.text("nummer", longest=80),
        price_cents=cents or 0,
        gtin=typed.by_rule("ean", editing.parse_gtin) or "",
        options=((typed.text("option-1", longest=60) or "Farbe", colour, ""),) if colour else (),
        content=content[0] if content else None,
        content_unit=content[1] if content else None,
        weight_g=typed.number("gewicht", 0, 100_000) or 0,
        thickness_mm=typed.by_rule("dicke", parse_thickness),
        per_layer=typed.number("nebeneinander", 1, MOST_PER_LAYER) or 1,
    )


def field_of(refusal: Refusal) -> str:
    """The field beside which a refusal is shown."""
    fields: dict[type[Refusal], str] = {
        editing.EditedMeanwhile: "gesehen",
        editing.NotASku: "nummer",
        editing.NotCountable: "zaehlen",
        editing.NothingFits: "hoechstens",
        prices.StepsDoNotFit: "ab-1",
        prices.NotARecommendation: "uvp-seit",
    }
    return fields.get(type(refusal), "preis")


def step_rows(typed: Typed) -> range:
    """The numbers of the rows for price steps: those that are filled, at least three, and an empty one."""
    filled = [number for number in range(1, _MOST_STEPS + 1) if typed.raw(f"ab-{number}")]
    return range(1, max([STEPS, *filled]) + 2)


def _steps(typed: Typed, unit: Unit) -> Iterator[tuple[int, int]]:
    """The price steps; a row needs both of its fields."""
    for number in range(1, _MOST_STEPS + 1):
        quantity, price = typed.raw(f"ab-{number}"), typed.raw(f"staffelpreis-{number}")
        if not quantity and not price:
            continue
        needed = "Bitte Menge und Preis eintragen, oder beides leer lassen."
        from_quantity = typed.quantity(f"ab-{number}", unit, required=needed)
        cents = typed.cents(f"staffelpreis-{number}", required=needed)
        if from_quantity is not None and cents is not None:
            yield from_quantity, cents


def _options(typed: Typed) -> tuple[tuple[str, str, str], ...]:
    swatch = typed.raw("farbe") if typed.ticked("farbe-zeigen") else ""
    if swatch and not _SWATCH.fullmatch(swatch):
        typed.errors["farbe"] = "Bitte wählen Sie eine Farbe aus, zum Beispiel #0f6b6e."
    options: list[tuple[str, str, str]] = []
    for number in OPTIONS:
        name = typed.text(f"option-{number}", longest=60)
        value = typed.text(f"wert-{number}", longest=120)
        if value and not name:
            typed.errors[f"option-{number}"] = "Was ist das? Zum Beispiel Farbe oder Größe."
        if name and value:
            options.append((name, value, swatch if not options else ""))
    if len({name for name, _, _ in options}) < len(options):
        typed.errors["option-2"] = "Bitte zwei verschiedene Bezeichnungen, zum Beispiel Farbe und Größe."
    return tuple(options)


def _content(text: str) -> tuple[int, str]:
    """What is in a packing, as (smallest units, unit): "50 g", "200 m", "0,25 m²", "100 ml"."""
    told = text.strip().casefold()
    if not re.search(r"[a-zäöü]", told):
        raise NotAQuantity("Bitte mit Einheit eintragen: 50 g, 200 m, 100 ml oder 0,25 m².")
    unit = next(unit for unit, ending in _CONTENTS if ending.search(told))
    return parse_quantity(text, unit), unit.value
