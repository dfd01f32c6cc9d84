"""The one path by which files of goods come into the shop, whatever the door: command, page or watched folder.

A file is received (a row with a number, and a copy that is kept), planned, agreed to, and carried out. Each step
is committed, so that a process that dies leaves a row which says how far it was.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sqlmodel import Session, col, select

from catalog.exchange import bundle, dialects, journal, mapping, memory, names, trust, wishes
from catalog.exchange.apply import write
from catalog.exchange.archives import Archive
from catalog.exchange.articles import Article, Reading, Remark
from catalog.exchange.bundle import Bundle
from catalog.exchange.memory import Memories
from catalog.exchange.pictures import PictureFolders
from catalog.exchange.plan import Plan, Step, Steps
from catalog.exchange.planning import make_plan
from catalog.exchange.runs import ColumnMemory, ImportRun, RunState
from catalog.exchange.wishes import Wishes
from catalog.readiness import Withdrawn
from catalog.refusals import Refusal
from shop import import_files, import_report, mishaps, picture_sources
from shop.context import utc_now
from shop.db import Database
from shop.import_files import Progress, Told, silent
from shop.settings import Settings

log = logging.getLogger("dorfladen.imports")

UNASKED = "Ordner"  # the author of what the watched folder carries out without asking anybody
AGAIN = "noch-einmal"  # the question whether stock is added once more
MOST_VARIANTS = 20_000  # of one transaction
_COMPARING = "Mit dem Laden vergleichen"
_WORTH_TELLING, _TOLD_EVERY = 2_000, 250  # rows of a file; articles
_OPEN = (RunState.RECEIVED, RunState.PLANNED, RunState.FAILED)  # a plan may be made (anew)
_AGREED = (RunState.AGREED, RunState.RUNNING, RunState.FAILED)  # may be carried out, or on
_HAS_WRITTEN = (RunState.AGREED, RunState.RUNNING, RunState.DONE)
_BEING_DONE = (RunState.RUNNING,)


class Parts(Protocol):
    """What an import needs of the shop; `shop.context.Shop` has it, and `House` for those without an app."""

    @property
    def settings(self) -> Settings:
        """The host's settings."""
        ...

    @property
    def database(self) -> Database:
        """The shop's database."""
        ...

    @property
    def clock(self) -> Callable[[], datetime]:
        """Gives the present moment."""
        ...


@dataclass(frozen=True)
class House:
    """The parts for a command."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = utc_now


class NoSuchRun(Refusal):
    """There is no import of this number, or it is not at a point where this can be done."""


class AnotherIsAtIt(Refusal):
    """A process on another host carries the same import out."""


class NotImported(Refusal):
    """Nothing was written, and why."""


def receive(
    parts: Parts,
    content: bytes | Path,
    *,
    name: str,
    source: str,
    author: str,
    wished: Wishes = wishes.NO_WISHES,
    folders: Sequence[Path] = (),
) -> int:
    """Take a file in and give the number of its import. Nothing is read yet.

    It may be a ZIP file with the table and its pictures, which is kept until they are taken over. `source` is
    "command", "page" or "folder"; `folders` are where pictures are looked for (ZIP files, too), the most likely first.
    Raises NotATable, BadArchive for a ZIP file without a table or one that could hurt.
    """
    kept, digest, archive = import_files.keep_bundle(parts.settings, content)
    try:
        with parts.database.writing() as session:
            run = ImportRun(
                name=name, digest=digest, source=source, author=author, wishes=wished.as_json(),
                folders=[str(each.resolve()) for each in folders], created_at=parts.clock(),
            )  # fmt: skip
            session.add(run)
            session.flush()
            run.kept_as = f"{run.id}.csv"
            kept.replace(kept.with_name(run.kept_as))
            if archive is not None:
                run.folders = [str(archive.replace(archive.with_name(f"{run.id}.zip"))), *run.folders]
            return run.id or 0
    finally:
        for path in filter(None, (kept, archive)):
            path.unlink(missing_ok=True)


def look(
    parts: Parts, content: bytes | Path, wished: Wishes, folders: Sequence[Path] = (), told: Told = silent
) -> Plan:
    """What would change, without leaving a trace: for a dry run. Raises NotATable, BadArchive."""
    told("Datei lesen", 0, 0)
    given = bundle.opened(content) if isinstance(content, Path) else Bundle("", content)
    with parts.database.reading() as session:
        reading = dialects.read(given.content, wished, memory.memories(session))
        pictures = _folders(parts, [*given.sources, *folders])
        return make_plan(session, _counted(reading, told), pictures, parts.clock(), reading.wishes)


def plan(parts: Parts, run_id: int, *, wished: Wishes | None = None, told: Told = silent) -> Plan:
    """Read the file and compare it with the shop; the row keeps what the owner must see. New wishes take the place
    of the old ones.

    Raises NoSuchRun, and NotATable where the file cannot be read, which the row keeps, too.
    """
    with parts.database.writing() as session:
        run = _get(session, run_id, _OPEN)
        if wished is not None:
            run.wishes = wished.as_json()
    progress = Progress(parts.settings, run_id, told)
    try:
        made, reading = _plan(parts, run, progress)
    except Refusal as refusal:
        _fail(parts, run_id, (RunState.RECEIVED, RunState.PLANNED), refusal.sentence)
        raise
    finally:
        import_files.end_progress(parts.settings, run_id)
    with parts.database.writing() as session:
        run = _get(session, run_id, _OPEN)
        _ask_whether_again(session, run, made)
        run.state, run.error = RunState.PLANNED, ""
        run.format, run.wishes = made.format, reading.wishes.as_json()
        run.fingerprint = mapping.fingerprint(reading.table.header)
        run.plan = import_report.of_plan(made, reading)
        if made.memory:
            memory.use(session, made.memory, parts.clock())
    return made


def wish(parts: Parts, run_id: int, wished: Wishes | None) -> None:
    """Let an import be planned anew, by new wishes if there are any. Raises NoSuchRun."""
    with parts.database.writing() as session:
        run = _get(session, run_id, _OPEN)
        run.state = RunState.RECEIVED
        if wished is not None:
            run.wishes = wished.as_json()


def agree(parts: Parts, run_id: int, *, author: str, skips_refused: bool = False, agreed: Collection[str] = ()) -> None:
    """Say yes to a plan and to questions by their ids; `skips_refused` leaves out articles with refused rows.

    Raises NoSuchRun, and NotImported while something must be answered or mended first.
    """
    with parts.database.writing() as session:
        run = _get(session, run_id, (RunState.PLANNED,))
        known = wishes.from_json(run.wishes)
        answered = known.agreed | frozenset(agreed)
        _check_agreed(run, answered, skips_refused=skips_refused)
        run.wishes = replace(known, agreed=answered).as_json()
        run.skips_refused, run.author = skips_refused, author
        run.state, run.agreed_at = RunState.AGREED, parts.clock()


def dismiss(parts: Parts, run_id: int) -> None:
    """Do not carry it out. Raises NoSuchRun where it has begun."""
    with parts.database.writing() as session:
        run = _get(session, run_id, _OPEN)
        if run.batches_done:
            raise NoSuchRun(f"Import {run_id} hat schon begonnen. Zurücknehmen: import --undo {run_id}")
        run.state, run.ended_at = RunState.DISMISSED, parts.clock()
    import_files.forget_archive(parts.settings, run_id)


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
            _fail(parts, run_id, _BEING_DONE, refusal.sentence)
            raise
        except KeyboardInterrupt:
            _fail(parts, run_id, _BEING_DONE, f"Abgebrochen. Fortsetzen: import --resume {run_id}")
            raise
        except Exception as error:  # the edge of the work: the row must say that it is over
            said = mishaps.sentence(error) or "Es ist etwas Unerwartetes passiert; Näheres steht im Protokoll."
            _fail(parts, run_id, _BEING_DONE, f"{said} Fortsetzen: import --resume {run_id}")
            raise
        finally:
            import_files.end_progress(parts.settings, run_id)


def give_up(parts: Parts, run_id: int) -> None:
    """Say that an import ends its process whenever it is tried; a person may try once more."""
    sentence = f"Mehrmals abgebrochen. Ist der Rechner zu klein dafür? Noch einmal versuchen: import --resume {run_id}"
    with parts.database.writing() as session:
        run = get(session, run_id, to_change=True)
        run.state, run.error, run.result = RunState.FAILED, sentence, run.result | {"starts": 0}


def get(session: Session, run_id: int, *, to_change: bool = False) -> ImportRun:
    """An import by its number; `to_change`: until the end of the transaction it is ours. Raises NoSuchRun."""
    run = session.get(ImportRun, run_id, with_for_update=to_change)
    if run is None:
        raise NoSuchRun(f"Einen Import mit der Nummer {run_id} gibt es nicht. Alle zeigt: import --list")
    return run


def latest(session: Session, limit: int = 50) -> list[ImportRun]:
    """The imports, the newest first."""
    return list(session.exec(select(ImportRun).order_by(col(ImportRun.id).desc()).limit(limit)).all())


def _carry_out(
    parts: Parts, run_id: int, planned: Plan | None, progress: Progress, most_variants: int
) -> list[Withdrawn]:
    with parts.database.reading() as session:
        run = get(session, run_id)
        if run.state == RunState.DONE:
            return []  # another process was faster
        _check_may_begin(run)
        file = _file(parts, run)
    with parts.database.writing() as session:
        run = _get(session, run_id, _AGREED)
        run.state, run.error = RunState.RUNNING, ""
    made = planned or _still_agreed(parts, run, file, _folders(parts, run.folders), progress)[0]
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
    reading = _read(run, file, progress)
    progress(_COMPARING, 0, 0)
    with parts.database.reading() as session:
        made = make_plan(session, _counted(reading, progress), pictures, parts.clock(), wishes.from_json(run.wishes))
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


def _ask_whether_again(session: Session, run: ImportRun, made: Plan) -> None:
    """Stock that is added is added once: a file that was here before is asked about."""
    known = wishes.from_json(run.wishes)
    if not known.stock_is_change or made.changes_nothing:
        return
    same_file = session.exec(
        select(ImportRun)
        .where(ImportRun.digest == run.digest, ImportRun.id != run.id, col(ImportRun.state).in_(_HAS_WRITTEN))
        .order_by(col(ImportRun.id).desc())
    ).all()
    earlier = next((each for each in same_file if each.wishes.get("stock_is_change")), None)
    if earlier is not None and AGAIN not in known.agreed:
        made.questions.append(Remark(1, "", import_report.came_before(earlier), stops=True, question=AGAIN))


def _plan(parts: Parts, run: ImportRun, progress: Progress) -> tuple[Plan, Reading]:
    with parts.database.reading() as session:
        remembered = memory.memories(session)
    reading = _read(run, _file(parts, run), progress, remembered)
    progress(_COMPARING, 0, 0)
    with parts.database.reading() as session:
        pictures = _folders(parts, run.folders)
        made = make_plan(session, _counted(reading, progress), pictures, parts.clock(), reading.wishes)
    return made, reading


def _counted(reading: Reading, told: Told) -> Reading:
    """A reading that tells how far its articles have been gone through, if it is worth a word."""
    last = reading.table.rows[-1].number if len(reading.table.rows) >= _WORTH_TELLING else 0

    def articles() -> Iterator[Article]:
        for place, article in enumerate(reading.articles()):
            if last and place % _TOLD_EVERY == 0:
                told(_COMPARING, article.row, last)
            yield article

    return replace(reading, articles=articles)


def _file(parts: Parts, run: ImportRun) -> Path:
    file = import_files.kept_file(parts.settings, run.kept_as)
    if file is None:
        raise NoSuchRun(f"Die Datei von Import {run.id} ist hier nicht (mehr). Bitte importieren Sie sie noch einmal.")
    if import_files.digest_of(file) != run.digest:  # of another import of this number, before a backup was restored
        raise NoSuchRun(
            f"Die Datei von Import {run.id} ist nicht mehr dieselbe. Bitte importieren Sie sie noch einmal."
        )
    return file


def _read(run: ImportRun, file: Path, progress: Progress, remembered: Memories = memory.NOTHING) -> Reading:
    """Read a file; what is remembered counts for the plan, which keeps it as wishes of this import."""
    progress("Datei lesen", 0, 0)
    return dialects.read(file.read_bytes(), wishes.from_json(run.wishes), remembered)


def _folders(parts: Parts, folders: Iterable[str | Path | Archive]) -> PictureFolders:
    places = [Path(each) if isinstance(each, str) else each for each in folders]
    return picture_sources.of(parts.settings, parts.database, places, parts.clock)


def _check_may_begin(run: ImportRun) -> None:
    if run.agreed_at is None or run.state not in _AGREED:
        raise NoSuchRun(f"Das geht bei Import {run.id} nicht: {import_report.STATES[RunState(run.state)]}.")


def _check_agreed(run: ImportRun, answered: Collection[str], *, skips_refused: bool) -> None:
    unanswered = [each for each in run.plan["questions"] if each["stops"] and each["question"] not in answered]
    if unanswered:
        raise NotImported(f"Nichts übernommen. Bitte beantworten Sie zuerst: {unanswered[0]['reason']}")
    if run.plan["refused_in_all"] and not skips_refused:
        raise NotImported(
            "Nichts übernommen. Bitte berichtigen Sie die abgelehnten Zeilen, oder lassen Sie die betroffenen Artikel "
            "mit --skip-refused aus."
        )


def _check_still_trusted(parts: Parts, run: ImportRun, made: Plan, reading: Reading) -> None:
    """What nobody has looked at is held to its limits by the plan that is carried out, not by an older one."""
    if run.author != UNASKED:
        return
    with parts.database.reading() as session:
        known = session.exec(select(ColumnMemory).where(ColumnMemory.fingerprint == run.fingerprint)).first()
        against = trust.may_be_carried_out(import_report.of_plan(made, reading), known)
    if against:
        raise NotImported(f"Nicht von selbst übernommen: {' '.join(against)}")


def _get(session: Session, run_id: int, states: Collection[RunState]) -> ImportRun:
    run = get(session, run_id, to_change=True)
    if run.state not in states:
        raise NoSuchRun(f"Das geht bei Import {run_id} nicht: {import_report.STATES[RunState(run.state)]}.")
    return run


def _fail(parts: Parts, run_id: int, states: Collection[RunState], sentence: str) -> None:
    """Write down why it ended, if it is in one of these states."""
    with parts.database.writing() as session:
        run = session.get(ImportRun, run_id)
        if run is not None and run.state in states:
            run.state, run.error = RunState.FAILED, sentence
