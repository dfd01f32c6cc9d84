"""Files that came with a form: photographs are checked and kept, each by itself."""

import errno
import os
from collections.abc import Sequence

from werkzeug.datastructures import FileStorage

from catalog import images
from catalog.images import StoredPicture
from catalog.photographs import LARGEST_FILE, NotAPicture
from catalog.refusals import Refusal
from shop.backoffice.notes import warn
from shop.context import now, session, the_shop

_FULL = (
    "Auf dem Server ist kein Platz mehr für Bilder. Bitte machen Sie dort Platz und laden Sie es dann noch einmal hoch."
)
_DISK_IS_FULL = (errno.ENOSPC, errno.EDQUOT)


class NoRoom(Refusal):
    """The disk is full."""

    def __init__(self) -> None:
        super().__init__(_FULL)


def keep_pictures(files: Sequence[FileStorage], product_id: int, alt: str = "") -> int:
    """Keep the photographs and hang them on a product; gives how many. One that is none is named and left out.

    All are described by `alt`, numbered from the second one on. Checking takes a while, so it happens
    before the transaction begins. Commits.
    """
    kept = [stored for file in files if file.filename and (stored := _kept(file)) is not None]
    for number, stored in enumerate(kept, start=1):
        described = alt if number == 1 or not alt else f"{alt}, Bild {number}"
        images.attach(session(), product_id, stored, alt=described, now=now())
    session().commit()
    return len(kept)


def put_into_inbox(file: FileStorage, name: str) -> None:
    """Lay a photograph into the inbox as it is; the worker will look at it. Raises NoRoom.

    Of a file that is too heavy only so much is kept that the worker will say so.
    """
    inbox = the_shop().settings.inbox
    inbox.mkdir(exist_ok=True, mode=0o700)
    unfinished = inbox / f"{name}.part"
    try:
        with unfinished.open("wb") as out:
            _copy(file, out.fileno())
        unfinished.replace(inbox / name)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        if error.errno in _DISK_IS_FULL:
            raise NoRoom from error
        raise


def _copy(file: FileStorage, out: int) -> None:
    left = LARGEST_FILE + 1
    while left > 0 and (chunk := file.stream.read(min(left, 256 * 1024))):
        os.write(out, chunk)
        left -= len(chunk)
    os.fsync(out)


def _kept(file: FileStorage) -> StoredPicture | None:
    try:
        return images.store(the_shop().settings.media, file.stream)  # type: ignore[arg-type]
    except NotAPicture as refusal:
        warn(f"„{file.filename}“: {refusal.sentence}")
    except OSError as error:
        if error.errno not in _DISK_IS_FULL:
            raise
        warn(f"„{file.filename}“: {_FULL}")
    return None
