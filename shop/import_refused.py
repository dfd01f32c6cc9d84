"""The rows that an import has refused, as a file for the owner to mend and to import again."""

from collections.abc import Iterable
from pathlib import Path

from catalog.exchange import bundle, dialects, memory, refused, wishes
from catalog.exchange.articles import Reading, Remark
from catalog.exchange.planning import make_plan
from catalog.exchange.wishes import Wishes
from catalog.refusals import Refusal
from shop import import_files, importing, picture_sources
from shop.importing import Parts


class NothingRefused(Refusal):
    """All rows were taken."""


def of_run(parts: Parts, run_id: int) -> tuple[str, bytes]:
    """The name and the bytes of the file for an import, done or not: what would be refused of it today.

    Raises NoSuchRun, also where its file is gone; NothingRefused.
    """
    with parts.database.reading() as session:
        run = importing.get(session, run_id)
    file = import_files.kept_file(parts.settings, run.kept_as)
    if file is None:
        raise importing.NoSuchRun(f"Die Datei von Import {run_id} ist hier nicht (mehr).")
    return name_for(run.name), _rows(parts, file, wishes.from_json(run.wishes))


def of_file(parts: Parts, file: Path, wished: Wishes, refusals: Iterable[Remark]) -> bytes:
    """The bytes of such a file for one that has just been planned, with what was refused of it."""
    given = bundle.opened(file)
    with parts.database.reading() as session:
        remembered = memory.memories(session)
    return refused.write(given.table, dialects.read(given.table, wished, remembered), refusals)


def name_for(name: str) -> str:
    """What the file is called beside the one that was imported: "waren-abgelehnt.csv"."""
    path = Path(name)
    return f"{path.stem}-abgelehnt{'.csv' if path.suffix.casefold() in ('', '.zip') else path.suffix}"


def _rows(parts: Parts, table: Path, wished: Wishes) -> bytes:
    with parts.database.reading() as session:
        reading: Reading = dialects.read(table, wished, memory.memories(session))
        pictures = picture_sources.of(parts.settings, parts.database, [], parts.clock)
        plan = make_plan(session, reading, pictures, parts.clock(), reading.wishes)
    if not plan.refused:
        raise NothingRefused("Es wurde keine Zeile abgelehnt.")
    return refused.write(table, reading, plan.refused)
