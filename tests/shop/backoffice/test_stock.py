"""The stock of a variant: rolls, reasons, the ledger and its chart."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlmodel import Session, col, select

from catalog import rolls, stock
from catalog.movements import StockMovement, Why
from catalog.products import Variant
from catalog.rolls import Roll
from catalog.units import Unit
from shop.backoffice import stock_chart, stock_ledger
from shop.backoffice.stock_chart import Span
from tests.checkout.ordering import make_order
from tests.make import NOW, make_fabric, make_product, make_variant

Write = Callable[[], Any]
PAGE = "/backoffice/varianten/1/bestand"


@pytest.fixture
def fabric(write: Write) -> None:
    """Five metres on one roll, three of them put aside."""
    with write() as session:
        make_order(session, make_fabric(session), pieces=2, quantity=150)


@pytest.fixture
def buttons(write: Write) -> None:
    """Ten buttons, on no roll."""
    with write() as session:
        make_variant(session, make_product(session, "Holzknopf"))


def change(owner: FlaskClient, reason: str, quantity: str, at: str = "varianten/1", **more: str) -> int:
    typed = {"grund": reason, "menge": quantity} | more
    return owner.post(f"/backoffice/{at}/bewegungen", data=typed).status_code


def on_hand(write: Write) -> int:
    with write() as session:
        return int(session.get_one(Variant, 1).on_hand)


@pytest.mark.usefixtures("fabric")
def test_the_page_says_what_is_there_and_for_whom_it_is_put_aside(owner: FlaskClient) -> None:
    page = owner.get(PAGE).text
    for told in ("5,00\u00a0m</b>im Laden", "3,00\u00a0m</b>zurückgelegt", "2,00\u00a0m</b>frei", "2 × 1,50\u00a0m"):
        assert told in page
    assert 'href="/backoffice/bestellungen/1"' in page


@pytest.mark.usefixtures("buttons")
@pytest.mark.parametrize(
    ("reason", "left"), [("counted", 4), ("received", 14), ("returned", 14), ("sold_in_store", 6), ("damaged", 6)]
)
def test_every_change_is_booked_with_its_reason_author_and_note(
    owner: FlaskClient, write: Write, reason: str, left: int
) -> None:
    assert change(owner, reason, "4", notiz="Schachtel") == 303
    assert on_hand(write) == left
    with write() as session:
        newest = session.exec(select(StockMovement).order_by(col(StockMovement.id).desc())).first()
        assert (newest.why, newest.author, newest.note) == (reason, "Anna", "Schachtel")
    assert "Schachtel" in owner.get(PAGE).text


@pytest.mark.usefixtures("buttons")
def test_a_change_without_a_reason_is_asked_for_it(owner: FlaskClient, write: Write) -> None:
    answer = owner.post("/backoffice/varianten/1/bewegungen", data={"menge": "4"})
    assert answer.status_code == 422
    assert "auf den Knopf" in answer.text
    assert 'value="4"' in answer.text
    assert change(owner, "sold", "4") == 422
    assert change(owner, "counted", "vier") == 422
    assert on_hand(write) == 10


@pytest.mark.usefixtures("buttons")
def test_a_button_pressed_twice_counts_once(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        seen = str(stock_ledger.newest_id(session, 1))
    for _ in range(2):
        assert change(owner, "sold_in_store", "4", zuletzt=seen) == 303
    assert on_hand(write) == 6


@pytest.mark.usefixtures("buttons")
def test_what_is_put_aside_cannot_be_taken_away(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        number = make_order(session, session.get_one(Variant, 1), pieces=8, quantity=1).number
    answer = owner.post("/backoffice/varianten/1/bewegungen", data={"grund": "damaged", "menge": "3"})
    assert answer.status_code == 409
    assert f"8\u00a0Stück sind für Bestellung {number} zurückgelegt" in answer.text
    assert on_hand(write) == 10


def test_uncounted_goods_are_counted_from_the_first_number_on(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, counts_stock=False, on_hand=0)
    assert "wird nicht gezählt" in owner.get(PAGE).text
    assert change(owner, "counted", "7") == 303
    with write() as session:
        variant = session.get_one(Variant, 1)
        assert (variant.counts_stock, variant.on_hand) == (True, 7)


@pytest.mark.usefixtures("fabric")
def test_another_roll_comes_with_its_lot_and_place(owner: FlaskClient, write: Write) -> None:
    typed = {"grund": "received", "menge": "12,40 m", "partie": "4711", "platz": "Regal 3"}
    assert owner.post("/backoffice/varianten/1/ballen", data=typed).status_code == 303
    with write() as session:
        _, roll = rolls_of(session)
        assert (roll.on_hand, roll.lot, roll.place) == (1240, "4711", "Regal 3")
        assert session.get_one(Variant, 1).longest == 1240
    assert owner.post("/backoffice/varianten/1/ballen", data=typed | {"grund": "damaged"}).status_code == 422
    assert owner.post("/backoffice/varianten/1/ballen", data=typed | {"menge": "0"}).status_code == 409


@pytest.mark.usefixtures("fabric")
def test_a_roll_is_measured_and_described(owner: FlaskClient, write: Write) -> None:
    assert change(owner, "counted", "4,60", at="ballen/1") == 303
    assert change(owner, "damaged", "10 cm", at="ballen/1") == 303
    assert owner.post("/backoffice/ballen/1", data={"partie": "B 7", "platz": "Tisch"}).status_code == 303
    with write() as session:
        (roll,) = rolls_of(session)
        assert (roll.on_hand, roll.lot, roll.place) == (450, "B 7", "Tisch")
    refused = owner.post("/backoffice/ballen/1/bewegungen", data={"grund": "counted", "menge": "1 m"})
    assert refused.status_code == 409
    assert "3,00\u00a0m sind für Bestellung" in refused.text


def test_the_first_lot_of_yarn_leaves_the_other_balls_without_one(owner: FlaskClient, write: Write) -> None:
    with write() as session:
        make_variant(session, make_product(session, "Merino"))
    typed = {"grund": "received", "menge": "5", "partie": "77"}
    assert owner.post("/backoffice/varianten/1/ballen", data=typed).status_code == 303
    with write() as session:
        assert [(roll.lot, roll.on_hand) for roll in rolls_of(session)] == [("", 10), ("77", 5)]
    page = owner.get(PAGE).text
    assert "Partie 77" in page
    assert "auf einen Ballen gelegt" not in page


def test_the_ledger_says_what_was_there_after_each_change(session: Session) -> None:
    variant = make_variant(session, on_hand=0)
    for number in range(1, stock_ledger.PAGE + 3):
        stock.move(session, variant, number, Why.RECEIVED, now=NOW, author="Anna")
    first, last = (stock_ledger.ledger(session, variant, page) for page in (1, 2))
    assert [entry.after for entry in first.entries[:2]] == [variant.on_hand, variant.on_hand - 32]
    assert [(entry.movement.change, entry.after) for entry in last.entries] == [(2, 3), (1, 1)]
    assert (first.pages, first.total) == (2, 32)


def test_the_chart_of_one_movement_is_one_step() -> None:
    since = NOW - timedelta(days=90)
    chart = stock_chart.drawn([(since, 0), (NOW - timedelta(days=45), 840)], Unit.LENGTH, Span.QUARTER, NOW)
    assert chart.line == "M0 300.0 H500.0 V0.0 H1000"
    assert (chart.rows[0], chart.rows[-1]) == ((since, 0), (NOW, 840))
    assert "zuerst 0,00\u00a0m, jetzt 8,40\u00a0m" in chart.sentence


def test_a_chart_without_movements_says_so() -> None:
    chart = stock_chart.drawn([(NOW - timedelta(days=365), 3)], Unit.PIECE, Span.YEAR, NOW)
    assert (chart.line, chart.most, len(chart.rows)) == ("M0 0.0 H1000", 3, 13)
    assert "nichts geändert" in chart.sentence


@pytest.mark.usefixtures("fabric")
def test_the_chart_stands_on_the_page_with_its_table(owner: FlaskClient) -> None:
    for span in ("", "?zeitraum=jahr", "?zeitraum=ewig"):
        page = owner.get(PAGE + span).text
        assert 'role="img" aria-label="Bestand über' in page
        assert "Als Tabelle" in page


def rolls_of(session: Session) -> list[Roll]:
    return rolls.of(session, [1])[1]
