"""The form of a variant: its fields as texts, and what they mean."""

import re

from catalog import editing
from catalog.editing import VariantFacts
from catalog.refusals import Refusal
from catalog.units import Unit, parse_quantity
from shop.backoffice.product_form import written
from shop.backoffice.typed import Typed, amount, ticked

OPTIONS = (1, 2)  # a colour and a size are enough for haberdashery


def typed_of(facts: VariantFacts) -> Typed:
    """The form filled with the facts as they stand."""
    texts = {
        "nummer": facts.sku,
        "preis": amount(facts.price_cents),
        "ean": facts.gtin,
        "inhalt": written(facts.content, facts.content_unit) if facts.content and facts.content_unit else "",
        "gewicht": str(facts.weight_g or ""),
        "aktiv": ticked(facts.is_active),
        "zaehlen": ticked(facts.counts_stock),
    }
    for number, (name, value, swatch) in zip(OPTIONS, facts.options, strict=False):
        texts |= {f"option-{number}": name, f"wert-{number}": value}
        if swatch:
            texts |= {"farbe": swatch, "farbe-zeigen": "ja"}
    return Typed(texts)


def typed_for_next(facts: VariantFacts) -> Typed:
    """The form of the next variant: like the last one, but with its own number and colour."""
    texts = dict(typed_of(facts).texts)
    for name in ("nummer", "ean", "wert-1", "wert-2", "farbe", "farbe-zeigen"):
        texts.pop(name, None)
    texts.setdefault("option-1", "Farbe")
    return Typed({**texts, "preis": texts["preis"] if facts.price_cents else "", "aktiv": "ja", "zaehlen": "ja"})


def read(typed: Typed) -> VariantFacts:
    """The facts that the form tells; what does not fit is in `typed.errors` afterwards."""
    cents = typed.cents("preis", required="Bitte tragen Sie den Preis ein, zum Beispiel 12,90.")
    content = typed.by_rule("inhalt", _content)
    return VariantFacts(
        sku=typed.text("nummer", required="Bitte tragen Sie eine Artikelnummer ein.", longest=80),
        price_cents=cents or 0,
        gtin=typed.by_rule("ean", editing.parse_gtin) or "",
        options=_options(typed),
        content=content[0] if content else None,
        content_unit=content[1] if content else None,
        weight_g=typed.number("gewicht", 0, 100_000) or 0,
        is_active=typed.ticked("aktiv"),
        counts_stock=typed.ticked("zaehlen"),
    )


def field_of(refusal: Refusal) -> str:
    """The field beside which a refusal is shown."""
    fields: dict[type[Refusal], str] = {
        editing.EditedMeanwhile: "gesehen",
        editing.NotASku: "nummer",
        editing.NotCountable: "zaehlen",
    }
    return fields.get(type(refusal), "preis")


def _options(typed: Typed) -> tuple[tuple[str, str, str], ...]:
    swatch = typed.raw("farbe") if typed.ticked("farbe-zeigen") else ""
    if swatch and not re.fullmatch(r"#[0-9a-fA-F]{6}", swatch):
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
    """What is in a packing, as (smallest units, unit): "50 g", "200 m"."""
    unit = Unit.LENGTH if re.search(r"\d\s*(m|cm|meter)$", text.strip().casefold()) else Unit.WEIGHT
    return parse_quantity(text, unit), unit.value
