"""Many colours at once: lines "Nummer; Name; #Farbe; Bestand" become the variants of an article, all or none."""

import re
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session, col, select

from catalog import products, slugs, variants
from catalog.editing import VariantFacts
from catalog.products import Product, Variant, VariantOption
from catalog.refusals import Refusal
from catalog.units import NotAQuantity, Unit, parse_quantity

MOST = 500  # lines at once
_SWATCH = re.compile(r"#?([0-9a-fA-F]{6})")
_PART = re.compile(r"[;\t]")


@dataclass(frozen=True)
class Shade:
    """A colour to be added: what shoppers read, its dot ("" for none), its stock in smallest units."""

    label: str
    swatch: str
    on_hand: int
    sku: str


@dataclass
class Reading:
    """What pasted lines say: the colours, and a sentence for each line that does not fit, by its number from 1."""

    shades: list[Shade] = field(default_factory=list)
    problems: dict[int, str] = field(default_factory=dict)


class NotAllFit(Refusal):
    """Some lines do not fit, so nothing was added."""


def read(session: Session, product: Product, text: str, *, prefix: str) -> Reading:
    """Read pasted lines; article numbers are `prefix` and the shade's number (or name). Changes nothing."""
    reading = Reading()
    labels, skus = _labels(session, product), _skus(session, prefix)
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or _is_heading(line):
            continue
        try:
            shade = _shade(line, prefix, Unit(product.unit))
            _check_new(shade, labels, skus)
        except Refusal as refusal:
            reading.problems[number] = refusal.sentence
            continue
        if len(reading.shades) == MOST:
            reading.problems[number] = f"Bitte höchstens {MOST} Farben auf einmal."
            break
        labels.add(shade.label.casefold())
        skus.add(shade.sku.casefold())
        reading.shades.append(shade)
    return reading


def add(
    session: Session,
    product: Product,
    reading: Reading,
    facts: VariantFacts,
    *,
    option: str,
    now: datetime,
    author: str,
) -> None:
    """Add the colours that were read, alike in price, content, weight and thickness. Raises NotAllFit. Flushes."""
    if reading.problems or not reading.shades:
        raise NotAllFit("Es ist noch nichts angelegt: Bitte ändern Sie zuerst die Zeilen, die nicht passen.")
    with products.touched_once(session):
        for shade in reading.shades:
            variants.add(
                session, product, sku=shade.sku, price_cents=facts.price_cents, now=now, author=author,
                options=[(option, shade.label, shade.swatch)], on_hand=shade.on_hand, content=facts.content,
                content_unit=Unit(facts.content_unit) if facts.content_unit else None, weight_g=facts.weight_g,
                thickness_mm=facts.thickness_mm, per_layer=facts.per_layer,
            )  # fmt: skip


def prefix_of(session: Session, product: Product) -> str:
    """What the article numbers of a product begin with: "MERINO" of "MERINO-102" and "MERINO-103"."""
    of_it = select(Variant.sku).where(Variant.product_id == product.id).order_by(col(Variant.position))
    skus = session.exec(of_it).all()
    if not skus:
        return f"A-{product.id or 0:05d}"
    return skus[0] if len(skus) == 1 else skus[0].rpartition("-")[0] or skus[0]


class _DoesNotFit(Refusal):
    """A line is no colour."""


def _shade(line: str, prefix: str, unit: Unit) -> Shade:
    parts = [part.strip() for part in _PART.split(line)]
    if len(parts) > 4:
        raise _DoesNotFit("Das sind mehr als vier Angaben. Bitte so: 102; Kirschrot; #b3122e; 12")
    number, name, colour, stock = [*parts, "", "", ""][:4] if len(parts) > 1 else ["", parts[0], "", ""]
    label = " ".join(filter(None, (number, name)))
    if not label:
        raise _DoesNotFit("Hier fehlt der Name der Farbe.")
    if len(label) > 120:
        raise _DoesNotFit("Der Name ist zu lang: höchstens 120 Zeichen.")
    sku = f"{prefix}-{slugs.slugify(number or name).upper()}"
    return Shade(label, _swatch(colour), _stock(stock, unit), sku[:80])


def _swatch(text: str) -> str:
    match = _SWATCH.fullmatch(text)
    if text and match is None:
        raise _DoesNotFit(f"„{text}“ ist keine Farbe. Bitte so: #b3122e, oder leer lassen.")
    return f"#{match[1].lower()}" if match else ""


def _stock(text: str, unit: Unit) -> int:
    try:
        return parse_quantity(text, unit) if text else 0
    except NotAQuantity as refusal:
        raise _DoesNotFit(f"Bestand: {refusal.sentence}") from refusal


def _check_new(shade: Shade, labels: set[str], skus: set[str]) -> None:
    if shade.label.casefold() in labels:
        raise _DoesNotFit(f"„{shade.label}“ gibt es schon.")
    if shade.sku.casefold() in skus:
        raise _DoesNotFit(f"Die Artikelnummer „{shade.sku}“ gibt es schon. Bitte eine andere Nummer vorn eintragen.")


def _is_heading(line: str) -> bool:
    return line.casefold().replace("\t", ";").startswith(("nummer;", "nr;", "nr.;"))


def _labels(session: Session, product: Product) -> set[str]:
    options = (
        select(VariantOption.value)
        .join(Variant, col(Variant.id) == VariantOption.variant_id)
        .where(Variant.product_id == product.id)
    )
    return {each.casefold() for each in session.exec(options).all()}


def _skus(session: Session, prefix: str) -> set[str]:
    alike = select(Variant.sku).where(col(Variant.sku).istartswith(prefix, autoescape=True))
    return {each.casefold() for each in session.exec(alike).all()}
