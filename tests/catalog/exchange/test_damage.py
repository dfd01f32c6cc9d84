import pytest

from catalog.exchange import cells, dialects
from catalog.exchange.cells import Damaged, NotACell
from catalog.exchange.damage import refuse_error
from catalog.exchange.decimals import Sign, read_cents

ERRORS = """#WERT! #NV #BEZUG! #NAME? #DIV/0! #ZAHL! #NULL! #ÜBERLAUF! #KALK! #N/A #VALUE! #REF! #NUM! #SPILL! #VALEUR!
#wert! Err:502 ######## ###""".split()


@pytest.mark.parametrize("cell", ERRORS)
def test_an_error_is_refused_in_every_column(cell: str) -> None:
    file = f"Artikelnummer;Produktname;Preis;Beschreibung;Hersteller\nA;{cell};1,00;;\nB;x;{cell};;\nC;y;1,00;{cell};\n"
    refused = [
        (each.row, each.column) for article in dialects.read(file.encode()).articles() for each in article.refused
    ]
    assert (1, "Produktname") in refused
    assert (2, "Preis") in refused
    assert (3, "Beschreibung") in refused


@pytest.mark.parametrize("cell", ["#ff8800", "#1", "#naehen", "Errol", "# 5", "#"])
def test_a_word_with_a_hash_is_no_error(cell: str) -> None:
    refuse_error(cell)


@pytest.mark.parametrize("cell", ["4,00638E+12", "4.00638E+12", "4E+12", "1,2E+02", "1,5e-05", "-1,2E+02"])
def test_a_number_that_was_shortened_is_refused_everywhere(cell: str) -> None:
    for reader in (cells.article_number, cells.option_value, lambda each: read_cents(each, Sign.COMMA)):
        with pytest.raises(Damaged, match="umgerechnet"):
            reader(cell)


@pytest.mark.parametrize(
    "cell",
    ["03. Apr", "3. Apr", "3-Apr", "03-Apr", "Mrz 26", "Mär 26", "Apr-26", "01. Feb 26", "02. Mai 2026", "5-Oct"],
)
def test_a_size_that_became_a_day_is_refused(cell: str) -> None:
    for reader in (cells.article_number, cells.option_value, lambda each: read_cents(each, Sign.COMMA)):
        with pytest.raises(Damaged, match="als Text"):
            reader(cell)


@pytest.mark.parametrize(
    "cell", ["3-4", "Mai", "Maigrün", "April 3", "3 Aprikosen", "1/2", "12E4", "E-5", "M-26", "Dez", "0012"]
)
def test_sizes_colours_and_numbers_stay(cell: str) -> None:
    assert (cells.article_number(cell), cells.option_value(cell)) == (cell, cell)


@pytest.mark.parametrize("cell", ["4006381333931.0", "4006381333931,00", '="4006381333931"'])
def test_an_ean_that_was_guarded_or_taken_for_a_number_is_whole(cell: str) -> None:
    assert cells.gtin(cells.clean(cell)) == "4006381333931"


@pytest.mark.parametrize(("cell", "whole"), [("012345678905"[1:], "012345678905"), ("9638507", "09638507")])
def test_a_lost_zero_is_not_guessed(cell: str, whole: str) -> None:
    with pytest.raises(NotACell):
        cells.gtin(cell)


@pytest.mark.parametrize(
    ("cell", "text"), [('="0012"', "0012"), ('=" 7 "', "7"), ('\'="0012"', '="0012"'), ("=A1*2", "=A1*2")]
)
def test_text_in_a_formula_is_text_and_a_formula_stays_one(cell: str, text: str) -> None:
    assert cells.clean(cell) == text


def test_a_formula_is_no_price() -> None:
    with pytest.raises(NotACell, match="Formel"):
        read_cents("=A1*2", Sign.COMMA)
