"""Makers of goods, with the data that every offer must name (Art. 19 VO (EU) 2023/988, GPSR)."""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from catalog import products
from catalog.products import Product

EU = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())
_MAIL_OR_WEB = re.compile(
    r"[^\s@]+@[^\s@]+\.[^\s@]{2,}|(?:https?://|www\.)\S+\.\S{2,}|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b"
)


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


def by_name(session: Session) -> list[Maker]:
    """All makers, by name."""
    return list(session.exec(select(Maker).order_by(Maker.name)).all())


def named(session: Session, name: str) -> Maker:
    """The maker of this name, added without address if it is new. Flushes."""
    found = session.exec(select(Maker).where(Maker.name == name)).first()
    if found is None:
        found = Maker(name=name)
        session.add(found)
        session.flush()
    return found


def describe(session: Session, maker_id: int, address: Mapping[str, str], now: datetime) -> list[int]:
    """Set columns of a maker by name, and give the ids of its goods, which may lack something by now. Flushes.

    All of them show it, so each is touched. Nothing happens, and none is given, if they say so already.
    """
    maker = session.get(Maker, maker_id)
    assert maker is not None
    changed = {name: value for name, value in address.items() if getattr(maker, name) != value}
    if not changed:
        return []
    for name, value in changed.items():
        setattr(maker, name, value)
    session.flush()
    goods = goods_of(session, maker_id)
    for product_id in goods:
        products.touch(session, product_id, now)
    return goods


def goods_of(session: Session, maker_id: int) -> list[int]:
    """The ids of all articles of a maker, ascending."""
    rows = session.exec(select(Product.id).where(Product.maker_id == maker_id).order_by(Product.id)).all()  # type: ignore[arg-type]
    return [each for each in rows if each is not None]


def is_electronic(text: str) -> bool:
    """Whether an e-mail or a web address stands in a text (Art. 19 lit. a and b GPSR ask for one)."""
    return _MAIL_OR_WEB.search(text.casefold()) is not None


def missing(maker: Maker) -> list[str]:
    """What of a maker's data is still owed on every offer, as sentences; [] when it is complete.

    Name, postal address and e-mail or web address; outside the EU the same of a responsible person
    in the EU (Art. 19 lit. a and b, Art. 16 GPSR).
    """
    gaps = []
    if not (maker.street and maker.city):
        gaps.append("die Anschrift")
    if not is_electronic(maker.contact):
        gaps.append("die E-Mail- oder Webadresse")
    if maker.country not in EU:
        if not maker.eu_responsible.strip():
            gaps.append("die verantwortliche Person in der EU")
        elif not is_electronic(maker.eu_responsible):
            gaps.append("die E-Mail- oder Webadresse der verantwortlichen Person in der EU")
    return gaps
