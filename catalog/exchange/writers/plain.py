"""A plain table for scripts: UTF-8, commas, English names, points, every row whole."""

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from catalog.exchange.articles import Sale
from catalog.exchange.cells import join_list
from catalog.exchange.extent import Extent
from catalog.exchange.fields import ATTRIBUTE_PREFIX, MAKER_FIELDS
from catalog.exchange.shelf import StandingProduct, StandingVariant
from catalog.exchange.writers.writer import Column, Desk, point_decimal, point_euros
from catalog.units import SMALLEST_PER_PRICE_UNIT, Unit

_BERLIN = ZoneInfo("Europe/Berlin")
_COLUMNS = (
    Column("sku", "sku"), Column("product", "key"), Column("name", "name"), Column("category", "categories"),
    Column("kind", "kind"), Column("unit", "unit"), Column("price", "price_cents"), Column("sale_price", "sale"),
    Column("sale_from", "sale"), Column("sale_to", "sale"), Column("rrp", "rrp_cents"), Column("steps", "steps"),
    Column("stock", "stock"), Column("rolls", "rolls"), Column("reorder_at", "reorder_at"),
    Column("minimum", "minimum"), Column("step", "step"), Column("maximum", "maximum"),
    Column("shown_per", "shown_per"), Column("content", "content"), Column("content_unit", "content"),
    Column("weight_g", "weight_g"), Column("thickness_mm", "thickness_mm"), Column("per_layer", "per_layer"),
    Column("vat", "vat_class"), Column("gtin", "gtin"), Column("summary", "summary"),
    Column("description", "description"), Column("fibres", "fibres"), Column("maker", "maker"),
    *(Column(each.key, each.key) for each in MAKER_FIELDS), Column("delivery_days_min", "delivery_days"),
    Column("delivery_days_max", "delivery_days"), Column("published", "is_published"), Column("active", "is_published"),
    Column("featured", "is_featured"), Column("remnant_below", "remnant_below"), Column("sample", "offers_sample"),
    Column("pictures", "pictures"), Column("variant_pictures", "pictures"), Column("warnings", "warnings"),
    Column("needs_no_warnings", "needs_no_warnings"),
)  # fmt: skip


class PlainWriter:
    """One row per variant with everything about its product.

    Prices are gross euros per unit; `unit` is piece, length, weight or area: per piece, m, kg, m². All quantities are
    in that unit; `content` is in pieces, m, kg, m² or l, as `content_unit` says. Lists are joined with " | ".
    """

    key = "plain"
    encoding = "utf-8"
    delimiter = ","
    line_end = "\n"

    def columns(self, extent: Extent) -> list[Column]:
        """Always the same ones, then options and attributes as far as there are any."""
        numbered = [
            Column(f"option_{n}_{part}", "options")
            for n in range(1, extent.options + 1)
            for part in ("name", "value", "swatch")
        ]
        labelled = [Column(f"attribute: {label}", f"{ATTRIBUTE_PREFIX}{label}") for label in extent.attributes]
        return [*_COLUMNS, *numbered, *labelled]

    def rows(
        self, product: StandingProduct, variants: Sequence[StandingVariant], desk: Desk
    ) -> Iterator[dict[str, str]]:
        """A row per variant, the product's cells in each."""
        of_product = _product_cells(product)
        for variant in variants:
            is_active = {"active": _true_false(variant.id not in desk.inactive)}
            yield of_product | is_active | _variant_cells(variant, product)


def _product_cells(product: StandingProduct) -> dict[str, str]:
    facts, unit = product.facts, product.facts["unit"]
    cells = {
        "product": product.slug,
        "name": facts["name"],
        "category": join_list((join_list(path, ">") for path in facts["categories"]), "|"),
        "kind": facts["kind"],
        "unit": unit.value,
        "shown_per": _quantity(facts["shown_per"], unit),
        "remnant_below": _quantity(facts["remnant_below"] or None, unit),
        "vat": facts["vat_class"].value,
        "summary": facts["summary"],
        "description": facts["description"],
        "fibres": join_list((f"{fibre}: {percent}" for fibre, percent in facts["fibres"]), "|"),
        "maker": facts["maker"],
        "delivery_days_min": str(facts["delivery_days"][0]),
        "delivery_days_max": str(facts["delivery_days"][1]),
        "published": _true_false(facts["is_published"]),
        "featured": _true_false(facts["is_featured"]),
        "sample": _true_false(facts["offers_sample"]),
        "pictures": join_list(facts["pictures"], "|"),
        "warnings": facts["warnings"],
        "needs_no_warnings": _true_false(facts["needs_no_warnings"]),
    }
    cells |= {each.key: facts.get(each.key, "") for each in MAKER_FIELDS}
    labelled = ((key.removeprefix(ATTRIBUTE_PREFIX), value) for key, value in facts.items() if ATTRIBUTE_PREFIX in key)
    return cells | {f"attribute: {label}": value for label, value in labelled}


def _variant_cells(variant: StandingVariant, product: StandingProduct) -> dict[str, str]:
    facts, of_product = variant.facts, product.facts
    unit = of_product["unit"]
    content, content_unit = facts["content"] or (None, unit)
    cells = {
        "sku": variant.sku,
        "price": point_euros(facts["price_cents"]),
        "rrp": "" if facts["rrp_cents"] is None else point_euros(facts["rrp_cents"]),
        "steps": join_list(
            (f"{_quantity(each.from_quantity, unit)}: {point_euros(each.cents)}" for each in facts["steps"]), "|"
        ),
        "stock": _quantity(facts["stock"], unit),
        "rolls": join_list(
            (join_list((_quantity(quantity, unit), lot, place), ";") for quantity, lot, place in facts["rolls"]), "|"
        ),
        "reorder_at": _quantity(facts["reorder_at"], unit),
        "minimum": _quantity(facts["own_minimum"] or of_product["minimum"], unit),
        "step": _quantity(facts["own_step"] or of_product["step"], unit),
        "maximum": _quantity(facts["own_maximum"] or of_product["maximum"], unit),
        "content": _quantity(content, content_unit),
        "content_unit": content_unit.value if content else "",
        "weight_g": str(facts["weight_g"]),
        "thickness_mm": "" if facts["thickness_mm"] is None else str(facts["thickness_mm"]),
        "per_layer": str(facts["per_layer"]),
        "gtin": facts["gtin"],
        "variant_pictures": join_list(facts["pictures"], "|"),
    }
    for n, (name, value, swatch) in enumerate(facts["options"], start=1):
        cells |= {f"option_{n}_name": name, f"option_{n}_value": value, f"option_{n}_swatch": swatch}
    return cells | _sale_cells(facts["sale"])


def _sale_cells(sale: Sale | None) -> dict[str, str]:
    """Moments with their offset, as ISO 8601 has them; the end is the first moment at which it is over."""
    if sale is None:
        return {}
    return {
        "sale_price": point_euros(sale.price_cents),
        "sale_from": sale.starts_at.astimezone(_BERLIN).isoformat(timespec="minutes") if sale.starts_at else "",
        "sale_to": sale.ends_at.astimezone(_BERLIN).isoformat(timespec="minutes") if sale.ends_at else "",
    }


def _quantity(quantity: int | None, unit: Unit) -> str:
    places = len(str(SMALLEST_PER_PRICE_UNIT[unit])) - 1
    return "" if quantity is None else point_decimal(quantity, places)


def _true_false(value: bool) -> str:
    return "true" if value else "false"
