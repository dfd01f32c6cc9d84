"""The file of an import and its pictures: where they lie, and how they are read."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from catalog.exchange import dialects, memory, wishes
from catalog.exchange.archives import Archive
from catalog.exchange.articles import Article, Reading
from catalog.exchange.memory import Memories
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.runs import ImportRun
from shop import import_files, picture_sources
from shop.import_files import Progress, Told
from shop.import_rows import NoSuchRun, Parts

COMPARING = "Mit dem Laden vergleichen"
_WORTH_TELLING, _TOLD_EVERY = 2_000, 250  # rows of a file; articles


def file_of(parts: Parts, run: ImportRun) -> Path:
    """The kept file of an import. Raises NoSuchRun where it is gone, or is another one."""
    file = import_files.kept_file(parts.settings, run.kept_as)
    if file is None:
        raise NoSuchRun(f"Die Datei von Import {run.id} ist hier nicht (mehr). Bitte importieren Sie sie noch einmal.")
    if import_files.digest_of(file) != run.digest:  # of another import of this number, before a backup was restored
        raise NoSuchRun(
            f"Die Datei von Import {run.id} ist nicht mehr dieselbe. Bitte importieren Sie sie noch einmal."
        )
    return file


def read(run: ImportRun, file: Path, progress: Progress, remembered: Memories = memory.NOTHING) -> Reading:
    """Read a file; what is remembered counts for the plan, which keeps it as wishes of this import."""
    progress("Datei lesen", 0, 0)
    return dialects.read(file.read_bytes(), wishes.from_json(run.wishes), remembered)


def counted(reading: Reading, told: Told) -> Reading:
    """A reading that tells how far its articles have been gone through, if it is worth a word."""
    last = reading.table.rows[-1].number if len(reading.table.rows) >= _WORTH_TELLING else 0

    def articles() -> Iterator[Article]:
        for place, article in enumerate(reading.articles()):
            if last and place % _TOLD_EVERY == 0:
                told(COMPARING, article.row, last)
            yield article

    return replace(reading, articles=articles)


def pictures_of(parts: Parts, folders: Iterable[str | Path | Archive]) -> PictureFolders:
    """Where the pictures of an import are looked for."""
    places = [Path(each) if isinstance(each, str) else each for each in folders]
    return picture_sources.of(parts.settings, parts.database, places, parts.clock)
