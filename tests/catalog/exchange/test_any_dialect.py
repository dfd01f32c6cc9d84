"""Random catalogues in random dialects: what is read equals what was written."""

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stdnum import ean

from catalog.exchange import dialects
from catalog.exchange.articles import Reading
from catalog.exchange.cells import clean
from catalog.exchange.hypertext import markdown_of
from tests.catalog.exchange.foreign_catalogues import SYSTEMS, WITHOUT_OPTIONS, Good, Rows, Sold

LETTERS = "abcdeXYZ äöüÄÖÜß\"';,|.-/&%€é½0123456789🧵✂"
NUMBERS = ["", "00", "AB-", "4,5/", "Ä ", "1e"]
JUNK = [["Preisliste Müller", "", "Stand: 3.11.2026"], ["gültig bis auf Weiteres"]]


def kept(text: str) -> str:
    """A text of one line that no reader may change."""
    line = " ".join(text.split())
    while clean(line) != line:
        line = " ".join(clean(line).split())
    return line


words = st.text(LETTERS, min_size=1, max_size=14).map(kept).filter(bool)
texts = st.lists(words, max_size=3).map("\n".join).map(clean)
cents = st.one_of(st.integers(1, 20_000), st.integers(100_000, 9_999_999))


@st.composite
def goods(draw: st.DrawFn, has_options: bool) -> list[Good]:
    made: list[Good] = []
    for place in range(draw(st.integers(1, 4))):
        options = draw(st.sampled_from([(), ("Farbe",), ("Farbe", "Größe")])) if has_options else ()
        number = f"G{place}"
        values = draw(st.lists(st.tuples(*[words] * len(options)), min_size=1, max_size=4, unique=True))
        variants = tuple(draw(variant(place, n, each)) for n, each in enumerate(values if options else [()]))
        made.append(Good(number, draw(words), draw(texts), options, variants))
    return made


@st.composite
def variant(draw: st.DrawFn, place: int, n: int, values: tuple[str, ...]) -> Sold:
    body = f"40{draw(st.integers(10**6, 10**7 - 1))}{place}{n:02}"
    gtin = body + ean.calc_check_digit(body) if draw(st.booleans()) else ""
    sku = f"{draw(st.sampled_from(NUMBERS))}{place}-{n}"
    return Sold(sku, gtin, draw(cents), draw(st.integers(0, 2_000)), values)


def written(rows: Rows, look: dict[str, Any]) -> bytes:
    """The rows as a file: columns in any order, spare columns among them, junk above, any delimiter and encoding."""
    header = list(dict.fromkeys(name for row in rows for name in row))
    spare = {"Irgendwas": "x;y", "Lagerplatz": "A 3", "Notiz": "zwei\nZeilen"} if look["has_spare"] else {}
    columns = [*header, *spare]
    Random(look["seed"]).shuffle(columns)
    out = io.StringIO()
    quoting: Any = csv.QUOTE_ALL if look["line_end"] == "\r" else look["quoting"]  # else "\n" would go without quotes
    writer = csv.writer(out, delimiter=look["delimiter"], lineterminator=look["line_end"], quoting=quoting)
    writer.writerows(JUNK if look["has_junk"] else [])
    writer.writerow(columns)
    writer.writerows([(row | spare).get(name, "") for name in columns] for row in rows)
    encoded: bytes = out.getvalue().encode(look["encoding"])
    return encoded


def in_code_page(good: Good) -> Good:
    """Only letters of German: a lone "é€" could as well be a Mac's "ÈÄ", see test_code_pages.py."""

    def fit(text: str) -> str:
        return kept("".join(each for each in text if each.isascii() or each in "äöüÄÖÜß")) or "x"

    variants = [replace(each, values=tuple(map(fit, each.values))) for each in good.variants]
    unique = {each.values: each for each in variants}
    text = clean("\n".join(map(fit, good.text.split("\n"))))
    return replace(good, name=fit(good.name), text=text, variants=tuple(unique.values()))


def money(sign: str, has_thousands: bool, cents: int) -> str:
    whole = f"{cents // 100:,}".replace(",", "." if sign == "," else ",") if has_thousands else str(cents // 100)
    return f"{whole}{sign}{cents % 100:02}"


def told(reading: Reading) -> dict[str, tuple[Any, ...]]:
    return {
        each.sku: (
            article.facts["name"],
            each.facts["price_cents"],
            each.facts["stock"],
            each.facts.get("gtin", ""),
            {(name, value) for name, value, _ in each.facts.get("options", ())},
        )
        for article in reading.articles()
        for each in article.variants
    }


def meant(catalogue: Sequence[Good]) -> dict[str, tuple[Any, ...]]:
    return {
        each.sku: (
            good.name,
            each.cents,
            str(each.stock),
            each.gtin,
            set(zip(good.options, each.values, strict=True)),
        )
        for good in catalogue
        for each in good.variants
    }


looks = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(";,\t|"),
        "line_end": st.sampled_from(["\r\n", "\n", "\r"]),
        "quoting": st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        "encoding": st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
        "has_junk": st.booleans(),
        "has_spare": st.booleans(),
        "seed": st.integers(0, 1000),
    }
)
SETTINGS = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


@SETTINGS
@given(st.data(), st.sampled_from(sorted(SYSTEMS)), looks, st.sampled_from(",."), st.booleans())
def test_what_is_read_equals_what_was_written(
    data: st.DataObject, system: str, look: dict[str, Any], sign: str, has_thousands: bool
) -> None:
    key, write = SYSTEMS[system]
    catalogue = data.draw(goods(has_options=system not in WITHOUT_OPTIONS))
    if look["encoding"] == "cp1252":
        catalogue = [in_code_page(good) for good in catalogue]
    reading = dialects.read(written(write(catalogue, lambda cents: money(sign, has_thousands, cents)), look))
    assert (reading.format, reading.table.delimiter) == (key, look["delimiter"])
    assert [each for each in reading.questions if each.stops] == []
    assert told(reading) == meant(catalogue)
    assert len(list(reading.articles())) == len(catalogue)


@SETTINGS
@given(goods(has_options=True), looks, st.sampled_from(["own", "german list", "english list", "jtl"]))
def test_texts_of_several_lines_come_through(catalogue: list[Good], look: dict[str, Any], system: str) -> None:
    if look["encoding"] == "cp1252":
        catalogue = [in_code_page(good) for good in catalogue]
    reading = dialects.read(written(SYSTEMS[system][1](catalogue, lambda cents: money(",", False, cents)), look))
    expected = [good.text if system == "own" else markdown_of(good.text) for good in catalogue]
    assert [article.facts.get("description", "") for article in reading.articles()] == expected
