"""Imports in a process of their own: a thread would take turns with the shoppers' pages, a process has its own core."""

import logging
import threading
from datetime import timedelta

from flask import Flask
from sqlmodel import col, select

from catalog.exchange.runs import ImportRun, RunState
from catalog.exchange.wishes import Wishes
from shop import children, import_files, importing, undoing
from shop.context import Shop
from shop.import_files import Told, silent, was_just_started
from shop.importing import Parts

log = logging.getLogger("dorfladen.imports")

SMALL = 500  # variants that a page's own process writes while one waits
FEW = 5  # pictures that it fetches or develops meanwhile
MOST_STARTS = 5  # of a process that writes nothing: then something is wrong with the file, or with the machine
FILES_STAY = timedelta(days=90)
_READING = timedelta(minutes=2)
_OWED = (RunState.RECEIVED, RunState.AGREED, RunState.RUNNING, RunState.UNDOING)


def begin(parts: Parts, run_id: int, *, told: Told = silent) -> bool:
    """Carry out an import that was agreed to: a small one here and now, a larger one in a process of its own.

    Gives whether it is done. Raises NotImported where a small one cannot be carried out.
    """
    with parts.database.reading() as session:
        planned = importing.get(session, run_id).plan
    changes = planned["variants"]["new"] + planned["variants"]["changed"]
    if changes > SMALL or planned["new_pictures"] > FEW or import_files.is_anybody_at_it(parts.settings):
        start(parts, run_id)
        return False
    importing.carry_out(parts, run_id, told=told)
    return True


def plan(parts: Parts, run_id: int, *, at_most: int, wished: Wishes | None = None) -> bool:
    """Plan an import: a file of at most so many bytes here and now, a larger one in a process of its own.

    Gives whether it is planned. Raises NoSuchRun, and NotATable where it was read here and cannot be.
    """
    with parts.database.reading() as session:
        kept = import_files.kept_file(parts.settings, importing.get(session, run_id).kept_as)
    if kept is None or kept.stat().st_size <= at_most:
        importing.plan(parts, run_id, wished=wished)
        return True
    importing.wish(parts, run_id, wished)
    start(parts, run_id)
    return False


def begin_undo(parts: Parts, run_id: int, *, author: str) -> bool:
    """Take an import back: a small one here and now, a larger one in a process of its own.

    Gives whether it is done. Raises NoSuchRun.
    """
    with parts.database.reading() as session:
        counts = importing.get(session, run_id).plan.get("variants", {})
    if sum(counts.get(each, 0) for each in ("new", "changed")) > SMALL or import_files.is_anybody_at_it(parts.settings):
        undoing.begin(parts, run_id, author=author)
        start(parts, run_id)
        return False
    undoing.take_back(parts, run_id, author=author)
    return True


def start(parts: Parts, run_id: int) -> None:
    """Start a process that plans an import, carries it out or goes on with it; it is polite, and outlives this one."""
    with parts.database.writing() as session:
        run = importing.get(session, run_id, to_change=True)
        run.result = run.result | {"starts": run.result.get("starts", 0) + 1}
    import_files.begin_progress(parts.settings, run_id)
    child = children.start(parts.settings, "import", "--resume", str(run_id))
    threading.Thread(target=child.wait, daemon=True).start()  # takes note of its end, so that no zombie stays


def carry_on(app: Flask) -> None:
    """Start what was agreed to, or was interrupted, and whose file is on this host."""
    shop: Shop = app.extensions["dorfladen"]
    _start_what_is_owed(shop)


def forget_old_files(app: Flask) -> None:
    """Forget kept files that have served: the rows, and with them the way back, stay."""
    shop: Shop = app.extensions["dorfladen"]
    old = select(ImportRun.id).where(
        ImportRun.created_at < shop.clock() - FILES_STAY, col(ImportRun.state).not_in(_OWED)
    )
    with shop.database.reading() as session:
        has_served = set(session.exec(old).all())
    for run_id in import_files.kept_ids(shop.settings) & has_served:
        import_files.forget(shop.settings, run_id)


def _start_what_is_owed(shop: Shop) -> None:
    if import_files.is_anybody_at_it(shop.settings):
        return
    with shop.database.reading() as session:
        owed = session.exec(select(ImportRun).where(col(ImportRun.state).in_(_OWED)).order_by(col(ImportRun.id))).all()
    just_now = shop.clock() - _READING
    for run in owed:
        assert run.id is not None
        if run.state == RunState.RECEIVED and run.created_at > just_now:
            continue  # whoever received it is reading it
        if run.state == RunState.UNDOING or import_files.kept_file(shop.settings, run.kept_as):
            if not was_just_started(shop.settings, run.id):
                _start_again(shop, run)
            return


def _start_again(shop: Shop, run: ImportRun) -> None:
    assert run.id is not None
    if run.result.get("starts", 0) < MOST_STARTS:
        log.warning("import %s (%s) is carried on", run.id, run.name)
        start(shop, run.id)
    else:
        log.error("import %s (%s) has ended its process %s times", run.id, run.name, MOST_STARTS)
        importing.give_up(shop, run.id)
