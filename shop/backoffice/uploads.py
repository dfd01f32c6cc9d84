"""Files that came with a form: photographs are checked and kept, each by itself."""

from collections.abc import Sequence

from sqlmodel import Session
from werkzeug.datastructures import FileStorage

from catalog import images
from catalog.images import StoredPicture
from catalog.photographs import NotAPicture
from shop.backoffice.notes import warn
from shop.context import now, session, the_shop


def keep_pictures(files: Sequence[FileStorage], product_id: int) -> int:
    """Keep the photographs and hang them on a product; gives how many. One that is none is named and left out.

    Checking takes a while, so it happens before the transaction begins. Commits.
    """
    kept = [stored for file in files if file.filename and (stored := _kept(file)) is not None]
    for stored in kept:
        _attach(session(), product_id, stored)
    session().commit()
    return len(kept)


def _kept(file: FileStorage) -> StoredPicture | None:
    try:
        return images.store(the_shop().settings.media, file.stream)  # type: ignore[arg-type]
    except NotAPicture as refusal:
        warn(f"„{file.filename}“: {refusal.sentence}")
        return None


def _attach(opened: Session, product_id: int, stored: StoredPicture) -> None:
    images.attach(opened, product_id, stored, alt="", now=now())
