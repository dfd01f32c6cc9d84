import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.exchange import dialects
from catalog.exchange.cells import NotACell
from catalog.exchange.decimals import Sign, plain, read_cents, read_decimal, sign_of
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
    assert "Dezimalzeichen" in question.reason


@pytest.mark.parametrize(("decimal", "cents"), [(",", 123400), (".", 123)])
def test_the_named_sign_decides(decimal: str, cents: int) -> None:
    content = "Artikelnummer;Produktname;Preis\nA;Band;1.23{}\n".format("4" if decimal == "," else "")
    reading = dialects.read(content.encode(), Wishes(decimal=decimal))
    assert (reading.questions, next(reading.articles()).variants[0].facts["price_cents"]) == ([], cents)


def test_the_other_price_column_gives_evidence() -> None:
    content = "Artikelnummer;Produktname;Preis;Angebotspreis\nA;Band;1.234;999,50\n"
    reading = dialects.read(content.encode())
    assert (reading.questions, next(reading.articles()).variants[0].facts["price_cents"]) == ([], 123400)


@pytest.mark.parametrize(
    ("written", "cents"),
    [
        ("4,95 €", 495), ("EUR 4,95", 495), ("4,95 Euro", 495), ("4,95 ¤", 495), ("5,–", 500), ("5,-- €", 500),
        ("–,50", 50), ("1.234,-", 123400), ("1 234,50", 123450), ("1\u2009234,50", 123450), ("1’234,50", 123450),
        ("12\u00a0345", 1234500), ("+4,95", 495), ("0,5", 50),
    ],
)  # fmt: skip
def test_more_ways_to_write_an_amount(written: str, cents: int) -> None:
    assert read_cents(written, Sign.COMMA) == cents


@pytest.mark.parametrize(
    "written", ["1 2,50", "1 23", "12 34,00", "ca. 4,95", "ab 4,95 €", "~5", "19 %", "4,95 $", "1.2.3", "--5"]
)
def test_what_is_not_exactly_a_price_is_refused(written: str) -> None:
    with pytest.raises(NotACell):
        read_cents(written, Sign.COMMA)


@pytest.mark.parametrize("written", ["3,00-", "3,00 -", "-3,00", "\u22123,00"])
def test_a_minus_stands_before_or_behind(written: str) -> None:
    assert read_decimal(written, Sign.COMMA) == -3


@given(st.integers(0, 99_999_999), st.sampled_from([".", "", " ", "\u00a0", "\u202f", "\u2009", "'", "’"]))
def test_what_a_german_writes_is_read_back(cents: int, between: str) -> None:
    whole = f"{cents // 100:,}".replace(",", between)
    assert read_cents(f"{whole},{cents % 100:02d} €", Sign.COMMA) == cents


@given(st.integers(0, 99_999_999), st.sampled_from([",", "", " ", "'", "’"]))
def test_what_an_english_program_writes_is_read_back(cents: int, between: str) -> None:
    whole = f"{cents // 100:,}".replace(",", between)
    assert read_cents(f"{whole}.{cents % 100:02d}", Sign.POINT) == cents


@given(st.lists(st.integers(0, 9_999_999), min_size=1), st.sampled_from([(".", ","), (",", ".")]))
def test_a_column_of_amounts_says_its_own_sign(column: list[int], signs: tuple[str, str]) -> None:
    thousands, decimal = signs
    written = [f"{cents // 100:,}".replace(",", thousands) + f"{decimal}{cents % 100:02d}" for cents in column]
    assert sign_of(written) is Sign(decimal)


def test_the_question_shows_what_it_is_about() -> None:
    unsure = dialects.read(b"Artikelnummer;Produktname;Preis\nA;Band;12\nB;Knopf;1.234\nC;Garn;2.500\n").questions[0]
    assert (unsure.row, "„1.234“, „2.500“" in unsure.reason) == (2, True)
    mixed = dialects.read(b"Artikelnummer;Produktname;Preis\nA;Band;1,50\nB;Knopf;2,50\nC;Garn;3.50\n").questions[0]
    assert (mixed.row, "„1,50“ (Zeile 1) und „3.50“ (Zeile 3)" in mixed.reason) == (1, True)
