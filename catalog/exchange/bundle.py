"""A file as it is handed in: a table alone, or a ZIP file with the table and its pictures."""

from dataclasses import dataclass
from pathlib import Path

from catalog.exchange.archives import Archive, is_archive
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
    archive = Archive(path) if is_archive(path) else None
    if archive is None or archive.is_office_file:
        return Bundle(name, path)
    return Bundle(table := _the_table(archive), archive.read(table), archive)


def _the_table(archive: Archive) -> str:
    tables = archive.tables
    if len(tables) == 1:
        return tables[0]
    if not tables:
        raise NotATable("In der ZIP-Datei liegt keine Tabelle. Bitte packen Sie die CSV-Datei mit den Bildern ein.")
    named = ", ".join(f"„{each}“" for each in tables[:5])
    raise NotATable(f"In der ZIP-Datei liegen mehrere Tabellen: {named}. Bitte lassen Sie nur eine darin.")


def beside(table: Path) -> list[Path]:
    """Where the pictures of a table may lie: its folder, "bilder" in it, and ZIP files called "bilder" or like it."""
    folder = table.parent
    archives = (folder / "bilder.zip", table.with_suffix(".zip"))
    return [folder, *(each for each in (folder / "bilder",) if each.is_dir()), *filter(_is_file, archives)]


def _is_file(path: Path) -> bool:
    return path.is_file()
