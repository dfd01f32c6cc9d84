"""Pictures that a file names: in folders and ZIP files beside it, at addresses, or in the shop by their hash."""

import errno
import hashlib
import re
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from sqlmodel import Session

from catalog import images, photographs
from catalog.exchange import fetched
from catalog.exchange.archives import Archive
from catalog.exchange.folders import Folder, Read
from catalog.exchange.picture_names import PictureNotFound
from catalog.images import NoSuchPicture, StoredPicture
from catalog.photographs import NotAPicture
from catalog.refusals import Refusal

Fetch = Callable[[Sequence[str]], Generator[tuple[str, BytesIO | Refusal], None, None]]
"""Fetches pictures by their addresses and gives each as it comes, or why it did not."""

_HASH_NAME = re.compile(r"([0-9a-f]{64})(?:\.[a-z]{3,4})?")
_SHOWN_HERE = re.compile(r"https?://[^?#]+/media/([0-9a-f]{64})/[0-9]{1,5}\.(?:jpg|webp)", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
_FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
_LATER = "fehlt noch. Lesen Sie die Datei noch einmal ein, dann kommt es dazu."
_AT_ONCE = 50  # pictures are remembered in portions, so that an interrupted import has less to fetch


class NoRoom(Refusal):
    """The disk has no room for more pictures."""

    def __init__(self) -> None:
        super().__init__(
            "Auf dem Server ist kein Platz mehr für Bilder. Bitte machen Sie dort Platz und lesen Sie die Datei "
            "noch einmal ein."
        )


@dataclass
class _Found:
    """A picture that was found, and the names under which the file asks for it."""

    read: Read
    names: list[str] = field(default_factory=list)


class PictureFolders:
    """Where the pictures of a file lie, and the media folder in which the shop keeps its own.

    `sources` are folders and ZIP files. `fetch` fetches what the file names by address; without it such pictures are
    not to be had. `remember` hears, outside of any transaction, which address gave which hash. `has_room` says
    whether the disk has room for more.
    """

    def __init__(
        self,
        media: Path,
        sources: Sequence[Path | Archive],
        *,
        fetch: Fetch | None = None,
        remember: Callable[[Mapping[str, str]], None] = lambda found: None,
        has_room: Callable[[], bool] = lambda: True,
    ) -> None:
        self.media = media
        self._sources: list[Folder | Archive] = [_source(each) for each in sources]
        self._fetch, self._remember, self._has_room = fetch, remember, has_room
        self._hashes: dict[str, str] = {}  # by name or address
        self._found: dict[str, _Found] = {}  # by hash
        self._failed: dict[str, str] = {}  # why, by name or address
        self._looked_up: set[str] = set()
        self._wanted: dict[str, None] = {}  # hashes and addresses
        self._is_full = False
        self._is_settled = False  # whether keep_all is done: what is not kept now does not come any more

    def recall(self, session: Session, names: Collection[str]) -> None:
        """Look up which of some addresses were fetched before and are still kept; one query for all of them."""
        new = [each for each in names if is_address(each) and each not in self._looked_up]
        if new:
            self._looked_up.update(new)
            kept = {each: known for each, known in fetched.recall(session, new).items() if self._is_kept(known)}
            self._hashes = kept | self._hashes

    def hash_of(self, name: str) -> str:
        """The content hash of a named picture; an address that is not fetched yet is given back as it is.

        Raises PictureNotFound, NotAPicture (with the name).
        """
        if name in self._failed:
            raise PictureNotFound(self._failed[name])
        if name in self._hashes:
            return self._hashes[name]
        if is_address(name):
            return self._address(name)
        picture_hash = self._hashes[name] = self._hash_of(name)
        return picture_hash

    def name_of(self, picture_hash: str) -> str:
        """Under which name a picture lies beside the file; "" for one that is not there, or that the shop has."""
        found = self._found.get(picture_hash)
        return found.names[0] if found and not self._is_kept(picture_hash) else ""

    def content(self, name: str) -> bytes:
        """The bytes of a picture that lies beside the file. Raises PictureNotFound, NotAPicture, OSError."""
        content = self._find(name)()
        photographs.check(content)
        return content

    def want(self, names: Iterable[str]) -> None:
        """Note pictures (hashes or addresses, as `hash_of` gave them) that the import is going to hang up."""
        self._wanted.update(dict.fromkeys(names))

    @property
    def problems(self) -> list[str]:
        """What could not be kept, and why."""
        return list(self._failed.values())

    @property
    def to_keep(self) -> list[str]:
        """Hashes of wanted pictures that lie beside the file and not yet in the media folder."""
        return [each for each in self._wanted if each in self._found and not self._is_kept(each)]

    @property
    def to_fetch(self) -> list[str]:
        """The addresses of wanted pictures that are not known yet."""
        told = (self._hashes, self._failed)
        return [each for each in self._wanted if is_address(each) and not any(each in some for some in told)]

    def keep_all(self, progress: Callable[[int, int], None] = lambda done, total: None) -> bool:
        """Fetch and take all wanted pictures into the media folder; slow, so before any transaction.

        Gives whether the import must be planned again, because addresses have become hashes, or something could not
        be kept: that does not stop the others, `hash_of` tells of it. `progress` hears (done, total).
        """
        files = self.to_keep
        addresses = self.to_fetch
        total = len(files) + len(addresses)
        for done, picture_hash in enumerate(files, start=1):
            self._keep_file(picture_hash)
            progress(done, total)
        for done, _ in enumerate(self._keep_addresses(addresses), start=len(files) + 1):
            progress(done, total)
        self._is_settled = True
        return bool(addresses or self._failed)

    def stored(self, picture_hash: str) -> StoredPicture:
        """What is kept under a hash."""
        return images.stored(self.media, picture_hash)

    def _address(self, address: str) -> str:
        shown = _SHOWN_HERE.fullmatch(address)
        if shown and self._is_kept(shown[1]):
            return shown[1]  # our own picture, on its way back from another system
        if self._is_settled:
            raise PictureNotFound(f"Das Bild „{address}“ {_LATER}")
        if self._fetch is None:
            raise PictureNotFound(
                f"Das Bild „{address}“ war nicht zu laden: Hier wird nichts aus dem Internet geladen."
            )
        return address

    def _hash_of(self, name: str) -> str:
        named = _HASH_NAME.fullmatch(name)
        if named and self._is_kept(named[1]):
            return named[1]
        read = self._find(name)
        try:
            content = read()
            photographs.check(content)
        except OSError as error:
            raise PictureNotFound(f"Das Bild „{name}“ lässt sich nicht lesen ({error.strerror}).") from error
        except Refusal as refusal:
            raise NotAPicture(f"„{name}“: {refusal.sentence}") from refusal
        picture_hash = hashlib.sha256(content).hexdigest()
        if self._is_settled and not self._is_kept(picture_hash):
            raise PictureNotFound(f"Das Bild „{name}“ {_LATER}")
        self._found.setdefault(picture_hash, _Found(read)).names.append(name)
        return picture_hash

    def _find(self, name: str) -> Read:
        why = PictureNotFound(
            f"Das Bild „{name}“ liegt nicht im Ordner der Datei, nicht in „bilder“ daneben und in keiner ZIP-Datei."
        )
        for source in self._sources:
            try:
                read = source.find(name)
            except PictureNotFound as ambiguous:  # the next one may know a single picture of this name
                why, read = ambiguous, None
            if read is not None:
                return read
        raise why

    def _keep_file(self, picture_hash: str) -> None:
        found = self._found[picture_hash]
        problem = self._store(lambda: BytesIO(found.read()), picture_hash)
        for name in found.names if problem else ():
            self._failed[name] = f"„{name}“: {problem}"

    def _keep_addresses(self, addresses: Sequence[str]) -> Iterator[None]:
        """Keep pictures as they come."""
        new: dict[str, str] = {}
        try:
            for address, came in self._coming(addresses):
                problem = came.sentence if isinstance(came, Refusal) else self._store_fetched(address, came, new)
                if problem:
                    self._failed[address] = f"Das Bild „{address}“ war nicht zu laden: {problem}"
                if len(new) >= _AT_ONCE:
                    self._remember(dict(new))
                    new.clear()
                yield
        finally:
            if new:
                self._remember(new)

    def _coming(self, addresses: Sequence[str]) -> Iterator[tuple[str, BytesIO | Refusal]]:
        """Fetch while the disk has room; what would not fit need not come."""
        left = dict.fromkeys(addresses)
        if self._fetch is None or not left:
            return
        with closing(self._fetch(addresses)) as coming:
            while not self._is_full and self._has_room() and (next_one := next(coming, None)) is not None:
                del left[next_one[0]]
                yield next_one
        yield from ((address, NoRoom()) for address in left)

    def _store_fetched(self, address: str, came: BytesIO, new: dict[str, str]) -> str:
        picture_hash = hashlib.sha256(came.getbuffer()).hexdigest()
        problem = "" if self._is_kept(picture_hash) else self._store(lambda: came, picture_hash)
        if not problem:
            self._hashes[address] = new[address] = picture_hash
        return problem

    def _store(self, opened: Callable[[], BytesIO], picture_hash: str) -> str:
        """Keep a picture; gives why it could not be kept, else ""."""
        if self._is_full or not self._has_room():
            return NoRoom().sentence
        try:
            is_same = images.store(self.media, opened()).hash == picture_hash
        except Refusal as refusal:
            return refusal.sentence
        except OSError as error:
            self._is_full = error.errno in _FULL_DISK
            return NoRoom().sentence if self._is_full else f"Es lässt sich nicht lesen ({error.strerror})."
        return "" if is_same else "Die Datei wurde inzwischen geändert."

    def _is_kept(self, picture_hash: str) -> bool:
        try:
            images.original_of(self.media, picture_hash)
        except NoSuchPicture:
            return False
        return True


def is_address(name: str) -> bool:
    """Whether a picture is named by where it lies in the web."""
    return _ADDRESS.match(name) is not None


def _source(place: Path | Archive) -> Folder | Archive:
    if isinstance(place, Archive):
        return place
    return Archive(place) if place.is_file() else Folder(place)
