"""Finding the file that a table means by a picture's name: case, accents, folder and ending are forgiven."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

from catalog.refusals import Refusal

ENDINGS = ("jpg", "jpeg", "png", "webp", "gif", "avif", "heic", "heif")

_T = TypeVar("_T")


class PictureNotFound(Refusal):
    """There is no picture of this name, or no single one."""


class Names(Generic[_T]):
    """Files by their paths, with slashes, as they lie in a folder or an archive."""

    def __init__(self, files: Iterable[tuple[str, _T]]) -> None:
        self._files: dict[str, _T] = {}
        self._shown: dict[str, str] = {}
        self._by_tail: dict[str, list[str]] = {}
        for path, file in files:
            key = _normal(path)
            if key not in self._files:
                self._files[key], self._shown[key] = file, path
                for tail in dict.fromkeys((_last(key), _stem(_last(key)))):
                    self._by_tail.setdefault(tail, []).append(key)

    def find(self, name: str) -> _T | None:
        """The file that is meant; None if there is none. Raises PictureNotFound where several could be meant.

        The whole path wins, then the file's name in any folder, then its name without the ending. macOS writes
        names decomposed (NFD), most others composed; Windows parts folders by a backslash.
        """
        wished = _normal(name).strip("/")
        if wished in self._files:
            return self._files[wished]
        for tail in (_last(wished), _stem(_last(wished))):
            found = _nearest(self._by_tail.get(tail, []), wished)
            if len(found) > 1:
                raise self._ambiguous(name, found)
            if found:
                return self._files[found[0]]
        return None

    def _ambiguous(self, name: str, found: Sequence[str]) -> PictureNotFound:
        places = " und ".join(f"„{self._shown[key]}“" for key in found[:2])
        return PictureNotFound(f"Das Bild „{name}“ gibt es mehrmals: {places}. Bitte schreiben Sie den Ordner dazu.")


def is_picture(path: str) -> bool:
    """Whether a file is called like a picture."""
    return path.rpartition(".")[2].casefold() in ENDINGS


def _normal(path: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold()).replace("\\", "/")


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(name: str) -> str:
    """A name without the ending of a picture; other points belong to it ("nadel 3.5 mm")."""
    return name.rpartition(".")[0] if is_picture(name) else name


def _nearest(paths: Sequence[str], wished: str) -> Sequence[str]:
    """Those that lie in the wished folder, if any do."""
    folder = wished.rpartition("/")[0]
    inside = [path for path in paths if folder and f"/{path}".rpartition("/")[0].endswith(f"/{folder}")]
    return inside or paths
