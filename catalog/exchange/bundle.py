"""A file as it is handed in: a table alone, or a ZIP file with the table and its pictures."""

from dataclasses import dataclass
from pathlib import Path

from catalog.exchange import foreign_files
from catalog.exchange.archives import Archive, BadArchive, is_archive
from catalog.exchange.reading import NotATable


@dataclass(frozen=True)
class Bundle:
    """`table` is where the table lies, or its bytes if it came within `archive`; `name` is the table's own."""

    name: str
    table: Path | bytes
    archive: Archive | None = None

    @property
    def sources(self) -> list[Archive]:
        """Where its pictures lie."""
        return [self.archive] if self.archive else []

    @property
    def content(self) -> bytes:
        """The bytes of the table."""
        return self.table if isinstance(self.table, bytes) else self.table.read_bytes()


def opened(path: Path, name: str = "") -> Bundle:
    """Look whether a file is a table or a ZIP file with one. Raises NotATable, BadArchive.

    A file of Excel is a ZIP file too; it is given on as it is, the reader of tables says what to do with it.
    """
    name = name or path.name
    archive = _archive(path) if is_archive(path) else None
    if archive is None:
        return Bundle(name, path)
    return Bundle(table := _the_table(archive), archive.read(table), archive)


def _archive(path: Path) -> Archive | None:
    """The ZIP file; None for a document of an office program, even if it is damaged."""
    try:
        archive = Archive(path)
    except BadArchive:
        with path.open("rb") as file:
            if foreign_files.is_office_file(file.read(foreign_files.HEAD_BYTES)):
                return None
        raise
    return None if archive.is_office_file else archive


def _the_table(archive: Archive) -> str:
    tables = archive.tables
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise NotATable("In der ZIP-Datei liegt keine Tabelle. Bitte packen Sie die CSV-Datei mit den Bildern ein.")
    named = ", ".join(f"„{each}“" for each in tables[:5])
    raise NotATable(f"In der ZIP-Datei liegen mehrere Tabellen: {named}. Bitte lassen Sie nur eine darin.")


def beside(table: Path) -> list[Path]:
    """Where the pictures of a table may lie: its folder, "bilder" in it, and ZIP files called "bilder" or like it.

    Nobody has named these, so a ZIP file that is not fit to be opened is passed over.
    """
    folder = table.parent
    archives = dict.fromkeys((folder / "bilder.zip", table.with_suffix(".zip")))
    inner = folder / "bilder"
    return [folder, *([inner] if inner.is_dir() else []), *filter(_is_fit, archives)]


def _is_fit(path: Path) -> bool:
    try:
        return path.is_file() and bool(Archive(path))
    except BadArchive:
        return False
