"""The sorts of goods of the generated catalogue, read from goods.csv beside this file.

A row is a sort. `kinds` is what it is; `nouns` what makers call it (each maker always the same word;
"Taschenstoff{use=bag}" says a fact by itself); `share` how many of about 2,500 articles; `facts` what is true of all;
`looks` how they differ ("plain" in colour, "print" in motif, "numbered" in numbered colours, "metal" in finish, "line"
by a made-up name); `sizes` option, fact, values, unit and the built-in attribute; `traits` facts with the words that
say them, one per article; `suits` uses it is good for; `belongs` and `holds` kinds that it is made for or contains;
`about` a sentence of its text.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).parent / "goods.csv"


@dataclass(frozen=True)
class Size:
    """A measure that a sort comes in."""

    option: str
    key: str
    values: tuple[str, ...]
    unit: str
    attribute: str

    def written(self, value: str) -> str:
        """A value as it is printed: "3,5 mm"."""
        return f"{value.replace('.', ',')} {self.unit}".strip()


@dataclass(frozen=True)
class Sort:
    """A sort of goods, from which articles are made."""

    kinds: frozenset[str]
    nouns: Mapping[str, Mapping[str, str]]
    place: tuple[str, ...]
    share: float
    cents: tuple[int, int]
    facts: Mapping[str, str]
    fibres: str
    looks: tuple[str, ...]
    size: Size | None
    traits: tuple[tuple[str, str, tuple[str, ...]], ...]
    suits: tuple[str, ...]
    belongs: frozenset[str]
    holds: frozenset[str]
    about: str
    goods: str
    unit: str


def every() -> list[Sort]:
    """All sorts, in the order of the file."""
    with _FILE.open(encoding="utf-8", newline="") as opened:
        return [_sort(row) for row in csv.DictReader(opened, delimiter=";")]


def _sort(row: Mapping[str, str]) -> Sort:
    least, most = row["cents"].split("-")
    return Sort(
        kinds=frozenset(row["kinds"].split()),
        nouns=dict(_noun(each) for each in row["nouns"].split("|")),
        place=tuple(row["place"].split(" > ")),
        share=float(row["share"]),
        cents=(int(least), int(most)),
        facts=dict(_pair(each) for each in row["facts"].split()),
        fibres=row["fibres"],
        looks=tuple(row["looks"].split()),
        size=_size(row["sizes"]) if row["sizes"] else None,
        traits=tuple(_trait(each) for each in row["traits"].split(" / ") if each),
        suits=tuple(row["suits"].split()),
        belongs=frozenset(row["belongs"].split()),
        holds=frozenset(row["holds"].split()),
        about=row["about"],
        goods=row["goods"],
        unit=row["unit"],
    )


def _pair(text: str) -> tuple[str, str]:
    key, _, value = text.partition("=")
    return key, value


def _noun(text: str) -> tuple[str, Mapping[str, str]]:
    """A noun with what it says: "Taschenstoff{use=bag}"."""
    noun, _, said = text.rstrip("}").partition("{")
    return noun, dict([_pair(said)]) if said else {}


def _size(text: str) -> Size:
    option, key, values, unit, attribute = text.split("|")
    return Size(option, key, tuple(values.split()), unit, attribute)


def _trait(text: str) -> tuple[str, str, tuple[str, ...]]:
    fact, _, words = text.partition(": ")
    return (*_pair(fact), tuple(words.split("|")))
