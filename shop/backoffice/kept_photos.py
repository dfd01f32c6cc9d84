"""Photographs that come with a new article: kept under their hash, so that nobody has to take them twice."""

from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from catalog import images
from catalog.images import NoSuchPicture, StoredPicture
from catalog.photographs import NotAPicture
from shop.backoffice.notes import warn
from shop.context import now, session, the_shop


def keep(files: Sequence[FileStorage], already: Sequence[str]) -> list[StoredPicture]:
    """Keep the photographs that came along; gives those of earlier tries of the form (by hash) and them.

    Call it before the session is used: checking takes a while, and nobody should wait for it.
    """
    kept = [found for each in already if (found := _kept_before(each)) is not None]
    kept += [found for file in files if file.filename and (found := _kept(file)) is not None]
    return list({each.hash: each for each in kept}.values())


def hang(photos: Sequence[StoredPicture], product_id: int, alt: str) -> None:
    """Hang photographs on an article, all described alike; the second one and so on are numbered."""
    for number, each in enumerate(photos, start=1):
        described = alt if number == 1 else f"{alt}, Bild {number}"
        images.attach(session(), product_id, each, alt=described, now=now())


def _kept(file: FileStorage) -> StoredPicture | None:
    try:
        return images.store(the_shop().settings.media, file.stream)  # type: ignore[arg-type]
    except NotAPicture as refusal:
        warn(f"„{file.filename}“: {refusal.sentence}")
        return None


def _kept_before(picture_hash: str) -> StoredPicture | None:
    try:
        return images.stored(the_shop().settings.media, picture_hash)
    except NoSuchPicture as refusal:
        warn(refusal.sentence)
        return None
