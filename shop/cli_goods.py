"""The commands of the goods: images, search, reindex; import and export come from their own files."""

import json
import sys
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shop.cli_export import export
from shop.cli_import import import_goods
from shop.desk import Desk, at_desk
from shop.progress import shown
from shop.settings import SEARCH_ENGINES

if TYPE_CHECKING:
    from sqlmodel import Session

_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
_MOST_LINES = 20  # of one sort; the rest is counted


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
    from catalog.search.find import Search
    from shop import searching
    from shop.context import utc_now

    text = " ".join(words)
    with desk.database() as database, database.reading() as session:
        engine = searching.engine(desk.settings, database)
        _replay(session, engine)
        found = Search(engine).find(session, text, utc_now())
        hits = _describe(session, found.ids[:limit], found.scores[:limit], text)
    if as_json:
        click.echo(json.dumps(hits, ensure_ascii=False))
        return
    for hit in hits:
        click.echo(f"{hit['sku']}\t{hit['name']}")
    if not hits:
        click.echo("Nichts gefunden.", err=True)


@click.command()
@click.option("--engine", type=click.Choice(SEARCH_ENGINES), help="Einen anderen Index vorab bauen, vor einem Wechsel.")
@click.option("--needed", is_flag=True, help="Nur, was neu aufgebaut werden muss.")
@at_desk
def reindex(desk: Desk, engine: str | None, *, needed: bool) -> None:
    """Den Suchindex ganz neu aufbauen; nach einem Wechsel den alten wegräumen."""
    from catalog.search import index
    from shop import indexing, searching
    from shop.settings import with_search_engine

    settings = desk.settings if engine is None else with_search_engine(desk.settings, engine)
    with desk.database() as database:
        searching.check(settings, database)
        wanted = searching.kept(searching.engine(settings, database))
        telling = nullcontext(lambda done, total: None) if needed else shown("Suchindex")  # the worker's log stays calm
        if needed:
            wanted = indexing.wanting_of(database, wanted)
        with database.reading() as session, telling as told:
            number = index.rebuild_all(session, wanted, told) if wanted else 0
    if engine is None:
        searching.tidy(settings)
    click.echo(f"{number} Artikel sind im Suchindex." if wanted else "Der Suchindex muss nicht neu aufgebaut werden.")


commands: list[click.Command] = [import_goods, export, images, search, reindex]


def _replay(session: "Session", engine: Any) -> None:
    """Bring the index up to date; where another process is at it, that one does."""
    from catalog.search import index

    try:
        while index.replay(session, engine):
            pass
    except TimeoutError:
        click.echo("Der Suchindex wird gerade von einem anderen Programm geschrieben; er folgt gleich.", err=True)


def _list(lines: Iterable[str], most: int = _MOST_LINES) -> None:
    every = list(lines)
    for line in every[:most]:
        click.echo(line)
    if len(every) > most:
        click.echo(f"… und {len(every) - most} weitere")


def _number_of(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _describe(session: "Session", ids: "Sequence[int]", scores: "Sequence[float]", text: str) -> list[dict[str, Any]]:
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
