"""How different systems write goods: one file each, behind one small protocol."""

from collections.abc import Sequence
from typing import Protocol

from catalog.exchange.articles import Reading
from catalog.exchange.dialects.own import Own
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


DIALECTS: tuple[Dialect, ...] = (Own(), WooCommerce())


def read(content: bytes, wishes: Wishes = NO_WISHES) -> Reading:
    """Read a file of any dialect that we know. Raises NotATable."""
    table = read_table(content, lambda header: max(dialect.recognise(header) for dialect in DIALECTS))
    dialect = max(DIALECTS, key=lambda each: each.recognise(table.header))
    return dialect.read(table, wishes)
