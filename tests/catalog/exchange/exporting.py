"""Writing goods into bytes in one call, for the tests of this folder."""

import csv
import io
from datetime import datetime

from sqlmodel import Session

from catalog.exchange import writers
from catalog.exchange.choice import ALL, Choice
from catalog.exchange.export import Written, write
from tests.make import NOW

SHOP = "https://naehladen.example"


def address_of(picture_hash: str) -> str:
    """Where the shop of these tests shows a picture."""
    return f"{SHOP}/media/{picture_hash}/1280.jpg"


def told(
    session: Session,
    dialect: str = "own",
    choice: Choice = ALL,
    keys: frozenset[str] = frozenset(),
    now: datetime = NOW,
) -> tuple[bytes, Written]:
    """A file and what is said of it."""
    out = io.BytesIO()
    written = write(session, out, writers.named(dialect), now=now, choice=choice, keys=keys, address_of=address_of)
    return out.getvalue(), written


def exported(
    session: Session,
    dialect: str = "own",
    choice: Choice = ALL,
    keys: frozenset[str] = frozenset(),
    now: datetime = NOW,
) -> bytes:
    """A file."""
    return told(session, dialect, choice, keys, now)[0]


def rows_of(content: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a file by their columns."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
