"""The command line: `python3 run.py …`, the same as the installed `dorfladen …`.

Everything heavy is imported by the command that needs it, so that --help and the start are quick.
"""

import importlib
import json
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

import click

from catalog.refusals import Refusal
from shop import mishaps
from shop.desk import OUR_FOLDER, Desk, at_desk

_GOODS = ("import", "export", "images", "search", "reindex")  # shop/cli_goods.py
_ALONE = ("bank", "books", "person")  # shop/cli_<name>.py
_GLOBAL = ("--data", "--host", "--port")


class Front(click.Group):
    """The group of all commands: global options may stand anywhere, refusals end in one sentence."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Bring the global options to the front, so that `import FILE --data DIR` works as well."""
        return super().parse_args(ctx, _global_options_first(args))

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, those of the goods among them."""
        return sorted({*super().list_commands(ctx), *_GOODS, *_ALONE})

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """A command by its name; those of the goods are imported when they are asked for."""
        if name in _GOODS:
            commands: list[click.Command] = importlib.import_module("shop.cli_goods").commands
            return next((command for command in commands if command.name == name), None)
        if name in _ALONE:
            command: click.Command = getattr(importlib.import_module(f"shop.cli_{name}"), name)
            return command
        return super().get_command(ctx, name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an expected "no", or a disk that fails, becomes its sentence and exit status 1."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            click.echo(refusal.sentence, err=True)
            ctx.exit(1)
        except mishaps.kinds() as error:
            if not mishaps.sentence(error):
                raise
            click.echo(mishaps.sentence(error), err=True)
            ctx.exit(1)


@click.group(cls=Front, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), envvar="DORFLADEN_DATA",
              default=OUR_FOLDER, help="Ordner mit allem, was zum Laden gehört (sonst: data/).")  # fmt: skip
@click.option("--host", help="Adresse, unter der der Laden öffnet (sonst 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port, unter dem der Laden öffnet (sonst 8000).")
@click.pass_context
def main(ctx: click.Context, data: Path, host: str | None, port: int | None) -> None:
    """Dorfladen: der Onlineshop für ein kleines Geschäft.

    Ohne Befehl wird der Laden geöffnet; in einem leeren Ordner ist es ein Vorführladen.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s", datefmt="%d.%m. %H:%M:%S")
    ctx.obj = Desk(data, host, port)
    if ctx.invoked_subcommand is None:
        open_shop(ctx.obj)


def open_shop(desk: Desk) -> None:
    """Prepare what is missing, then serve and run the jobs in one process.

    What preparing has loaded would stay in memory as long as the shop is open: so the process begins anew.
    """
    from shop import readiness

    if not readiness.is_ready(desk.settings):
        from shop import preparing

        _introduce(preparing.prepare(desk.settings, demo=preparing.DEMO, say=click.echo))
        if readiness.is_ready(desk.settings):
            sys.stdout.flush()
            os.execv(sys.executable, sys.orig_argv)  # noqa: S606  (our own command, once more)
    _serve(desk, with_jobs=True)


@main.command()
@click.option("--demo", help="Mit den Waren eines Vorführladens (schnuckidu).")
@click.option("--empty", is_flag=True, help="Leer, für die eigenen Waren.")
@at_desk
def init(desk: Desk, demo: str | None, empty: bool) -> None:
    """Einen Laden einrichten, ohne ihn zu öffnen."""
    from shop import preparing

    if bool(demo) == empty:
        raise click.UsageError("Bitte entweder --empty oder --demo schnuckidu angeben.")
    ready = preparing.set_up(desk.settings, demo=demo or "", say=click.echo)
    _introduce(ready)
    click.echo("Der Laden ist eingerichtet. Öffnen: python3 run.py")


@main.command()
@at_desk
def serve(desk: Desk) -> None:
    """Nur den Webserver starten (mehrere Prozesse); dazu gehört „work“."""
    with desk.database():
        pass
    _serve(desk, with_jobs=False)


@main.command()
@at_desk
def work(desk: Desk) -> None:
    """Nur die Arbeiten im Hintergrund: Briefe, Suche, Bilder, Zahlungen, Sicherung."""
    from shop import jobs, occupancy

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with occupancy.open_in(desk.settings.data), desk.app() as app:
        click.echo("Die Hintergrundarbeit läuft. Beenden: Strg+C")
        jobs.run_forever(app, stop)


@main.command()
@click.option(
    "--to", type=click.Path(file_okay=False, path_type=Path), help="In diesen Ordner, etwa auf einen USB-Stick."
)
@at_desk
def backup(desk: Desk, to: Path | None) -> None:
    """Den ganzen Laden in eine ZIP-Datei sichern."""
    from shop import backup as backups
    from shop.context import utc_now

    with desk.database() as database:
        file = backups.make(desk.settings, database, utc_now(), to)
    click.echo(f"Gesichert und geprüft: {file} ({file.stat().st_size / 1_000_000:.1f} MB)")
    click.echo("Nicht enthalten sind Passwörter und Schlüssel anderer Dienste (Mailserver, Stripe).")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Auch wenn schon ein Laden da ist; er kommt zur Seite.")
@at_desk
def restore(desk: Desk, file: Path, force: bool) -> None:
    """Eine Sicherung zurückspielen. Der Laden muss geschlossen sein."""
    from shop import backup as backups
    from shop import given_numbers, journal_heads, preparing
    from shop.context import utc_now

    given = given_numbers.read(desk.data)
    left_out = backups.restore(file, desk.data, force=force)
    preparing.renew(desk.settings, say=click.echo)
    with desk.database() as database:
        for numbers in given_numbers.skip(database, given):
            click.echo(f"Schon vergeben und nicht in der Sicherung: {numbers}. Der Laden zählt danach weiter.")
        journal_heads.note_restored(desk.settings, database, utc_now())
    click.echo(f"Zurückgespielt nach {desk.data}.")
    if left_out:
        click.echo(f"Bitte in settings.toml neu eintragen: {', '.join(left_out)}")


@main.command()
@at_desk
def upgrade(desk: Desk) -> None:
    """Die Datenbank auf den Stand des Programms bringen; vorher wird eine Kopie gemacht."""
    from shop import preparing

    database = preparing.connect(desk.settings)
    try:
        changed = preparing.upgrade(desk.settings, database, click.echo)
    finally:
        database.close()
    click.echo("Fertig." if changed else "Es ist alles auf dem neuesten Stand.")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Für Maschinen.")
@click.option("--texts", is_flag=True, help="Nur die Texte: wo überholtes Recht steht, Stelle für Stelle.")
@at_desk
def check(desk: Desk, as_json: bool, texts: bool) -> None:
    """Nachsehen, ob alles in Ordnung ist und dem Gesetz entspricht, und sagen, was fehlt."""
    from shop import check_report, checks
    from shop.law import book
    from shop.law import texts as law_texts

    with desk.app() as app:
        if texts:
            with book.sight(app) as sight:
                found = law_texts.find(sight)
            rows, lines = [each.as_row() for each in found], check_report.text_lines(found)
            is_serious = any(each.is_error for each in found)
        else:
            findings = checks.run(app)
            rows = [finding.as_row() for finding in findings]
            lines = check_report.lines(findings, book.coming(book.today(app)))
            is_serious = any(finding.is_serious for finding in findings)
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1) if as_json else "\n".join(lines))
    if is_serious:
        click.get_current_context().exit(1)


@main.group()
def user() -> None:
    """Wer ins Backoffice darf."""


@user.command()
@click.argument("name")
@at_desk
def add(desk: Desk, name: str) -> None:
    """Jemandem ein Konto geben; das Passwort wird einmal gezeigt."""
    from shop import accounts
    from shop.context import utc_now

    password = accounts.make_password()
    with desk.database() as database, database.writing() as session:
        account = accounts.add(session, name, password, utc_now())
        name = account.name
    _show_password(name, password)


@user.command("password")
@click.argument("name")
@at_desk
def new_password(desk: Desk, name: str) -> None:
    """Jemandem, der sein Passwort vergessen hat, ein neues geben; es wird einmal gezeigt."""
    from shop import accounts

    password = accounts.make_password()
    with desk.database() as database, database.writing() as session:
        name = accounts.give_password(session, name, password).name
    _show_password(name, password)


@user.command()
@click.argument("name")
@at_desk
def remove(desk: Desk, name: str) -> None:
    """Ein Konto schließen; was es getan hat, bleibt unter seinem Namen stehen."""
    from shop import accounts

    with desk.database() as database, database.writing() as session:
        name = accounts.remove(session, name)
    click.echo(f"„{name}“ kommt nicht mehr ins Backoffice.")


def _serve(desk: Desk, *, with_jobs: bool) -> None:
    from shop import occupancy, serving

    with occupancy.open_in(desk.settings.data):
        serving.serve(desk.settings, with_jobs=with_jobs, when_open=lambda: _say_where(desk))


def _introduce(ready: Any) -> None:
    if ready.password:
        _show_password(ready.owner, ready.password)


def _show_password(name: str, password: str) -> None:
    click.secho(f"Anmeldung im Backoffice: {name}, Passwort: {password}", bold=True)
    click.echo("Bitte jetzt aufschreiben: Das Passwort wird nur dieses eine Mal gezeigt.")


def _say_where(desk: Desk) -> None:
    settings = desk.settings
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    here = f"http://{host}:{settings.port}"
    click.echo(f"Der Laden ist offen: {here}/")
    click.echo(f"Das Backoffice:      {here}/backoffice/")
    click.echo("Schließen: Strg+C")
    sys.stdout.flush()


def _global_options_first(arguments: list[str]) -> list[str]:
    """Move --data, --host and --port with their values before the command; nothing after `--` moves."""
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument in _GLOBAL:
            front += [argument, *[value for value in [next(waiting, None)] if value is not None]]
        else:
            (front if argument.startswith(tuple(f"{name}=" for name in _GLOBAL)) else rest).append(argument)
    return front + rest


if __name__ == "__main__":
    os.umask(0o077)
    main(prog_name="python3 run.py")
