"""What a row in our own terms says of a product and of a variant; other lists are read by the same rules."""

from collections.abc import Iterator, Mapping

from catalog import slugs
from catalog.exchange import cells, several
from catalog.exchange.articles import Article, Facts, Sale, VariantRow
from catalog.exchange.decimals import plain
from catalog.exchange.dialects import words
from catalog.exchange.dialects.own_columns import OPTIONS
from catalog.exchange.fields import ATTRIBUTE_PREFIX
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row
from catalog.exchange.sheet import ERASE, KEEP, Sheet, Wanted
from catalog.thickness import parse_thickness

_VALUE_OF = {n: f"option_{n}_value" for n in OPTIONS}


def product_facts(sheet: Sheet, row: Row) -> Facts:
    """The facts of the product in this row; what it does not say is absent."""
    facts: Facts = {}
    sheet.take(facts, row, _product_columns)
    return facts


def _product_columns(sheet: Sheet) -> Iterator[Wanted]:
    yield "name", words.product_name, KEEP
    yield "categories", words.category_paths, ()
    yield "kind", lambda cell: words.KIND_WORDS.get(normal(cell), cell), KEEP  # or one of the owner's own
    yield "unit", words.unit, KEEP
    yield from _quantities(sheet, {"minimum": KEEP, "step": KEEP, "maximum": None, "shown_per": None})
    yield from _quantities(sheet, {"remnant_below": 0})
    yield "vat_class", words.vat_class, KEEP
    yield from ((key, str, "") for key in ("summary", "description"))
    yield "fibres", words.composition, ()
    yield "maker", lambda cell: words.short(cell, 120), ""
    address = ("maker_street", "maker_postal_code", "maker_city", "maker_contact", "maker_eu_responsible")
    yield from ((key, str, "") for key in address)
    yield "maker_country", words.country, KEEP
    yield "delivery_days", words.days, KEEP
    yield "is_published", words.is_in_shop, KEEP
    yield "is_featured", cells.yes_or_no, KEEP
    yield "pictures", _names_of_pictures, ()
    yield "warnings", str, ""
    yield from ((key, cells.yes_or_no, KEEP) for key in ("needs_no_warnings", "offers_sample"))
    yield from ((key, str, "") for key in sheet.places if key.startswith(ATTRIBUTE_PREFIX))


def variant(sheet: Sheet, row: Row, article: Article) -> VariantRow:
    """The variant in this row, as one more of an article."""
    facts = variant_facts(sheet, row)
    _take_options(sheet, row, article, facts)
    sku = sheet.read(row, "sku", cells.article_number) or ""
    return VariantRow(row.number, sku, facts, "" if sku else _made_up(article, facts))


def variant_facts(sheet: Sheet, row: Row) -> Facts:
    """The facts of the variant in this row, but for its options; what it does not say is absent."""
    facts: Facts = {}
    sheet.take(facts, row, _variant_columns)
    if "stock" in sheet.places:
        _take_stock(sheet, row, facts)
    if "sale_price" in sheet.places:
        _take_sale(sheet, row, facts)
    pictures: Facts = {}
    sheet.put(pictures, row, "variant_pictures", _names_of_pictures, erased=())
    if "variant_pictures" in pictures:
        facts["pictures"] = pictures["variant_pictures"]
    return facts


def _variant_columns(sheet: Sheet) -> Iterator[Wanted]:
    yield "price_cents", sheet.cents("price_cents"), KEEP
    yield "content", lambda cell: words.content(cell, sheet.sign("content")), None
    yield "weight_g", lambda cell: words.grams(cell, sheet.sign("weight_g")), 0
    yield "thickness_mm", parse_thickness, None
    yield "per_layer", words.per_layer, 1
    yield "gtin", cells.gtin, ""
    yield "rrp_cents", sheet.cents("rrp_cents"), None
    yield "rolls", several.read_rolls, KEEP
    yield "steps", lambda cell: several.read_steps(cell, sheet.cents("price_cents")), ()
    yield from _quantities(sheet, dict.fromkeys(("reorder_at", "own_minimum", "own_step", "own_maximum")))


def _names_of_pictures(cell: str) -> tuple[str, ...]:
    return tuple(cells.split_list(cell, "|"))


def _made_up(article: Article, facts: Facts) -> str:
    """A number from article and options, always the same."""
    values = "-".join(value for _, value, _ in facts.get("options", ()))
    return slugs.slugify(f"{article.key}-{values}") if values else article.key[:80]


def _take_stock(sheet: Sheet, row: Row, facts: Facts) -> None:
    if normal(sheet.cell(row, "stock")) == normal(words.NOT_COUNTED):
        facts["stock"] = None
    else:
        sheet.put(facts, row, "stock", lambda cell: plain(cell, sheet.sign("stock")), erased=None)


def _quantities(sheet: Sheet, erased: Mapping[str, object]) -> Iterator[Wanted]:
    """Quantities stay as written until the unit is known."""
    for key, nothing in erased.items():
        yield key, lambda cell, key=key: plain(cell, sheet.sign(key)), nothing  # type: ignore[misc]


def _take_options(sheet: Sheet, row: Row, article: Article, facts: Facts) -> None:
    options: list[tuple[str, str, str]] = []
    for n in OPTIONS:
        value = sheet.cell(row, _VALUE_OF[n]) if _VALUE_OF[n] in sheet.places else ""
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
