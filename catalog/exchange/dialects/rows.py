"""What a row in our own terms says of a product and of a variant; other lists are read by the same rules."""

from collections.abc import Mapping

from catalog import slugs
from catalog.exchange import cells, several
from catalog.exchange.articles import Article, Facts, Sale, VariantRow
from catalog.exchange.decimals import plain
from catalog.exchange.dialects import words
from catalog.exchange.dialects.own_columns import OPTIONS
from catalog.exchange.fields import ATTRIBUTE_PREFIX, UNITS
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row
from catalog.exchange.sheet import ERASE, KEEP, Sheet
from catalog.fibres import parse_composition
from catalog.thickness import parse_thickness


def product_facts(sheet: Sheet, row: Row) -> Facts:
    """The facts of the product in this row; what it does not say is absent."""
    facts: Facts = {}
    sheet.put(facts, row, "name", words.product_name)
    sheet.put(facts, row, "categories", words.category_paths, erased=())
    sheet.put(facts, row, "kind", lambda cell: words.KIND_WORDS.get(normal(cell), cell))  # or one of the owner's own
    sheet.put(facts, row, "unit", lambda cell: words.word(cell, words.UNIT_WORDS, UNITS.values()))
    _take_quantities(sheet, row, facts, {"minimum": KEEP, "step": KEEP, "maximum": None, "shown_per": None})
    _take_quantities(sheet, row, facts, {"remnant_below": 0})
    sheet.put(facts, row, "vat_class", words.vat_class)
    sheet.put(facts, row, "summary", erased="")
    sheet.put(facts, row, "description", erased="")
    sheet.put(facts, row, "fibres", lambda cell: tuple(parse_composition(cell)), erased=())
    sheet.put(facts, row, "maker", lambda cell: words.short(cell, 120), erased="")
    for key in ("maker_street", "maker_postal_code", "maker_city", "maker_contact", "maker_eu_responsible"):
        sheet.put(facts, row, key, erased="")
    sheet.put(facts, row, "maker_country", words.country)
    sheet.put(facts, row, "delivery_days", words.days)
    sheet.put(facts, row, "is_published", words.is_in_shop)
    sheet.put(facts, row, "is_featured", cells.yes_or_no)
    sheet.put(facts, row, "pictures", lambda cell: tuple(cells.split_list(cell, "|")), erased=())
    sheet.put(facts, row, "warnings", erased="")
    sheet.put(facts, row, "needs_no_warnings", cells.yes_or_no)
    sheet.put(facts, row, "offers_sample", cells.yes_or_no)
    for key in sheet.places:
        if key.startswith(ATTRIBUTE_PREFIX):
            sheet.put(facts, row, key, erased="")
    return facts


def variant(sheet: Sheet, row: Row, article: Article) -> VariantRow:
    """The variant in this row, as one more of an article."""
    facts = variant_facts(sheet, row)
    _take_options(sheet, row, article, facts)
    sku = sheet.read(row, "sku", cells.article_number) or ""
    return VariantRow(row.number, sku, facts, _made_up(article, facts))


def variant_facts(sheet: Sheet, row: Row) -> Facts:
    """The facts of the variant in this row, but for its options; what it does not say is absent."""
    facts: Facts = {}
    sheet.put(facts, row, "price_cents", sheet.cents("price_cents"))
    sheet.put(facts, row, "content", lambda cell: words.content(cell, sheet.sign("content")), erased=None)
    sheet.put(facts, row, "weight_g", lambda cell: words.grams(cell, sheet.sign("weight_g")), erased=0)
    sheet.put(facts, row, "thickness_mm", parse_thickness, erased=None)
    sheet.put(facts, row, "per_layer", words.per_layer, erased=1)
    sheet.put(facts, row, "gtin", cells.gtin, erased="")
    sheet.put(facts, row, "rrp_cents", sheet.cents("rrp_cents"), erased=None)
    sheet.put(facts, row, "rolls", several.read_rolls)
    sheet.put(facts, row, "steps", lambda cell: several.read_steps(cell, sheet.cents("price_cents")), erased=())
    _take_quantities(sheet, row, facts, dict.fromkeys(("reorder_at", "own_minimum", "own_step", "own_maximum")))
    _take_stock(sheet, row, facts)
    _take_sale(sheet, row, facts)
    pictures: Facts = {}
    sheet.put(pictures, row, "variant_pictures", lambda cell: tuple(cells.split_list(cell, "|")), erased=())
    if "variant_pictures" in pictures:
        facts["pictures"] = pictures["variant_pictures"]
    return facts


def _made_up(article: Article, facts: Facts) -> str:
    """A number from article and options, always the same."""
    values = "-".join(value for _, value, _ in facts.get("options", ()))
    return slugs.slugify(f"{article.key}-{values}") if values else article.key[:80]


def _take_stock(sheet: Sheet, row: Row, facts: Facts) -> None:
    if normal(sheet.cell(row, "stock")) == normal(words.NOT_COUNTED):
        facts["stock"] = None
    else:
        sheet.put(facts, row, "stock", lambda cell: plain(cell, sheet.sign("stock")), erased=None)


def _take_quantities(sheet: Sheet, row: Row, facts: Facts, erased: Mapping[str, object]) -> None:
    """Quantities stay as written until the unit is known."""
    for key, nothing in erased.items():
        sheet.put(facts, row, key, lambda cell, key=key: plain(cell, sheet.sign(key)), erased=nothing)  # type: ignore[misc]


def _take_options(sheet: Sheet, row: Row, article: Article, facts: Facts) -> None:
    options: list[tuple[str, str, str]] = []
    for n in OPTIONS:
        value = sheet.cell(row, f"option_{n}_value")
        if value == ERASE:
            facts["options"] = ()
        elif value:
            name = cells.meant(sheet.cell(row, f"option_{n}_name")) or _option_name_before(article, len(options))
            swatch = sheet.read(row, f"option_{n}_swatch", words.swatch) or ""
            if not name:
                sheet.refuse(row.number, f"option_{n}_name", f"Zur Option „{value}“ fehlt der Name, etwa „Farbe“.")
            sheet.read(row, f"option_{n}_value", cells.option_value)
            options.append((name[:60], cells.meant(value)[:120], swatch))
    if len({name for name, _, _ in options}) < len(options):
        sheet.refuse(row.number, "option_2_name", "Zwei Optionen haben denselben Namen.")
    if options:
        facts["options"] = tuple(options)


def _option_name_before(article: Article, place: int) -> str:
    options = article.variants[-1].facts.get("options", ()) if article.variants else ()
    return options[place][0] if place < len(options) else ""


def _take_sale(sheet: Sheet, row: Row, facts: Facts) -> None:
    if sheet.cell(row, "sale_price") == ERASE:
        facts["sale"] = None
        return
    price = sheet.read(row, "sale_price", sheet.cents("sale_price"))
    starts_at = sheet.read(row, "sale_from", cells.moment)
    ends_at = sheet.read(row, "sale_to", lambda cell: cells.moment(cell, is_end=True))
    if price is not None:
        facts["sale"] = Sale(price, starts_at, ends_at)
