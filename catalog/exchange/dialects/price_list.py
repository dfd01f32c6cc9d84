"""Price lists and exports of merchandise systems, German or English: Warexo, Lexware, Sage, suppliers, spreadsheets."""

from collections.abc import Sequence

from catalog.exchange.articles import Reading
from catalog.exchange.dialects import listing
from catalog.exchange.dialects.listing import Format
from catalog.exchange.reading import Table
from catalog.exchange.wishes import Wishes

_FORMAT = Format("preisliste")


class PriceList:
    """Any list of goods that no other dialect knows better."""

    key = "preisliste"
    name = "Preisliste"

    def recognise(self, header: Sequence[str]) -> int:
        """How many names mean something; it needs a number, an EAN or a name."""
        return listing.known(header)

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """One article per row, per name with options, or per parent with its variants."""
        return listing.read(_FORMAT, table, wishes)
