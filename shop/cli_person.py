"""The commands about persons: hand out what is known of somebody, forget somebody."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from catalog.refusals import Refusal
from shop.desk import Desk, at_desk

if TYPE_CHECKING:
    from sqlmodel import Session

    from shop.personal.identity import Person

_BY = "Befehl person"


class NobodyFound(Refusal):
    """The shop knows nothing of whom a command names."""


@click.group("person")
def person() -> None:
    """Auskunft und Löschung: was der Laden über jemanden weiß (Art. 15 bis 20 DSGVO)."""


@person.command("export")
@click.argument("who", metavar="EMAIL|ORDER")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), help="In diesen Ordner (sonst hierher).")
@at_desk
def export_(desk: Desk, who: str, to: Path | None) -> None:
    """Alles über eine Person in zwei Dateien schreiben, JSON und PDF."""
    from shop.context import Shop
    from shop.personal import deeds, export, handing_out

    with desk.app() as app:
        shop: Shop = app.extensions["dorfladen"]
        with shop.database.reading() as session:
            made = handing_out.prepare(session, _find(session, who, desk), shop, shop.clock())
        folder = to or Path.cwd()
        folder.mkdir(parents=True, exist_ok=True)
        for ending, content in (("json", made.json().encode()), ("pdf", made.pdf())):
            _write(folder / f"auskunft-{shop.clock():%Y-%m-%d}.{ending}", content)
        with shop.database.writing() as session:
            counts = export.counts(made.found)
            deeds.note(session, deeds.EXPORT, who, desk.settings.secret_key, counts, now=shop.clock(), author=_BY)
    click.echo("Bitte nur an die Adresse schicken, die der Laden von der Person kennt.")


@person.command()
@click.argument("who", metavar="EMAIL|ORDER")
@click.option("--yes", is_flag=True, help="Ohne Rückfrage.")
@at_desk
def erase(desk: Desk, who: str, yes: bool) -> None:
    """Eine Person löschen; was das Gesetz aufbewahrt, kommt ins gesperrte Archiv."""
    from shop.context import utc_now
    from shop.personal import erasure

    with desk.database() as database:
        with database.reading() as session:
            found = _find(session, who, desk)
        click.echo(f"Gefunden: {', '.join(sorted(found.names)) or 'kein Name'}, {len(found.order_ids)} Bestellungen")
        if not yes:
            click.confirm("Wirklich löschen? Das lässt sich nicht rückgängig machen.", abort=True)
        with database.writing() as session:
            found = _find(session, who, desk)
            erased = erasure.erase(session, found, desk.settings.secret_key, now=utc_now(), author=_BY)
    erasure.remove_letter_files(desk.settings.mail, erased.letters)
    for title, counted in (("Gelöscht", erased.gone), ("Gesperrt", erased.locked)):
        click.echo(f"{title}: {', '.join(f'{heading} ({count})' for heading, count in counted.items()) or 'nichts'}")


def _find(session: "Session", who: str, desk: Desk) -> "Person":
    from shop.personal import identity

    found = identity.find(session, who, desk.settings.secret_key)
    if not found.is_known:
        raise NobodyFound(f"Zu „{who}“ ist im Laden nichts bekannt.")
    return found


def _write(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    file.chmod(0o600)
    click.echo(f"Geschrieben: {file}")
