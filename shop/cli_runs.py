"""What `import` does with imports that are there already: list them, carry one on, take one back."""

import json
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shop import progress
from shop.desk import Desk

if TYPE_CHECKING:
    from catalog.exchange.runs import ImportRun


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command that takes a FILE the options that name an import instead of one."""

    @click.option("--list", "shows_list", is_flag=True, help="Die Importe zeigen, der neueste zuerst.")
    @click.option("--resume", "resumed", type=int, metavar="N", help="Import N fortsetzen, der unterbrochen wurde.")
    @wraps(command)
    def either(desk: Desk, *, file: Path | None, shows_list: bool, resumed: int | None, **others: Any) -> None:
        if shows_list:
            show_list(desk, as_json=others["as_json"])
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
    """Carry on with an import that was agreed to. Raises NoSuchRun, NotImported."""
    from shop import importing

    with desk.database() as database, progress.shown_by_turns() as told:
        importing.carry_out(importing.House(desk.settings, database), run_id, told=told)
    click.echo(f"Import {run_id} ist übernommen.")


def _line(run: "ImportRun") -> str:
    from catalog.exchange.runs import RunState
    from shop import formats, import_report

    state = import_report.STATES[RunState(run.state)]
    if run.state == RunState.UNDONE and run.undone_at:
        state += f" am {formats.german_date(run.undone_at)} von {run.undone_by}"
    parts = [formats.german_date(run.created_at), run.name, run.author, import_report.in_words(run), state, run.error]
    return f"{run.id}: {' · '.join(part for part in parts if part)}"
