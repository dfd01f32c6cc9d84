"""Counters that say "something changed", so that a cached page knows when it is stale."""

from sqlalchemy import update
from sqlmodel import Field, Session, SQLModel, col, select


class Revision(SQLModel, table=True):
    """One counter by name; "shop" covers all that stands on every page (profile, categories, pages)."""

    name: str = Field(primary_key=True)
    number: int = 0


def bump(session: Session, name: str = "shop") -> None:
    """Count one change. Flushes nothing else; belongs in the transaction of the change itself."""
    changed = session.exec(update(Revision).where(col(Revision.name) == name).values(number=Revision.number + 1))
    if changed.rowcount == 0:
        session.add(Revision(name=name, number=1))
        session.flush()


def current(session: Session, name: str = "shop") -> int:
    """How often it has changed so far; 0 if never."""
    return session.exec(select(Revision.number).where(Revision.name == name)).first() or 0
