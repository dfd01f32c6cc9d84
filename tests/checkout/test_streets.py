"""Streets and house numbers, as people in Germany, Austria and beside them write them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from checkout.streets import Place, place

HOUSES = {
    "Am Anger 1 a": ("Am Anger", "1 a", ""),
    "Am Anger 1a": ("Am Anger", "1a", ""),
    "Straße des 17. Juni 135": ("Straße des 17. Juni", "135", ""),
    "Allee des 8. Mai 3b": ("Allee des 8. Mai", "3b", ""),
    "Q5, 14-22": ("Q5", "14-22", ""),
    "C 4, 9b": ("C 4", "9b", ""),
    "Straße 12 5": ("Straße 12", "5", ""),
    "Hauptstr. 12": ("Hauptstr.", "12", ""),
    "Hauptstr.12": ("Hauptstr.", "12", ""),
    "Hauptstraße12a": ("Hauptstraße", "12a", ""),
    "Lindenweg 7-9": ("Lindenweg", "7-9", ""),
    "Lindenweg 7 – 9": ("Lindenweg", "7 – 9", ""),
    "Lindenweg 7a-c": ("Lindenweg", "7a-c", ""),
    "Alte Landstraße 14 1/2": ("Alte Landstraße", "14 1/2", ""),
    "Am Markt 3, Hinterhaus": ("Am Markt", "3", "Hinterhaus"),
    "Am Markt 3 Hinterhaus": ("Am Markt", "3", "Hinterhaus"),
    "Am Markt 3, 2. OG links": ("Am Markt", "3", "2. OG links"),
    "Am Markt 3, c/o Schneider": ("Am Markt", "3", "c/o Schneider"),
    "Dorfstraße Nr. 8": ("Dorfstraße", "8", ""),
    "An der B 27 Nr. 5": ("An der B 27", "5", ""),
    "Schlossgut": ("Schlossgut", "", ""),
    "  Rosengasse   4 ": ("Rosengasse", "4", ""),
    "Bürgermeister-Smidt-Straße 112": ("Bürgermeister-Smidt-Straße", "112", ""),
    "Platz der Deutschen Einheit 1": ("Platz der Deutschen Einheit", "1", ""),
    "1. Mai-Straße 6": ("1. Mai-Straße", "6", ""),
    "Mariahilfer Straße 10/2/5": ("Mariahilfer Straße", "10/2/5", ""),
    "Mariahilfer Straße 10/Stiege 2/Top 5": ("Mariahilfer Straße", "10", "Stiege 2/Top 5"),
    "Landstraßer Hauptstraße 71/1": ("Landstraßer Hauptstraße", "71/1", ""),
    "Gußhausstraße 12 Top 4": ("Gußhausstraße", "12 Top 4", ""),
    "Dorf 23": ("Dorf", "23", ""),
    "Sankt-Peter-Hauptstraße 31a/3": ("Sankt-Peter-Hauptstraße", "31a/3", ""),
    "Feldweg 2 und 4": ("Feldweg", "2 und 4", ""),
    "Ringstr. 100A": ("Ringstr.", "100A", ""),
}


@pytest.mark.parametrize("written", HOUSES)
def test_a_house_is_taken_apart(written: str) -> None:
    found = place(written)
    assert (found.street, found.number, found.added) == HOUSES[written]


@pytest.mark.parametrize(
    ("written", "country", "expected"),
    [
        ("12, rue du Moulin", "LU", ("rue du Moulin", "12")),
        ("5 bis avenue de la Gare", "FR", ("avenue de la Gare", "5 bis")),
        ("Rue Neuve 45", "BE", ("Rue Neuve", "45")),
        ("Via Roma 12", "IT", ("Via Roma", "12")),
        ("Kerkstraat 12-A", "NL", ("Kerkstraat", "12-A")),
        ("Bahnhofstrasse 3", "CH", ("Bahnhofstrasse", "3")),
    ],
)
def test_neighbours_write_otherwise(written: str, country: str, expected: tuple[str, str]) -> None:
    found = place(written, country)
    assert (found.street, found.number) == expected


@pytest.mark.parametrize(
    ("street", "more", "expected"),
    [
        ("Packstation 123", ("12345678",), Place("Packstation", "123", post_number="12345678")),
        ("packstation nr. 123", ("", "Postnummer 12345678"), Place("Packstation", "123", post_number="12345678")),
        ("Packstation 123, Postnummer 12345678", (), Place("Packstation", "123", post_number="12345678")),
        ("Pack Station 7", ("Erika Käufer",), Place("Packstation", "7")),
        ("Postfiliale 501", ("1234567",), Place("Postfiliale", "501", post_number="1234567")),
        ("Postfach 12 34", ("12345678",), Place("Postfach", "12 34")),
    ],
)
def test_packstations_and_post_offices_are_known(street: str, more: tuple[str, ...], expected: Place) -> None:
    found = place(street, "DE", *more)
    assert found == expected
    assert found.is_station is (expected.street != "Postfach")
    assert found.is_box is (expected.street == "Postfach")


def test_a_street_that_only_sounds_like_a_station_is_a_street() -> None:
    assert place("Postfilialenweg 3").street == "Postfilialenweg"
    assert place("Packstation").number == ""


@given(st.text(max_size=60), st.sampled_from(["DE", "AT", "FR"]))
def test_nothing_typed_is_lost(written: str, country: str) -> None:
    found = place(written, country)
    if not found.is_station and not found.is_box:
        kept = f"{found.street} {found.number} {found.added}"
        typed = [sign for sign in written if sign.isalnum()]
        assert sum(sign.isalnum() for sign in kept) >= len(typed) - 6  # "Hausnr" may go
        assert len(found.number) <= 10


@given(
    st.sampled_from(["Am Anger", "Hauptstr.", "Straße des 17. Juni", "Q5,", "Alte Gasse", "An der B 27"]),
    st.integers(1, 9999),
    st.sampled_from(["", "a", " b", "-12", "/3"]),
)
def test_any_number_behind_a_street_is_found(street: str, number: int, ending: str) -> None:
    assume(not (street[-1].isdigit() and number < 10 and ending == "/3"))  # "27 1/3" may be a house number as well
    found = place(f"{street} {number}{ending}")
    assert (found.street, found.number) == (street.rstrip(","), f"{number}{ending}")
