"""Files of goods brought into a shop in one call, for the tests of imports and of the way back."""

from datetime import timedelta
from itertools import count

from sqlmodel import Session, select

from catalog.exchange.runs import ImportRun
from catalog.exchange.undo_report import Report
from catalog.exchange.wishes import NO_WISHES, Wishes
from catalog.products import Product, Variant
from shop import importing, undoing
from shop.db import Database
from shop.importing import House, Parts
from shop.settings import Settings
from tests.make import NOW

GOODS = """Artikelnummer;Produktname;Preis;Bestand
KNOPF-1;Holzknopf;0,45;120
KNOPF-2;Perlmuttknopf;1,20;30
BAND-1;Samtband;2,10;18
"""


def house_of(settings: Settings, database: Database | None = None) -> House:
    """A shop whose clock goes on a minute whenever somebody looks at it."""
    ticks = count()
    return House(
        settings, database or Database(settings.database_url), clock=lambda: NOW + timedelta(minutes=next(ticks))
    )


def arrive(house: Parts, content: str = GOODS, *, author: str = "Anna", wished: Wishes = NO_WISHES) -> int:
    """Receive a file."""
    return importing.receive(house, content.encode(), name="liste.csv", source="command", author=author, wished=wished)


def agree(house: Parts, content: str = GOODS, *, author: str = "Anna", wished: Wishes = NO_WISHES) -> int:
    """Receive a file, plan it and say yes to it."""
    run_id = arrive(house, content, author=author, wished=wished)
    importing.plan(house, run_id)
    importing.agree(house, run_id, author=author)
    return run_id


def bring_in(
    house: Parts,
    content: str = GOODS,
    *,
    author: str = "Anna",
    wished: Wishes = NO_WISHES,
    most_variants: int = 20_000,
) -> int:
    """Carry a file out, from its arrival to its end."""
    run_id = agree(house, content, author=author, wished=wished)
    importing.carry_out(house, run_id, most_variants=most_variants)
    return run_id


def take_back(house: Parts, run_id: int, *, most: int = 20_000) -> Report:
    """Take an import back in Berta's name."""
    return undoing.take_back(house, run_id, author="Berta", most=most)


def run_of(house: Parts, run_id: int) -> ImportRun:
    """The row of an import."""
    with house.database.reading() as session:
        return importing.get(session, run_id)


def stock_of(house: Parts) -> dict[str, int]:
    """What is on hand by article number."""
    with house.database.reading() as session:
        return {each.sku: each.on_hand for each in session.exec(select(Variant)).all()}


def variant(session: Session, sku: str) -> Variant:
    """A variant by its number."""
    return session.exec(select(Variant).where(Variant.sku == sku)).one()


def product(session: Session, sku: str) -> Product:
    """The product of a number."""
    return session.get_one(Product, variant(session, sku).product_id)
