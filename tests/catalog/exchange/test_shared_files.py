"""Every file in ../shared/data gives what its NAME.expect.json says, without a word about any of them here."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from catalog.exchange import dialects
from catalog.exchange.articles import Article, Reading, Remark, VariantRow
from catalog.exchange.reading import Row, read_table
from tests.catalog.exchange.importing import SHARED, Importer
from tests.conftest import needs

EXPECTED = sorted(SHARED.glob("*.expect.json")) or [SHARED / "missing.expect.json"]
TORTURE = SHARED / "torture"
NO_OPTION = ["Default Title"]  # Shopify's way to say that there are none

Facts = dict[str, Any]


@pytest.fixture(params=EXPECTED, ids=lambda file: file.name.removesuffix(".expect.json"))
def expected(request: pytest.FixtureRequest) -> Facts:
    file: Path = request.param
    needs("../shared/data", file.is_file())
    facts: Facts = json.loads(file.read_text(encoding="utf-8"))
    needs(f"../shared/data/{facts['file']}", (SHARED / facts["file"]).is_file())
    return facts


@cache
def reading_of(name: str) -> tuple[Reading, list[Article]]:
    reading = dialects.read((SHARED / name).read_bytes())
    return reading, list(reading.articles())


def rows_in(wanted: list[Facts]) -> set[int]:
    """The rows of "1-4, 6", "7" or a plain number, of all wishes together."""
    spans = [
        span.strip().split("-") for each in wanted for span in str(each.get("rows", each.get("row", ""))).split(",")
    ]
    return {row for span in spans if span[0] for row in range(int(span[0]), int(span[-1]) + 1)}


def rows_of(remarks: list[Remark]) -> set[int]:
    return {remark.row for remark in remarks}


def row_at(reading: Reading, number: int) -> Row:
    return next(row for row in reading.table.rows if row.number == number)


def cell(reading: Reading, number: int, key: str) -> str:
    """What the file has in one of our columns."""
    name = reading.columns.get(key, "")
    place = reading.table.header.index(name) if name in reading.table.header else None
    row = row_at(reading, number)
    return row.cells[place] if place is not None and place < len(row.cells) else ""


def found(articles: list[Article], row: int) -> tuple[Article, VariantRow | None]:
    """The article that has this row, and its variant in it; a parent's row has none."""
    article = next(each for each in articles if row in each.rows)
    return article, next((each for each in article.variants if each.row == row), None)


def test_the_dialect_is_found_out(expected: Facts) -> None:
    reading, _ = reading_of(expected["file"])
    dialect = expected["dialect"]
    assert (reading.table.delimiter, reading.table.encoding) == (dialect["delimiter"], dialect["encoding"])
    assert reading.decimal == dialect["decimal_sign"]


def test_every_record_is_read_or_blank_and_to_be_refused(expected: Facts) -> None:
    reading, _ = reading_of(expected["file"])
    numbers = {row.number for row in reading.table.rows}
    every = set(range(1, expected["data_rows"] + 1))
    assert numbers <= every
    assert every - numbers <= rows_in(expected["must_refuse"])


def test_the_products_are_told_apart(expected: Facts) -> None:
    _, articles = reading_of(expected["file"])
    told = {row for article in articles for row in article.rows}
    left_out = rows_in(expected["must_question"]) - told
    assert len(articles) + len(left_out) == expected["distinct_products"]


def test_as_many_variants_are_new_as_can_be_sold(expected: Facts, importer: Importer) -> None:
    plan = importer.plan((SHARED / expected["file"]).read_bytes())
    assert plan.variants.new == expected["sellable_variants"]


def test_every_spot_check_holds(expected: Facts) -> None:
    reading, articles = reading_of(expected["file"])
    for spot in expected["spot_checks"]:
        article, variant = found(articles, spot["row"])
        check_name(article, spot)
        if variant is None:
            assert cell(reading, spot["row"], "sku") == (spot["sku"] or "")
            assert not spot.get("options")
            continue
        assert variant.sku == (spot["sku"] or "")
        check_prices(variant, spot)
        assert variant.facts.get("stock") == (None if spot["stock"] is None else str(spot["stock"]))
        check_family(reading, article, variant, spot)


def check_name(article: Article, spot: Facts) -> None:
    """A variation may have a name of its own, made of the article's and its options."""
    if spot["name"] is None:
        assert not article.facts.get("name")
    elif article.row == spot["row"]:
        assert article.facts["name"] == spot["name"]
    else:
        assert spot["name"] == "" or spot["name"].startswith(article.facts["name"])


def check_prices(variant: VariantRow, spot: Facts) -> None:
    """A price before makes the price a reduction; a sale price is one."""
    asked = spot.get("compare_at_cents") or spot["price_cents"]
    reduced = spot["price_cents"] if spot.get("compare_at_cents") else spot.get("sale_cents")
    assert variant.facts.get("price_cents") == asked
    if "sale_cents" in spot or "compare_at_cents" in spot:
        sale = variant.facts.get("sale")
        assert (sale.price_cents if sale else None) == reduced


def check_family(reading: Reading, article: Article, variant: VariantRow, spot: Facts) -> None:
    if "options" in spot and spot["options"] != NO_OPTION:
        assert [value for _, value, _ in variant.facts.get("options", ())] == spot["options"]
    if spot.get("parent"):
        assert cell(reading, article.row, "sku") == spot["parent"]
        assert article.row != variant.row
    if "handle" in spot:
        assert article.key == spot["handle"]


def test_what_must_be_refused_or_asked_is(expected: Facts, importer: Importer) -> None:
    plan = importer.plan((SHARED / expected["file"]).read_bytes())
    reading, _ = reading_of(expected["file"])
    there = {row.number for row in reading.table.rows}
    refused = rows_of(plan.refused)
    assert rows_in(expected["must_refuse"]) & there <= refused <= rows_in(expected["must_refuse"])
    assert rows_in(expected["must_question"]) <= rows_of(plan.questions)


def test_the_second_time_changes_nothing(expected: Facts, importer: Importer, session: Session) -> None:
    content = (SHARED / expected["file"]).read_bytes()
    importer.wishes = replace(importer.wishes, are_net=False)
    first = importer.write(content)
    again = importer.plan(content)
    assert again.changes_nothing
    assert (again.products.unchanged, again.variants.unchanged) == (first.products.new, first.variants.new)


def tortures() -> dict[str, Facts]:
    file = TORTURE / "torture.expect.json"
    files: dict[str, Facts] = json.loads(file.read_text(encoding="utf-8"))["files"] if file.is_file() else {}
    return files


@pytest.mark.parametrize("name", sorted(tortures()) or ["missing"])
def test_files_for_torture_are_read_to_the_letter(name: str) -> None:
    needs("../shared/data/torture", (TORTURE / name).is_file())
    expected = tortures()[name]
    names = set(expected["header"])
    table = read_table((TORTURE / name).read_bytes(), lambda header: sum(1 for each in header if each in names))
    assert list(table.header) == expected["header"]
    assert [list(row.cells) for row in table.rows] == expected["records"]
    assert [row.number for row in table.rows] == list(range(1, expected["records_after_header"] + 1))
