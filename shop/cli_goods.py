"""The commands of the goods: import, images, search, reindex; export comes from its own file."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.refusals import Refusal
from shop import cli_runs
from shop.cli_export import export
from shop.desk import Desk, at_desk
from shop.progress import shown

if TYPE_CHECKING:
    from sqlmodel import Session

    from catalog.exchange.archives import Archive
    from catalog.exchange.articles import Remark
    from catalog.exchange.plan import Plan
    from catalog.readiness import Withdrawn
    from shop.db import Database

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_PLACE = click.Path(exists=True, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_MOST_LINES = 20  # of one sort; the rest is counted


class NotImported(Refusal):
    """Nothing was written, and why."""


@click.command("import")
@click.argument("file", type=_FILE, required=False)
@click.option("--dry-run", is_flag=True, help="Nur zeigen, was sich ändern würde.")
@click.option("--yes", is_flag=True, help="Ohne Nachfrage übernehmen.")
@click.option("--json", "as_json", is_flag=True, help="Den Plan als JSON ausgeben.")
@click.option("--decimal", type=click.Choice([",", "."]), help="Das Dezimalzeichen, wenn die Datei es offen lässt.")
@click.option("--skip-refused", is_flag=True, help="Artikel mit fehlerhaften Zeilen auslassen, die übrigen übernehmen.")
@click.option(
    "--pictures",
    type=_PLACE,
    help="Ordner oder ZIP-Datei mit den Bildern (sonst neben der Datei, in „bilder“ und „bilder.zip“).",
)
@click.option("--refused", type=_NEW_FILE, help="Abgelehnte Zeilen mit ihrem Grund in diese Datei schreiben.")
@at_desk
@cli_runs.options
def import_goods(
    desk: Desk,
    file: Path,
    dry_run: bool,
    yes: bool,
    as_json: bool,
    decimal: str | None,
    skip_refused: bool,
    pictures: Path | None,
    refused: Path | None,
) -> None:
    """Artikel aus einer CSV-Datei übernehmen, oder aus einer ZIP-Datei mit ihr und den Bildern."""
    from catalog.exchange import bundle, dialects
    from catalog.exchange.planning import make_plan
    from catalog.exchange.wishes import Wishes
    from shop import picture_sources
    from shop.context import utc_now

    given = bundle.opened(file)
    reading = dialects.read(given.table, Wishes(decimal=decimal))
    places: list[Path | Archive] = [*filter(None, [pictures]), *given.sources, *bundle.beside(file)]
    with desk.database() as database:
        folders = picture_sources.of(desk.settings, database, places, utc_now)
        with database.reading() as session:
            plan = make_plan(session, reading, folders, utc_now())
        _show_plan(plan, as_json=as_json)
        _give_back(plan, given.table, reading, refused, as_json)
        is_refused = bool(plan.refused) and not skip_refused
        if dry_run:
            sys.exit(1 if is_refused or plan.must_be_answered else 0)
        _check_writable(plan, skip_refused=skip_refused)
        if plan.changes_nothing:
            _say("Es gibt nichts zu ändern.", as_json)
            return
        if not yes:
            _ask_whether_to_write()
        asked = list(plan.questions)
        with shown("Bilder aufbewahren") as told:
            has_news = folders.keep_all(told)
        if has_news:
            with database.reading() as session:
                plan = make_plan(session, reading, folders, utc_now())
            _show_remarks("Frage", (each for each in plan.questions if each not in asked), as_json=as_json)
        drafts = _write(desk, database, reading, folders, agreed=plan)
    _say("Übernommen.", as_json)
    _show_drafts(drafts, as_json)


@click.command()
@click.argument("folder", type=_FOLDER)
@click.option("--dry-run", is_flag=True, help="Nur zeigen, welches Bild zu welchem Artikel käme.")
@at_desk
def images(desk: Desk, folder: Path, dry_run: bool) -> None:
    """Bilder aus einem Ordner an Artikel hängen; der Dateiname ist die Artikelnummer."""
    from catalog import images as pictures
    from catalog import photographs, picture_folder
    from catalog.photographs import NotAPicture
    from shop.context import utc_now

    with desk.database() as database:
        with database.reading() as session:
            plan = picture_folder.plan(session, folder)
        _list(f"{path.name}: passt zu keinem Artikel" for path in plan.unmatched)
        _list(f"{path.name}: {reason}" for path, reason in plan.refused)
        if dry_run:
            _list((f"{match.path.name} → {match.target.alt}" for match in plan.matched), most=len(plan.matched))
            sys.exit(1 if plan.refused else 0)
        with shown("Bilder aufbewahren") as told:
            for done, match in enumerate(plan.matched, start=1):
                try:  # slow, so before the transaction; apply() finds them kept and tells what was unreadable
                    pictures.store(desk.settings.media, photographs.read(match.path))
                except NotAPicture:
                    continue
                finally:
                    told(done, len(plan.matched))
        with database.writing() as session:
            outcome = picture_folder.apply(session, desk.settings.media, plan, utc_now())
        _list(f"{path.name}: {reason}" for path, reason in outcome.refused)
    click.echo(f"{_number_of(outcome.added, 'Bild', 'Bilder')} neu, {outcome.unchanged} schon da.")
    if plan.refused or outcome.refused:
        sys.exit(1)


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Treffer als JSON ausgeben.")
@click.option("--limit", type=click.IntRange(1, 1000), default=24, show_default=True, help="Wie viele Treffer.")
@at_desk
def search(desk: Desk, words: tuple[str, ...], as_json: bool, limit: int) -> None:
    """Artikel suchen wie die Kundschaft im Laden; der beste Treffer zuerst."""
    from catalog.search.find import find
    from catalog.search.whoosh_engine import WhooshEngine

    text = " ".join(words)
    with desk.database() as database, database.reading() as session:
        engine = WhooshEngine(desk.settings.index)
        _replay(session, engine)
        found = find(engine, text, limit=limit)
        hits = _describe(session, found.ids, found.scores, text)
    if as_json:
        click.echo(json.dumps(hits, ensure_ascii=False))
        return
    for hit in hits:
        click.echo(f"{hit['sku']}\t{hit['name']}")
    if not hits:
        click.echo("Nichts gefunden.", err=True)


@click.command()
@at_desk
def reindex(desk: Desk) -> None:
    """Den Suchindex ganz neu aufbauen."""
    from catalog.search import index
    from catalog.search.whoosh_engine import WhooshEngine

    with desk.database() as database, database.reading() as session, shown("Suchindex") as told:
        number = index.rebuild(session, WhooshEngine(desk.settings.index), told)
    click.echo(f"{number} Artikel sind im Suchindex.")


commands: list[click.Command] = [import_goods, export, images, search, reindex]


def _write(desk: Desk, database: "Database", reading: Any, folders: Any, *, agreed: "Plan") -> "list[Withdrawn]":
    """Plan once more inside the transaction: what changed since was not agreed to."""
    from catalog.exchange.apply import apply
    from catalog.exchange.planning import make_plan
    from catalog.search.whoosh_engine import WhooshEngine
    from shop.context import utc_now

    now = utc_now()
    with database.writing() as session:
        plan = make_plan(session, reading, folders, now)
        if (plan.as_json(), plan.changes) != (agreed.as_json(), agreed.changes):
            raise NotImported("Im Laden hat sich inzwischen etwas geändert. Bitte starten Sie den Import noch einmal.")
        with shown("Artikel übernehmen") as told:
            drafts = apply(session, plan, folders, now=now, author="import", progress=told)
    with database.reading() as session:
        _replay(session, WhooshEngine(desk.settings.index))
    return drafts


def _replay(session: "Session", engine: Any) -> None:
    """Bring the index up to date; where another process is at it, that one does."""
    from catalog.search import index

    try:
        while index.replay(session, engine):
            pass
    except TimeoutError:
        click.echo("Der Suchindex wird gerade von einem anderen Programm geschrieben; er folgt gleich.", err=True)


def _check_writable(plan: "Plan", *, skip_refused: bool) -> None:
    if plan.must_be_answered:
        raise NotImported("Nichts übernommen: Bitte beantworten Sie zuerst die Frage zum Dezimalzeichen (--decimal).")
    if plan.refused and not skip_refused:
        raise NotImported(
            "Nichts übernommen. Bitte berichtigen Sie die abgelehnten Zeilen, oder lassen Sie die betroffenen Artikel "
            "mit --skip-refused aus."
        )


def _give_back(plan: "Plan", table: "bytes | Path", reading: Any, file: Path | None, as_json: bool) -> None:
    """Write the rows that were refused, or say how to get them."""
    from catalog.exchange import refused

    if not plan.refused:
        return
    if file is None:
        _say("Die abgelehnten Zeilen gibt --refused DATEI mit ihrem Grund zurück, zum Berichtigen.", as_json)
        return
    try:
        file.write_bytes(refused.write(table, reading, plan.refused))
    except OSError as error:
        raise NotImported(f"Hierhin lässt sich nichts schreiben: {file} ({error.strerror})") from error
    _say(f"Die abgelehnten Zeilen stehen mit ihrem Grund in: {file}", as_json)


def _ask_whether_to_write() -> None:
    if not sys.stdin.isatty():
        raise NotImported("Nichts übernommen. Zum Übernehmen bitte --yes dazuschreiben.")
    answer = click.prompt("Übernehmen? [j/N]", default="", show_default=False, prompt_suffix=" ", err=True)
    if answer.strip().casefold() not in ("j", "ja"):
        raise NotImported("Nichts übernommen.")


def _show_plan(plan: "Plan", *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(plan.as_json(), ensure_ascii=False))
        return
    delimiter = {"\t": "Tabulator", ",": "Komma", ";": "Semikolon", "|": "senkrechter Strich"}[plan.delimiter]
    decimal = {",": "Komma", ".": "Punkt"}[plan.decimal]
    click.echo(f"Format {plan.format}, Zeichensatz {plan.encoding}, Trennzeichen {delimiter}, Dezimalzeichen {decimal}")
    _show_counts(plan)
    for note in plan.notes:
        click.echo(f"Hinweis: {note}")
    if plan.unknown_columns:
        names = ", ".join(each.name for each in plan.unknown_columns)
        click.echo(f"Hinweis: Diese Spalten kennen wir nicht und lassen sie weg: {names}")
    _list(
        f"Zeile {each.row}, {each.sku or each.article}, {each.column}: {each.old or '–'} → {each.new or '–'}"
        for each in plan.changes
    )
    _show_remarks("Frage", plan.questions)
    _show_remarks("Abgelehnt", plan.refused)


def _show_drafts(drafts: "list[Withdrawn]", as_json: bool) -> None:
    """What is not on sale, because the law wants something shown that nobody has said yet."""
    if not drafts:
        return
    number = _number_of(len(drafts), "Artikel ist Entwurf, weil", "Artikel sind Entwurf, weil")
    _say(f"{number} noch etwas fehlt, was das Gesetz verlangt. Ergänzen Sie es im Backoffice unter „Artikel“:", as_json)
    if not as_json:
        _list(f"  {each.name}: {', '.join(gap.short for gap in each.gaps)}" for each in drafts)


def _show_counts(plan: "Plan") -> None:
    rows = [("Artikel", plan.products), ("Varianten", plan.variants)]
    if not sys.stdout.isatty():
        for name, counts in rows:
            click.echo(f"{name}: {counts.new} neu, {counts.changed} geändert, {counts.unchanged} unverändert")
        return
    from rich.console import Console
    from rich.table import Table

    table = Table("", "neu", "geändert", "unverändert")
    for name, counts in rows:
        table.add_row(name, str(counts.new), str(counts.changed), str(counts.unchanged))
    Console().print(table)


def _show_remarks(label: str, remarks: Iterable["Remark"], *, as_json: bool = False) -> None:
    """What is said of many rows is said once."""
    from catalog.exchange.plan import rows_of

    by_reason: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        by_reason.setdefault((remark.column, remark.reason), []).append(remark)
    lines = (
        f"{label}: Zeile {rows_of(several)}{f', {column}' if column else ''}: {reason}"
        for (column, reason), several in by_reason.items()
    )
    _list(lines, as_json=as_json)


def _list(lines: Iterable[str], most: int = _MOST_LINES, *, as_json: bool = False) -> None:
    every = list(lines)
    for line in every[:most]:
        _say(line, as_json)
    if len(every) > most:
        _say(f"… und {len(every) - most} weitere", as_json)


def _number_of(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _say(sentence: str, as_json: bool) -> None:
    """Into the report, or beside it where the report is for machines."""
    click.echo(sentence, err=as_json)


def _describe(session: "Session", ids: list[int], scores: list[float], text: str) -> list[dict[str, Any]]:
    """The products found, each with the article number that was asked for, else its first one."""
    from sqlmodel import col, select

    from catalog.products import Product, Variant

    goods = {each.id: each for each in session.exec(select(Product).where(col(Product.id).in_(ids))).all()}
    skus: dict[int, str] = {}
    numbers = select(Variant.product_id, Variant.sku).where(col(Variant.product_id).in_(ids))
    for product_id, sku in session.exec(numbers.order_by(col(Variant.position), col(Variant.id))).all():
        if sku.casefold() == text.casefold():
            skus[product_id] = sku
        skus.setdefault(product_id, sku)
    return [
        {
            "sku": skus.get(product_id, ""),
            "slug": goods[product_id].slug,
            "name": goods[product_id].name,
            "score": score,
        }
        for product_id, score in zip(ids, scores, strict=True)
        if product_id in goods
    ]
