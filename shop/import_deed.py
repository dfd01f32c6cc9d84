"""Carrying an import out: its batches, each a transaction, and going on where it was interrupted."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlmodel import select

from catalog.exchange import journal, names, trust, wishes
from catalog.exchange.apply import write
from catalog.exchange.articles import Reading
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, Step, Steps
from catalog.exchange.planning import make_plan
from catalog.exchange.runs import ColumnMemory, ImportRun, RunState
from catalog.readiness import Withdrawn
from catalog.refusals import Refusal
from shop import import_files, import_report, mishaps
from shop.import_files import Progress, Told, silent
from shop.import_reading import COMPARING, counted, file_of, pictures_of, read
from shop.import_rows import AnotherIsAtIt, NoSuchRun, NotImported, Parts, fail, get, get_in

MOST_VARIANTS = 20_000  # of one transaction
UNASKED = "Ordner"  # the author of what the watched folder carries out without asking anybody
_AGREED = (RunState.AGREED, RunState.RUNNING, RunState.FAILED)  # may be carried out, or on
_BEING_DONE = (RunState.RUNNING,)


def carry_out(
    parts: Parts,
    run_id: int,
    *,
    planned: Plan | None = None,
    told: Told = silent,
    most_variants: int = MOST_VARIANTS,
) -> list[Withdrawn]:
    """Carry out an import that was agreed to, or go on where it was interrupted; gives the articles that are drafts.

    `planned` is what `plan` has just given in this process, so that the file need not be read again. One import at a
    time: another one is waited for. Each batch of at most `most_variants` is one transaction, which also writes down
    what it changed and how far the file is done. Raises NoSuchRun, NotImported.
    """
    progress = Progress(parts.settings, run_id, told)
    with import_files.turn(parts.settings, waiting=lambda: progress("Wartet auf einen anderen Import", 0, 0)):
        try:
            return _carry_out(parts, run_id, planned, progress, most_variants)
        except AnotherIsAtIt:
            raise
        except Refusal as refusal:
            fail(parts, run_id, _BEING_DONE, refusal.sentence)
            raise
        except KeyboardInterrupt:
            fail(parts, run_id, _BEING_DONE, f"Abgebrochen. Fortsetzen: import --resume {run_id}")
            raise
        except Exception as error:  # the edge of the work: the row must say that it is over
            said = mishaps.sentence(error) or "Es ist etwas Unerwartetes passiert; Näheres steht im Protokoll."
            fail(parts, run_id, _BEING_DONE, f"{said} Fortsetzen: import --resume {run_id}")
            raise
        finally:
            import_files.end_progress(parts.settings, run_id)


def _carry_out(
    parts: Parts, run_id: int, planned: Plan | None, progress: Progress, most_variants: int
) -> list[Withdrawn]:
    with parts.database.reading() as session:
        run = get(session, run_id)
        if run.state == RunState.DONE:
            return []  # another process was faster
        _check_may_begin(run)
        file = file_of(parts, run)
    with parts.database.writing() as session:
        run = get_in(session, run_id, _AGREED)
        run.state, run.error = RunState.RUNNING, ""
    made = planned or _still_agreed(parts, run, file, pictures_of(parts, run.folders), progress)[0]
    pictures = made.pictures
    assert pictures is not None, "make_plan says where its pictures are"
    retold = None
    if pictures.keep_all(lambda done, total: progress("Bilder holen", done, total)):
        made, reading = _still_agreed(parts, run, file, pictures, progress)  # addresses have become pictures
        retold = import_report.of_plan(made, reading)
    with parts.database.writing() as session:
        run = get(session, run_id)
        run.result = import_report.with_problems(run.result, pictures.problems)
        if retold is not None and not run.articles_done:
            run.plan = retold  # what is missing is no change
    drafts: list[Withdrawn] = []
    for batch, is_last in _open_batches(made.steps, run.articles_done, most_variants):
        drafts += _write_batch(parts, run_id, batch, pictures, progress, is_last=is_last)
    import_files.forget_archive(parts.settings, run_id)
    return drafts


def _still_agreed(
    parts: Parts, run: ImportRun, file: Path, pictures: PictureFolders, progress: Progress
) -> tuple[Plan, Reading]:
    """The plan made anew, which asks nothing that was not answered and holds its limits. Raises NotImported."""
    reading = read(run, file, progress)
    progress(COMPARING, 0, 0)
    with parts.database.reading() as session:
        made = make_plan(session, counted(reading, progress), pictures, parts.clock(), wishes.from_json(run.wishes))
    if made.must_be_answered:
        raise NotImported("Im Laden hat sich inzwischen etwas geändert. Bitte starten Sie den Import noch einmal.")
    _check_still_trusted(parts, run, made, reading)
    return made, reading


def _open_batches(steps: Steps, done: int, most_variants: int) -> Iterator[tuple[list[Step], bool]]:
    """The batches that are not written yet, each with whether it is the last; at least an empty one."""
    is_last = False
    for batch, is_last in steps.to_the_last(most_variants):
        left = [each for each in batch if each.place >= done]
        if left or is_last:
            yield left, is_last
    if not is_last:
        yield [], True


def _write_batch(
    parts: Parts,
    run_id: int,
    batch: Sequence[Step],
    pictures: PictureFolders,
    progress: Progress,
    *,
    is_last: bool,
) -> list[Withdrawn]:
    """Write a batch of an import, and up to where that was; gives the articles that are drafts."""
    now = parts.clock()
    with parts.database.writing() as session:
        run = get(session, run_id, to_change=True)
        _check_nobody_was_faster(run, batch)
        wanted = names.wanted(each.facts for each in batch)
        made_names = names.from_json(run.result.get("made", {})) | (wanted - names.standing(session))
        outcome = write(
            session, batch, pictures, now=now, author=run.author, reason=f"Import {run_id}",
            progress=lambda done, total: progress("Artikel übernehmen", done, total),
        )  # fmt: skip
        journal.note(session, run_id, journal.written(session, outcome.steps, outcome.drafts))
        run.batches_done += bool(batch)
        run.articles_done = batch[-1].place + 1 if batch else run.articles_done
        run.result = import_report.with_left_out(
            import_report.with_drafts(run.result, outcome.drafts) | {"made": made_names.as_json(), "starts": 0},
            outcome.left_out,
        )
        if is_last:
            run.state, run.ended_at = RunState.DONE, now
    return outcome.drafts


def _check_nobody_was_faster(run: ImportRun, batch: Sequence[Step]) -> None:
    """The lock is of one host: with several, each batch makes sure that it is the next one."""
    if run.state != RunState.RUNNING or any(step.place < run.articles_done for step in batch[:1]):
        raise AnotherIsAtIt(f"Import {run.id} wird gerade schon übernommen, von einem anderen Rechner aus.")


def _check_may_begin(run: ImportRun) -> None:
    if run.agreed_at is None or run.state not in _AGREED:
        raise NoSuchRun(f"Das geht bei Import {run.id} nicht: {import_report.STATES[RunState(run.state)]}.")


def _check_still_trusted(parts: Parts, run: ImportRun, made: Plan, reading: Reading) -> None:
    """What nobody has looked at is held to its limits by the plan that is carried out, not by an older one."""
    if run.author != UNASKED:
        return
    with parts.database.reading() as session:
        known = session.exec(select(ColumnMemory).where(ColumnMemory.fingerprint == run.fingerprint)).first()
        against = trust.may_be_carried_out(import_report.of_plan(made, reading), known)
    if against:
        raise NotImported(f"Nicht von selbst übernommen: {' '.join(against)}")
