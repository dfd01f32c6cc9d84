"""What ties goods to the rest of the shop: whether anybody else knows an article, and taking it away altogether.

The foreign keys themselves are asked, so that a table which somebody adds later counts as one that knows goods.
"""

from collections.abc import Collection, Iterator

from sqlalchemy import Column, Table, delete, select
from sqlmodel import Session, SQLModel, col

from catalog import revisions
from catalog.attributes import AttributeValue
from catalog.exchange.journal import portions
from catalog.fibres import FibreShare
from catalog.images import Picture
from catalog.movements import StockMovement
from catalog.price_steps import PriceStep
from catalog.prices import PriceChange, Reduction
from catalog.products import OnSale, Product, ProductCategory, Variant, VariantOption
from catalog.rolls import Roll

OF_VARIANTS = (VariantOption, PriceChange, PriceStep, Reduction, StockMovement, Picture, Roll)
"""Belongs to a variant and goes with it, in this order."""
OF_PRODUCTS = (AttributeValue, FibreShare, OnSale, ProductCategory, Picture)
"""Belongs to a product and goes with it."""
KNOWN_FROM = {
    "cartline": "in einem Warenkorb",
    "incomingphoto": "in einem Stapel Fotos",
    "inquiry": "in einer Frage an die Kundschaft",
    "oldslug": "unter einer früheren Adresse",
    "orderline": "in einer Bestellung",
    "remnant": "bei den Reststücken",
    "returnline": "in einer Rückgabe",
    "shipmentline": "in einer Sendung",
    "stockcount": "in einer Inventur",
    "stockhold": "bei den Reservierungen",
    "variant": "bei den Reststücken",
    "vouchergoods": "bei einem Gutschein",
}
"""Where an article is met that others know, by table; the tables of orders are known here by their names only."""

_AT_ONCE = 500  # databases limit how many values may stand in a query


def known_products(session: Session, product_ids: Collection[int]) -> dict[int, str]:
    """Which of some products, apart from their variants, others know, and from where."""
    return _known(session, Product, product_ids, {each.__tablename__ for each in OF_PRODUCTS} | {"variant"})


def known_variants(session: Session, variant_ids: Collection[int]) -> dict[int, str]:
    """Which of some variants (or of their rolls) others know, and from where."""
    own = {str(each.__tablename__) for each in OF_VARIANTS}
    found = _known(session, Variant, variant_ids, own)
    rolls: dict[int, int] = {}
    for some in portions(sorted(variant_ids), _AT_ONCE):
        of_some = select(col(Roll.id), col(Roll.variant_id)).where(col(Roll.variant_id).in_(some))
        rolls.update((roll_id, variant_id) for roll_id, variant_id in session.execute(of_some))
    return {rolls[each]: where for each, where in _known(session, Roll, rolls, own).items()} | found


def remove_variants(session: Session, variant_ids: Collection[int]) -> None:
    """Take variants away with all that belongs to them. Nobody else knows them. Flushes."""
    session.flush()
    for some in portions(sorted(variant_ids), _AT_ONCE):
        for table in OF_VARIANTS:
            session.exec(delete(table).where(col(table.variant_id).in_(some)))
        session.exec(delete(Variant).where(col(Variant.id).in_(some)))
    session.expire_all()


def remove_products(session: Session, product_ids: Collection[int]) -> None:
    """Take products away, whose variants are gone, with all that belongs to them. Nobody else knows them. Flushes.

    Kept pages are stale then, for goods that come anew may have their numbers and versions.
    """
    session.flush()
    if product_ids:
        revisions.bump(session)
    for some in portions(sorted(product_ids), _AT_ONCE):
        for table in OF_PRODUCTS:
            session.exec(delete(table).where(col(table.product_id).in_(some)))
        session.exec(delete(Product).where(col(Product.id).in_(some)))
    session.expire_all()


def references(table: type[SQLModel]) -> Iterator[Column[int]]:
    """Every column of the shop that refers to a table."""
    for each in SQLModel.metadata.sorted_tables:
        for key in each.foreign_keys:
            if _target(key.column.table) == table.__tablename__:
                yield key.parent


def _known(session: Session, table: type[SQLModel], ids: Collection[int], own: Collection[object]) -> dict[int, str]:
    found: dict[int, str] = {}
    for column in references(table):
        if column.table.name in own:
            continue
        where = KNOWN_FROM.get(column.table.name, "anderswo im Laden")
        for some in portions(sorted(ids), _AT_ONCE):
            known = session.execute(select(column).where(column.in_(some)).distinct())
            found.update((each, where) for (each,) in known)
    return found


def _target(table: object) -> str:
    assert isinstance(table, Table)
    return table.name
