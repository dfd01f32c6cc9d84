from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange import cells
from catalog.exchange.cells import NotACell
from catalog.exchange.headers import normal


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=30))
def test_what_is_guarded_comes_back_clean(text: str) -> None:
    tidy = cells.tidy(text)
    assert cells.tidy(tidy) == tidy


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "@home", "-5", "'=x", "'123", "007", "4006381333931", "1/2", "3-4"])
def test_what_a_spreadsheet_would_change_is_guarded(text: str) -> None:
    assert cells.guard(text) == f"'{text}"
    assert cells.clean(cells.guard(text)) == text


def test_an_apostrophe_that_belongs_to_the_word_stays() -> None:
    assert cells.clean("'n Schal") == "'n Schal"


@given(st.lists(st.text("ab,|>\\ ", min_size=1, max_size=6).map(str.strip).filter(bool), max_size=4))
def test_lists_come_back_as_they_were(items: list[str]) -> None:
    for separator in "|>,":
        assert cells.split_list(cells.join_list(items, separator), separator) == items


def test_an_escaped_comma_is_no_separator() -> None:
    assert cells.split_list(r"1\,2 m, 3 m", ",") == ["1,2 m", "3 m"]


@pytest.mark.parametrize("cell", ["31.12.9999", "9999-12-31", "01.01.0001", "30.02.2026"])
def test_a_day_out_of_this_world_is_refused_with_a_sentence(cell: str) -> None:
    for is_end in (True, False):
        with pytest.raises(NotACell):
            cells.moment(cell, is_end=is_end)


@pytest.mark.parametrize("cell", ["4006381333931", "4006 3813 33931", "96385074"])
def test_a_right_ean_is_taken(cell: str) -> None:
    assert cells.gtin(cell) == cell.replace(" ", "")


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("4,00638E+12", "als Text"),
        ("4006381333932", "Prüfziffer"),
        ("#NV", "Excel-Fehler"),
        ("012345678905"[1:], "Länge"),
    ],
)
def test_a_damaged_ean_is_refused_with_the_way_to_mend_it(cell: str, says: str) -> None:
    with pytest.raises(NotACell, match=says):
        cells.gtin(cell)


def test_a_number_that_excel_has_converted_is_refused() -> None:
    with pytest.raises(NotACell, match="als Text"):
        cells.article_number("1,2E+12")
    assert cells.article_number("90.750") == "90.750"
    assert cells.article_number("12E4") == "12E4"


def test_days_are_berlin_days_and_ends_count_whole() -> None:
    assert cells.moment("31.12.2026") == datetime(2026, 12, 30, 23, tzinfo=UTC)
    assert cells.moment("31.12.26", is_end=True) == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert cells.format_moment(cells.moment("2026-12-31", is_end=True), is_end=True) == "31.12.2026"
    with pytest.raises(NotACell, match="gibt es nicht"):
        cells.moment("31.02.2026")


@pytest.mark.parametrize("name", ["Veröffentlicht", "VEROEFFENTLICHT", " veröffentlicht: "])
def test_column_names_are_forgiving(name: str) -> None:
    assert normal(name) == "veroeffentlicht"


def test_only_an_apostrophe_at_the_beginning_is_a_guard() -> None:
    assert cells.clean("'Ünö\n69'532") == "'Ünö\n69'532"
    assert cells.clean("'007 '1") == "007 '1"


@given(st.lists(st.text(st.sampled_from(" '=a\u00e4\u0308\u00a0\x1f\n\ufeff0"), max_size=4), max_size=5))
def test_the_cells_of_a_record_are_cleaned_like_each_by_itself(record: list[str]) -> None:
    assert list(cells.clean_all(record)) == [cells.clean(cell) for cell in record]
