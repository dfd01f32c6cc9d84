"""Many photographs at once: they wait in a folder until the worker has looked at each of them.

A photograph is a row and, while it waits, a file. The row says how far it is, so the work may end at
any moment and go on later: what is done is done once, what is not is done again.
"""

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import ColumnElement
from sqlmodel import Field, Session, SQLModel, col, delete, func, select, update

from catalog import images
from catalog.images import Picture, StoredPicture
from catalog.photographs import NotAPicture
from catalog.picture_folder import Target
from catalog.products import Product
from catalog.times import moment

MOST_TRIES = 5  # begun so often and never finished: it kills the worker, by memory perhaps
_VANISHED = (
    "Die Datei ist vom Server verschwunden, bevor sie an der Reihe war. Bitte laden Sie das Foto noch einmal hoch."
)
_KILLS = "Dieses Foto ließ sich in mehreren Anläufen nicht verarbeiten. Bitte speichern Sie es kleiner, als JPEG."


class PhotoState(StrEnum):
    """How far a photograph is."""

    WAITING = "waiting"
    DONE = "done"
    REFUSED = "refused"


class IncomingPhoto(SQLModel, table=True):
    """A photograph of a batch. `file` is its name in the inbox folder while it waits; `hash` once it is kept.

    `problem` is the German sentence of a refusal. `product_id`, `variant_id`: what it hangs on, None
    until somebody says so.
    """

    id: int | None = Field(default=None, primary_key=True)
    batch: str = Field(max_length=40, index=True)
    name: str = Field(max_length=200)
    file: str = ""
    state: str = Field(default=PhotoState.WAITING.value, index=True)
    problem: str = ""
    hash: str = ""
    width: int = 0
    height: int = 0
    colour: str = ""
    product_id: int | None = Field(default=None, foreign_key="product.id", index=True)
    variant_id: int | None = Field(default=None, foreign_key="variant.id")
    arrived_at: datetime = moment()
    author: str

    @property
    def stored(self) -> StoredPicture:
        """The picture that it became."""
        return StoredPicture(self.hash, self.width, self.height, self.colour)


@dataclass(frozen=True)
class Progress:
    """How far a batch is: photographs in all, still waiting, refused, hanging on an article, to be assigned.

    What is in it twice is to be assigned once.
    """

    total: int
    waiting: int
    refused: int
    hung: int
    open: int


def arrive(session: Session, *, batch: str, name: str, file: str, now: datetime, author: str) -> IncomingPhoto:
    """Note a photograph whose file lies in the inbox; one that was noted before is not noted twice. Flushes."""
    known = session.exec(select(IncomingPhoto).where(IncomingPhoto.file == file)).first()
    if known is not None:
        return known
    photo = IncomingPhoto(batch=batch, name=name[:200], file=file, arrived_at=now, author=author)
    session.add(photo)
    session.flush()
    return photo


def waiting(session: Session, most: int) -> list[IncomingPhoto]:
    """The photographs that wait longest."""
    wanted = select(IncomingPhoto).where(IncomingPhoto.state == PhotoState.WAITING)
    return list(session.exec(wanted.order_by(col(IncomingPhoto.id)).limit(most)).all())


def develop(inbox: Path, media: Path, file: str) -> StoredPicture | str | None:
    """Keep a waiting file; gives the picture, or the sentence of a refusal, or None: somebody else is at it.

    OSError, and the photograph goes on waiting, where the disk is full.
    """
    try:
        with _alone_with(inbox / file) as opened:
            if opened is None:
                return None
            if not _may_try(inbox, file):
                return _KILLS
            return images.store(media, opened)
    except FileNotFoundError:
        return _VANISHED
    except NotAPicture as refusal:
        return refusal.sentence


def finish(session: Session, photo_id: int, result: StoredPicture | str, target: Target | None, now: datetime) -> None:
    """Note what became of a waiting photograph and hang it where it belongs, once. Flushes."""
    is_kept = isinstance(result, StoredPicture)
    facts = (
        {"state": PhotoState.DONE.value, "hash": result.hash, "width": result.width, "height": result.height,
         "colour": result.colour}
        if isinstance(result, StoredPicture)
        else {"state": PhotoState.REFUSED.value, "problem": result}
    )  # fmt: skip
    still_waiting = (col(IncomingPhoto.id) == photo_id) & (col(IncomingPhoto.state) == PhotoState.WAITING)
    if session.exec(update(IncomingPhoto).where(still_waiting).values(**facts)).rowcount == 1 and is_kept and target:
        photo = session.get_one(IncomingPhoto, photo_id, populate_existing=True)
        _hang(session, photo, target, now)


def put_file_away(inbox: Path, file: str) -> None:
    """Remove a file that is done with; it may be gone already."""
    for path in (inbox / file, _tries(inbox, file)):
        path.unlink(missing_ok=True)


def progress(session: Session, batch: str) -> Progress:
    """How far a batch is."""
    rows = session.exec(
        select(IncomingPhoto.state, func.count()).where(IncomingPhoto.batch == batch).group_by(col(IncomingPhoto.state))
    ).all()
    counts = dict(rows)
    hung = select(func.count()).select_from(IncomingPhoto).where(IncomingPhoto.batch == batch, _hangs())
    unassigned = select(func.count(func.distinct(IncomingPhoto.hash))).where(
        IncomingPhoto.batch == batch, IncomingPhoto.state == PhotoState.DONE, ~_hangs()
    )
    return Progress(
        total=sum(counts.values()),
        waiting=counts.get(PhotoState.WAITING, 0),
        refused=counts.get(PhotoState.REFUSED, 0),
        hung=session.exec(hung).one(),
        open=session.exec(unassigned).one(),
    )


def unassigned(session: Session, most: int) -> tuple[list[IncomingPhoto], int]:
    """Photographs that hang nowhere yet, the oldest first, each once; and how many there are."""
    first_of_its_kind = select(func.min(IncomingPhoto.id)).where(
        IncomingPhoto.state == PhotoState.DONE, ~_hangs()
    ).group_by(col(IncomingPhoto.hash))  # fmt: skip
    wanted = select(IncomingPhoto).where(col(IncomingPhoto.id).in_(first_of_its_kind))
    total = session.exec(select(func.count()).select_from(wanted.subquery())).one()
    return list(session.exec(wanted.order_by(col(IncomingPhoto.id)).limit(most)).all()), total


def hung_on(session: Session, hashes: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The article (id and name) on which pictures hang, by hash."""
    rows = session.exec(
        select(Picture.hash, Product.id, Product.name)
        .join(Product, col(Product.id) == Picture.product_id)
        .where(col(Picture.hash).in_(set(hashes)))
        .order_by(col(Picture.id).desc())
    ).all()
    return {picture_hash: (product_id, name) for picture_hash, product_id, name in rows if product_id is not None}


def assign(session: Session, photo_ids: Sequence[int], target: Target, now: datetime) -> int:
    """Hang photographs that are done on an article or a variant; gives how many. Flushes."""
    wanted = select(IncomingPhoto).where(
        col(IncomingPhoto.id).in_(list(photo_ids)), IncomingPhoto.state == PhotoState.DONE
    )
    photos = session.exec(wanted.order_by(col(IncomingPhoto.id))).all()
    for photo in photos:
        _hang(session, photo, target, now)
    return len(photos)


def dismiss(session: Session, photo_ids: Sequence[int]) -> None:
    """Forget photographs of the batches, and their like, that nobody wants to assign. Flushes."""
    hashes = select(IncomingPhoto.hash).where(
        col(IncomingPhoto.id).in_(list(photo_ids)), IncomingPhoto.state == PhotoState.DONE
    )
    session.exec(delete(IncomingPhoto).where(col(IncomingPhoto.hash).in_(hashes.scalar_subquery()), ~_hangs()))


def forget_old(session: Session, before: datetime) -> None:
    """Forget photographs of long ago that hang or were refused. Flushes."""
    is_over = (col(IncomingPhoto.state) == PhotoState.REFUSED) | _hangs()
    session.exec(delete(IncomingPhoto).where(col(IncomingPhoto.arrived_at) < before, is_over))


def sweep(session: Session, inbox: Path, before: datetime) -> None:
    """Remove files that no photograph waits for: their upload, or the work on them, was interrupted."""
    waits = set(session.exec(select(IncomingPhoto.file).where(IncomingPhoto.state == PhotoState.WAITING)).all())
    for path in inbox.glob("*"):
        if path.name.partition(".")[0] not in waits and path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _hangs() -> ColumnElement[bool]:
    """Whether the picture hangs on some article, however it came there."""
    return select(Picture.id).where(Picture.hash == IncomingPhoto.hash, IncomingPhoto.hash != "").correlate(
        IncomingPhoto
    ).exists()  # fmt: skip


def _hang(session: Session, photo: IncomingPhoto, target: Target, now: datetime) -> None:
    images.attach(
        session, target.product_id, photo.stored, alt=target.alt, variant_id=target.variant_id, now=now
    )  # fmt: skip
    photo.product_id, photo.variant_id = target.product_id, target.variant_id
    session.flush()


@contextmanager
def _alone_with(path: Path) -> Iterator[BinaryIO | None]:
    """The opened file, locked for the time of the block; None where another worker has it."""
    with path.open("rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield opened


def _may_try(inbox: Path, file: str) -> bool:
    """Count this try beside the file, before it begins; False where it was begun too often."""
    with _tries(inbox, file).open("ab") as tries:
        tries.write(b".")
        return tries.tell() <= MOST_TRIES


def _tries(inbox: Path, file: str) -> Path:
    return inbox / f"{file}.tries"
