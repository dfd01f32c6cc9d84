"""Words and measures in cells of German lists: kinds of goods, units, tax classes, delivery times, contents."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from catalog.exchange import cells
from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import Sign, plain
from catalog.exchange.fields import KINDS, UNITS, VAT_CLASSES
from catalog.exchange.headers import normal
from catalog.fibres import parse_composition
from catalog.products import Kind
from catalog.thickness import MOST_PER_LAYER
from catalog.units import Unit, parse_quantity
from catalog.vat import VatClass

_T = TypeVar("_T")

NOT_COUNTED = "nicht gezählt"
KIND_WORDS = {
    **{normal(word): kind for kind, word in KINDS.items()},
    **{kind.value: kind for kind in Kind},
    **dict.fromkeys(("stoffe", "meterware"), Kind.FABRIC),
    **dict.fromkeys(("garne", "wolle", "strickgarn"), Kind.YARN),
    **dict.fromkeys(("knoepfe",), Kind.BUTTON),
    **dict.fromkeys(("baender", "borte", "spitze", "gummiband"), Kind.RIBBON),
    **dict.fromkeys(("reissverschluesse", "rv"), Kind.ZIP),
    **dict.fromkeys(("naehgarne", "faden"), Kind.THREAD),
    **dict.fromkeys(("werkzeuge", "zubehoer", "naehzubehoer"), Kind.TOOL),
}
UNIT_WORDS = {
    **{normal(word): unit for unit, word in UNITS.items()},
    **{unit.value: unit for unit in Unit},
    **dict.fromkeys(
        (
            "stk",
            "stck",
            "st",
            "pack",
            "packung",
            "pkg",
            "paar",
            "set",
            "karte",
            "rolle",
            "spule",
            "knaeuel",
            "strang",
            "beutel",
            "dose",
            "flasche",
            "glas",
            "tube",
            "karton",
            "schachtel",
            "box",
            "bund",
            "bogen",
            "heft",
            "blister",
            "piece",
            "pieces",
            "pcs",
            "pc",
        ),
        Unit.PIECE,
    ),
    **dict.fromkeys(("m", "mtr", "lfm", "lfdm", "laufmeter", "cm", "metre", "metres"), Unit.LENGTH),
    **dict.fromkeys(("kg", "kilo", "g", "gramm"), Unit.WEIGHT),
    **dict.fromkeys(("m²", "m2", "qm"), Unit.AREA),
}
VAT_WORDS = {
    **{normal(word): vat_class for vat_class, word in VAT_CLASSES.items()},
    **{vat_class.value: vat_class for vat_class in VatClass},
    **dict.fromkeys(("19", "normal", "regelsatz", "voller satz"), VatClass.STANDARD),
    **dict.fromkeys(("7", "ermaessigter satz"), VatClass.REDUCED),
    **dict.fromkeys(("0", "steuerfrei", "ohne"), VatClass.ZERO),
}
_RATE = re.compile(r"\b(\d{1,2})(?:[.,](\d+))?")
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)$")
_IN_SHOP = {
    **dict.fromkeys(("aktiv", "active", "online", "sichtbar", "published", "veroeffentlicht", "enabled"), True),
    **dict.fromkeys(
        ("inaktiv", "inactive", "offline", "draft", "entwurf", "archived", "archiviert", "disabled"), False
    ),
}
_CONTENT_UNITS = {
    Unit.WEIGHT: "g|gramm|kg|kilo",
    Unit.LENGTH: "m|meter|cm",
    Unit.AREA: "m²|m2|qm|cm²|cm2|dm²|dm2",
    Unit.VOLUME: "ml|l|liter",
    Unit.PIECE: "stück|stk",
}
_DAYS = re.compile(r"(\d{1,3})(?:\s*(?:-|–|bis)\s*(\d{1,3}))?\s*(?:werk)?(?:tage?)?", re.IGNORECASE)
_SWATCH = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?")


def product_name(cell: str) -> str:
    """Check a product's name: at most 200 letters. Raises NotACell."""
    return short(cell, 200)


def short(cell: str, most: int) -> str:
    """Check that a text has at most so many letters. Raises NotACell."""
    if len(cell) > most:
        raise NotACell(f"Das sind {len(cell)} Zeichen, höchstens {most} sind möglich.")
    return cell


@lru_cache(4096)
def category_paths(cell: str) -> tuple[tuple[str, ...], ...]:
    """Read paths such as "Stoffe > Jersey | Neu". Raises NotACell."""
    paths = (tuple(cells.split_list(path, ">")) for path in cells.split_list(cell, "|"))
    return tuple(dict.fromkeys(tuple(short(name, 120) for name in path) for path in paths if path))


def word(cell: str, words: Mapping[str, _T], examples: Iterable[str]) -> _T:
    """What a word means, by its normal spelling. Raises NotACell, which names the examples."""
    meant = words.get(normal(cell))
    if meant is None:
        raise NotACell(f"„{cell}“ kennen wir hier nicht. Möglich sind: {', '.join(examples)}")
    return meant


@lru_cache(4096)
def unit(cell: str) -> Unit:
    """Read a unit: "Stück", "lfm", "Stück (250 g)", whose content counts for nothing. Raises NotACell."""
    return word(_IN_BRACKETS.sub("", cell) or cell, UNIT_WORDS, UNITS.values())


def vat_class(cell: str) -> VatClass:
    """Read a tax class: "voll", "ermäßigt", "19 %", "USt 7%", "19,00". Raises NotACell."""
    rate = _RATE.search(cell)
    spelled = f"{int(rate[1])}" if rate and not (rate[2] or "").strip("0") else cell
    return word(spelled, VAT_WORDS, VAT_CLASSES.values())


def is_in_shop(cell: str) -> bool:
    """Read whether an article is to be seen: ja/nein, aktiv/inaktiv, online/offline. Raises NotACell."""
    told = _IN_SHOP.get(normal(cell))
    return cells.yes_or_no(cell) if told is None else told


def country(cell: str) -> str:
    """Read a country as two letters (ISO 3166-1). Raises NotACell."""
    if not re.fullmatch(r"[A-Za-z]{2}", cell):
        raise NotACell(f"Das Land bitte als Kürzel aus zwei Buchstaben eintragen, etwa DE, nicht „{cell}“.")
    return cell.upper()


@lru_cache(4096)
def days(cell: str) -> tuple[int, int]:
    """Read a delivery time in days: "2–4 Werktage", "3". Raises NotACell."""
    match = _DAYS.fullmatch(cell)
    if match is None or int(match[2] or match[1]) < int(match[1]):
        raise NotACell(f"„{cell}“ ist keine Lieferzeit. Bitte so eintragen: 2–4 Werktage")
    return int(match[1]), int(match[2] or match[1])


def swatch(cell: str) -> str:
    """Check a colour such as #0f6b6e. Raises NotACell."""
    if not _SWATCH.fullmatch(cell):
        raise NotACell(f"„{cell}“ ist kein Farbwert. Bitte so eintragen: #0f6b6e")
    return cell


@lru_cache(4096)
def composition(cell: str) -> tuple[tuple[str, int], ...]:
    """Read fibres as they stand on a label. Raises NotAComposition."""
    return tuple(parse_composition(cell))


@lru_cache(4096)
def grams(cell: str, sign: Sign) -> int:
    """Read a weight in whole grams. Raises NotACell."""
    return parse_quantity(plain(cell, sign), Unit.WEIGHT)


def per_layer(cell: str) -> int:
    """Read how many lie side by side in an envelope. Raises NotACell."""
    if not (cell.isascii() and cell.isdigit() and 1 <= int(cell) <= MOST_PER_LAYER):
        raise NotACell(f"„{cell}“: Bitte eine ganze Zahl eintragen, wie viele im Umschlag nebeneinander liegen.")
    return int(cell)


@lru_cache(4096)
def content(cell: str, sign: Sign) -> tuple[int, Unit]:
    """Read what a pack holds: "50 g", "1,5 kg", "500 m". The unit must stand there. Raises NotACell."""
    written = plain(cell, sign).casefold()
    unit = next((unit for unit, name in _CONTENT_UNITS.items() if re.search(rf"(?:{name})$", written)), None)
    if unit is None:
        raise NotACell(f"„{cell}“: Bitte den Inhalt mit Einheit eintragen, etwa 50 g oder 500 m.")
    return parse_quantity(written, unit), unit
