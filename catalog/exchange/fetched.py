"""Which address gave which picture: what was fetched once is not fetched again."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from catalog.exchange.runs import FetchedPicture

_AT_ONCE = 500


def recall(session: Session, addresses: Collection[str]) -> dict[str, str]:
    """The hashes of the pictures that some addresses gave, by the address; unknown ones are left out."""
    by_digest = {_digest(each): each for each in addresses}
    found: dict[str, str] = {}
    for some in _portions(list(by_digest)):
        rows = select(FetchedPicture.address_digest, FetchedPicture.hash)
        found |= dict(session.exec(rows.where(col(FetchedPicture.address_digest).in_(some))).all())
    return {by_digest[digest]: picture_hash for digest, picture_hash in found.items()}


def remember(session: Session, found: Mapping[str, str], now: datetime) -> None:
    """Note which picture (by its hash) each address gave. Two imports may do so at once. The door commits."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    for some in _portions(sorted(found)):
        rows = [
            {"address_digest": _digest(each), "address": each, "hash": found[each], "fetched_at": now} for each in some
        ]
        new = insert(FetchedPicture).values(rows)
        told = {"hash": new.excluded.hash, "fetched_at": new.excluded.fetched_at}
        session.execute(new.on_conflict_do_update(index_elements=["address_digest"], set_=told))


def _digest(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def _portions(every: list[str]) -> Iterable[list[str]]:
    """Databases limit how many values may stand in a query."""
    return (every[start : start + _AT_ONCE] for start in range(0, len(every), _AT_ONCE))
