import pytest

from catalog.exchange import dialects
from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import Sign, plain, read_cents, sign_of
from catalog.exchange.wishes import Wishes


@pytest.mark.parametrize(
    ("column", "sign"),
    [
        (["4,95", "1.234,50"], Sign.COMMA),
        (["4.95", "1,234.50"], Sign.POINT),
        (["12,40 m", "1.234"], Sign.COMMA),
        (["1.234.567"], Sign.COMMA),
        (["0,125"], Sign.COMMA),
        (["1234.567"], Sign.POINT),
        (["1.234"], Sign.UNSURE),
        (["1.234", "12"], Sign.UNSURE),
        (["1,50", "1.50"], Sign.MIXED),
        (["45", "20 €"], Sign.NONE),
    ],
)
def test_the_whole_column_says_its_decimal_sign(column: list[str], sign: Sign) -> None:
    assert sign_of(column) is sign


@pytest.mark.parametrize(
    ("written", "cents"),
    [("1.234,50 €", 123450), ("€ 4,95", 495), ("-,50", 50), ("5,-", 500), ("1 234,00", 123400), ("4,9500", 495),
     ("1'234,00", 123400), (",50", 50), ("12 EUR", 1200)],
)  # fmt: skip
def test_amounts_are_read_as_germans_write_them(written: str, cents: int) -> None:
    assert read_cents(written, Sign.COMMA) == cents


@pytest.mark.parametrize("written", ["abc", "4,955", "-3,00", "1.50", "12,9.5", "#WERT!", "1,2,3", "9999999999"])
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(NotACell):
        read_cents(written, Sign.COMMA)


def test_units_stay_beside_the_number() -> None:
    assert plain("1.234,50 m", Sign.COMMA) == "1234,50 m"
    assert plain("1,234.5 m", Sign.POINT) == "1234,5 m"


def test_a_column_that_leaves_it_open_is_asked_about_and_stops() -> None:
    content = b"Artikelnummer;Produktname;Preis\nA;Band;1.234\n"
    question = dialects.read(content).questions[0]
    assert (question.row, question.column, question.stops) == (1, "Preis", True)
    assert "--decimal" in question.reason


@pytest.mark.parametrize(("decimal", "cents"), [(",", 123400), (".", 123)])
def test_the_named_sign_decides(decimal: str, cents: int) -> None:
    content = "Artikelnummer;Produktname;Preis\nA;Band;1.23{}\n".format("4" if decimal == "," else "")
    reading = dialects.read(content.encode(), Wishes(decimal=decimal))
    assert (reading.questions, next(reading.articles()).variants[0].facts["price_cents"]) == ([], cents)


def test_the_other_price_column_gives_evidence() -> None:
    content = "Artikelnummer;Produktname;Preis;Angebotspreis\nA;Band;1.234;999,50\n"
    reading = dialects.read(content.encode())
    assert (reading.questions, next(reading.articles()).variants[0].facts["price_cents"]) == ([], 123400)
