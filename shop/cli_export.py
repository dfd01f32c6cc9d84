"""The command `export`: goods as a file, for ourselves, for another shop system, or for a script."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from catalog.refusals import Refusal
from shop.desk import Desk, at_desk
from shop.progress import shown

if TYPE_CHECKING:
    from sqlmodel import Session

    from catalog.exchange.choice import Choice
    from catalog.exchange.export import Written
    from shop.exporting import Wanted
    from shop.progress import Progress
    from shop.settings import Settings

_MOST_NAMED = 5


class _Day(click.ParamType[datetime]):
    """A day as people write it here, as its first moment in Berlin."""

    name = "tag"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read 24.12.2026 or 2026-12-24, with or without time."""
        from catalog.exchange import cells

        try:
            return cells.moment(str(value))
        except Refusal as refusal:
            self.fail(refusal.sentence, param, ctx)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True))
@click.option("--dialect", default="own", show_default=True, help="own (auch excel-de), woo, shopify oder plain.")
@click.option("--category", default="", help="Nur diese Kategorie und was darunter steht: „Stoffe > Jersey“.")
@click.option("--maker", default="", help="Nur Artikel dieses Herstellers.")
@click.option("--kind", default="", help="Nur diese Warenart, etwa Stoff.")
@click.option("--only-published", is_flag=True, help="Nur was im Laden zu sehen ist.")
@click.option("--drafts", is_flag=True, help="Nur Entwürfe.")
@click.option("--in-stock", is_flag=True, help="Nur was vorrätig ist.")
@click.option("--low", is_flag=True, help="Nur was seinen Meldebestand erreicht hat.")
@click.option("--since", type=_Day(), help="Nur was seit diesem Tag geändert wurde, etwa 24.12.2026.")
@click.option("--columns", default="", help="Nur diese Spalten, etwa preis,bestand; die Artikelnummer steht immer da.")
@click.option("--pictures", type=click.Path(path_type=Path), help="Bilder in diesen Ordner oder diese .zip-Datei.")
@click.option("--json", "as_json", is_flag=True, help="Was geschrieben wurde, als JSON ausgeben.")
@at_desk
def export(
    desk: Desk, /, file: Path, dialect: str, columns: str, pictures: Path | None, as_json: bool, **filters: Any
) -> None:
    """Artikel in eine CSV-Datei schreiben („-“: auf die Ausgabe), die Excel öffnet und „import“ wieder liest."""
    from catalog.exchange import export as exporting
    from shop.context import utc_now
    from shop.exporting import Wanted

    to_output = str(file) == "-"
    if to_output and as_json:
        raise click.UsageError("„-“ und --json schreiben beide auf die Ausgabe. Bitte eine Datei angeben.")
    wanted = Wanted(dialect, _choice(**filters), _keys(columns))
    with desk.database() as database, database.reading() as session:
        with shown("Artikel") as told:
            written = _write(session, desk.settings, file, wanted, utc_now(), told)
        hashes = exporting.pictures_of(session, wanted.choice) if pictures else []
    copied = _lay_beside(desk.settings, hashes, pictures) if pictures else None
    if as_json:
        click.echo(json.dumps(_as_json(written, copied), ensure_ascii=False))
    else:
        _report(written, file, copied, pictures, to_error=to_output)


def _choice(*, only_published: bool, drafts: bool, in_stock: bool, low: bool, **others: Any) -> "Choice":
    from catalog.exchange.choice import Choice

    if only_published and drafts:
        raise click.UsageError("Bitte nur eines von beiden angeben: --only-published oder --drafts.")
    is_published = only_published if only_published or drafts else None
    return Choice(is_published=is_published, only_in_stock=in_stock, only_low=low, **others)


def _keys(columns: str) -> frozenset[str]:
    """The facts that some names of columns mean; the article number may be named, and stands there anyway."""
    from catalog.exchange.columns import fact_of
    from catalog.exchange.headers import normal

    names = [name for name in columns.split(",") if name.strip()]
    return frozenset("sku" if normal(name) in ("artikelnummer", "sku") else fact_of(name) for name in names)


def _write(
    session: "Session", settings: "Settings", file: Path, wanted: "Wanted", now: datetime, told: "Progress"
) -> "Written":
    from shop import exporting

    if str(file) == "-":
        return exporting.write(session, settings, sys.stdout.buffer, wanted, now=now, told=told)
    return exporting.write_file(session, settings, file, wanted, now=now, told=told)


def _lay_beside(settings: "Settings", hashes: list[str], target: Path) -> int:
    from shop import export_pictures, exporting

    with exporting.refusing(), shown("Bilder") as told:
        return export_pictures.lay_beside(settings.media, hashes, target, told)


def _as_json(written: "Written", copied: int | None) -> dict[str, Any]:
    return {
        "products": written.products,
        "variants": written.variants,
        "without_variant": written.left_out,
        "pictures": copied,
        "not_carried": [{"reason": each, "products": names} for each, names in written.losses.articles.items()],
    }


def _report(written: "Written", file: Path, copied: int | None, pictures: Path | None, *, to_error: bool) -> None:
    counts = (
        f"{_number_of(written.products, 'Artikel', 'Artikel')}, {_number_of(written.variants, 'Variante', 'Varianten')}"
    )
    click.echo(f"Geschrieben: {counts}" if to_error else f"Geschrieben: {file} ({counts})", err=to_error)
    if copied is not None:
        click.echo(f"{_number_of(copied, 'Bild', 'Bilder')} in {pictures}", err=to_error)
    if written.left_out:
        number = _number_of(written.left_out, "Artikel steht", "Artikel stehen")
        click.echo(f"Hinweis: {number} nicht in der Datei, weil noch Preis und Artikelnummer fehlen.", err=to_error)
    for sentence, names in written.losses.in_words():
        more = f" und {len(names) - _MOST_NAMED} weitere" if len(names) > _MOST_NAMED else ""
        click.echo(f"Hinweis: {sentence} Betrifft: {', '.join(names[:_MOST_NAMED])}{more}", err=to_error)


def _number_of(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"
