"""ZIP files with pictures and perhaps the table: all is checked by the list of contents before a byte is unpacked."""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from catalog.exchange.picture_names import Names, is_picture
from catalog.photographs import LARGEST_FILE
from catalog.refusals import Refusal

MOST_ENTRIES = 20_000
MOST_BYTES = 4 * 1024**3  # of all files together, unpacked
LARGEST_ENTRY = 64 * 1024**2  # bytes, unpacked
BEGINNINGS = (b"PK\x03\x04", b"PK\x05\x06")  # the second is that of an empty one
OTHER_TABLES = ("txt", "tsv", "tab")
_MOST_OF_LIST = MOST_ENTRIES * 256  # bytes of the list of contents
_LARGEST_RATIO = 200  # text packs at 20, zeros at 1000
_SMALL = 1024**2  # bytes that no ratio makes dangerous
_END = struct.Struct("<4s4H2LH")  # APPNOTE 4.3.16, end of central directory record
_IS_ENCRYPTED, _IS_UTF_8 = 0x1, 0x800  # APPNOTE 4.4.4
_UNREADABLE = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, RuntimeError, ValueError, LookupError)
_TOO_MANY = f"In der ZIP-Datei sind mehr als {MOST_ENTRIES} Dateien. Bitte teilen Sie sie auf."
_DAMAGED = "Die ZIP-Datei ist beschädigt. Bitte packen oder übertragen Sie sie noch einmal."


class BadArchive(Refusal):
    """The ZIP file is damaged, or built in a way that could hurt."""


class Archive:
    """A ZIP file whose list of contents was checked. Raises BadArchive."""

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_list(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise BadArchive(_DAMAGED) from error
        _check_entries(self._zip.infolist(), path.stat().st_size)
        self._files = dict(_files(self._zip.infolist()))

    @property
    def is_office_file(self) -> bool:
        """Whether it is a document of Excel, LibreOffice or Numbers, which are ZIP files too."""
        return bool(self._files.keys() & {"[Content_Types].xml", "mimetype", "Index/Document.iwa"})

    @property
    def tables(self) -> list[str]:
        """The names of what could be the table of goods; where there is CSV, other texts are a letter or a note."""
        found = [(name, name.rpartition(".")[2].casefold()) for name in self._files]
        tables = [name for name, ending in found if ending == "csv"]
        return tables or [name for name, ending in found if ending in OTHER_TABLES]

    def find(self, name: str) -> Callable[[], bytes] | None:
        """What reads the picture of a name; None if there is none. Raises PictureNotFound where several could be."""
        file = self._pictures.find(name)
        return None if file is None else lambda: self._read(file, LARGEST_FILE + 1)

    def read(self, name: str) -> bytes:
        """The bytes of a file. Raises BadArchive."""
        return self._read(self._files[name], LARGEST_ENTRY)

    @cached_property
    def _pictures(self) -> Names[ZipInfo]:
        return Names((name, file) for name, file in self._files.items() if is_picture(name))

    def _read(self, file: ZipInfo, most: int) -> bytes:
        try:
            with self._zip.open(file) as opened:
                return opened.read(min(most, file.file_size + 1))
        except _UNREADABLE as error:
            raise BadArchive(_DAMAGED) from error


def is_archive(path: Path) -> bool:
    """Whether a file begins like a ZIP file."""
    with path.open("rb") as file:
        return file.read(4) in BEGINNINGS


def _check_list(path: Path) -> None:
    """Look at the end of the file, which says how long the list is, before the list is read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END.size - 0xFFFF))
        tail = file.read()
    start = tail.rfind(b"PK\x05\x06")
    if start < 0 or len(tail) - start < _END.size:
        raise BadArchive(_DAMAGED)
    entries, bytes_of_list = _END.unpack_from(tail, start)[4:6]
    if entries > MOST_ENTRIES or bytes_of_list > _MOST_OF_LIST or b"PK\x06\x07" in tail[max(0, start - 20) : start]:
        raise BadArchive(_TOO_MANY)


def _files(entries: list[ZipInfo]) -> Iterator[tuple[str, ZipInfo]]:
    for entry in entries:
        name = _name(entry)
        _check_entry(entry, name)
        if not entry.is_dir() and not _is_litter(name):
            yield name, entry


def _check_entry(entry: ZipInfo, name: str) -> None:
    if not entry.filename or _leads_out(name):
        raise BadArchive(f"Die ZIP-Datei enthält einen unerlaubten Dateinamen: „{name}“. Bitte packen Sie sie neu.")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise BadArchive(f"„{name}“ in der ZIP-Datei ist eine Verknüpfung. Bitte packen Sie das Bild selbst hinein.")
    if entry.flag_bits & _IS_ENCRYPTED:
        raise BadArchive("Die ZIP-Datei ist mit einem Kennwort geschützt. Bitte packen Sie sie ohne Kennwort.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive("Die ZIP-Datei ist auf unübliche Weise gepackt. Bitte nehmen Sie die Einstellung „Deflate“.")
    if entry.file_size > LARGEST_ENTRY:
        raise BadArchive(f"„{name}“ in der ZIP-Datei ist größer als {LARGEST_ENTRY // 1024**2} MB.")
    if entry.file_size > max(_SMALL, entry.compress_size * _LARGEST_RATIO):
        raise BadArchive(f"„{name}“ in der ZIP-Datei ist verdächtig stark gepackt. Bitte packen Sie sie neu.")


def _check_entries(entries: list[ZipInfo], size: int) -> None:
    """The list may be longer than its end says; and what lies in a file cannot be more than the file.

    Entries that share their bytes are a bomb.
    """
    if len(entries) > MOST_ENTRIES:
        raise BadArchive(_TOO_MANY)
    if sum(entry.compress_size for entry in entries) > size:
        raise BadArchive(_DAMAGED)
    if sum(entry.file_size for entry in entries) > MOST_BYTES:
        raise BadArchive(
            f"Die Dateien in der ZIP-Datei sind zusammen größer als {MOST_BYTES // 1024**3} GB. "
            "Bitte teilen Sie sie auf."
        )


def _name(entry: ZipInfo) -> str:
    """An entry's name; macOS writes UTF-8 without saying so, which zipfile then reads as the code page of DOS."""
    name = entry.filename
    if not entry.flag_bits & _IS_UTF_8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = entry.filename
    return unicodedata.normalize("NFC", name.replace("\\", "/"))


def _leads_out(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return name.startswith("/") or ".." in parts or name[1:2] == ":" or any(ord(letter) < 32 for letter in name)


def _is_litter(name: str) -> bool:
    """What macOS and Windows put in by themselves."""
    parts = name.split("/")
    return "__MACOSX" in parts or any(part.startswith(".") for part in parts) or parts[-1] == "Thumbs.db"
