"""What is typed is read whole or answered with a sentence; nothing absurd gets to the database."""

from datetime import date

import pytest

from shop.backoffice.typed import Typed, whole_number


@pytest.mark.parametrize("text", ["99999999999999999999", "9" * 5000, "1.000.000,01", "-1", "1e9", "²"])
def test_an_absurd_amount_is_refused_with_a_sentence(text: str) -> None:
    typed = Typed({"preis": text})
    assert typed.cents("preis") is None
    assert typed.errors["preis"].startswith(("Bitte höchstens", "„"))
    assert len(typed.errors["preis"]) < 100


@pytest.mark.parametrize("text", ["000000000001999999999999999999", "9" * 5000, "-1", "²", "1,5", "61"])
def test_an_absurd_number_is_refused_with_a_sentence(text: str) -> None:
    typed = Typed({"tage": text})
    assert typed.number("tage", 1, 60) is None
    assert typed.errors == {"tage": "Bitte eine ganze Zahl von 1 bis 60 eintragen."}
    assert whole_number(text) in (None, 61)


@pytest.mark.parametrize("text", ["31.12.9999", "9999-12-31", "01.01.0001", "30.02.2026", "morgen"])
def test_a_day_that_no_calendar_of_ours_has_is_refused(text: str) -> None:
    typed = Typed({"bis": text})
    assert typed.day("bis") is None
    assert typed.errors == {"bis": "Bitte ein Datum so eintragen: 31.12.2026"}


def test_ordinary_things_are_read() -> None:
    typed = Typed({"preis": "1.234,50 €", "tage": "60", "bis": "31.12.2026"})
    assert (typed.cents("preis"), typed.number("tage", 1, 60), typed.day("bis")) == (123450, 60, date(2026, 12, 31))
    assert typed.is_valid


def test_a_text_holds_no_nul() -> None:
    assert Typed({"name": "Inven\0tur\0"}).text("name", required="Name?") == "Inventur"
