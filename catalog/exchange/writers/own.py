"""Our own format, for German Excel: semicolons, decimal comma, numbers that stay text, nothing that is a formula."""

from collections.abc import Iterator, Mapping, Sequence

from catalog.exchange.articles import Sale
from catalog.exchange.cells import format_moment, join_list, literal
from catalog.exchange.extent import Extent
from catalog.exchange.fields import (
    ATTRIBUTE_PREFIX,
    KINDS,
    MAKER_FIELDS,
    UNITS,
    VAT_CLASSES,
    plain_quantity,
    show_categories,
    show_rolls,
    show_steps,
)
from catalog.exchange.laying import Lying
from catalog.exchange.shelf import StandingProduct, StandingVariant
from catalog.exchange.writers.writer import Column, Desk
from catalog.fibres import format_composition
from catalog.units import Unit

_BEFORE_OPTIONS = (
    Column("Artikelnummer", "sku"), Column("Artikel", "key"), Column("Produktname", "name"),
    Column("Kategorie", "categories"), Column("Art", "kind"), Column("Einheit", "unit"),
    Column("Preis", "price_cents"), Column("Mindestmenge", "minimum"), Column("Schritt", "step"),
    Column("Höchstmenge", "maximum"), Column("Preis je", "shown_per"), Column("Bestand", "stock"),
    Column("Ballen", "rolls"),
)  # fmt: skip
_AFTER_OPTIONS = (
    Column("Inhalt", "content"), Column("Gewicht (g)", "weight_g"), Column("Dicke (mm)", "thickness_mm"),
    Column("Nebeneinander", "per_layer"), Column("MwSt", "vat_class"), Column("EAN", "gtin"),
    Column("Kurzbeschreibung", "summary"), Column("Beschreibung", "description"), Column("Fasern", "fibres"),
    Column("Hersteller", "maker"), *(Column(each.column, each.key) for each in MAKER_FIELDS),
    Column("Lieferzeit", "delivery_days"), Column("Veröffentlicht", "is_published"),
    Column("Hervorgehoben", "is_featured"), Column("Angebotspreis", "sale"), Column("Angebot von", "sale"),
    Column("Angebot bis", "sale"), Column("Staffelpreise", "steps"), Column("UVP", "rrp_cents"),
    Column("Meldebestand", "reorder_at"), Column("Mindestmenge der Variante", "own_minimum"),
    Column("Schritt der Variante", "own_step"), Column("Höchstmenge der Variante", "own_maximum"),
    Column("Rest unter", "remnant_below"), Column("Stoffmuster", "offers_sample"), Column("Bilder", "pictures"),
    Column("Bild der Variante", "pictures"), Column("Warnhinweise", "warnings"),
    Column("Keine Warnhinweise nötig", "needs_no_warnings"),
)  # fmt: skip


class OwnWriter:
    """The format that we read as "dorfladen": what is written and read again changes nothing."""

    key = "own"
    encoding = "utf-8-sig"  # without the mark, Excel takes it for Windows-1252
    delimiter = ";"
    line_end = "\r\n"

    def columns(self, extent: Extent) -> list[Column]:
        """The columns of the handbook, as many options as there are, and the attributes that are used."""
        numbered = [
            Column(f"Option {n} {part}", "options")
            for n in range(1, max(2, extent.options) + 1)
            for part in ("Name", "Wert", "Farbe")
        ]
        labelled = [Column(f"{ATTRIBUTE_PREFIX}{label}", f"{ATTRIBUTE_PREFIX}{label}") for label in extent.attributes]
        return [*_BEFORE_OPTIONS, *numbered, *_AFTER_OPTIONS, *labelled]

    def rows(
        self, product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk
    ) -> Iterator[dict[str, str]]:
        """One row per variant; what concerns the product stands in the first."""
        told = _product_cells(product, desk.extent.kinds)
        for variant in variants:
            yield told | _variant_cells(variant, product.facts["unit"])
            told = {"Artikel": product.slug}


def _product_cells(product: StandingProduct, kinds: Mapping[str, str]) -> dict[str, str]:
    facts, unit = product.facts, product.facts["unit"]
    earliest, latest = facts["delivery_days"]
    cells = {
        "Artikel": product.slug,
        "Produktname": literal(facts["name"]),
        "Kategorie": literal(show_categories(facts["categories"])),
        "Art": KINDS.get(facts["kind"]) or literal(kinds[facts["kind"]]),
        "Einheit": UNITS[unit],
        "Mindestmenge": _quantity(facts["minimum"], unit),
        "Schritt": _quantity(facts["step"], unit),
        "Höchstmenge": _quantity(facts["maximum"], unit),
        "Preis je": _quantity(facts["shown_per"], unit),
        "Rest unter": _quantity(facts["remnant_below"] or None, unit),
        "Stoffmuster": _yes_no(facts["offers_sample"]),
        "MwSt": VAT_CLASSES[facts["vat_class"]],
        "Kurzbeschreibung": literal(facts["summary"]),
        "Beschreibung": literal(facts["description"]),
        "Fasern": format_composition(facts["fibres"]).replace("\u00a0", " "),
        "Hersteller": literal(facts["maker"]),
        "Lieferzeit": f"{earliest}–{latest} Tage",
        "Veröffentlicht": _yes_no(facts["is_published"]),
        "Hervorgehoben": _yes_no(facts["is_featured"]),
        "Bilder": _pictures(facts["pictures"]),
        "Warnhinweise": literal(facts["warnings"]),
        "Keine Warnhinweise nötig": _yes_no(facts["needs_no_warnings"]),
    }
    cells |= {each.column: literal(facts.get(each.key, "")) for each in MAKER_FIELDS}
    return cells | {key: literal(value) for key, value in facts.items() if key.startswith(ATTRIBUTE_PREFIX)}


def _variant_cells(variant: StandingVariant, unit: Unit) -> dict[str, str]:
    facts = variant.facts
    cells = {
        "Artikelnummer": literal(variant.sku),
        "Preis": _euros(facts["price_cents"]),
        "Bestand": _quantity(facts["stock"], unit),
        "Ballen": literal(show_rolls(facts["rolls"], unit)) if _is_worth_telling(facts["rolls"]) else "",
        "Staffelpreise": show_steps(facts["steps"], unit),
        "UVP": "" if facts["rrp_cents"] is None else _euros(facts["rrp_cents"]),
        "Meldebestand": _quantity(facts["reorder_at"], unit),
        "Mindestmenge der Variante": _quantity(facts["own_minimum"], unit),
        "Schritt der Variante": _quantity(facts["own_step"], unit),
        "Höchstmenge der Variante": _quantity(facts["own_maximum"], unit),
        "Inhalt": _content(*facts["content"]) if facts["content"] else "",
        "Gewicht (g)": str(facts["weight_g"]) if facts["weight_g"] else "",
        "Dicke (mm)": str(facts["thickness_mm"] or ""),
        "Nebeneinander": str(facts["per_layer"]) if facts["per_layer"] > 1 else "",
        "EAN": literal(facts["gtin"]),
        "Bild der Variante": _pictures(facts["pictures"]),
    }
    for n, (name, value, swatch) in enumerate(facts["options"], start=1):
        cells |= {f"Option {n} Name": literal(name), f"Option {n} Wert": literal(value), f"Option {n} Farbe": swatch}
    return cells | _sale_cells(facts["sale"])


def _sale_cells(sale: Sale | None) -> dict[str, str]:
    if sale is None:
        return {}
    return {
        "Angebotspreis": _euros(sale.price_cents),
        "Angebot von": format_moment(sale.starts_at) if sale.starts_at else "",
        "Angebot bis": format_moment(sale.ends_at, is_end=True) if sale.ends_at else "",
    }


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _yes_no(value: bool) -> str:
    return "ja" if value else "nein"


def _quantity(quantity: int | None, unit: Unit) -> str:
    return "" if quantity is None else plain_quantity(quantity, unit)


def _content(quantity: int, unit: Unit) -> str:
    return f"{quantity} Stück" if unit is Unit.PIECE else plain_quantity(quantity, unit)


def _is_worth_telling(rolls: tuple[Lying, ...]) -> bool:
    """A single roll without lot and place says no more than the stock."""
    return len(rolls) > 1 or any(lot or place for _, lot, place in rolls)


def _pictures(hashes: tuple[str, ...]) -> str:
    return join_list((f"{picture_hash}.jpg" for picture_hash in hashes), "|")
