"""Exports of shop systems with columns taken out and cells that say nonsense: a sentence, never a crash."""

import csv
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange import dialects
from catalog.exchange.reading import NotATable
from tests.catalog.exchange import test_etsy, test_magento, test_shopify, test_wix, test_woocommerce

WRITTEN = {
    "woocommerce": test_woocommerce.GERMAN,
    "shopify legacy": test_shopify.LEGACY,
    "shopify today": test_shopify.TODAY,
    "wix old": test_wix.OLD,
    "wix new": test_wix.NEW,
    "etsy": test_etsy.HEADERS["de"] + test_etsy.ROWS,
    "magento": test_magento.SHOP,
}
NONSENSE = [
    "",
    "-1",
    "1e9",
    "abc",
    "1,5",
    "#WERT!",
    "'",
    '"',
    "=1+1",
    "1.234,50",
    "\\n",
    "|",
    ",,",
    "a=b=c",
    "999999999999",
    "ja",
]


def records(name: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(WRITTEN[name].removeprefix("\ufeff"))))


def table(rows: list[list[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def read_all(content: bytes) -> None:
    """Read every article twice; alike each time."""
    try:
        reading = dialects.read(content)
    except NotATable:
        return
    assert list(reading.articles()) == list(reading.articles())


@pytest.mark.parametrize("name", WRITTEN)
@given(seed=st.integers(0, 10_000))
def test_missing_columns_and_nonsense_never_crash(name: str, seed: int) -> None:
    chance = random.Random(seed)
    rows = records(name)
    kept = [place for place in range(len(rows[0])) if chance.random() < chance.choice((0.2, 0.6, 0.95))]
    kept = kept or [0]
    changed = [[row[place] if place < len(row) else "" for place in kept] for row in rows]
    for row in changed[1:]:
        for place in range(len(row)):
            if chance.random() < 0.15:
                row[place] = chance.choice(NONSENSE)
    read_all(table(changed))


@pytest.mark.parametrize("name", WRITTEN)
def test_any_single_column_may_be_missing(name: str) -> None:
    rows = records(name)
    for left_out in range(len(rows[0])):
        read_all(table([[*row[:left_out], *row[left_out + 1 :]] for row in rows]))


@pytest.mark.parametrize("name", WRITTEN)
def test_rows_may_stand_in_any_order(name: str) -> None:
    header, *rows = records(name)
    read_all(table([header, *reversed(rows)]))
