"""Makers of goods, with the data that every offer must name (Art. 19 VO (EU) 2023/988, GPSR)."""

import re
from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, select

from catalog import products
from catalog.products import Product

EU = frozenset("AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE".split())
# Bare web addresses are told from abbreviations ("Inh.Max") by their ends; others begin with www. or https://.
_ENDS = (
    "com net org info biz eu shop store online site website design studio fashion club company group world gmbh "
    "berlin hamburg bayern koeln cologne nrw ruhr saarland wien tirol swiss uk ch li no is gb us ca au nz jp cn hk tw "
    "kr in th vn id pk bd lk tr ua rs ba al mk md za br mx ar cl pe co eg ma tn il ae io"
)
_NAMES = r"(?:[\w-]+\.)+"
_HOST = _NAMES + r"(?:xn--[\w-]+|[^\W\d_]{2,24})(?![\w-])"
_MAIL_OR_WEB = re.compile(
    rf"[\w.+-]+@{_HOST}"
    rf"|(?<![\w@.-])(?:https?://(?:www\.)?+|www\.){_HOST}"
    rf"|(?<![\w@./:-]){_NAMES}(?:{'|'.join([*_ENDS.split(), *sorted(EU)]).casefold()})(?![\w-]|\.\w)"
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
    """Whether an e-mail or a web address stands in a text (Art. 19 lit. a and b GPSR ask for one).

    A web address is one that a browser would open: "www.weberei.de", "https://weberei.shop", "weberei.de".
    """
    return _MAIL_OR_WEB.search(text.casefold()) is not None


def missing(maker: Maker) -> list[str]:
    """What of a maker's data is still owed on every offer, as sentences; [] when it is complete.

    Name, postal address and e-mail or web address; outside the EU the same of a responsible person
    in the EU (Art. 19 lit. a and b, Art. 16 GPSR). Not every country outside the EU has postal codes.
    """
    gaps = []
    if not (maker.street.strip() and maker.city.strip()):
        gaps.append("die Anschrift")
    elif maker.country in EU and not maker.postal_code.strip():
        gaps.append("die Postleitzahl")
    if not is_electronic(maker.contact):
        gaps.append("die E-Mail- oder Webadresse")
    if maker.country not in EU:
        if not maker.eu_responsible.strip():
            gaps.append("die verantwortliche Person in der EU")
        elif not is_electronic(maker.eu_responsible):
            gaps.append("die E-Mail- oder Webadresse der verantwortlichen Person in der EU")
    return gaps
