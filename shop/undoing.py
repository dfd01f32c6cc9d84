"""Taking an import back, whatever the door: looked at first, then done in batches that each note what they did."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from catalog.exchange import names, undo, undo_report
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.runs import ImportRun, RunState
from catalog.exchange.undo_report import Report
from shop import formats, import_files, importing
from shop.import_files import Progress, Told, silent
from shop.importing import NoSuchRun, Parts

_MOST_NAMES = 20
_WRITTEN = (RunState.DONE, RunState.FAILED, RunState.RUNNING)  # if a batch was


def look(parts: Parts, run_id: int) -> Report:
    """What taking an import back would do. Raises NoSuchRun."""
    with parts.database.reading() as session:
        run = importing.get(session, run_id)
        _check_may_go_back(run)
        return undo.look(session, run, _pictures(parts), parts.clock())


def take_back(parts: Parts, run_id: int, *, author: str, told: Told = silent, most: int = undo.MOST_ROWS) -> Report:
    """Take an import back, once, and give what was done and what was left; goes on with what was interrupted.

    `most` lines of the journal are one transaction. Raises NoSuchRun where there is nothing to take back (any more).
    """
    progress = Progress(parts.settings, run_id, told)
    with import_files.turn(parts.settings, waiting=lambda: progress("Wartet auf einen anderen Import", 0, 0)):
        try:
            begin(parts, run_id, author=author)
            while _take_back_batch(parts, run_id, most, progress):
                pass
        finally:
            import_files.end_progress(parts.settings, run_id)
    return report_of(parts, run_id)


def begin(parts: Parts, run_id: int, *, author: str) -> None:
    """Say that an import is to be taken back; whoever resumes it does so. Raises NoSuchRun."""
    with parts.database.writing() as session:
        run = importing.get(session, run_id, to_change=True)
        _check_may_go_back(run)
        run.state, run.undone_by, run.error = RunState.UNDOING, run.undone_by or author, ""


def report_of(parts: Parts, run_id: int) -> Report:
    """What was done when an import was taken back; empty where it was not."""
    with parts.database.reading() as session:
        return undo_report.from_json(importing.get(session, run_id).result.get("undo", {}))


def _take_back_batch(parts: Parts, run_id: int, most: int, progress: Progress) -> bool:
    """Take back the next batch and say whether there are more."""
    now = parts.clock()
    with parts.database.writing() as session:
        run = importing.get(session, run_id, to_change=True)
        report = undo_report.from_json(run.result.get("undo", {}))
        done = undo.take_back(session, run, _pictures(parts), now=now, author=run.undone_by, most=most)
        if done is not None:
            report.add(done)
        gone, in_all = undo.how_far(session, run)
        if gone == in_all:
            _end(session, run, report, now)
        run.result = run.result | {"undo": report.as_json()}
    progress("Import zurücknehmen", gone, in_all)
    return gone < in_all


def _end(session: Session, run: ImportRun, report: Report, now: datetime) -> None:
    report.notes += _told(undo.remove_names(session, run))
    run.state, run.undone_at = RunState.UNDONE, now


def _told(gone: names.Names) -> Sequence[str]:
    """Which names went away, in words."""
    every = (
        ("Kategorien", sorted(" > ".join(path) for path in gone.categories)),
        ("Hersteller", sorted(gone.makers)),
        ("Merkmale", sorted(gone.attributes)),
    )
    return [
        f"Vom Import angelegt und nun leer, deshalb entfernt ({what}): {_some(them)}" for what, them in every if them
    ]


def _some(names_of_it: Sequence[str]) -> str:
    rest = len(names_of_it) - _MOST_NAMES
    return ", ".join(names_of_it[:_MOST_NAMES]) + (f" und {rest} weitere" if rest > 0 else "")


def _check_may_go_back(run: ImportRun) -> None:
    if run.state == RunState.UNDONE and run.undone_at:
        when = formats.german_date(run.undone_at)
        raise NoSuchRun(f"Import {run.id} ist schon zurückgenommen, am {when} von {run.undone_by}.")
    if run.state != RunState.UNDOING and (run.state not in _WRITTEN or not run.batches_done):
        raise NoSuchRun(f"Import {run.id} hat nichts geändert, was man zurücknehmen könnte.")


def _pictures(parts: Parts) -> PictureFolders:
    return PictureFolders(parts.settings.media, [])
