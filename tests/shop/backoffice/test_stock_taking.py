"""Stock-taking at the desk: by list, by scanner, by two people, with a report for the tax adviser."""

import csv
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from catalog import rolls, stock
from catalog.products import Variant
from catalog.units import Unit
from shop.backoffice.stock_report import decimal
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], Any]
TAKING = "/backoffice/inventur/1"


@pytest.fixture
def counting(owner: FlaskClient, write: Write) -> FlaskClient:
    """A shop with buttons, a fabric on two rolls and a running stock-taking."""
    with write() as session:
        make_variant(session, make_product(session, "Holzknopf"), sku="KN-1", gtin="4006381333931")
        fabric = make_fabric(session, sku="JER-1", on_hand=300)
        stock.receive(session, fabric, 500, lot="4711", place="Regal 3", now=NOW, author="Anna")
    assert owner.post("/backoffice/inventur", data={"name": "Inventur 2026"}).location == TAKING
    return owner


def test_a_stock_taking_has_a_name(owner: FlaskClient) -> None:
    assert owner.post("/backoffice/inventur", data={"name": " "}).status_code == 422
    assert "Inventur 22.11.2026" in owner.get("/backoffice/inventur").text


def test_lines_are_saved_as_they_are_typed_and_stay_after_a_reload(counting: FlaskClient, write: Write) -> None:
    assert "0 von 3 gezählt" in counting.get(TAKING).text
    typed = {"menge-v1": "8", "menge-r1": "2,90 m", "menge-r2": ""}
    assert counting.post(f"{TAKING}/zaehlungen", data=typed).status_code == 303
    with write() as session:
        assert (session.get_one(Variant, 1).on_hand, session.get_one(Variant, 2).on_hand) == (8, 790)
    assert "2 von 3 gezählt" in counting.get(TAKING).text
    counted = counting.get(TAKING, query_string={"zeigen": "gezaehlt"}).text
    assert "Differenz −2\u00a0Stück" in counted
    assert "Differenz −0,10\u00a0m" in counted


def test_one_tap_says_that_the_books_are_right(counting: FlaskClient, write: Write) -> None:
    counting.post(f"{TAKING}/zaehlungen", data={"stimmt": "r2:500", "menge-v1": "9"})
    assert "2 von 3 gezählt" in counting.get(TAKING).text
    with write() as session:
        assert (session.get_one(Variant, 1).on_hand, session.get_one(Variant, 2).on_hand) == (9, 800)


def test_a_number_that_is_none_keeps_its_place_and_the_others_are_saved(counting: FlaskClient, write: Write) -> None:
    answer = counting.post(f"{TAKING}/zaehlungen", data={"menge-v1": "acht", "menge-r1": "2,90 m"})
    assert answer.status_code == 422
    assert 'value="acht"' in answer.text
    with write() as session:
        assert (session.get_one(Variant, 1).on_hand, session.get_one(Variant, 2).on_hand) == (10, 790)


def test_too_little_names_the_orders_and_the_other_lines_are_saved(counting: FlaskClient, write: Write) -> None:
    with write() as session:
        number = make_order(session, session.get_one(Variant, 1), pieces=4, quantity=1).number
    answer = counting.post(f"{TAKING}/zaehlungen", data={"menge-v1": "3", "menge-r1": "2,90 m"})
    assert answer.status_code == 422
    assert f"4\u00a0Stück sind für Bestellung {number} zurückgelegt" in answer.text
    with write() as session:
        assert (session.get_one(Variant, 1).on_hand, session.get_one(Variant, 2).on_hand) == (10, 790)


@pytest.mark.parametrize("scanned", ["kn-1", "4006381333931", "04006381333931"])
def test_a_scanner_finds_the_line_and_the_field_waits_for_the_next(counting: FlaskClient, scanned: str) -> None:
    page = counting.get(TAKING, query_string={"q": scanned}).text
    assert 'name="menge-v1"' in page
    assert 'name="menge-r1"' not in page
    answer = counting.post(f"{TAKING}/zaehlungen", query_string={"q": scanned}, data={"menge-v1": "10"})
    assert answer.location == TAKING


def test_a_roll_is_found_by_the_number_on_its_label(counting: FlaskClient) -> None:
    page = counting.get(TAKING, query_string={"q": "#2"}).text
    assert "Partie 4711" in page
    assert "kennen wir nicht" in counting.get(TAKING, query_string={"q": "gibt es nicht"}).text


def test_a_roll_that_the_books_do_not_know_is_taken_in(counting: FlaskClient, write: Write) -> None:
    typed = {"neu-2": "0,80", "partie": "B 7", "platz": "Regal 9"}
    assert counting.post(f"{TAKING}/ballen/2", data=typed).status_code == 303
    with write() as session:
        found = rolls.of(session, [2])[2][-1]
        assert (found.on_hand, found.lot, found.place) == (80, "B 7", "Regal 9")
    for wrong in ("", "0", "viel"):
        assert counting.post(f"{TAKING}/ballen/2", data=typed | {"neu-2": wrong}).status_code == 422


def test_the_list_is_walked_by_place(counting: FlaskClient) -> None:
    at_shelf = counting.get(TAKING, query_string={"platz": "Regal 3"}).text
    elsewhere = counting.get(TAKING, query_string={"platz": "-", "zeigen": "alle"}).text
    assert ('name="menge-r2"' in at_shelf, 'name="menge-v1"' in at_shelf) == (True, False)
    assert ('name="menge-r2"' in elsewhere, 'name="menge-v1"' in elsewhere) == (False, True)


def test_the_report_values_differences_and_stays_when_it_is_closed(counting: FlaskClient) -> None:
    counting.post(f"{TAKING}/zaehlungen", data={"menge-v1": "8", "menge-r1": "3,20 m"})
    assert counting.post(f"{TAKING}/abschluss").location == f"{TAKING}/bericht"
    report = counting.get(f"{TAKING}/bericht").text
    assert "−9,90\u00a0€" in report
    assert "+2,58\u00a0€" in report
    assert "1 Zeile wurde nicht gezählt" in report
    assert counting.get(TAKING).location == f"{TAKING}/bericht"
    late = counting.post(f"{TAKING}/zaehlungen", data={"menge-r2": "4 m"})
    assert late.status_code == 422
    assert "ist abgeschlossen" in late.text
    assert "Abgeschlossen" in counting.get("/backoffice/inventur").text


def test_the_table_holds_every_line_in_price_units(counting: FlaskClient) -> None:
    counting.post(f"{TAKING}/zaehlungen", data={"menge-v1": "8", "menge-r1": "3,20 m"})
    answer = counting.get(f"{TAKING}/bericht.csv")
    assert "attachment" in answer.headers["Content-Disposition"]
    text = answer.data.decode("utf-8-sig")
    rows = {(row["Artikelnummer"], row["Ballen"]): row for row in csv.DictReader(text.splitlines(), delimiter=";")}
    buttons, short, uncounted = rows["KN-1", ""], rows["JER-1", "1"], rows["JER-1", "2"]
    assert (buttons["Soll"], buttons["Gezählt"], buttons["Differenz"], buttons["Wert Differenz"]) == (
        "10", "8", "-2", "-9,90",
    )  # fmt: skip
    assert (short["Gezählt"], short["Wert gezählt"], short["Gezählt von"]) == ("3,20", "41,28", "Anna")
    assert (uncounted["Soll"], uncounted["Gezählt"], uncounted["Partie"]) == ("5,00", "", "4711")


@pytest.mark.parametrize(
    ("quantity", "unit", "written"),
    [(-5, Unit.LENGTH, "-0,05"), (840, Unit.LENGTH, "8,40"), (3, Unit.PIECE, "3"), (1250, Unit.WEIGHT, "1,250")],
)
def test_quantities_are_decimal_numbers_of_their_price_unit(quantity: int, unit: Unit, written: str) -> None:
    assert decimal(quantity, unit) == written


def test_unknown_stock_takings_and_lines_lead_nowhere(counting: FlaskClient) -> None:
    assert counting.get("/backoffice/inventur/9").status_code == 404
    assert counting.post(f"{TAKING}/zaehlungen", data={"menge-v99": "1"}).status_code == 404
    assert counting.post(f"{TAKING}/zaehlungen", data={"menge-xy": "1"}).status_code == 404
