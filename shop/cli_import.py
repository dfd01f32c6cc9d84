"""The command `import`: read a file of goods, show what would change, and let it happen."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.refusals import Refusal
from shop import cli_runs, cli_wishes, progress
from shop.desk import Desk, at_desk

if TYPE_CHECKING:
    from catalog.exchange.guessing import ForeignHeader
    from catalog.exchange.plan import Plan
    from catalog.exchange.wishes import Wishes
    from catalog.readiness import Withdrawn
    from shop.importing import House

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FOLDER_OR_ZIP = click.Path(exists=True, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_AUTHOR = "Kommandozeile"
_MOST_LINES = 20


class NotImported(Refusal):
    """Nothing was written, and why."""


@click.command("import")
@click.argument("file", type=_FILE, required=False)
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was sich ändern würde.")
@click.option("--yes", is_flag=True, help="Ohne Nachfrage übernehmen.")
@click.option("--json", "as_json", is_flag=True, help="Den Plan als JSON ausgeben.")
@click.option("--skip-refused", is_flag=True, help="Artikel mit fehlerhaften Zeilen auslassen, die übrigen übernehmen.")
@click.option(
    "--pictures",
    type=_FOLDER_OR_ZIP,
    help="Ordner oder ZIP-Datei mit den Bildern (sonst neben der Datei, in „bilder“ und „bilder.zip“).",
)
@click.option("--refused", type=_NEW_FILE, help="Abgelehnte Zeilen mit ihrem Grund in diese Datei schreiben.")
@click.option("--remember", metavar="NAME", help="Die Angaben für Dateien mit denselben Spalten merken.")
@at_desk
@cli_runs.options
@cli_wishes.options
def import_goods(desk: Desk, file: Path, **options: Any) -> None:
    """Artikel aus einer CSV-Datei (oder ZIP mit Bildern) übernehmen, auch Preislisten und Exporte anderer Läden."""
    from catalog.exchange.guessing import ForeignHeader
    from shop import collector
    from shop.importing import House

    with desk.database() as database, collector.seldom():
        try:
            _Import(House(desk.settings, database), file, _Options(**options)).run()
        except ForeignHeader as error:
            raise NotImported(f"{error.sentence}\n{_how_to_map(error)}") from error


@dataclass(frozen=True)
class _Options:
    """What the command line says."""

    dry_run: bool
    yes: bool
    as_json: bool
    skip_refused: bool
    pictures: Path | None
    refused: Path | None
    remember: str | None
    wished: "Wishes"


class _Import:
    """One run of the command."""

    def __init__(self, house: "House", file: Path, options: _Options) -> None:
        self._house = house
        self._file = file
        self._options = options

    @cached_property
    def _places(self) -> list[Path]:
        from catalog.exchange import bundle

        named = [self._options.pictures] if self._options.pictures else []
        return [*named, *bundle.beside(self._file)]

    def run(self) -> None:
        """Plan, and carry out what the owner says yes to. Ends with status 1 where something is in the way."""
        is_asked = self._options.yes or sys.stdin.isatty()
        if self._options.dry_run or not is_asked:
            self._look()
        else:
            self._carry_out()

    def _look(self) -> None:
        from shop import importing, plan_report

        with progress.shown_by_turns() as told:
            plan = importing.look(self._house, self._file, self._options.wished, self._places, told)
        self._show(plan)
        if self._options.dry_run:
            self._say(plan_report.verdict(plan, skips_refused=self._options.skip_refused))
            sys.exit(1 if self._in_the_way(plan) else 0)
        self._check(plan)
        if not plan.changes_nothing:
            raise NotImported("Nichts übernommen. Zum Übernehmen bitte --yes dazuschreiben.")
        self._say("Es gibt nichts zu ändern.")

    def _carry_out(self) -> None:
        from catalog.exchange.memory import NotAName
        from shop import importing

        house, wished = self._house, self._options.wished
        number = importing.receive(
            house, self._file, name=self._file.name, source="command", author=_AUTHOR, wished=wished,
            folders=self._places,
        )  # fmt: skip
        try:
            plan = self._agreed_plan(number)
        except (NotImported, NotAName, KeyboardInterrupt):
            importing.dismiss(house, number)
            raise
        importing.agree(house, number, author=_AUTHOR, skips_refused=self._options.skip_refused)
        with progress.shown_by_turns() as told:
            drafts = importing.carry_out(house, number, planned=plan, told=told)
        if plan.changes_nothing:
            self._say("Es gibt nichts zu ändern.")
            return
        self._say(f"Übernommen als Import {number}. Zurücknehmen: import --undo {number}")
        self._tell_what_did_not_come(number)
        self._tell_drafts(drafts)

    def _agreed_plan(self, number: int) -> "Plan":
        from shop import importing

        with progress.shown_by_turns() as told:
            plan = importing.plan(self._house, number, told=told)
        self._show(plan)
        self._remember(number)
        self._check(plan)
        if not plan.changes_nothing and not self._options.yes:
            _ask_whether_to_write()
        return plan

    def _show(self, plan: "Plan") -> None:
        from shop import plan_lines

        if self._options.as_json:
            click.echo(json.dumps(plan.as_json(), ensure_ascii=False))
        elif sys.stdout.isatty():
            from rich.console import Console

            from shop import plan_tables

            plan_tables.show(plan, self._file.name, Console(highlight=False))
        else:
            for line in plan_lines.lines(plan):
                click.echo(line)
        self._give_back(plan)
        for each in sorted(self._options.wished.agreed - {question.question for question in plan.questions}):
            click.echo(f"--agree {each}: Danach wurde nicht gefragt.", err=True)

    def _give_back(self, plan: "Plan") -> None:
        """Write the rows that were refused, or say how to get them."""
        from shop import import_refused

        file = self._options.refused
        if not plan.refused:
            return
        if file is None:
            self._say("Die abgelehnten Zeilen gibt --refused DATEI mit ihrem Grund zurück, zum Berichtigen.")
            return
        try:
            wished = self._options.wished
            file.write_bytes(import_refused.of_file(self._house, self._file, wished, plan.refused))
        except OSError as error:
            raise NotImported(f"Hierhin lässt sich nichts schreiben: {file} ({error.strerror})") from error
        self._say(f"Die abgelehnten Zeilen stehen mit ihrem Grund in: {file}")

    def _remember(self, number: int) -> None:
        from catalog.exchange import memory
        from catalog.exchange.wishes import from_json
        from shop import importing

        if self._options.remember is None:
            return
        with self._house.database.writing() as session:
            run = importing.get(session, number)
            remembered = memory.remember(
                session, run.fingerprint, self._options.remember, from_json(run.wishes), author=_AUTHOR,
                now=self._house.clock(),
            )  # fmt: skip
            name = remembered.name
        self._say(f"Gemerkt: Dateien mit diesen Spalten werden künftig gelesen wie „{name}“.")

    def _in_the_way(self, plan: "Plan") -> bool:
        return plan.must_be_answered or bool(plan.refused and not self._options.skip_refused)

    def _check(self, plan: "Plan") -> None:
        if plan.must_be_answered:
            raise NotImported("Nichts übernommen. Bitte zuerst antworten: " + _open_answers(plan))
        if self._in_the_way(plan):
            raise NotImported(
                "Nichts übernommen. Bitte berichtigen Sie die abgelehnten Zeilen, oder lassen Sie die betroffenen "
                "Artikel mit --skip-refused aus."
            )

    def _tell_what_did_not_come(self, number: int) -> None:
        """Which articles were left out because somebody was faster, and which pictures did not come."""
        from shop import importing

        with self._house.database.reading() as session:
            result = importing.get(session, number).result
        left_out = [f"Ausgelassen: Zeile {each['row']}: {each['reason']}" for each in result.get("left_out", [])]
        for told, more in ((left_out, "Artikel ausgelassen"), (result.get("pictures", []), "Bilder fehlen")):
            for each in told[:_MOST_LINES]:
                self._say(each)
            if len(told) > _MOST_LINES:
                self._say(f"… und {len(told) - _MOST_LINES} weitere {more}.")

    def _tell_drafts(self, drafts: "Sequence[Withdrawn]") -> None:
        """What is not on sale, because the law wants something shown that nobody has said yet."""
        if not drafts:
            return
        number = f"{len(drafts)} Artikel {'ist' if len(drafts) == 1 else 'sind'} Entwurf, weil"
        self._say(f"{number} noch etwas fehlt, was das Gesetz verlangt. Ergänzen Sie es im Backoffice unter „Artikel“:")
        if self._options.as_json:
            return
        for each in drafts[:_MOST_LINES]:
            click.echo(f"  {each.name}: {', '.join(gap.short for gap in each.gaps)}")
        if len(drafts) > _MOST_LINES:
            click.echo(f"… und {len(drafts) - _MOST_LINES} weitere")

    def _say(self, sentence: str) -> None:
        """Into the report, or beside it where the report is for machines."""
        click.echo(sentence, err=self._options.as_json)


def _how_to_map(error: "ForeignHeader") -> str:
    from catalog.exchange.guessing import suggestion

    told = " ".join(f'--map "{name}={ours}"' for name, ours in suggestion(error.columns).items())
    return f"Zum Beispiel: {told}"


def _ask_whether_to_write() -> None:
    try:
        answer = click.prompt("Übernehmen? [j/N]", default="", show_default=False, prompt_suffix=" ", err=True)
    except click.Abort as error:  # Ctrl+C
        raise NotImported("\nNichts übernommen.") from error
    if answer.strip().casefold() not in ("j", "ja"):
        raise NotImported("Nichts übernommen.")


def _open_answers(plan: "Plan") -> str:
    """How what stops is answered; a question without an id says so itself."""
    from shop import plan_report

    asked = plan_report.gathered(each for each in plan.questions if each.stops)
    return " · ".join(each.answer or each.reason for each in asked)
