"""How different systems write goods: one file each, behind one small protocol."""

from collections.abc import Sequence
from typing import Protocol

from catalog.exchange import mapping, refused
from catalog.exchange.articles import Reading
from catalog.exchange.dialects.etsy import Etsy
from catalog.exchange.dialects.own import Own
from catalog.exchange.dialects.shopify import Shopify
from catalog.exchange.dialects.wix import Wix
from catalog.exchange.dialects.woocommerce import WooCommerce
from catalog.exchange.reading import Table, read_table
from catalog.exchange.wishes import NO_WISHES, Wishes


class Dialect(Protocol):
    """A system's way to write goods as a table."""

    @property
    def key(self) -> str:
        """Its short name, such as "woocommerce"."""
        ...

    def recognise(self, header: Sequence[str]) -> int:
        """How many names of this header it knows; 0 where the file cannot be its own."""
        ...

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """Turn the rows into articles."""
        ...


DIALECTS: tuple[Dialect, ...] = (Own(), WooCommerce(), Shopify(), Wix(), Etsy())


def read(content: bytes, wishes: Wishes = NO_WISHES) -> Reading:
    """Read a file of any dialect that we know, its columns as the owner wishes. Raises NotATable."""
    found = read_table(content, lambda header: max(_known(header) + _known(mapping.as_meant(header, wishes))))
    table = refused.without_reasons(found)
    known = _known(table.header)
    known = known if any(known) else _known(mapping.as_meant(table.header, wishes))
    reading = DIALECTS[known.index(max(known))].read(table, wishes)
    reading.unknown = mapping.not_by_wish(reading.unknown, table.header, wishes)
    return reading


def _known(header: Sequence[str]) -> list[int]:
    """How many names of a header each dialect knows."""
    return [dialect.recognise(header) for dialect in DIALECTS]
