"""The command of the bank: take in statements, as a clock on the server may do with what the bank has put down."""

import json
from pathlib import Path
from typing import Any

import click

from catalog.refusals import Refusal
from shop.desk import Desk, at_desk

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


class NotTakenIn(Refusal):
    """A file that is no statement, or not of the shop's account."""


@click.command("bank")
@click.argument("files", nargs=-1, required=True, type=_FILES)
@click.option("--any-account", is_flag=True, help="Auch Auszüge, in denen ein anderes oder kein Konto steht.")
@click.option("--json", "as_json", is_flag=True, help="Für Maschinen.")
@at_desk
def bank(desk: Desk, files: tuple[Path, ...], any_account: bool, as_json: bool) -> None:
    """Kontoauszüge einlesen (camt.053, MT940, CSV, ZIP) und Überweisungen buchen."""
    told = [_take_in(desk, file, any_account) for file in files]
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for each in told:
        click.echo(
            f"{each['file']}: {each['paid']} gebucht, {each['questions']} Fragen (Backoffice › Mehr › Bank), "
            f"{each['known']} schon bekannt"
        )
        for sentence in each["refused"]:
            click.echo(f"  nicht gelesen: {sentence}", err=True)


def _take_in(desk: Desk, file: Path, any_account: bool) -> dict[str, Any]:
    """Take in one file. Raises NotTakenIn."""
    from checkout.bank import importing, reading
    from checkout.bank.statement import NotAStatement
    from shop import profile
    from shop.context import utc_now

    with file.open("rb") as opened:
        content = opened.read(reading.MOST_BYTES + 1)
    try:
        read = reading.read(content)
    except NotAStatement as refusal:
        raise NotTakenIn(f"{file.name}: {refusal.sentence}") from refusal
    sums = {"paid": 0, "questions": 0, "refunds": 0, "known": 0}
    with desk.database() as database:
        with database.reading() as session:
            foreign = importing.foreign(session, read.statements, profile.load(session).iban)
        if foreign and not any_account:
            raise NotTakenIn(
                f"{file.name}: nicht das Konto des Ladens (gefunden: {foreign[0].account or 'keines'}). "
                "Wenn es stimmt: --any-account dazuschreiben."
            )
        for position, statement in enumerate(read.statements):
            digest = importing.digest_of(content, position)
            outcome = importing.take_in(
                database, statement, name=file.name, digest=digest, now=utc_now(), author="Befehl bank"
            )
            sums["paid"] += len(outcome.paid)
            sums["questions"] += len(outcome.open)
            sums["refunds"] += len(outcome.sent)
            sums["known"] += outcome.known
    return {"file": file.name, **sums, "refused": list(read.refused)}
