import pytest

from catalog.exchange import dialects, headers
from catalog.exchange.headers import normal
from catalog.exchange.wishes import Wishes


@pytest.mark.parametrize(
    ("name", "is_like"),
    [
        ("VEROEFFENTLICHT", "Veröffentlicht"),
        ("Vero\u0308ffentlicht:", "Veröffentlicht"),
        ("  Kurz-Beschreibung ", "kurz beschreibung"),
        ("Name *", "Name"),
        ("* Name", "Name"),
        ("Preis (EUR)", "Preis"),
        ("Preis [€]", "Preis"),
        ("Preis in €", "Preis"),
        ("Preis in EUR", "Preis"),
        ("Bestand (Stück)", "Bestand"),
        ("Name (Pflichtfeld)", "Name"),
        ("\ufeffArtikelnummer", "Artikelnummer"),
        ("ï»¿Artikelnummer", "Artikelnummer"),
        ("Größe", "GROESSE"),
        ("Prénom", "prenom"),
    ],
)
def test_the_same_column_is_known_however_it_is_written(name: str, is_like: str) -> None:
    assert normal(name) == normal(is_like)


@pytest.mark.parametrize(
    ("name", "other"),
    [("Preis (netto)", "Preis"), ("Gewicht (kg)", "Gewicht (g)"), ("Preis (alt)", "Preis"), ("(EUR)", "")],
)
def test_what_means_something_else_stays_different(name: str, other: str) -> None:
    assert normal(name) != normal(other)


@pytest.mark.parametrize(("header", "price"), [("VK;Preis", 200), ("Preis;VK", 100), ("Preis;Preis", 100)])
def test_of_two_prices_the_usual_name_counts_and_the_owner_must_agree(header: str, price: int) -> None:
    content = f"Artikelnummer;Produktname;{header}\nA;Band;1,00;2,00\n".encode()
    reading = dialects.read(content)
    assert next(reading.articles()).variants[0].facts["price_cents"] == price
    (question,) = reading.questions
    assert (question.row, question.stops) == (1, True)
    assert question.question
    said = dialects.read(content, Wishes(columns_of={header.split(";")[1]: ""}))
    assert said.questions == []


def test_two_columns_that_say_the_same_are_no_question() -> None:
    assert dialects.read(b"Artikelnummer;Produktname;Preis;VK\nA;Band;1,00;1,00\nB;Knopf;2,00;\n").questions == []


def test_two_stocks_are_never_added_up() -> None:
    reading = dialects.read(b"Artikelnummer;Produktname;Bestand;Lager\nA;Band;5;0\nB;Knopf;5;3\n")
    assert [article.variants[0].facts["stock"] for article in reading.articles()] == ["5", "5"]
    assert [(each.row, each.stops) for each in reading.questions] == [(1, False)]


def test_the_order_of_names_decides_before_the_order_of_columns() -> None:
    assert headers.find(["b", "a", "a"], {"a": "x", "b": "x"}) == {"x": 1}
