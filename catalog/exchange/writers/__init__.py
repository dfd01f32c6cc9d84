"""How goods are written for different systems: one file each, behind one small protocol."""

from catalog.exchange.writers.own import OwnWriter
from catalog.exchange.writers.plain import PlainWriter
from catalog.exchange.writers.shopify import ShopifyWriter
from catalog.exchange.writers.woocommerce import WooWriter
from catalog.exchange.writers.writer import Writer
from catalog.refusals import Refusal

WRITERS: tuple[Writer, ...] = (OwnWriter(), WooWriter(), ShopifyWriter(), PlainWriter())
_ALSO = {"excel-de": "own", "dorfladen": "own", "woocommerce": "woo"}


class NoSuchDialect(Refusal):
    """We write no files of this sort."""


def named(key: str) -> Writer:
    """The writer of a dialect: own (or excel-de), woo, shopify, plain. Raises NoSuchDialect."""
    wanted = key.strip().casefold()
    found = next((each for each in WRITERS if each.key == _ALSO.get(wanted, wanted)), None)
    if found is None:
        known = ", ".join(each.key for each in WRITERS)
        raise NoSuchDialect(f"Dateien der Art „{key}“ schreiben wir nicht. Möglich sind: {known}")
    return found
