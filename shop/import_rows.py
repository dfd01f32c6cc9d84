"""The rows of imports: found, changed, and marked as failed; and the parts of the shop that an import needs."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlmodel import Session, col, select

from catalog.exchange.runs import ImportRun, RunState
from catalog.refusals import Refusal
from shop import import_report
from shop.context import utc_now
from shop.db import Database
from shop.settings import Settings


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


def get(session: Session, run_id: int, *, to_change: bool = False) -> ImportRun:
    """An import by its number; `to_change`: until the end of the transaction it is ours. Raises NoSuchRun."""
    run = session.get(ImportRun, run_id, with_for_update=to_change)
    if run is None:
        raise NoSuchRun(f"Einen Import mit der Nummer {run_id} gibt es nicht. Alle zeigt: import --list")
    return run


def latest(session: Session, limit: int = 50, before: int | None = None) -> list[ImportRun]:
    """The imports, the newest first; those of a number below `before`, if it is given."""
    newest = select(ImportRun).order_by(col(ImportRun.id).desc()).limit(limit)
    if before is not None:
        newest = newest.where(col(ImportRun.id) < before)
    return list(session.exec(newest).all())


def get_in(session: Session, run_id: int, states: Collection[RunState]) -> ImportRun:
    """An import to change, if it has come so far. Raises NoSuchRun."""
    run = get(session, run_id, to_change=True)
    if run.state not in states:
        raise NoSuchRun(f"Das geht bei Import {run_id} nicht: {import_report.STATES[RunState(run.state)]}.")
    return run


def fail(parts: Parts, run_id: int, states: Collection[RunState], sentence: str) -> None:
    """Write down why it ended, if it is in one of these states."""
    with parts.database.writing() as session:
        run = session.get(ImportRun, run_id)
        if run is not None and run.state in states:
            run.state, run.error = RunState.FAILED, sentence


def give_up(parts: Parts, run_id: int) -> None:
    """Say that an import ends its process whenever it is tried; a person may try once more."""
    sentence = f"Mehrmals abgebrochen. Ist der Rechner zu klein dafür? Noch einmal versuchen: import --resume {run_id}"
    with parts.database.writing() as session:
        run = get(session, run_id, to_change=True)
        run.state, run.error, run.result = RunState.FAILED, sentence, run.result | {"starts": 0}
