"""The one path by which files of goods come into the shop, whatever the door: command, page or watched folder.

A file is received (a row with a number, and a copy that is kept), planned, agreed to, and carried out. Each step
is committed, so that a process that dies leaves a row which says how far it was.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.exchange import bundle, dialects, mapping, memory, wishes
from catalog.exchange.articles import Reading, Remark
from catalog.exchange.bundle import Bundle
from catalog.exchange.guessing import ForeignHeader
from catalog.exchange.plan import Plan
from catalog.exchange.planning import make_plan
from catalog.exchange.runs import ImportRun, RunState
from catalog.exchange.wishes import Wishes
from catalog.refusals import Refusal
from shop import import_files, import_report
from shop.import_deed import MOST_VARIANTS as MOST_VARIANTS
from shop.import_deed import UNASKED as UNASKED
from shop.import_deed import carry_out as carry_out
from shop.import_files import Progress, Told, silent
from shop.import_reading import COMPARING, counted, file_of, pictures_of, read
from shop.import_rows import House as House
from shop.import_rows import NoSuchRun as NoSuchRun
from shop.import_rows import NotImported as NotImported
from shop.import_rows import Parts as Parts
from shop.import_rows import fail, get_in
from shop.import_rows import get as get
from shop.import_rows import give_up as give_up
from shop.import_rows import latest as latest

AGAIN = "noch-einmal"  # the question whether stock is added once more
_OPEN = (RunState.RECEIVED, RunState.PLANNED, RunState.FAILED)  # a plan may be made (anew)
_HAS_WRITTEN = (RunState.AGREED, RunState.RUNNING, RunState.DONE)


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
                name=import_files.readable(name), digest=digest, source=source, author=author, wishes=wished.as_json(),
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
        pictures = pictures_of(parts, [*given.sources, *folders])
        return make_plan(session, counted(reading, told), pictures, parts.clock(), reading.wishes)


def plan(parts: Parts, run_id: int, *, wished: Wishes | None = None, told: Told = silent) -> Plan:
    """Read the file and compare it with the shop; the row keeps what the owner must see. New wishes take the place
    of the old ones.

    Raises NoSuchRun, and NotATable where the file cannot be read, which the row keeps, too.
    """
    with parts.database.writing() as session:
        run = get_in(session, run_id, _OPEN)
        _set_wishes(run, wished)
        if not run.batches_done:
            run.agreed_at = None  # what was agreed to was another plan
    progress = Progress(parts.settings, run_id, told)
    try:
        made, reading = _plan(parts, run, progress)
    except Refusal as refusal:
        if isinstance(refusal, ForeignHeader):
            _keep_columns(parts, run_id, refusal)
        fail(parts, run_id, _OPEN, refusal.sentence)
        raise
    finally:
        import_files.end_progress(parts.settings, run_id)
    with parts.database.writing() as session:
        run = get_in(session, run_id, _OPEN)
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
        run = get_in(session, run_id, _OPEN)
        run.state = RunState.RECEIVED
        _set_wishes(run, wished)


def agree(parts: Parts, run_id: int, *, author: str, skips_refused: bool = False, agreed: Collection[str] = ()) -> None:
    """Say yes to a plan and to questions by their ids; `skips_refused` leaves out articles with refused rows.

    Raises NoSuchRun, and NotImported while something must be answered or mended first.
    """
    with parts.database.writing() as session:
        run = get_in(session, run_id, (RunState.PLANNED,))
        known = wishes.from_json(run.wishes)
        answered = known.agreed | frozenset(agreed)
        _check_agreed(run, answered, skips_refused=skips_refused)
        run.wishes = replace(known, agreed=answered).as_json()
        run.skips_refused, run.author = skips_refused, author
        run.state, run.agreed_at = RunState.AGREED, parts.clock()


def dismiss(parts: Parts, run_id: int) -> None:
    """Do not carry it out. Raises NoSuchRun where it has begun."""
    with parts.database.writing() as session:
        run = get_in(session, run_id, (*_OPEN, RunState.AGREED))
        if run.batches_done:
            raise NoSuchRun(f"Import {run_id} hat schon begonnen. Zurücknehmen: import --undo {run_id}")
        run.state, run.ended_at = RunState.DISMISSED, parts.clock()
    import_files.forget_archive(parts.settings, run_id)


def _keep_columns(parts: Parts, run_id: int, foreign: ForeignHeader) -> None:
    """Keep which columns there seem to be, for a page on which the owner says what they are."""
    with parts.database.writing() as session:
        run = get_in(session, run_id, _OPEN)
        run.plan = {
            "header": [each.name for each in foreign.columns],
            "unknown_columns": [{"name": each.name, "samples": list(each.samples)} for each in foreign.columns],
        }


def _set_wishes(run: ImportRun, wished: Wishes | None) -> None:
    """New wishes, unless some of it is written by the old ones: they decide which articles there are."""
    if wished is None:
        return
    if run.batches_done:
        raise NoSuchRun(
            f"Import {run.id} hat schon begonnen. Fortsetzen: import --resume {run.id}, "
            f"zurücknehmen: import --undo {run.id}"
        )
    run.wishes = wished.as_json()


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
    reading = read(run, file_of(parts, run), progress, remembered)
    progress(COMPARING, 0, 0)
    with parts.database.reading() as session:
        pictures = pictures_of(parts, run.folders)
        made = make_plan(session, counted(reading, progress), pictures, parts.clock(), reading.wishes)
    return made, reading


def _check_agreed(run: ImportRun, answered: Collection[str], *, skips_refused: bool) -> None:
    unanswered = [each for each in run.plan["questions"] if each["stops"] and each["question"] not in answered]
    if unanswered:
        raise NotImported(f"Nichts übernommen. Bitte beantworten Sie zuerst: {unanswered[0]['reason']}")
    if run.plan["refused_in_all"] and not skips_refused:
        raise NotImported(
            "Nichts übernommen. Bitte berichtigen Sie die abgelehnten Zeilen, oder lassen Sie die betroffenen Artikel "
            "mit --skip-refused aus."
        )
