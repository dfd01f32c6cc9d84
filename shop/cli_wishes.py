"""What an owner may wish of an import, as options of the command."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from catalog.exchange.wishes import Wishes

_CHOICES: tuple[Callable[..., Any], ...] = (
    click.option("--decimal", type=click.Choice([",", "."]), help="Das Dezimalzeichen, wenn die Datei es offen lässt."),
    click.option(
        "--map", "mapped", multiple=True, metavar="SPALTE=ZIEL",
        help="Was eine Spalte ist, etwa „VK=Preis“ oder „Farbton=Merkmal: Farbe“; „Notiz=“ lässt sie weg. Mehrfach.",
    ),
    click.option("--rest", type=click.Choice(["merkmale", "weg"]), help="Unbekannte Spalten: zu Merkmalen, oder weg."),
    click.option("--netto/--brutto", "are_net", default=None, help="Die Preise der Datei sind ohne oder mit MwSt."),
    click.option("--aufschlag", metavar="PROZENT", help="Auf jeden Preis, nach der MwSt: 120 macht 2,20 € aus 1 €."),
    click.option("--faktor", metavar="ZAHL", help="Dasselbe als Faktor: 2,2."),
    click.option("--runden", type=click.IntRange(1, 1000), metavar="CENT", help="Preise auf: 5 macht 8,40 aus 8,38 €."),
    click.option("--only-new", is_flag=True, help="Nur neue Artikel aufnehmen, vorhandene lassen, wie sie sind."),
    click.option("--only-update", is_flag=True, help="Nur vorhandene Artikel ändern, keine neuen aufnehmen."),
    click.option("--columns", metavar="LISTE", help="Nur diese Spalten übernehmen, etwa preis,bestand."),
    click.option(
        "--missing", type=click.Choice(["draft", "keep", "zero"]),
        help="Artikel, die nicht in der Datei stehen: Entwurf, lassen (üblich), oder Bestand 0.",
    ),
    click.option(
        "--bestand", type=click.Choice(["dazu", "gezählt", "gezaehlt"]),
        help="Der Bestand der Datei kommt dazu (Lieferung), oder ist gezählt (üblich).",
    ),
    click.option("--agree", multiple=True, metavar="ID", help="Eine Frage bejahen, die den Import anhält. Mehrfach."),
    click.option("--as", "taken_as", metavar="NAME", help="Lesen wie unter NAME gemerkt; mit \"\" ohne Gemerktes."),
)  # fmt: skip


def options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `Wishes`; it gets them as `wished`."""

    @wraps(command)
    def with_wishes(*arguments: Any, **values: Any) -> None:
        names = ("decimal", "mapped", "rest", "are_net", "aufschlag", "faktor", "runden", "only_new", "only_update",
                 "columns", "missing", "bestand", "agree", "taken_as")  # fmt: skip
        command(*arguments, wished=read(**{name: values.pop(name) for name in names}), **values)

    for option in reversed(_CHOICES):
        with_wishes = option(with_wishes)
    return with_wishes


def read(
    *,
    decimal: str | None,
    mapped: tuple[str, ...],
    rest: str | None,
    are_net: bool | None,
    aufschlag: str | None,
    faktor: str | None,
    runden: int | None,
    only_new: bool,
    only_update: bool,
    columns: str | None,
    missing: str | None,
    bestand: str | None,
    agree: tuple[str, ...],
    taken_as: str | None,
) -> "Wishes":
    """The wishes that the options say. Raises click.UsageError for what does not go together."""
    from catalog.exchange.wishes import Missing, Only, Rest, Wishes

    said: dict[str, Any] = {
        "decimal": decimal,
        "rest": rest and (Rest.ATTRIBUTES if rest == "merkmale" else Rest.LEFT_OUT),
        "are_net": are_net,
        "factor": _factor(aufschlag, faktor),
        "full_cents": runden,
        "only": _only(only_new, only_update),
        "columns": columns and _facts(columns),
        "missing": missing and Missing(missing),
        "stock_is_change": bestand and bestand == "dazu",
    }
    said = {name: value for name, value in said.items() if value is not None}
    wishes = Wishes(
        **said,
        columns_of=dict(map(_mapping, mapped)),
        agreed=frozenset(agree),
        taken_as=taken_as,
        said=frozenset(said),
    )
    if wishes.missing is not Missing.KEEP and wishes.stock_is_change:
        raise click.UsageError("--missing geht nicht mit --bestand dazu: Eine Lieferung nennt nie alle Artikel.")
    if wishes.missing is not Missing.KEEP and wishes.only is Only.NEW:
        raise click.UsageError("--missing geht nicht mit --only-new: Damit bleibt Vorhandenes, wie es ist.")
    if wishes.only is Only.NEW and wishes.columns and not wishes.columns >= {"name", "price_cents"}:
        raise click.UsageError("Neue Artikel brauchen Name und Preis: --columns name,preis,… zu --only-new.")
    return wishes


def _only(only_new: bool, only_update: bool) -> Any:
    from catalog.exchange.wishes import Only

    if only_new and only_update:
        raise click.UsageError("--only-new und --only-update gehen nicht zusammen. Ohne beide gilt beides.")
    return Only.NEW if only_new else Only.UPDATE if only_update else None


def _factor(aufschlag: str | None, faktor: str | None) -> Decimal | None:
    if aufschlag and faktor:
        raise click.UsageError("Bitte --aufschlag oder --faktor angeben, nicht beides.")
    if aufschlag:
        return 1 + _number(aufschlag.removesuffix("%"), "--aufschlag 120") / 100
    factor = _number(faktor, "--faktor 2,2") if faktor else None
    if factor == 0:
        raise click.UsageError("Mit --faktor 0 kosteten alle Artikel nichts.")
    return factor


def _number(text: str, example: str) -> Decimal:
    try:
        number = Decimal(text.strip().replace(",", "."))
    except InvalidOperation as error:
        raise click.UsageError(f"„{text}“ ist keine Zahl. Bitte so: {example}") from error
    if not number.is_finite() or not 0 <= number <= 10_000:
        raise click.UsageError(f"„{text}“ ist hier nicht möglich. Bitte so: {example}")
    return number


def _mapping(text: str) -> tuple[str, str]:
    column, sign, target = text.rpartition("=")
    if not sign or not column.strip():
        raise click.UsageError(f'„{text}“: Bitte Spalte und Ziel mit „=“ verbinden, etwa --map "VK brutto=Preis".')
    return column.strip(), target.strip()


def _facts(columns: str) -> frozenset[str]:
    from catalog.exchange.columns import NotOurs, fact_of

    try:
        return frozenset(fact_of(name) for name in columns.split(",") if name.strip())
    except NotOurs as error:
        raise click.UsageError(f"--columns: {error.sentence}") from error
