"""What a row of a list says: as in our own format, and what only others write, numbered columns among it."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from catalog import attributes
from catalog.attributes import AttributeKind
from catalog.exchange.articles import Facts
from catalog.exchange.decimals import Sign, bare, read_decimal
from catalog.exchange.dialects import rows, words
from catalog.exchange.dialects.list_columns import FACT, MOST_NUMBERED, measure_of, unit_of
from catalog.exchange.fields import ATTRIBUTE_PREFIX, KIND_WORD
from catalog.exchange.headers import normal
from catalog.exchange.hypertext import markdown_of, text_of
from catalog.exchange.reading import Row
from catalog.exchange.sheet import ERASE, Sheet, whole
from catalog.fibres import parse_composition
from catalog.products import Kind
from catalog.refusals import Refusal

ONLY_ASKED = (
    "gtin", "stock", "fibres", "delivery_days", "vat_class", "is_published", "is_featured", "maker_country", "content",
    "weight_g", "weight_kg", "weight", "thickness_mm", "per_layer", "minimum", "step", "maximum", "reorder_at",
    "sale_price", "sale_from", "sale_to", "rrp_cents", "maker", "upc", "price_before", "discount_cents",
    "discount_percent", "unit",
)  # fmt: skip
_BETWEEN_PATHS = re.compile(r"\s*[|;\n]\s*")
_BETWEEN_NAMES = re.compile(r"\s*(?:->|[>»→])\s*|\s+/\s+")
_BETWEEN_PICTURES = re.compile(r"\s*[|;\n]\s*|\s*,\s*(?=https?://)")
_NOTHING_BEHIND = re.compile(r",0+(?=\D|$)")
_PICTURES = ("pictures", *(f"picture_{n}" for n in MOST_NUMBERED))
_CATEGORIES = ("categories", *(f"category_{n}" for n in MOST_NUMBERED))
_LEVELS = tuple(f"category_level_{n}" for n in range(1, 11))
_MATERIAL = f"{ATTRIBUTE_PREFIX}Material"
_QUANTITIES = ("stock", "minimum", "step", "maximum", "reorder_at", "own_minimum", "own_step", "own_maximum")
_WRITTEN_IN = {**dict.fromkeys(("kg", "kilo", "kilogramm"), "kg"), "cm": "cm"}
_LONGEST_TEXT = 300  # of an attribute


def product_facts(sheet: Sheet, row: Row, options: Iterable[str]) -> Facts:
    """The facts of the article in a row; the columns of the `options` say nothing of it."""
    facts = rows.product_facts(sheet, row)
    if facts.get("summary"):
        facts["summary"] = text_of(facts["summary"])
    if facts.get("description"):
        facts["description"] = markdown_of(facts["description"])
    if paths := _categories(sheet, row):
        facts["categories"] = paths
    if facts.get("kind", Kind.OTHER) not in set(Kind):
        facts[KIND_WORD] = facts.pop("kind")
    if found := pictures(sheet, row):
        facts["pictures"] = found
    _take_attributes(sheet, row, facts, options)
    _take_composition(sheet, row, facts)
    _without_empty_decimals(facts)
    _in_unit_of_list(sheet, row, facts)
    return facts


def variant_facts(sheet: Sheet, row: Row) -> Facts:
    """The facts of the variant in a row, but for its options."""
    facts = rows.variant_facts(sheet, row)
    if isinstance(facts.get("stock"), str):
        facts["stock"] = _stock(sheet, row, facts["stock"])
    _without_empty_decimals(facts)
    _in_unit_of_list(sheet, row, facts)
    _take_weight(sheet, row, facts)
    if facts.get("rrp_cents") == 0:
        del facts["rrp_cents"]
    sale, price = facts.get("sale"), facts.get("price_cents")
    if sale is not None and not sale.price_cents:
        del facts["sale"]
        return facts
    if sale is not None and price is not None and sale.price_cents >= price:
        del facts["sale"]
        if sale.price_cents > price:
            sheet.ask(row.number, "sale_price", "Der Angebotspreis liegt über dem Preis. Wir lassen ihn aus.")
    return facts


def pictures(sheet: Sheet, row: Row) -> tuple[str, ...]:
    """The addresses or file names of pictures in all columns of a row."""
    written = [sheet.cell(row, key) for key in _PICTURES if key in sheet.places]
    names = (name for cell in written if cell and cell != ERASE for name in _BETWEEN_PICTURES.split(cell))
    return tuple(dict.fromkeys(filter(None, names)))


def category_paths(cell: str) -> tuple[tuple[str, ...], ...]:
    """Read paths as most programs write them: "Stoffe > Jersey | Neu", "Stoffe -> Jersey; Neu"."""
    paths = (tuple(filter(None, _BETWEEN_NAMES.split(path.strip()))) for path in _BETWEEN_PATHS.split(cell))
    return tuple(dict.fromkeys(tuple(words.short(name, 120) for name in path) for path in paths if path))


def _categories(sheet: Sheet, row: Row) -> tuple[tuple[str, ...], ...]:
    """Numbered categories are several, numbered levels are one path."""
    found = [
        path
        for key in _CATEGORIES
        if key in sheet.places and sheet.cell(row, key) != ERASE
        for path in sheet.read(row, key, category_paths) or ()
    ]
    levels = [sheet.read(row, key, lambda cell: words.short(cell, 120)) for key in _LEVELS if key in sheet.places]
    path = tuple(level for level in levels if level)
    return tuple(dict.fromkeys([*([path] if path else []), *found]))


def _take_attributes(sheet: Sheet, row: Row, facts: Facts, options: Iterable[str]) -> None:
    """Measures that do not fit the attribute of this name are left out; no goods should stay away for them."""
    for key in [key for key in sheet.places if key.startswith(FACT) and key not in options]:
        cell = sheet.cell(row, key)
        if not cell or cell == ERASE:
            continue
        unit = unit_of(sheet.columns[key]) if bare(cell) == cell.strip() else ""
        try:
            facts[f"{ATTRIBUTE_PREFIX}{key.removeprefix(FACT)}"] = _fitting(key.removeprefix(FACT), f"{cell} {unit}")
        except Refusal as refusal:
            sheet.ask(row.number, key, f"{whole(refusal.sentence)} Wir lassen die Zelle aus.")


def _fitting(label: str, cell: str) -> str:
    cell = cell.strip()
    fact = attributes.built_in(label)
    if fact is not None and fact.kind != AttributeKind.TEXT:
        attributes.parse_value(fact, cell)
    return cell[:_LONGEST_TEXT]


def _take_composition(sheet: Sheet, row: Row, facts: Facts) -> None:
    """A composition whose names are lawful becomes fibres; what else stands there is told as an attribute."""
    if "fibres" in facts:
        return
    key = "made_of" if sheet.cell(row, "made_of") else f"{FACT}Material"
    cell = sheet.cell(row, key)
    if not cell or cell == ERASE:
        return
    label = sheet.columns[key]
    try:
        facts["fibres"] = tuple(parse_composition(cell))
        facts.pop(_MATERIAL, None)
    except Refusal as refusal:
        if key == "made_of":
            facts[f"{ATTRIBUTE_PREFIX}{label}"] = cell[:_LONGEST_TEXT]
        if "%" in cell:
            reason = f"{whole(refusal.sentence)} Wir nehmen „{cell[:80]}“ als Merkmal „{label}“."
            sheet.ask(row.number, key, reason)


def _without_empty_decimals(facts: Facts) -> None:
    """Programs write "8,00" for eight pieces and a least quantity of 0 for none; neither says anything."""
    for key in _QUANTITIES:
        if isinstance(facts.get(key), str):
            facts[key] = _NOTHING_BEHIND.sub("", facts[key])
            if key != "stock" and not facts[key].strip("0"):
                del facts[key]


def _in_unit_of_list(sheet: Sheet, row: Row, facts: Facts) -> None:
    """Where goods are sold by the kilogram, "12" are twelve of them, though alone it would be grams to us."""
    named = sheet.cell(row, "unit") if "unit" in sheet.places else measure_of(sheet.table.header, sheet.places)
    unit = _WRITTEN_IN.get(normal(named))
    for key in _QUANTITIES if unit else ():
        if isinstance(facts.get(key), str) and facts[key][-1:].isdigit():
            facts[key] = f"{facts[key]} {unit}"


def _stock(sheet: Sheet, row: Row, written: str) -> str:
    """Less than nothing was sold before it came."""
    if written.startswith("-"):
        sheet.ask(row.number, "stock", f"Ein Bestand von {written} ist nicht möglich. Wir nehmen 0.")
        return "0"
    return written


def _take_weight(sheet: Sheet, row: Row, facts: Facts) -> None:
    kilograms = sheet.read(row, "weight_kg", lambda cell: read_decimal(cell, sheet.sign("weight_kg")))
    if kilograms is not None:
        facts["weight_g"] = int((kilograms * 1000).quantize(Decimal(1), ROUND_HALF_UP))
    cell = sheet.cell(row, "weight")
    if cell and cell != ERASE and "weight_g" not in facts:
        if bare(cell) == cell.strip():
            if cell.strip("0,. "):
                sheet.ask(row.number, "weight", f"„{cell}“ hat keine Einheit (g oder kg). Wir lassen die Zelle aus.")
        elif (grams := sheet.read(row, "weight", lambda cell: words.grams(cell, _sign(sheet)))) is not None:
            facts["weight_g"] = grams


def _sign(sheet: Sheet) -> Sign:
    return sheet.sign("weight")


def first_said(sheet: Sheet, told: Iterable[Row], options: Iterable[str]) -> Facts:
    """The facts of an article that several rows tell of: what the first of them says that says anything."""
    facts: Facts = {}
    for row in told:
        facts = {**product_facts(sheet, row, options), **facts}
    return facts


def is_off(cell: str) -> bool:
    """Whether a row says that its article is not to be seen."""
    try:
        return bool(cell) and not words.is_in_shop(cell)
    except Refusal:
        return False
