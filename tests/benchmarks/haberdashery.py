"""A file of goods of any size in our own format: fabrics, yarns, buttons and ribbons in four colours, made by seed."""

import csv
import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from stdnum import ean

from tests.benchmarks.stocking import COLOURS, MOTIFS, SORTS, WORDS

COLOURS_EACH = 4
_HEADER = ("Artikelnummer", "Artikel", "Produktname", "Kategorie", "Art", "Einheit", "Preis", "Mindestmenge", "Schritt",
           "Bestand", "Option 1 Name", "Option 1 Wert", "Option 1 Farbe", "Inhalt", "Gewicht (g)", "MwSt", "EAN",
           "Kurzbeschreibung", "Beschreibung", "Fasern", "Hersteller", "Hersteller Straße", "Hersteller PLZ",
           "Hersteller Ort", "Hersteller Land", "Hersteller Kontakt", "Lieferzeit", "Merkmal: Stoffbreite",
           "Merkmal: Gewicht je m²")  # fmt: skip
_KINDS = (("Stoffe", "Stoff", "Meter", "50 cm", "10 cm", ""), ("Wolle", "Garn", "Stück", "", "", "50 g"),
          ("Kurzwaren", "Knopf", "Stück", "", "", ""), ("Bänder", "Band", "Meter", "1 m", "50 cm", ""))  # fmt: skip
_FIBRES = ("95 % Baumwolle, 5 % Elasthan", "100 % Leinen", "80 % Wolle, 20 % Polyamid", "100 % Polyester")
_MAKERS = 40


def write(file: Path, variants: int, *, dearer_cents: int = 0, colours: int = COLOURS_EACH) -> None:
    """Write a file of so many variants, `colours` of each article; all prices `dearer_cents` above the usual ones."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out, delimiter=";")
        writer.writerow(_HEADER)
        writer.writerows(islice(_rows(dearer_cents, colours), variants))


def _rows(dearer_cents: int, colours: int) -> Iterator[list[str]]:
    chance = random.Random(20261127)
    number = 0
    while True:
        told = _product(chance, number)
        cents = chance.randrange(90, 3990) + dearer_cents
        for place, colour in enumerate(chance.sample(COLOURS, colours)):
            variant = number * colours + place
            yield _row(told if place == 0 else {"Artikel": told["Artikel"]}, chance, variant, cents, colour)
        number += 1


def _row(told: dict[str, str], chance: random.Random, number: int, cents: int, colour: str) -> list[str]:
    digits = f"40{number:010d}"
    cells = told | {
        "Artikelnummer": f"SCH-{number:06d}",
        "Preis": f"{cents // 100},{cents % 100:02d}",
        "Bestand": str(chance.randrange(1, 60)),
        "Option 1 Name": "Farbe",
        "Option 1 Wert": colour.capitalize(),
        "Option 1 Farbe": f"#{chance.randrange(0x1000000):06x}",
        "Gewicht (g)": str(chance.randrange(5, 400)),
        "EAN": digits + ean.calc_check_digit(digits),
    }
    return [cells.get(column, "") for column in _HEADER]


def _product(chance: random.Random, number: int) -> dict[str, str]:
    group, kind, unit, minimum, step, content = _KINDS[number % len(_KINDS)]
    sort, maker = chance.choice(SORTS), number % _MAKERS
    return {
        "Artikel": f"{sort.lower()}-{number}",
        "Produktname": f"{sort} {chance.choice(MOTIFS)} {number}",
        "Kategorie": f"{group} > {sort}",
        "Art": kind,
        "Einheit": unit,
        "Mindestmenge": minimum,
        "Schritt": step,
        "Inhalt": content,
        "MwSt": "voll",
        "Kurzbeschreibung": " ".join(chance.choices(WORDS, k=8)),
        "Beschreibung": " ".join(chance.choices(WORDS, k=40)),
        "Fasern": chance.choice(_FIBRES),
        "Hersteller": f"Weberei {maker}",
        "Hersteller Straße": f"Mühlweg {maker + 1}",
        "Hersteller PLZ": f"{1067 + maker:05d}",
        "Hersteller Ort": "Beispielstadt",
        "Hersteller Land": "DE",
        "Hersteller Kontakt": f"post@weberei-{maker}.example",
        "Lieferzeit": "2–4 Tage",
        "Merkmal: Stoffbreite": f"{chance.randrange(90, 160)} cm" if kind == "Stoff" else "",
        "Merkmal: Gewicht je m²": f"{chance.randrange(90, 300)} g/m²" if kind == "Stoff" else "",
    }
