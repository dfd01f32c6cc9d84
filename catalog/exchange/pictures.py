"""Pictures that a file names: found in the folders beside it, or already in the shop by their hash."""

import hashlib
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from catalog import images, photographs
from catalog.images import NoSuchPicture, StoredPicture
from catalog.photographs import NotAPicture
from catalog.refusals import Refusal

_HASH_NAME = re.compile(r"([0-9a-f]{64})(?:\.[a-z]{3,4})?")


class PictureNotFound(Refusal):
    """No folder holds a file of this name."""


class PictureFolders:
    """Where the pictures of a file lie, and the media folder in which the shop keeps its own."""

    def __init__(self, media: Path, folders: Sequence[Path]) -> None:
        self.media = media
        self._folders = [folder.resolve() for folder in folders]
        self._files: dict[str, Path] = {}
        self.hash_of = cache(self._hash_of)

    def _hash_of(self, name: str) -> str:
        """The content hash of a named picture. Raises PictureNotFound, NotAPicture (with the name)."""
        named = _HASH_NAME.fullmatch(name)
        if named and self._is_kept(named[1]):
            return named[1]
        path = self._find(name)
        content = photographs.read(path)
        try:
            photographs.check(content)
        except NotAPicture as refusal:
            raise NotAPicture(f"„{name}“: {refusal.sentence}") from refusal
        picture_hash = hashlib.sha256(content).hexdigest()
        self._files[picture_hash] = path
        return picture_hash

    def keep_all(self, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
        """Take all pictures that were asked for into the media folder; slow, so before any transaction.

        `progress` hears (done, total). Raises NotAPicture (with the name) where one is damaged inside.
        """
        new = [path for picture_hash, path in self._files.items() if not self._is_kept(picture_hash)]
        for done, path in enumerate(new, start=1):
            try:
                images.store(self.media, photographs.read(path))
            except NotAPicture as refusal:
                raise NotAPicture(f"„{path.name}“: {refusal.sentence}") from refusal
            progress(done, len(new))

    def stored(self, picture_hash: str) -> StoredPicture:
        """What is kept under a hash."""
        return images.stored(self.media, picture_hash)

    def _is_kept(self, picture_hash: str) -> bool:
        try:
            images.original_of(self.media, picture_hash)
        except NoSuchPicture:
            return False
        return True

    def _find(self, name: str) -> Path:
        for folder in self._folders:
            path = (folder / name).resolve()
            if len(name.encode()) < 250 and path.is_relative_to(folder) and path.is_file():
                return path
        raise PictureNotFound(f"Das Bild „{name}“ liegt nicht im Ordner der Datei und nicht in „bilder“ daneben.")
