"""How different systems write goods: one file each, behind one small protocol."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from catalog.exchange import headers, in_words, mapping, memory, refused
from catalog.exchange.articles import Reading
from catalog.exchange.dialects.doubts import far_prices
from catalog.exchange.dialects.etsy import Etsy
from catalog.exchange.dialects.jtl import Jtl
from catalog.exchange.dialects.magento import Magento
from catalog.exchange.dialects.own import Own
from catalog.exchange.dialects.oxid import Oxid
from catalog.exchange.dialects.prestashop import PrestaShop
from catalog.exchange.dialects.price_list import PriceList
from catalog.exchange.dialects.shopify import Shopify
from catalog.exchange.dialects.shopware import Shopware
from catalog.exchange.dialects.shopware5 import Shopware5
from catalog.exchange.dialects.wix import Wix
from catalog.exchange.dialects.woocommerce import WooCommerce
from catalog.exchange.dialects.xtcommerce import XtCommerce
from catalog.exchange.guessing import foreign_header
from catalog.exchange.memory import NOTHING, Memories
from catalog.exchange.reading import NoHeader, Table, read_table
from catalog.exchange.wishes import NO_WISHES, Wishes


class Dialect(Protocol):
    """A system's way to write goods as a table."""

    @property
    def key(self) -> str:
        """Its short name, such as "woocommerce"."""
        ...

    @property
    def name(self) -> str:
        """What people call it: "Shopware 6"."""
        ...

    def recognise(self, header: Sequence[str]) -> int:
        """How many names of this header it knows, the first of equals reads it; 0 where the file cannot be its own."""
        ...

    def read(self, table: Table, wishes: Wishes) -> Reading:
        """Turn the rows into articles."""
        ...


DIALECTS: tuple[Dialect, ...] = (
    Own(),
    WooCommerce(),
    Shopify(),
    Wix(),
    Etsy(),
    Magento(),
    Jtl(),
    Shopware(),
    Shopware5(),
    Oxid(),
    XtCommerce(),
    PrestaShop(),
    PriceList(),
)
_SHOPS = frozenset(("woocommerce", "shopify", "wix", "etsy", "magento"))  # lists look at their prices themselves


def read(content: bytes | Path, wishes: Wishes = NO_WISHES, remembered: Memories = NOTHING) -> Reading:
    """Read a file of any dialect that we know, its columns as the owner wishes, now or before for such a header.

    What is remembered is told in the notes; `Reading.wishes` are hers with it. Raises NotATable (ForeignHeader where
    no column is known), NoSuchMemory.
    """
    recalled = memory.asked_for(wishes, remembered)
    by_header = remembered if wishes.taken_as is None else NOTHING
    known_wishes = recalled.wishes if recalled else wishes
    try:
        found = read_table(content, lambda header: _names(refused.bare(header), known_wishes, by_header))
    except NoHeader as error:
        raise foreign_header(content) or error from error
    table = refused.without_reasons(found)
    recalled = recalled or by_header.get(mapping.fingerprint(table.header))
    wishes = memory.over(wishes, recalled.wishes) if recalled else wishes
    known = _known(table.header)
    known = known if any(known) else _known(mapping.as_meant(table.header, wishes))
    dialect = DIALECTS[known.index(max(known))]
    reading = dialect.read(table, wishes)
    reading.format_name = reading.format_name or dialect.name
    if dialect.key in _SHOPS:
        reading.questions += far_prices(reading)
    reading.questions = [each for each in reading.questions if not headers.is_settled(each.question, wishes.columns_of)]
    reading.unknown = mapping.not_by_wish(reading.unknown, table.header, wishes)
    reading.wishes = wishes
    if recalled:
        reading.memory = recalled.name
        reading.notes.insert(0, in_words.taken_as(recalled.name, recalled.wishes, recalled.used_at))
    return reading


def _names(header: Sequence[str], wishes: Wishes, remembered: Memories) -> int:
    """How many names of what may be a header are known: to a dialect, from the owner's words, from before.

    A row in which one of her words stands is a header, though she may have misspelt the others.
    """
    by_memory = len(header) if remembered and mapping.fingerprint(header) in remembered else 0
    by_owner = sum(mapping.find(header, name) is not None for name in wishes.columns_of)
    return max(by_memory, by_owner and by_owner + 1, *_known(header), *_known(mapping.as_meant(header, wishes)))


def _known(header: Sequence[str]) -> list[int]:
    """How many names of a header each dialect knows."""
    return [dialect.recognise(header) for dialect in DIALECTS]
