"""A shop of any size for benchmarks: fabrics, yarns and buttons with plausible words, made by seed."""

import random
from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlmodel import Session

from catalog import attributes, categories, fibres, kinds, products, variants
from catalog.images import Picture
from catalog.makers import Maker
from catalog.products import Kind, Product
from catalog.search import index
from catalog.units import Unit
from shop import accounts, migrating
from shop.app import create_shop
from shop.context import Shop, utc_now
from shop.profile import Profile
from shop.settings import read_settings

SORTS = ("Jersey", "Baumwolle", "Leinen", "Cord", "Musselin", "Sweat", "Popeline", "Canvas", "Samt", "Walkloden")
MOTIFS = ("Waldtiere", "Streublümchen", "Streifen", "Punkte", "Karo", "Sterne", "Möwen", "Apfel", "uni", "Ringel")
COLOURS = ("petrol", "senf", "altrosa", "natur", "marine", "salbei", "rost", "anthrazit", "himmelblau", "beere")
WORDS = ("weich fest fällt schön für Kleider Röcke Kissen Taschen Kinder Sommer Winter waschbar bei dreißig Grad nähen "
         "leicht dehnbar kräftig zart gewebt gestrickt bedruckt aus der Mühle im Dorf").split()  # fmt: skip


def make_shop(folder: Path, size: int) -> Flask:
    """A complete shop with `size` products of four variants each, its index built."""
    app = create_shop(read_settings(folder, {}))
    parts: Shop = app.extensions["dorfladen"]
    migrating.upgrade(parts.database)
    with parts.database.writing() as session:
        fill(session, size)
        accounts.add(session, "Probe", accounts.make_password(), utc_now())
    with parts.database.reading() as session:
        index.rebuild(session, parts.search.engine)
    return app


def fill(session: Session, size: int) -> None:
    """Fill an empty database with `size` products."""
    chance = random.Random(20261122)
    session.add(Profile(shop_name="Messladen", owner_name="Probe", street="Weg 1", postal_code="16000", city="Dorf"))
    kinds.ensure(session)
    attributes.ensure_types(session)
    maker = Maker(
        name="Weberei Beispiel", street="Mühlweg 2", postal_code="02700", city="Beispielstadt", contact="w@b.example"
    )
    session.add(maker)
    session.flush()
    groups = [categories.at_path(session, ["Stoffe", sort]) for sort in SORTS]
    for number, name in zip(range(size), _names(chance), strict=False):
        product = _product(session, chance, name, number, maker.id)
        assert product.id is not None
        group = groups[number % len(groups)].id
        assert group is not None
        products.place_in(session, product.id, [group], utc_now())


def _names(chance: random.Random) -> Iterator[str]:
    while True:
        yield f"{chance.choice(SORTS)} {chance.choice(MOTIFS)} {chance.choice(MOTIFS)}"


def _product(session: Session, chance: random.Random, name: str, number: int, maker_id: int | None) -> Product:
    now = utc_now()
    product = products.add(session, name=name, now=now, unit=Unit.LENGTH, kind=Kind.FABRIC, minimum=50, step=10,
                           slug=f"artikel-{number}", summary=" ".join(chance.choices(WORDS, k=8)),
                           description=" ".join(chance.choices(WORDS, k=40)))  # fmt: skip
    assert product.id is not None
    product.maker_id = maker_id
    product.is_featured = number < 8
    fibres.set_composition(session, product.id, [("Baumwolle", 95), ("Elasthan", 5)], now)
    attributes.set_values(session, product.id, {"width": "145", "grammage": "220"}, now)
    for position, colour in enumerate(chance.sample(COLOURS, 4)):
        variants.add(session, product, sku=f"A{number}-{position}", price_cents=chance.randrange(490, 2990), now=now,
                     author="Probe", options=[("Farbe", colour, "#336699")], on_hand=1200, weight_g=220)  # fmt: skip
    session.add(Picture(product_id=product.id, hash=f"{number:064x}", alt=name, width=1200, height=1200))
    products.publish(session, product, now)
    return product
