"""Wishes as the owner would say them, for what is remembered and for plans."""

from datetime import datetime
from decimal import Decimal

from catalog.exchange import columns
from catalog.exchange.cells import format_moment
from catalog.exchange.wishes import Missing, Only, Rest, Wishes

_MOST_COLUMNS = 12
_ONLY = {Only.NEW: "nur neue Artikel", Only.UPDATE: "nur vorhandene Artikel"}
_MISSING = {
    Missing.DRAFT: "Artikel, die nicht in der Datei stehen, werden Entwurf",
    Missing.ZERO: "Bestand von Artikeln, die nicht in der Datei stehen, wird 0",
}


def wishes_in_words(wishes: Wishes) -> list[str]:
    """Each wish in a few words: "„VK netto“ ist „Preis“", "Preise netto", "Aufschlag 120 %"."""
    said = [_column(name, target) for name, target in wishes.columns_of.items()]
    if len(said) > _MOST_COLUMNS:
        said[_MOST_COLUMNS:] = [f"{len(said) - _MOST_COLUMNS} weitere Spalten zugeordnet"]
    if wishes.rest is Rest.ATTRIBUTES:
        said.append("unbekannte Spalten werden Merkmale")
    if wishes.decimal:
        said.append({",": "Dezimalkomma", ".": "Dezimalpunkt"}[wishes.decimal])
    if wishes.are_net is not None:
        said.append("Preise netto" if wishes.are_net else "Preise brutto")
    if wishes.factor != 1:
        said.append(factor_in_words(wishes.factor))
    if wishes.full_cents != 1:
        said.append(f"aufgerundet auf volle {wishes.full_cents} Cent")
    if wishes.columns:
        said.append(f"nur die Spalten {', '.join(sorted(map(columns.named, wishes.columns)))}")
    said += [words for words in (_ONLY.get(wishes.only), _MISSING.get(wishes.missing)) if words]
    return [*said, "Bestand kommt dazu"] if wishes.stock_is_change else said


def factor_in_words(factor: Decimal) -> str:
    """A factor as people reckon it: 2.2 → "mal 2,2 (Aufschlag 120 %)"; 0.9 → "mal 0,9"."""
    surcharge = f" (Aufschlag {_german((factor - 1) * 100)} %)" if factor > 1 else ""
    return f"mal {_german(factor)}{surcharge}"


def taken_as(name: str, wishes: Wishes, used_at: datetime) -> str:
    """That a file is taken as one before it: "Gelesen wie „Preisliste Müller“ zuletzt am 03.10.2026: Preise netto."."""
    said = "; ".join(wishes_in_words(wishes))
    day = format_moment(used_at).split(" ")[0]
    return f"Gelesen wie „{name}“ zuletzt am {day}{f': {said}' if said else ''}."


def _column(name: str, target: str) -> str:
    return f"„{name}“ ist „{target}“" if target else f"„{name}“ bleibt weg"


def _german(number: Decimal) -> str:
    return f"{number.normalize():f}".replace(".", ",")
