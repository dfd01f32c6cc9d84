import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange.cells import clean
from catalog.exchange.tables import Row, Rows

CELLS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(clean)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), max_size=8))
def test_rows_come_back_as_they_were_without_the_blank_ones(records: list[list[str]]) -> None:
    expected = [Row(number, tuple(cells)) for number, cells in enumerate(records, start=1) if any(cells)]
    rows = Rows(records)
    assert list(rows) == expected
    assert [rows[place] for place in range(len(rows))] == expected
    assert rows[1:] == expected[1:]


def test_a_place_outside_is_an_error() -> None:
    with pytest.raises(IndexError):
        Rows([["a"]])[1]
