"""The pictures of an export beside it: as a folder, or in one ZIP, by the names that the file gives them."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from shutil import copyfile

from catalog import images
from catalog.images import NoSuchPicture
from shop import whole_files
from shop.progress import Progress


def lay_beside(media: Path, hashes: Iterable[str], target: Path, told: Progress = lambda done, total: None) -> int:
    """Copy pictures into a folder, or into a ZIP if `target` is called so; gives how many there are now.

    What lies in the folder already is not copied again. Raises OSError.
    """
    found = list(_originals(media, hashes))
    if target.suffix.casefold() == ".zip":
        with whole_files.written(target) as out, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for done, (name, original) in enumerate(found, start=1):
                archive.write(original, name)
                told(done, len(found))
        return len(found)
    target.mkdir(parents=True, exist_ok=True)
    for done, (name, original) in enumerate(found, start=1):
        _copy(original, target / name)
        told(done, len(found))
    return len(found)


def _originals(media: Path, hashes: Iterable[str]) -> Iterator[tuple[str, Path]]:
    for picture_hash in hashes:
        try:
            yield f"{picture_hash}.jpg", images.original_of(media, picture_hash)
        except NoSuchPicture:
            continue


def _copy(original: Path, target: Path) -> None:
    """The name is the content's hash: what has it, and the whole length, is that picture."""
    if not target.is_file() or target.stat().st_size != original.stat().st_size:
        unfinished = target.with_suffix(".part")
        copyfile(original, unfinished)
        unfinished.replace(target)
