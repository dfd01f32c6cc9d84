"""Reading lists of goods, whatever program wrote them: one row per article or variant, columns known by their names."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from catalog.exchange import cells, headers, mapping
from catalog.exchange.articles import Article, Facts, Reading, VariantRow
from catalog.exchange.decimals import sold_by
from catalog.exchange.dialects import families, list_columns, list_rows, own_columns
from catalog.exchange.dialects.addresses import made_up_number
from catalog.exchange.dialects.doubts import Doubts
from catalog.exchange.dialects.families import Family
from catalog.exchange.dialects.list_columns import ALIASES, FACT, Columns, Names
from catalog.exchange.dialects.price_columns import Price
from catalog.exchange.dialects.variations import Option, Variations
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

FOREIGN_MONEY = "liste-waehrung"
"""The question to which the owner says yes where prices in another currency shall count as euros."""
_LONGEST_NAME = 150
_MONEY = ("price_cents", "sale_price", "rrp_cents", "purchase_cents")

NAMES = Names(ALIASES)
More = Callable[[Sheet, Row, Facts], None]
Options = Callable[[Sheet, Row], tuple[Option, ...]]


def _nothing_more(sheet: Sheet, row: Row, facts: Facts) -> None:
    pass


def _no_options(sheet: Sheet, row: Row) -> tuple[Option, ...]:
    return ()


@dataclass(frozen=True)
class Format:
    """A program's way to write lists: its column names, what it says beyond them, and what nobody needs of it.

    `options` are those that a row tells in a way of its own; where it tells none, the columns do. Where
    `heads_are_sold`, a row that is named as the parent of others is one of the variants itself.
    """

    key: str
    names: Names = NAMES
    of_product: More = _nothing_more
    of_variant: More = _nothing_more
    options: Options = _no_options
    is_left_out: Callable[[str], bool] = lambda name: False
    heads_are_sold: bool = False


def known(header: Sequence[str], names: Names = NAMES) -> int:
    """How many names of a header mean something; 0 for a list in which nothing says which article a row means.

    An id means something to any program, it does not count.
    """
    found = list_columns.known_columns(header, names)
    places = {key for key in found.places if not key.startswith("names ")}
    return len(places - {"number", "line"}) if {"sku", "name", "key", "gtin", "number", "kind"} & places else 0


def read(form: Format, table: Table, wishes: Wishes) -> Reading:
    """Read a list. Raises NotATable where two columns hold the same."""
    columns = list_columns.columns_of(table.header, wishes, form.names, form.is_left_out)
    places = _as_named(table, _with_named_options(table, columns))
    sheet = Sheet(
        table,
        places,
        _called(form.names),
        money=_MONEY,
        numbers=(*own_columns.NUMBERS, "weight_kg", "weight"),
        decimal=wishes.decimal,
        only_asked=list_rows.ONLY_ASKED,
    )
    sheet.refuse_wide_rows()
    listing = _Listing(form, sheet)
    _ask_about_stocks(sheet, columns)
    _ask_about_recommended(sheet, columns)
    _ask_about_currency(sheet, columns, wishes)
    return sheet.reading(form.key, listing.families, listing.article, [], is_left_out=form.is_left_out)


class _Listing:
    """The articles of a list."""

    def __init__(self, form: Format, sheet: Sheet) -> None:
        self._form = form
        self._sheet = sheet
        self._doubts = Doubts(sheet)
        self._variations = Variations(sheet)
        self._sold_by = None if "unit" in sheet.places else list_columns.sold_by(sheet.table.header, sheet.places)
        self.families = (
            families.by_parent(sheet, heads_are_sold=form.heads_are_sold)
            if "parent" in sheet.places
            else families.by_name(sheet, self._variations.told_apart)
        )
        self._variations.decide(self.families)

    def article(self, family: Family) -> Article:
        """Make an article of a family."""
        sheet, rows = self._sheet, self._sheet.table.rows
        told = [rows[place] for place in family.places]
        facts = list_rows.first_said(sheet, told, self._variations.chosen)
        unit = self._sold_by or list_columns.UNITS_OF_PRICES.get(
            sold_by(sheet.cell(told[-1], "price_cents")).casefold()
        )
        if unit and "unit" not in facts:
            facts["unit"] = unit
        if family.parent is None and len(told) > 1:
            name = families.shared_name(families.name_of(sheet, place) for place in family.variants)
            facts |= {"name": name} if name else {}
        self._form.of_product(sheet, told[0], facts)
        article = Article(told[0].number, family.address, joins=False, facts=facts)
        in_shop = self._in_shop(family, article)
        options = self._options(family)
        taken: set[str] = set()
        article.variants = [self._variant(rows[place], article, options[place], taken) for place in in_shop]
        if family.parent is not None:
            self._inherit(rows[family.parent], article)
            self._ask_about_stock(rows[family.parent], article)
        for place, each in zip(in_shop, article.variants, strict=True):
            self._doubts.ask(rows[place], each.facts)
        return article

    def _inherit(self, parent: Row, article: Article) -> None:
        """Variants whose row has no price are sold at their parent's."""
        refused = {remark.row for remark in self._sheet.refused}
        without = [each for each in article.variants if "price_cents" not in each.facts and each.row not in refused]
        price = self._sheet.read(parent, "price_cents", self._sheet.cents("price_cents")) if without else None
        for each in without:
            if price is not None:
                each.facts["price_cents"] = price

    def _variant(self, row: Row, article: Article, options: tuple[Option, ...], taken: set[str]) -> VariantRow:
        facts = list_rows.variant_facts(self._sheet, row)
        self._form.of_variant(self._sheet, row, facts)
        if options:
            facts["options"] = options
        shown = list_rows.pictures(self._sheet, row)
        if shown and row.number != article.row and shown != article.facts.get("pictures"):
            facts.setdefault("pictures", shown)
        sku = self._sheet.read(row, "sku", cells.article_number) or ""
        return VariantRow(row.number, sku, facts, made_up_number(article.key, [each for _, each, _ in options], taken))

    def _in_shop(self, family: Family, article: Article) -> list[int]:
        """The variants that are for sale: where some are switched off, the others make the article."""
        if len(family.variants) < 2 or "is_published" not in self._sheet.places:
            return list(family.variants)
        rows = self._sheet.table.rows
        off = [place for place in family.variants if self._is_off(rows[place])]
        if len(off) in (0, len(family.variants)):
            return list(family.variants)
        for place in off:
            self._sheet.ask(rows[place].number, "is_published", "Diese Variante ist abgeschaltet. Wir lassen sie aus.")
        if family.parent is None:
            article.facts["is_published"] = True
        return [place for place in family.variants if place not in off]

    def _is_off(self, row: Row) -> bool:
        return list_rows.is_off(self._sheet.cell(row, "is_published"))

    def _options(self, family: Family) -> dict[int, tuple[Option, ...]]:
        rows = self._sheet.table.rows
        parent = rows[family.parent] if family.parent is not None else None
        found = {
            place: self._form.options(self._sheet, rows[place]) or self._variations.of(rows[place], parent)
            for place in family.variants
        }
        if len(found) == 1 and parent is None:
            (place,) = found
            return {place: self._form.options(self._sheet, rows[place]) or self._variations.explicit(found[place])}
        if len(set(found.values())) == len(found):
            return found
        others = self._variations.beside_columns(family)
        reason = "Keine Spalte mit Farbe, Größe oder dergleichen unterscheidet die Varianten. Wir nehmen „{}“."
        for place, (name, value, _) in others.items():
            self._sheet.ask(rows[place].number, "name", reason.format(f"{name}: {value}"))
        return {place: (*options, others[place]) for place, options in found.items()}

    def _ask_about_stock(self, parent: Row, article: Article) -> None:
        if not self._sheet.cell(parent, "stock") and any("stock" not in each.facts for each in article.variants):
            self._sheet.ask(
                parent.number, "stock", "Der Bestand ist nicht angegeben, weder hier noch für alle Varianten."
            )


def _called(names: Names) -> headers.Aliases:
    """A column that the file lacks is called as in our own format."""
    ours = {key: own_columns.ALIASES[key][:1] for key in names.aliases if key in own_columns.ALIASES}
    return dict(own_columns.ALIASES) | {key: (*ours.get(key, ()), *each) for key, each in names.aliases.items()}


def _with_named_options(table: Table, columns: Columns) -> dict[str, int]:
    """Also the columns that another one names as options ("color_variant_name": "Stoffart")."""
    places = dict(columns.places)
    for source in [place for key, place in columns.places.items() if key.startswith("names ")]:
        told = next((row.cells[source] for row in table.rows if source < len(row.cells) and row.cells[source]), "")
        place = mapping.find(table.header, told) if told else None
        if place is not None and place not in places.values():
            places[f"{FACT}{table.header[place]}"] = place
    return places


def _as_named(table: Table, places: dict[str, int]) -> dict[str, int]:
    """Columns of many meanings take the place of a name or a number that no other column has."""
    for key, ours, fits in _STAND_INS:
        if key in places and ours not in places and fits(_cells_at(table, places[key]), len(table.rows)):
            places = {ours if each == key else each: place for each, place in places.items()}
    return {key: place for key, place in places.items() if key not in ("number", "line")}


def _are_numbers(cells_of: Sequence[str], rows: int) -> bool:
    """Whether a column has a number of its own for each row."""
    return len(set(cells_of)) == rows and all(map(_is_number, cells_of))


def _are_no_lines(cells_of: Sequence[str], rows: int) -> bool:
    """Whether these are numbers of goods, which stay when a row is put in, and do not only count the rows."""
    return _are_numbers(cells_of, rows) and list(cells_of) != [str(n) for n in range(1, rows + 1)]


def _are_names(cells_of: Sequence[str], rows: int) -> bool:
    """Whether a column has a short text for nearly each row."""
    return bool(cells_of) and 10 * len(cells_of) >= 9 * rows and all(map(_is_short, cells_of))


def _is_short(cell: str) -> bool:
    return len(cell) <= _LONGEST_NAME and "\n" not in cell and "<" not in cell


def _cells_at(table: Table, place: int) -> list[str]:
    return [cell for row in table.rows if place < len(row.cells) and (cell := row.cells[place])]


def _is_number(cell: str) -> bool:
    return 0 < len(cell) <= 40 and " " not in cell and any(letter.isdigit() for letter in cell)


def _ask_about_currency(sheet: Sheet, columns: Columns, wishes: Wishes) -> None:
    """Prices are never converted silently."""
    price = columns.prices.get(Price.ASKED)
    if price is None or not price.currency or FOREIGN_MONEY in wishes.agreed or wishes.factor != 1:
        return
    reason = (
        f"Die Preise stehen in {price.currency}. Sollen die Zahlen so als Euro gelten? Sonst geben Sie bitte einen "
        "Faktor zum Umrechnen an."
    )
    sheet.ask(sheet.table.rows[0].number, "price_cents", reason, stops=True, question=FOREIGN_MONEY)


def _ask_about_recommended(sheet: Sheet, columns: Columns) -> None:
    price = columns.prices.get(Price.ASKED)
    if price is not None and price.is_recommended:
        name = sheet.table.header[price.place]
        reason = f"Die Datei nennt keinen eigenen Preis. Wir nehmen die Preisempfehlung „{name}“. Stimmt das?"
        sheet.ask(sheet.table.rows[0].number, "price_cents", reason)


_STAND_INS: tuple[tuple[str, str, Callable[[Sequence[str], int], bool]], ...] = (
    ("key", "name", lambda cells_of, rows: True),
    ("key", "sku", _are_numbers),
    ("number", "sku", _are_numbers),
    ("line", "sku", _are_no_lines),
    ("summary", "name", _are_names),
    ("description", "name", _are_names),
    ("kind", "name", _are_names),
)
"""The column of a list, what it stands for where the list has no such column, and if its cells are of that kind."""


def _ask_about_stocks(sheet: Sheet, columns: Columns) -> None:
    if len(columns.stocks) > 1:
        others = "“, „".join(columns.stocks[1:])
        reason = (
            f"Die Datei nennt mehrere Bestände. Wir nehmen „{columns.stocks[0]}“ und zählen „{others}“ nicht dazu. "
            f"Gilt ein anderer, ordnen Sie bitte „{columns.stocks[1]}“ dem Bestand zu."
        )
        sheet.ask(sheet.table.rows[0].number, "stock", reason)
