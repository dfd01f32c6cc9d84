"""Several facts in one cell: rolls "12,40 m; Partie 12; Platz Regal B2 | 1,80 m", price steps "ab 10: 3,20"."""

import re
from collections.abc import Callable, Iterable

from catalog.exchange.cells import NotACell, join_list, split_list

RollText = tuple[str, str, str]
"""A roll as a file tells of it: quantity as written, lot, place."""

_LOT = re.compile(r"(?:partie|farbpartie|charge)\s*:?\s*(.+)", re.IGNORECASE)
_PLACE = re.compile(r"(?:platz|ort|fach)\s*:?\s*(.+)", re.IGNORECASE)
_STEP = re.compile(r"(?:ab\s+)?(.+?)\s*[:=]\s*(.+)", re.IGNORECASE)
_LONGEST_NAME = 40


def read_rolls(cell: str) -> tuple[RollText, ...]:
    """Read rolls, parted by "|"; the quantities are read later, when the unit is known. Raises NotACell."""
    return tuple(_read_roll(each) for each in split_list(cell, "|"))


def write_rolls(rolls: Iterable[RollText]) -> str:
    """Write rolls so that `read_rolls` gives them back."""
    return join_list((join_list(_parts(*roll), ";") for roll in rolls), "|")


def read_steps(cell: str, read_cents: Callable[[str], int]) -> tuple[tuple[str, int], ...]:
    """Read price steps as (quantity as written, cents): "ab 10: 3,20 | ab 50: 2,90". Raises NotACell."""
    return tuple(_read_step(each, read_cents) for each in split_list(cell, "|"))


def write_steps(steps: Iterable[tuple[str, str]]) -> str:
    """Write price steps, (quantity, euros) in words, so that `read_steps` gives them back."""
    return join_list((f"ab {quantity}: {euros}" for quantity, euros in steps), "|")


def _read_roll(text: str) -> RollText:
    quantity, *others = split_list(text, ";") or [""]
    lot = place = ""
    for each in others:
        if match := _LOT.fullmatch(each):
            lot = match[1]
        elif match := _PLACE.fullmatch(each):
            place = match[1]
        else:
            raise NotACell(f"„{each}“ verstehen wir nicht. Bitte so eintragen: 12,40 m; Partie 12; Platz Regal B2")
    if max(len(lot), len(place)) > _LONGEST_NAME:
        raise NotACell(f"Partie und Platz dürfen höchstens {_LONGEST_NAME} Zeichen haben.")
    return quantity, lot, place


def _parts(quantity: str, lot: str, place: str) -> list[str]:
    return [quantity, *([f"Partie {lot}"] if lot else []), *([f"Platz {place}"] if place else [])]


def _read_step(text: str, read_cents: Callable[[str], int]) -> tuple[str, int]:
    match = _STEP.fullmatch(text)
    if match is None:
        raise NotACell(f"„{text}“ ist kein Staffelpreis. Bitte so eintragen: ab 10: 3,20 | ab 50: 2,90")
    return match[1], read_cents(match[2])
