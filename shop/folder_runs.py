"""The imports of the watched folder: which are carried out unasked, which wait for the owner, which cannot be read."""

import shutil
from pathlib import Path

from sqlmodel import Session, col, select

from catalog.exchange import trust
from catalog.exchange.runs import ColumnMemory, ImportRun, RunState
from shop import formats, import_children, import_files, importing, whole_files
from shop.importing import NoSuchRun, NotImported, Parts
from shop.settings import Settings

SOURCE = "folder"
_WAITING = (RunState.PLANNED, RunState.FAILED)
_UNDER_WAY = (RunState.RECEIVED, RunState.AGREED, RunState.RUNNING)
_COUNTS_FOR_NOTHING = (RunState.DISMISSED, RunState.UNDONE, RunState.UNDOING)
_REFUSED = "abgelehnt"


def last_of_its_kind(shop: Parts, digest: str) -> ImportRun | None:
    """The import of a file with this content, if no other file of its kind has come since; None: it is news.

    A till may write the same numbers again later: between them stood others, and so they are to be read again.
    What was dismissed, could not be read or was taken back is no reason to pass over the next one.
    """
    with shop.database.reading() as session:
        same = session.exec(
            select(ImportRun).where(ImportRun.digest == digest, ImportRun.source == SOURCE)
            .order_by(col(ImportRun.id).desc()).limit(1)
        ).first()  # fmt: skip
        if same is None or same.state in _COUNTS_FOR_NOTHING or (same.state == RunState.FAILED and same.agreed_at):
            return None
        if same.fingerprint and _came_after(session, same):
            return None
        return same


def settle_all(shop: Parts) -> None:
    """Decide about each file that was read: carry it out, or let the owner be asked."""
    with shop.database.reading() as session:
        undecided = [each for each in asking(session) if not each.result.keys() & {"asks", "refused"}]
    for run in undecided:
        assert run.id is not None
        if run.state == RunState.FAILED:
            _give_back(shop, run)
        else:
            _decide(shop, run.id)


def asking(session: Session) -> list[ImportRun]:
    """What waits for the owner: files of the folder that were planned, or that failed, the oldest first."""
    waiting = select(ImportRun).where(ImportRun.source == SOURCE, col(ImportRun.state).in_(_WAITING))
    return list(session.exec(waiting.order_by(col(ImportRun.id))).all())


def reasons_of(run: ImportRun) -> list[str]:
    """Why a file was not carried out by itself, in sentences."""
    return [run.error] if run.state == RunState.FAILED and run.error else list(run.result.get("asks", ()))


def is_any_under_way(shop: Parts) -> bool:
    """Whether a file of the folder is being read or written; its end is waited for, so that order is kept."""
    with shop.database.reading() as session:
        found = session.exec(
            select(ImportRun).where(ImportRun.source == SOURCE, col(ImportRun.state).in_(_UNDER_WAY))
        ).all()
    return any(import_files.kept_file(shop.settings, each.kept_as) for each in found)


def refuse(shop: Parts, path: Path, name: str, sentence: str) -> None:
    """Keep an import of a file that is no table at all, so that the owner reads why; the file goes to `abgelehnt/`."""
    with shop.database.writing() as session:
        run = ImportRun(name=name, digest="", source=SOURCE, author=importing.UNASKED, state=RunState.FAILED,
                        error=sentence, result={"refused": True}, created_at=shop.clock(),
                        ended_at=shop.clock())  # fmt: skip
        session.add(run)
    target = _place_of(shop.settings, run)
    say_beside(target, sentence)
    path.replace(target)


def already(earlier: ImportRun) -> str:
    """What is said beside a file that was read before."""
    what = "schon eingelesen" if earlier.state == RunState.DONE else "schon vorgelegt"
    more = {
        RunState.PLANNED: " Sie wartet auf Ihr Ja im Backoffice.",
        RunState.FAILED: f" Sie konnte nicht gelesen werden: {earlier.error}",
    }
    when = formats.german_time(earlier.created_at)
    return f"Diese Datei wurde {what}: Import {earlier.id} am {when}.{more.get(RunState(earlier.state), '')}"


def say_beside(path: Path, sentence: str) -> None:
    """Write a word for people beside a file."""
    with whole_files.written(path.with_name(f"{path.name}.txt")) as out:
        out.write(f"{sentence}\r\n".encode("utf-8-sig"))


def _decide(shop: Parts, run_id: int) -> None:
    with shop.database.reading() as session:
        run = importing.get(session, run_id)
        against = trust.may_be_carried_out(run.plan, _memory(session, run))
    if against:
        _note(shop, run_id, {"asks": against})
        return
    try:
        importing.agree(shop, run_id, author=importing.UNASKED)
        import_children.begin(shop, run_id)
    except NoSuchRun:
        return  # the owner was faster
    except NotImported as refusal:
        _note(shop, run_id, {"asks": [refusal.sentence]})


def _give_back(shop: Parts, run: ImportRun) -> None:
    """A file that cannot be read lies in `abgelehnt/` then, for whoever looks into the folder."""
    kept = import_files.kept_file(shop.settings, run.kept_as)
    if kept is not None and run.agreed_at is None:
        target = _place_of(shop.settings, run)
        with whole_files.written(target) as out, kept.open("rb") as file:
            shutil.copyfileobj(file, out)
        say_beside(target, run.error)
    _note(shop, run.id or 0, {"refused": True})


def _place_of(settings: Settings, run: ImportRun) -> Path:
    """Where a file that is refused lies; the same place each time."""
    folder = settings.data / "import" / _REFUSED
    folder.mkdir(exist_ok=True, mode=0o700)
    return folder / f"{run.id}-{run.name}"


def _note(shop: Parts, run_id: int, result: dict[str, object]) -> None:
    with shop.database.writing() as session:
        run = importing.get(session, run_id, to_change=True)
        run.result = {**run.result, **result}


def _memory(session: Session, run: ImportRun) -> ColumnMemory | None:
    return session.exec(select(ColumnMemory).where(ColumnMemory.fingerprint == run.fingerprint)).first()


def _came_after(session: Session, run: ImportRun) -> bool:
    later = select(ImportRun.id).where(
        ImportRun.source == SOURCE, ImportRun.fingerprint == run.fingerprint, col(ImportRun.id) > run.id
    )
    return session.exec(later.limit(1)).first() is not None
