"""Goods as files: the one way out for the command, the owner's page and the nightly job."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlmodel import Session

from catalog.exchange import export, writers
from catalog.exchange.choice import ALL, Choice
from catalog.exchange.export import Written
from catalog.images import WIDTHS
from catalog.refusals import Refusal
from shop import mishaps, whole_files
from shop.progress import Progress
from shop.settings import Settings


class NotExported(Refusal):
    """The file or the folder cannot be written."""


@dataclass(frozen=True)
class Wanted:
    """What is to be written: in which dialect, which goods, which of their facts (empty: all)."""

    dialect: str = "own"
    choice: Choice = ALL
    keys: frozenset[str] = frozenset()


def silent(done: int, total: int) -> None:
    """Hears of progress and says nothing."""


def write(
    session: Session, settings: Settings, out: BinaryIO, wanted: Wanted, *, now: datetime, told: Progress = silent
) -> Written:
    """Write goods into an open file. Reads only. Raises NoSuchDialect, NothingCalled."""
    return export.write(
        session,
        out,
        writers.named(wanted.dialect),
        now=now,
        choice=wanted.choice,
        keys=wanted.keys,
        address_of=lambda picture_hash: f"{settings.url}/media/{picture_hash}/{WIDTHS[-1]}.jpg",
        progress=told,
    )


def write_file(
    session: Session, settings: Settings, path: Path, wanted: Wanted, *, now: datetime, told: Progress = silent
) -> Written:
    """Write goods into a file that is there whole, or as it was before. Raises NotExported besides."""
    with refusing(), whole_files.written(path) as out:
        return write(session, settings, out, wanted, now=now, told=told)


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what a disk says into a sentence, for a `with` block. Raises NotExported."""
    try:
        yield
    except OSError as error:
        why = mishaps.sentence(error) or f"{error.filename} ({error.strerror})"
        raise NotExported(f"Hierhin lässt sich nichts schreiben. {why}") from error
