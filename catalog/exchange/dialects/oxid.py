"""OXID eShop: its generic export and its table of articles, whose columns are called OXARTNUM, OXTITLE and so on.

Names after the table oxarticles (source/Setup/Sql/database_schema.sql). A variant has its parent's OXID in OXPARENTID;
what is chosen stands in the parent's OXVARNAME ("Größe | Farbe"), the choice in the variant's OXVARSELECT ("S | rot").
"""

from collections.abc import Mapping, Sequence

from catalog.exchange.articles import Reading
from catalog.exchange.dialects import listing
from catalog.exchange.dialects.list_columns import Names
from catalog.exchange.dialects.listing import Format
from catalog.exchange.dialects.variations import Option
from catalog.exchange.headers import normal
from catalog.exchange.reading import Row, Table
from catalog.exchange.sheet import Sheet
from catalog.exchange.wishes import Wishes

_NAMES = Names(
    {
        "id": ("OXID",),
        "parent": ("OXPARENTID",),
        "sku": ("OXARTNUM",),
        "name": ("OXTITLE",),
        "summary": ("OXSHORTDESC",),
        "description": ("OXLONGDESC",),
        "price_cents": ("OXPRICE",),
        "rrp_cents": ("OXTPRICE",),
        "purchase_cents": ("OXBPRICE",),
        "vat_class": ("OXVAT",),
        "gtin": ("OXEAN",),
        "stock": ("OXSTOCK",),
        "reorder_at": ("OXREMINDAMOUNT",),
        "is_published": ("OXACTIVE",),
        "weight_kg": ("OXWEIGHT",),
        "maker": ("OXMANUFACTURER", "OXVENDOR"),
        "chosen_names": ("OXVARNAME",),
        "chosen_values": ("OXVARSELECT",),
        **{f"picture_{n}": (f"OXPIC{n}",) for n in range(1, 13)},
    }
)
_NEEDED = 3  # names of OXID's in the header
_BETWEEN = "|"


class Oxid:
    """The articles of OXID eShop."""

    key = "oxid"
    name = "OXID eShop"

    def recognise(self, header: Sequence[str]) -> int:
        """It needs an article number or a title, and names that only OXID has."""
        marks = sum(name[:2].casefold() == "ox" for name in header)
        return listing.known(header, _NAMES) + 1 if marks >= _NEEDED else 0

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per parent with its variants, or per row without any."""
        return listing.read(_format(_names_of_choices(table)), table, wishes)


def _format(chosen: Mapping[str, str]) -> Format:
    def options(sheet: Sheet, row: Row) -> tuple[Option, ...]:
        values = _parts(sheet.cell(row, "chosen_values"))
        names = _parts(chosen.get(sheet.cell(row, "parent"), ""))
        return tuple(
            ((names[n] if n < len(names) else f"Auswahl {n + 1}")[:60], value[:120], "")
            for n, value in enumerate(values)
        )

    return Format("oxid", _NAMES, options=options, is_left_out=_is_left_out)


def _names_of_choices(table: Table) -> dict[str, str]:
    """OXID → OXVARNAME of the articles that have variants."""
    spelled = [normal(name) for name in table.header]
    if not {"oxid", "oxvarname"} <= set(spelled):
        return {}
    who, what = spelled.index("oxid"), spelled.index("oxvarname")
    return {row.cells[who]: row.cells[what] for row in table.rows if len(row.cells) > max(who, what)}


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_BETWEEN) if part.strip()]


def _is_left_out(name: str) -> bool:
    return name.startswith("ox")
