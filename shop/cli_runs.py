"""What `import` does with imports that are there already: list them, carry one on, take one back."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shop import progress
from shop.desk import Desk

if TYPE_CHECKING:
    from catalog.exchange.runs import ImportRun
    from catalog.exchange.undo_report import Report

_MOST_LINES = 20


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a FILE the options that name an import instead of one."""

    @click.option("--list", "shows_list", is_flag=True, help="Die Importe zeigen, der neueste zuerst.")
    @click.option("--undo", "undone", type=int, metavar="N", help="Import N zurücknehmen, soweit es noch geht.")
    @click.option("--resume", "resumed", type=int, metavar="N", help="Import N fortsetzen, der unterbrochen wurde.")
    @wraps(command)
    def either(
        desk: Desk, *, file: Path | None, shows_list: bool, undone: int | None, resumed: int | None, **others: Any
    ) -> None:
        if file is not None and (shows_list or undone is not None or resumed is not None):
            raise click.UsageError(
                "--list, --undo und --resume gehen ohne Datei: Sie nennen den Import mit seiner Nummer."
            )
        if shows_list:
            show_list(desk, as_json=others["as_json"])
        elif undone is not None:
            take_back(desk, undone, dry_run=others["dry_run"], yes=others["yes"], as_json=others["as_json"])
        elif resumed is not None:
            resume(desk, resumed)
        elif file is None:
            raise click.UsageError("Bitte eine Datei angeben: import FILE")
        else:
            command(desk, file=file, **others)

    return either


def show_list(desk: Desk, *, as_json: bool) -> None:
    """Show the imports, the newest first: number, day, file, who, what, how it ended."""
    from shop import import_report, importing

    with desk.database() as database, database.reading() as session:
        runs = importing.latest(session)
    if as_json:
        click.echo(json.dumps([import_report.as_row(run) for run in runs], ensure_ascii=False, indent=1))
        return
    for run in runs:
        click.echo(_line(run))
    if not runs:
        click.echo("Es wurde noch nichts importiert.", err=True)


def resume(desk: Desk, run_id: int) -> None:
    """Carry on with an import that was only received, agreed to, or is being taken back.

    Raises NoSuchRun, NotImported, NotATable.
    """
    from catalog.exchange.runs import RunState
    from shop import collector, importing, undoing

    with desk.database() as database, progress.shown_by_turns() as told, collector.seldom():
        house = importing.House(desk.settings, database)
        with database.reading() as session:
            run = importing.get(session, run_id)
        if run.state == RunState.RECEIVED:
            importing.plan(house, run_id, told=told)
        elif run.state == RunState.UNDOING:
            undoing.take_back(house, run_id, author=run.undone_by, told=told)
        else:
            importing.carry_out(house, run_id, told=told)
    click.echo(f"Import {run_id} ist fertig.")


def take_back(desk: Desk, run_id: int, *, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Show what taking an import back does, ask, and do it. Raises NoSuchRun, NotImported."""
    from shop import importing, undoing

    with desk.database() as database:
        house = importing.House(desk.settings, database)
        report = undoing.look(house, run_id)
        if dry_run:
            _show_report(run_id, report, as_json=as_json)
            return
        if not yes:
            _show_report(run_id, report, as_json=False)
            _ask_whether_to_take_back()
        with progress.shown_by_turns() as told:
            report = undoing.take_back(house, run_id, author="Kommandozeile", told=told)
    if yes:
        _show_report(run_id, report, as_json=as_json)
    click.echo(f"Import {run_id} ist zurückgenommen.", err=as_json)


def _show_report(run_id: int, report: "Report", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"number": run_id} | report.as_json(), ensure_ascii=False))
        return
    click.echo(
        f"Import {run_id}: {report.back} Artikel zurück auf den Stand davor, {report.deleted} neue gelöscht, "
        f"{report.drafts} neue als Entwurf behalten"
    )
    for note in report.notes[:_MOST_LINES]:
        click.echo(f"Hinweis: {note}")
    for left in report.left[:_MOST_LINES]:
        click.echo(f"Bleibt: {left}")
    if report.left_in_all > _MOST_LINES:
        click.echo(f"… und {report.left_in_all - _MOST_LINES} weitere; alle mit --json")


def _ask_whether_to_take_back() -> None:
    from shop.importing import NotImported

    if not sys.stdin.isatty():
        raise NotImported("Nichts zurückgenommen. Zum Zurücknehmen bitte --yes dazuschreiben.")
    answer = click.prompt("Zurücknehmen? [j/N]", default="", show_default=False, prompt_suffix=" ", err=True)
    if answer.strip().casefold() not in ("j", "ja"):
        raise NotImported("Nichts zurückgenommen.")


def _line(run: "ImportRun") -> str:
    from catalog.exchange.runs import RunState
    from shop import formats, import_report

    state = import_report.state_in_words(run)
    if run.state == RunState.UNDONE and run.undone_at:
        state += f" am {formats.german_date(run.undone_at)} von {run.undone_by}"
    parts = [formats.german_date(run.created_at), run.name, run.author, import_report.in_words(run), state, run.error]
    return f"{run.id}: {' · '.join(part for part in parts if part)}"
