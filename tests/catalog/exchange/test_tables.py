import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange.cells import clean
from catalog.exchange.reading import DELIMITERS, read_table
from catalog.exchange.tables import Row, Rows

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(clean)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8))
def test_rows_come_back_as_they_were_without_the_blank_ones(records: list[list[str]]) -> None:
    expected = [Row(number, tuple(cells)) for number, cells in enumerate(records, start=1) if any(cells)]
    rows = Rows(records)
    assert list(rows) == expected
    assert [rows[place] for place in range(len(rows))] == expected
    assert rows[1:] == expected[1:]


@given(
    st.lists(st.lists(st.text("ab ;,|\t\"'\n=öß„€1", max_size=5), min_size=2, max_size=3), min_size=1, max_size=5),
    st.sampled_from(DELIMITERS),
    st.sampled_from(["\r\n", "\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
)
def test_a_table_is_the_same_however_it_was_written(
    records: list[list[str]], delimiter: str, line_end: str, encoding: str
) -> None:
    names, text = ["Größe", "Stück"], io.StringIO()  # German words, which tell the code page
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=csv.QUOTE_ALL).writerows([names, *records])
    content = text.getvalue().encode(encoding)
    table = read_table(content, lambda header: 2 * (list(header) == names), may_be_empty=True)
    cleaned = [tuple(map(clean, record)) for record in records]
    assert [row.cells for row in table.rows] == [cells for cells in cleaned if any(cells)]
    assert (table.delimiter, table.flaws) == (delimiter, ())


def test_a_place_outside_is_an_error() -> None:
    with pytest.raises(IndexError):
        Rows([["a"]])[1]
