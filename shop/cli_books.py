"""The commands of the books: look at the journal, write files for accountant and tax office, say what is due to go."""

import json
from datetime import UTC, date, datetime
from pathlib import Path

import click

from catalog.refusals import Refusal
from shop.desk import Desk, at_desk

_FILE = click.Path(dir_okay=False, path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])
_MONTH = click.DateTime(["%Y-%m"])


class JournalBroken(Refusal):
    """The journal is not as it was written."""


@click.group("books")
def books() -> None:
    """Buchhaltung: Journal prüfen, Daten für Steuerberatung und Finanzamt ausgeben."""


@books.command()
@click.option("--json", "as_json", is_flag=True, help="Für Maschinen.")
@at_desk
def verify(desk: Desk, as_json: bool) -> None:
    """Das ganze Journal prüfen, auch gegen die Prüfsummen in Sicherungen; 1, wenn etwas nicht stimmt."""
    from checkout import erasing, journal, journal_check
    from shop import journal_heads
    from shop.context import utc_now

    with desk.database() as database, database.reading() as session:
        heads = [*journal_heads.read(desk.settings), *journal_heads.of_backups(desk.settings)]
        found = journal_check.verify(session, heads, erasing.may_be_gone(utc_now()))
        number, digest = journal.head_of(session)
    if as_json:
        fault = {"number": found.number, "message": found.sentence} if found else None
        click.echo(json.dumps({"entries": number, "hash": digest, "heads": len(heads), "fault": fault}))
        click.get_current_context().exit(1 if found else 0)
    if found:
        raise JournalBroken(f"Das Journal ist nicht unversehrt: {found.sentence}")
    click.echo(f"Unversehrt: {number} Einträge, geprüft gegen {len(heads)} aufgehobene Prüfsummen. Letzte: {digest}")


@books.command()
@click.option("--from", "first", type=_DAY, required=True, help="Erster Tag, 2026-01-01.")
@click.option("--to", "last", type=_DAY, required=True, help="Letzter Tag, 2026-12-31.")
@click.argument("file", type=_FILE)
@at_desk
def tax(desk: Desk, first: datetime, last: datetime, file: Path) -> None:
    """Tabellen für das Finanzamt (Z3) als ZIP-Datei."""
    from checkout import gobd
    from checkout.periods import Period
    from shop import invoice_terms, profile, whole_files

    if last < first:
        raise click.UsageError("--to liegt vor --from.")
    period = Period(first.date(), last.date())
    with desk.database() as database, database.reading() as session, whole_files.written(file, mode=0o600) as out:
        counts = gobd.write(out, session, period, invoice_terms.seller(profile.load(session)))
    click.echo(f"{file}: {sum(counts.values())} Zeilen in {len(counts)} Tabellen")


@books.command()
@click.argument("month", type=_MONTH)
@click.argument("file", type=_FILE)
@at_desk
def datev(desk: Desk, month: datetime, file: Path) -> None:
    """Buchungen eines Monats (2026-11) für DATEV."""
    from checkout import account_bookings, book_terms, extf, periods
    from shop import profile, whole_files
    from shop.context import utc_now

    period = periods.month(month.year, month.month)
    with desk.database() as database, database.reading() as session:
        booked = account_bookings.bookings(session, period)
        name = profile.load(session).shop_name
        content = extf.write(booked, book_terms.load(session), period, shop=name, made_at=utc_now())
    with whole_files.written(file, mode=0o600) as out:
        out.write(content)
    click.echo(f"{file}: {len(booked)} Buchungen")


@books.command()
@click.argument("month", type=_MONTH)
@click.argument("file", type=_FILE)
@at_desk
def month(desk: Desk, month: datetime, file: Path) -> None:
    """Archiv eines Monats: Belege, Buchungen, Journal, Zusammenfassung."""
    from checkout import periods
    from shop import month_archive, whole_files

    period = periods.month(month.year, month.month)
    with desk.app() as app, whole_files.written(file, mode=0o600) as out:
        shop = app.extensions["dorfladen"]
        count = month_archive.write(out, shop, period, shop.clock())
    click.echo(f"{file}: {count} Belege")


@books.command()
@click.option("--on", "day", type=_DAY, help="Wie an diesem Tag (sonst heute).")
@at_desk
def retention(desk: Desk, day: datetime | None) -> None:
    """Sagen, was abgelaufen ist und gelöscht wird; gelöscht wird damit nichts."""
    from checkout import erasing
    from shop.context import utc_now

    on = _noon(day.date()) if day else utc_now()
    with desk.database() as database, database.reading() as session:
        planned = erasing.planned(session, on)
        is_held = erasing.holds_stand(session)
    for name, count in planned.items():
        click.echo(f"{count:7} {name}")
    if is_held:
        click.echo("Zurzeit wird nichts gelöscht: Die Aufbewahrung ist verlängert.")


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
