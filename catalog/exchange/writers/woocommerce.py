"""WooCommerce's product table with its English names, as its own importer takes it.

After includes/import/class-wc-product-csv-importer.php and abstract-wc-csv-exporter.php: prices and weights with a
point, a newline as the two characters backslash and n, commas within lists as "\\,", an apostrophe before = + - @.
A variation names its product by the article number. There are no ids: those of another shop would overwrite
whatever has the same number there.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from catalog.exchange.articles import Sale
from catalog.exchange.extent import Extent
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.hypertext import html_of, html_of_line
from catalog.exchange.shelf import StandingProduct, StandingVariant
from catalog.exchange.writers.foreign import active, note_losses, option_names, options_of
from catalog.exchange.writers.writer import Column, Desk, point_decimal, point_euros
from catalog.units import Unit
from catalog.vat import VatClass

_BERLIN = ZoneInfo("Europe/Berlin")
_COLUMNS = (
    Column("Type", "sku"), Column("SKU", "sku"), Column("GTIN, UPC, EAN, or ISBN", "gtin"), Column("Name", "name"),
    Column("Published", "is_published"), Column("Is featured?", "is_featured"),
    Column("Visibility in catalog", "is_published"), Column("Short description", "summary"),
    Column("Description", "description"), Column("Date sale price starts", "sale"),
    Column("Date sale price ends", "sale"), Column("Tax status", "vat_class"), Column("Tax class", "vat_class"),
    Column("In stock?", "stock"), Column("Stock", "stock"), Column("Low stock amount", "reorder_at"),
    Column("Backorders allowed?", "stock"), Column("Weight (kg)", "weight_g"), Column("Sale price", "sale"),
    Column("Regular price", "price_cents"), Column("Categories", "categories"), Column("Images", "pictures"),
    Column("Parent", "sku"), Column("Position", "name"), Column("Brands", "maker"),
)  # fmt: skip
_CARRIED = frozenset(each.key for each in _COLUMNS)
_TAX_CLASSES = {VatClass.STANDARD: "", VatClass.REDUCED: "reduced-rate", VatClass.ZERO: "zero-rate"}
_DRAFT = "-1"
_GUARDED = ("=", "+", "-", "@")
_PLACES = {Unit.PIECE: 0, Unit.LENGTH: 2, Unit.AREA: 4}


class WooWriter:
    """A simple product per article, or a variable one with its variations where there are options."""

    key = "woo"
    encoding = "utf-8-sig"
    delimiter = ","
    line_end = "\n"

    def columns(self, extent: Extent) -> list[Column]:
        """WooCommerce's columns as far as we have something for them, and as many attributes as there may be."""
        numbers = range(1, extent.named_options + extent.most_attributes + 1)
        parts = ("name", "value(s)", "visible", "global")
        return [*_COLUMNS, *(Column(f"Attribute {n} {part}", "options") for n in numbers for part in parts)]

    def rows(
        self, product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk
    ) -> Iterator[dict[str, str]]:
        """The product, and its variations after it."""
        sold = active(variants, desk)
        note_losses(product, sold, desk, _CARRIED)
        cells, attributes = _product_cells(product, desk), _attributes(product, sold, desk)
        names = option_names(sold)
        if len(sold) == 1 and not names:
            cells |= _variant_cells(sold[0], product, desk) | {"Type": "simple"}
            cells["Images"] = _images((*product.facts["pictures"], *sold[0].facts["pictures"]), desk)
            yield _guarded(cells | _attribute_cells(attributes))
        elif sold:
            number = _number_of(product, desk)
            choices = [(name, _list(_values(sold, name))) for name in names]
            yield _guarded(cells | {"Type": "variable", "SKU": number} | _attribute_cells([*choices, *attributes]))
            for place, variant in enumerate(sold):
                yield _guarded(_variation(variant, product, number, place, names, desk))


def _product_cells(product: StandingProduct, desk: Desk) -> dict[str, str]:
    facts = product.facts
    return {
        "Name": html_of_line(facts["name"]),
        "Published": "1" if facts["is_published"] else _DRAFT,
        "Is featured?": "1" if facts["is_featured"] else "0",
        "Visibility in catalog": "visible",
        "Short description": _one_line(html_of_line(facts["summary"])),
        "Description": _one_line(html_of(facts["description"])),
        **_tax(facts["vat_class"]),
        "Categories": _categories(product, desk),
        "Images": _images(facts["pictures"], desk),
        "Position": "0",
        "Brands": _escaped(facts["maker"]),
    }


def _variation(
    variant: StandingVariant, product: StandingProduct, number: str, place: int, names: Sequence[str], desk: Desk
) -> dict[str, str]:
    chosen = options_of(variant)
    if len(variant.facts["pictures"]) > 1:
        desk.losses.note("Eine Variante hat dort nur ein Bild, das erste.", product.facts["name"])
    return {
        **_variant_cells(variant, product, desk),
        "Type": "variation",
        "Name": " - ".join([product.facts["name"], *chosen.values()]),
        "Published": "1",
        "Is featured?": "0",
        "Visibility in catalog": "visible",
        **_tax(product.facts["vat_class"]),
        "Images": _images(variant.facts["pictures"][:1], desk),
        "Parent": number,
        "Position": str(place),
        **_attribute_cells([(name, _escaped(chosen.get(name, ""))) for name in names]),
    }


def _variant_cells(variant: StandingVariant, product: StandingProduct, desk: Desk) -> dict[str, str]:
    facts, unit = variant.facts, product.facts["unit"]
    is_counted = facts["stock"] is not None
    mark = facts["reorder_at"]
    return {
        "SKU": variant.sku,
        "GTIN, UPC, EAN, or ISBN": facts["gtin"],
        "In stock?": "0" if is_counted and not facts["stock"] else "1",
        "Stock": point_decimal(facts["stock"], _PLACES[unit]) if is_counted and unit in _PLACES else "",
        "Low stock amount": str(mark) if mark is not None and unit is Unit.PIECE else "",
        "Backorders allowed?": "0",
        "Weight (kg)": point_decimal(facts["weight_g"], 3) if facts["weight_g"] else "",
        "Regular price": point_euros(facts["price_cents"]),
        **_sale_cells(facts["sale"], desk.now),
    }


def _sale_cells(sale: Sale | None, now: datetime) -> dict[str, str]:
    if sale is None:
        return {}
    starts = sale.starts_at.astimezone(_BERLIN) if sale.starts_at and sale.starts_at > now else None
    return {
        "Sale price": point_euros(sale.price_cents),
        "Date sale price starts": _moment(starts) if starts else "",
        "Date sale price ends": _end(sale.ends_at.astimezone(_BERLIN)) if sale.ends_at else "",
    }


def _moment(local: datetime) -> str:
    return f"{local:%Y-%m-%d}" if local.time() == time(0) else f"{local:%Y-%m-%d %H:%M:00}"


def _end(local: datetime) -> str:
    """The last day where it ends at midnight; WooCommerce does not look at a time."""
    return f"{date.fromordinal(local.toordinal() - 1)}" if local.time() == time(0) else _moment(local)


def _tax(vat_class: VatClass) -> dict[str, str]:
    return {"Tax status": "taxable", "Tax class": _TAX_CLASSES[vat_class]}


def _categories(product: StandingProduct, desk: Desk) -> str:
    paths = product.facts["categories"]
    if any(">" in name for path in paths for name in path):
        desk.losses.note("„>“ im Namen einer Kategorie ist dort nicht möglich; diese Zelle bleibt leer.", product.slug)
        return ""
    return _list(" > ".join(path) for path in paths)


def _attributes(product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk) -> list[tuple[str, str]]:
    """The attributes of the article itself, but for those that are called like an option."""
    names = option_names(variants)
    labelled = [
        (key.removeprefix(ATTRIBUTE_PREFIX), value) for key, value in product.facts.items() if ATTRIBUTE_PREFIX in key
    ]
    if any(label in names for label, _ in labelled):
        desk.losses.note("Ein Merkmal, das wie eine Option heißt, steht dort nur als Option.", product.facts["name"])
    return [(label, _escaped(value)) for label, value in labelled if label not in names]


def _attribute_cells(attributes: Iterable[tuple[str, str]]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for n, (name, values) in enumerate(attributes, start=1):
        cells |= {
            f"Attribute {n} name": name,
            f"Attribute {n} value(s)": values,
            f"Attribute {n} visible": "1",
            f"Attribute {n} global": "0",
        }
    return cells


def _values(variants: Sequence[StandingVariant], name: str) -> list[str]:
    return list(dict.fromkeys(value for each in variants if (value := options_of(each).get(name))))


def _images(hashes: Sequence[str], desk: Desk) -> str:
    return _list(desk.address_of(each) for each in dict.fromkeys(hashes))


def _number_of(product: StandingProduct, desk: Desk) -> str:
    """An article number for the product itself: its address, unless a variant is called so."""
    return f"{product.slug}-{product.id}-artikel" if product.slug in desk.numbers else product.slug


def _list(items: Iterable[str]) -> str:
    return ", ".join(map(_escaped, items))


def _escaped(text: str) -> str:
    return text.replace(",", "\\,")


def _one_line(text: str) -> str:
    return text.replace("\\n", "\\\\n").replace("\n", "\\n")


def _guarded(cells: dict[str, str]) -> dict[str, str]:
    return {name: f"'{cell}" if cell[:1] in _GUARDED and cell != _DRAFT else cell for name, cell in cells.items()}
