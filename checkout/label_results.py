"""The file that a carrier gives back after labels were bought: which order got which number.

Carriers call their columns differently; what we know is from a program that reads the DHL portal's list
("Sendungsnummer", "Sendungsreferenz") and from the names that the portals' own forms use.
"""

import csv
import io
from dataclasses import dataclass

from catalog.exchange.headers import normal
from catalog.refusals import Refusal

_NUMBERS = ("sendungsnummer", "trackingnummer", "tracking number", "identcode", "shipment number", "paketnummer")
_REFERENCES = ("sendungsreferenz", "referenz", "referenznummer", "kundenreferenz", "bestellnummer", "reference")
_LONGEST = 60


class NotAResult(Refusal):
    """The file has no column for the number or for the reference."""


@dataclass(frozen=True)
class Labelled:
    """A parcel's number for the order that it refers to."""

    reference: str
    number: str


def read(content: bytes) -> list[Labelled]:
    """The numbers in a carrier's file (CSV with semicolons, commas or tabs), rows without one left out.

    Raises NotAResult.
    """
    rows = list(csv.reader(io.StringIO(_text(content)), delimiter=_delimiter(content)))
    places = {normal(name): place for place, name in reversed(list(enumerate(rows[0])))} if rows else {}
    number = next((places[name] for name in map(normal, _NUMBERS) if name in places), None)
    reference = next((places[name] for name in map(normal, _REFERENCES) if name in places), None)
    if number is None or reference is None:
        raise NotAResult(
            "In dieser Datei finden wir keine Spalten „Sendungsnummer“ und „Sendungsreferenz“. "
            "Bitte laden Sie die Liste als CSV, wie das Portal sie ausgibt."
        )
    most = max(number, reference)
    found = (Labelled(_cell(row[reference]), _cell(row[number])) for row in rows[1:] if len(row) > most)
    return [each for each in found if each.reference and each.number]


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _delimiter(content: bytes) -> str:
    first = _text(content).split("\n", 1)[0]
    return max(";,\t", key=first.count)


def _cell(text: str) -> str:
    """Without the marks that keep Excel from changing a long number."""
    return text.strip().removeprefix("=").strip("\"'")[:_LONGEST]
