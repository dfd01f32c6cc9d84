"""Writing all goods in our own format: what is exported and imported again changes nothing."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from shutil import copyfile

from sqlmodel import Session

from catalog import images
from catalog.exchange import shelf as shelves
from catalog.exchange.articles import Facts, Sale
from catalog.exchange.cells import format_moment, guard, join_list
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
from catalog.exchange.shelf import Shelf, StandingProduct, StandingVariant
from catalog.fibres import format_composition
from catalog.images import NoSuchPicture
from catalog.units import Unit

_BEFORE_OPTIONS = ("Artikelnummer", "Artikel", "Produktname", "Kategorie", "Art", "Einheit", "Preis", "Mindestmenge",
                   "Schritt", "Höchstmenge", "Preis je", "Bestand", "Ballen")  # fmt: skip
_AFTER_OPTIONS = ("Inhalt", "Gewicht (g)", "Dicke (mm)", "Nebeneinander", "MwSt", "EAN",
                  "Kurzbeschreibung", "Beschreibung", "Fasern", "Hersteller",
                  *(each.column for each in MAKER_FIELDS), "Lieferzeit", "Veröffentlicht", "Hervorgehoben",
                  "Angebotspreis", "Angebot von", "Angebot bis", "Staffelpreise", "UVP", "Meldebestand",
                  "Mindestmenge der Variante", "Schritt der Variante", "Höchstmenge der Variante", "Rest unter",
                  "Stoffmuster", "Bilder", "Bild der Variante", "Warnhinweise", "Keine Warnhinweise nötig",
                  )  # fmt: skip


def export(session: Session, now: datetime) -> bytes:
    """All goods that have a variant, as German Excel opens them: UTF-8 with mark, semicolons, CRLF."""
    shelf = shelves.load(session, now)
    out = io.StringIO()
    writer = csv.DictWriter(out, _columns(shelf), delimiter=";", lineterminator="\r\n", restval="")
    writer.writeheader()
    for product in shelf.products.values():
        writer.writerows(_rows(product, shelf.kinds))
    return out.getvalue().encode("utf-8-sig")


def export_pictures(session: Session, media: Path, folder: Path, now: datetime) -> int:
    """Copy the pictures of all goods into a folder, by the names that the export gives them; how many."""
    folder.mkdir(parents=True, exist_ok=True)
    hashes = {picture_hash for facts in _every_facts(shelves.load(session, now)) for picture_hash in facts["pictures"]}
    copied = 0
    for picture_hash in sorted(hashes):
        try:
            original = images.original_of(media, picture_hash)
        except NoSuchPicture:
            continue
        copyfile(original, folder / f"{picture_hash}.jpg")
        copied += 1
    return copied


def _every_facts(shelf: Shelf) -> Iterator[Facts]:
    for product in shelf.products.values():
        yield product.facts
        yield from (variant.facts for variant in product.variants)


def _columns(shelf: Shelf) -> list[str]:
    every = [variant for product in shelf.products.values() for variant in product.variants]
    options = max([2, *(len(variant.facts["options"]) for variant in every)])
    numbered = [f"Option {n} {part}" for n in range(1, options + 1) for part in ("Name", "Wert", "Farbe")]
    used = {key for product in shelf.products.values() for key in product.facts if key.startswith(ATTRIBUTE_PREFIX)}
    known = [f"{ATTRIBUTE_PREFIX}{fact.label}" for fact in shelf.attribute_types.values()]
    return [*_BEFORE_OPTIONS, *numbered, *_AFTER_OPTIONS, *(each for each in known if each in used)]


def _rows(product: StandingProduct, kinds: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """One row per variant; what concerns the product stands in the first."""
    told = _product_cells(product, kinds)
    for variant in product.variants:
        yield told | _variant_cells(variant, product.facts["unit"])
        told = {"Artikel": product.slug}


def _product_cells(product: StandingProduct, kinds: Mapping[str, str]) -> dict[str, str]:
    facts, unit = product.facts, product.facts["unit"]
    earliest, latest = facts["delivery_days"]
    cells = {
        "Artikel": product.slug,
        "Produktname": guard(facts["name"]),
        "Kategorie": guard(show_categories(facts["categories"])),
        "Art": KINDS.get(facts["kind"]) or guard(kinds[facts["kind"]]),
        "Einheit": UNITS[unit],
        "Mindestmenge": _quantity(facts["minimum"], unit),
        "Schritt": _quantity(facts["step"], unit),
        "Höchstmenge": _quantity(facts["maximum"], unit),
        "Preis je": _quantity(facts["shown_per"], unit),
        "Rest unter": _quantity(facts["remnant_below"] or None, unit),
        "Stoffmuster": "ja" if facts["offers_sample"] else "nein",
        "MwSt": VAT_CLASSES[facts["vat_class"]],
        "Kurzbeschreibung": guard(facts["summary"]),
        "Beschreibung": guard(facts["description"]),
        "Fasern": format_composition(facts["fibres"]).replace("\u00a0", " "),
        "Hersteller": guard(facts["maker"]),
        "Lieferzeit": f"{earliest}–{latest} Tage",
        "Veröffentlicht": "ja" if facts["is_published"] else "nein",
        "Hervorgehoben": "ja" if facts["is_featured"] else "nein",
        "Bilder": _pictures(facts["pictures"]),
        "Warnhinweise": guard(facts["warnings"]),
        "Keine Warnhinweise nötig": "ja" if facts["needs_no_warnings"] else "nein",
    }
    cells |= {each.column: guard(facts.get(each.key, "")) for each in MAKER_FIELDS}
    return cells | {key: guard(value) for key, value in facts.items() if key.startswith(ATTRIBUTE_PREFIX)}


def _variant_cells(variant: StandingVariant, unit: Unit) -> dict[str, str]:
    facts = variant.facts
    cells = {
        "Artikelnummer": guard(variant.sku),
        "Preis": _euros(facts["price_cents"]),
        "Bestand": _quantity(facts["stock"], unit),
        "Ballen": guard(show_rolls(facts["rolls"], unit)) if _is_worth_telling(facts["rolls"]) else "",
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
        "EAN": guard(facts["gtin"]),
        "Bild der Variante": _pictures(facts["pictures"]),
    }
    for n, (name, value, swatch) in enumerate(facts["options"], start=1):
        cells |= {f"Option {n} Name": guard(name), f"Option {n} Wert": guard(value), f"Option {n} Farbe": swatch}
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


def _quantity(quantity: int | None, unit: Unit) -> str:
    return "" if quantity is None else plain_quantity(quantity, unit)


def _content(quantity: int, unit: Unit) -> str:
    return f"{quantity} Stück" if unit is Unit.PIECE else plain_quantity(quantity, unit)


def _is_worth_telling(rolls: tuple[Lying, ...]) -> bool:
    """A single roll without lot and place says no more than the stock."""
    return len(rolls) > 1 or any(lot or place for _, lot, place in rolls)


def _pictures(hashes: tuple[str, ...]) -> str:
    return join_list((f"{picture_hash}.jpg" for picture_hash in hashes), "|")
