"""Makers of goods, with the data that every offer must name (Art. 19 VO (EU) 2023/988, GPSR)."""

from sqlmodel import Field, Session, SQLModel, select


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
