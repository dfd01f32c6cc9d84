"""Makers of goods, with the data that every offer must name (Art. 19 VO (EU) 2023/988, GPSR)."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from catalog import products
from catalog.products import Product


class Maker(SQLModel, table=True):
    """A manufacturer; `eu_responsible` is owed where `country` lies outside the EU."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=120)
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = Field(default="DE", max_length=2)
    contact: str = ""  # e-mail or web address
    eu_responsible: str = ""


def named(session: Session, name: str) -> Maker:
    """The maker of this name, added without address if it is new. Flushes."""
    found = session.exec(select(Maker).where(Maker.name == name)).first()
    if found is None:
        found = Maker(name=name)
        session.add(found)
        session.flush()
    return found


def describe(session: Session, maker_id: int, address: Mapping[str, str], now: datetime) -> None:
    """Set columns of a maker by name. Nothing happens if they say so already. Flushes.

    All goods of the maker show it, so each of them is touched.
    """
    maker = session.get(Maker, maker_id)
    assert maker is not None
    changed = {name: value for name, value in address.items() if getattr(maker, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(maker, name, value)
    session.flush()
    for product_id in session.exec(select(Product.id).where(Product.maker_id == maker_id)).all():
        if product_id is not None:
            products.touch(session, product_id, now)
