"""The facts that files carry, each with its German column and how its values are shown to people."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from catalog.exchange.articles import Sale
from catalog.exchange.cells import format_moment, join_list
from catalog.exchange.laying import Lying
from catalog.exchange.several import write_rolls, write_steps
from catalog.fibres import format_composition
from catalog.money import format_cents
from catalog.price_steps import Step
from catalog.products import Kind
from catalog.units import Unit, format_quantity
from catalog.vat import VatClass

UNITS = {Unit.PIECE: "Stück", Unit.LENGTH: "Meter", Unit.WEIGHT: "Kilogramm", Unit.AREA: "Quadratmeter"}
KINDS: dict[str, str] = {
    Kind.FABRIC: "Stoff",
    Kind.YARN: "Garn",
    Kind.BUTTON: "Knopf",
    Kind.RIBBON: "Band",
    Kind.ZIP: "Reißverschluss",
    Kind.THREAD: "Nähgarn",
    Kind.TOOL: "Werkzeug",
    Kind.OTHER: "Sonstiges",
}
_HASH_LENGTH = 64  # letters of a SHA-256
_WHOLE = {Unit.PIECE: "", Unit.WEIGHT: "g", Unit.VOLUME: "ml"}
VAT_CLASSES = {VatClass.STANDARD: "voll", VatClass.REDUCED: "ermäßigt", VatClass.ZERO: "keine"}


@dataclass(frozen=True)
class Field:
    """A fact: our key, the column of our own format, and how a value reads in a plan."""

    key: str
    column: str
    show: Callable[[Any], str] = str


def show_categories(paths: tuple[tuple[str, ...], ...]) -> str:
    """Write category paths as our own format does: "Stoffe > Jersey | Neu"."""
    return join_list((join_list(path, ">") for path in paths), "|")


def show_pictures(names: Iterable[str]) -> str:
    """Write pictures for a plan: by their addresses, those that are kept by the beginning of their hash."""
    return join_list((f"{name[:8]}…" if len(name) == _HASH_LENGTH else name for name in names), "|")


def show_sale(sale: Sale | None) -> str:
    """Write a reduction for a plan: "9,90 € bis 31.12.2026"."""
    if sale is None:
        return ""
    since = f" ab {format_moment(sale.starts_at)}" if sale.starts_at else ""
    until = f" bis {format_moment(sale.ends_at, is_end=True)}" if sale.ends_at else ""
    return f"{format_cents(sale.price_cents)}{since}{until}"


def show_content(content: tuple[int, Unit] | None) -> str:
    """Write what a pack holds: "50 g"."""
    return format_quantity(*content) if content else ""


def show_rolls(rolls: tuple[Lying, ...], unit: Unit) -> str:
    """Write rolls as our own format does: "12,40 m; Partie 12 | 1,80 m"."""
    return write_rolls((plain_quantity(quantity, unit), lot, place) for quantity, lot, place in rolls)


def show_steps(steps: tuple[Step, ...], unit: Unit) -> str:
    """Write price steps as our own format does: "ab 10: 3,20"."""
    return write_steps(
        (plain_quantity(step.from_quantity, unit), f"{step.cents // 100},{step.cents % 100:02d}") for step in steps
    )


def plain_quantity(quantity: int, unit: Unit) -> str:
    """Write a quantity as our own format does: "3" pieces, "1,50 m"; "1234 g", as "1,234 kg" might be a thousand."""
    if unit in _WHOLE:
        return f"{quantity} {_WHOLE[unit]}".strip()
    return format_quantity(quantity, unit).replace("\u00a0", " ")


def _yes_no(value: bool) -> str:
    return "ja" if value else "nein"


def _options(options: tuple[tuple[str, str, str], ...]) -> str:
    return ", ".join(f"{name}: {value}{f' ({swatch})' if swatch else ''}" for name, value, swatch in options)


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"


PRODUCT_FIELDS = (
    Field("name", "Produktname"),
    Field("categories", "Kategorie", show_categories),
    Field("kind", "Art", lambda kind: KINDS.get(kind, kind)),
    Field("unit", "Einheit", lambda unit: UNITS[unit]),
    Field("minimum", "Mindestmenge"),
    Field("step", "Schritt"),
    Field("maximum", "Höchstmenge"),
    Field("shown_per", "Preis je"),
    Field("remnant_below", "Rest unter"),
    Field("offers_sample", "Stoffmuster", _yes_no),
    Field("vat_class", "MwSt", lambda vat_class: VAT_CLASSES[vat_class]),
    Field("summary", "Kurzbeschreibung", _shortened),
    Field("description", "Beschreibung", _shortened),
    Field("fibres", "Fasern", format_composition),
    Field("maker", "Hersteller"),
    Field("delivery_days", "Lieferzeit", lambda days: f"{days[0]}–{days[1]} Tage"),
    Field("is_published", "Veröffentlicht", _yes_no),
    Field("is_featured", "Hervorgehoben", _yes_no),
    Field("pictures", "Bilder", show_pictures),
    Field("warnings", "Warnhinweise", _shortened),
    Field("needs_no_warnings", "Keine Warnhinweise nötig", _yes_no),
)
VARIANT_FIELDS = (
    Field("price_cents", "Preis", format_cents),
    Field("stock", "Bestand"),
    Field("rolls", "Ballen"),
    Field("reorder_at", "Meldebestand"),
    Field("rrp_cents", "UVP", format_cents),
    Field("steps", "Staffelpreise"),
    Field("own_minimum", "Mindestmenge der Variante"),
    Field("own_step", "Schritt der Variante"),
    Field("own_maximum", "Höchstmenge der Variante"),
    Field("options", "Option 1 Wert", _options),
    Field("content", "Inhalt", show_content),
    Field("weight_g", "Gewicht (g)"),
    Field("thickness_mm", "Dicke (mm)"),
    Field("per_layer", "Nebeneinander"),
    Field("gtin", "EAN"),
    Field("sale", "Angebotspreis", show_sale),
    Field("pictures", "Bild der Variante", show_pictures),
)
ATTRIBUTE_PREFIX = "Merkmal: "
KIND_WORD = "kind_word"
"""The fact of a foreign list that is a kind of goods, if it is one of the owner's, and else the name of a category."""
MAKER_FIELDS = (
    Field("maker_street", "Hersteller Straße"),
    Field("maker_postal_code", "Hersteller PLZ"),
    Field("maker_city", "Hersteller Ort"),
    Field("maker_country", "Hersteller Land"),
    Field("maker_contact", "Hersteller Kontakt"),
    Field("maker_eu_responsible", "Verantwortliche Person EU"),
)
